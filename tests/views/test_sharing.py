"""The team says who uses an email address."""

import pytest
import sqlalchemy as sa

from festival.domain import contacts
from festival.extensions import db
from festival.models import AuditEntry, Booking, Edition
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import FestivalClient
from tests.support.mine import enter

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def booked(edition: Edition) -> Booking:
    return factories.booking(occurrence_of(factories.session(title="Sing Together")))


def test_a_hub_is_marked_where_its_booking_was_found(
    operator: Somebody, client: FestivalClient, booked: Booking
) -> None:
    page = operator.client.get("/office/bookings")
    page = operator.client.submit(page, "Find it", words="lovelace")
    page = operator.client.get(page.page.link(f"Who uses the email address? {booked.reference}"))
    assert page.h1 == "Who uses this email address?"
    assert "All of them are shown together" in page.words
    page = operator.client.submit(page, "Save", use="several")
    assert "Each booking opens by its own reference" in page.words
    contact = contacts.of_email("ada@example.org")
    assert contact is not None
    assert contact.is_shared is True
    entries = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "contact.shared")
    ).all()
    assert [(one.actor_id, one.facts) for one in entries] == [
        (operator.user.id if operator.user else None, {"shared": True})
    ]
    assert enter(client).h1 == "Several people use this email address"
    operator.client.submit(page, "Save", use="unknown")
    assert client.get("/bookings/mine").h1 == "My bookings"


def test_only_the_desk_says_so(
    reviewer: Somebody, lead: Somebody, operator: Somebody, booked: Booking
) -> None:
    address = f"/office/bookings/{booked.reference}/address"
    for person in (reviewer, lead):
        assert person.client.get(address).status_code == 404
    assert operator.client.get("/office/bookings/WLF-222-222/address").status_code == 404
    nobody = factories.booking(booked.reservations[0].occurrence, email="", mobile="07700 900 982")
    db.session.commit()
    assert operator.client.get(f"/office/bookings/{nobody.reference}/address").status_code == 404


def test_no_choice_is_said_at_its_field(operator: Somebody, booked: Booking) -> None:
    page = operator.client.get(f"/office/bookings/{booked.reference}/address")
    typed = dict(page.page.form("Save").filled({}, "Save")[1]) | {"use": "all"}
    answer = operator.client.post(f"/office/bookings/{booked.reference}/address", data=typed)
    assert answer.page.error_summary == ["Choose one of these."]
