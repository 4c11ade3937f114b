"""Who a booking's links let in, how its booker is reached, and who is written down: R8."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery.addresses import manage_path
from festival.domain import bookings, clock
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Edition,
    Message,
    Occurrence,
    Reservation,
    ReservationState,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of
from tests.support.bookings import change_page, kinds
from tests.support.client import FestivalClient
from tests.support.statements import recorded

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")

State = ReservationState


@pytest.fixture
def occurrence(edition: Edition) -> Occurrence:
    return occurrence_of(factories.session(title="Sing Together"))


# --- how the booker is reached


def test_r8_a_mistyped_address_is_put_right_and_the_old_links_end(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    booked = factories.booking(occurrence, email="adda@example.org")
    old_link, old_code = manage_path(booked), factories.code_of(booked)
    page = client.get(client.get(old_link).page.link("Change: Email address"))
    page = client.submit(page, "Save", email="ada@example.org")
    assert "We are sending your tickets there." in page.words
    assert "ada@example.org" in page.words
    assert client.get(old_link).status_code == 302  # to the way to find it
    assert factories.code_of(booked) != old_code
    last = db.session.scalars(sa.select(Message).order_by(Message.id.desc())).first()
    assert last is not None
    assert (last.kind, last.recipient) == ("booked", "ada@example.org")


def test_a_new_phone_number_leaves_the_links_alone(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    booked = factories.booking(occurrence)
    link = manage_path(booked)
    page = client.get(client.get(link).page.link("Change: Mobile number"))
    page = client.submit(page, "Save", mobile="07700 900 982")
    assert "07700 900 982" in page.words
    assert client.get(link).status_code == 200
    assert kinds() == ["booked"]


def test_r8_the_tickets_are_sent_again_but_not_without_end(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    booked = factories.booking(occurrence)
    page = client.get(manage_path(booked))
    for _ in range(5):
        page = client.submit(page, "Send it to me again")
        assert "We are sending it again." in page.words
    page = client.submit(page, "Send it to me again")
    assert "We have sent it several times." in page.words
    assert kinds() == ["booked"] * 6


# --- who did it


def test_whoever_of_the_team_opens_it_is_named_in_the_log(
    client: FestivalClient, occurrence: Occurrence, administrator: Somebody, lead: Somebody
) -> None:
    booked = factories.booking(occurrence, 4)
    actors = []
    for one in (client, lead.client, administrator.client):
        page = change_page(one, booked, "Somebody cannot come")
        ids = page.page.form("Give these places back").controls["people"].options
        one.submit(page, "Give these places back", people=[ids[0]])
        query = sa.select(AuditEntry).where(AuditEntry.action == "booking.reduced")
        entry = db.session.scalars(query.order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        actors.append(entry.actor.name if entry.actor else None)
    assert actors == [None, None, "Amir Admin"]  # a provider is no more than anybody here


# --- links that are late, wrong or somebody else's


PAGES = ("add", "access", "cancel", "change", "names", "pass-on", "split", "swap")


@pytest.mark.parametrize("page", [*PAGES, "cannot-come", "offers"])
def test_r8_the_tickets_link_changes_nothing(
    client: FestivalClient, occurrence: Occurrence, page: str
) -> None:
    booked = factories.booking(occurrence, 2)
    share = client.get(manage_path(booked)).page.link("Tickets only")
    assert client.get(share).status_code == 200
    token = urlsplit(share).query
    address = f"/bookings/{booked.reference}/{page}/{reservation_of(booked).id}?{token}"
    assert client.get(address).status_code == 404
    for whole in ("contact", "cancel"):
        assert client.get(f"/bookings/{booked.reference}/{whole}?{token}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_what_is_cancelled_leads_back_to_the_booking(
    client: FestivalClient, occurrence: Occurrence, page: str
) -> None:
    booked = factories.booking(occurrence, 2)
    claim = reservation_of(booked)
    bookings.cancel_reservation(booked, claim)
    path = urlsplit(manage_path(booked))
    answer = client.get(f"{path.path}/{page}/{claim.id}?{path.query}", follow_redirects=True)
    assert "This has been cancelled or changed already." in answer.words
    assert answer.h1.endswith("is cancelled")


@pytest.mark.parametrize("page", [*PAGES, "cannot-come", "offers"])
def test_another_bookings_lines_are_not_there(
    client: FestivalClient, occurrence: Occurrence, page: str
) -> None:
    booked, other = factories.booking(occurrence), factories.booking(occurrence)
    path = urlsplit(manage_path(booked))
    theirs = reservation_of(other).id
    assert client.get(f"{path.path}/{page}/{theirs}?{path.query}").status_code == 404


def test_after_the_start_nothing_can_be_changed(
    client: FestivalClient, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    booked = factories.booking(occurrence, 2)
    forms = {
        "More people want to come": ("Book for them too", {"adults": "1"}),
        "Give the places to somebody else": ("Give these 2 places to them", {"name": "Grace"}),
    }
    at(occurrence.starts_at - timedelta(minutes=1))
    pages = {link: change_page(client, booked, link) for link in forms}
    at(occurrence.starts_at + timedelta(minutes=1))
    for link, (button, typed) in forms.items():
        page = client.submit(pages[link], button, **typed)
        assert "This session has started" in page.page.error_summary[0]
    assert clock.now() > occurrence.starts_at
    db.session.expire_all()
    assert [one.state for one in db.session.scalars(sa.select(Reservation))] == [State.confirmed]


def test_the_page_asks_as_little_for_many_people_as_for_one(
    app: Flask, client: FestivalClient, occurrence: Occurrence
) -> None:
    counts = []
    for adults in (1, 4):
        link = manage_path(factories.booking(occurrence, adults))
        client.get(link)
        with recorded(app) as statements:
            assert client.get(link).status_code == 200
        counts.append(statements.count)
    assert counts[0] == counts[1]
