"""What people asked for so that they can take part: seen by the session's provider and the access
lead, by nobody else, and every look is recorded (stories R3 and R5)."""

import pytest
import sqlalchemy as sa

from festival.delivery import booking_rules
from festival.domain import bookings
from festival.domain.bookings import Asked, Contact, Who, Wish
from festival.extensions import db
from festival.models import AuditEntry, Booking, FestivalSession, MembershipRole, Provider
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import PageResponse

NOTE = "A seat near the front"
SHOW = "Show what people need"


@pytest.fixture
def session(provider: Provider) -> FestivalSession:
    return factories.session(
        code="E14", title="Cook together", provider=provider, question="Any allergies?"
    )


@pytest.fixture
def asked(session: FestivalSession) -> Booking:
    wish = Wish(
        occurrence_of(session).id,
        factories.party(1, companions=1),
        asked=Asked(adjustments=["hearing loop"], note=NOTE, consent=True),
        answer="Peanuts",
    )
    return bookings.book(
        wishes=[wish],
        contact=Contact("Edna Byrne", "edna@example.org", "01902 555123"),
        rules=booking_rules(),
        who=Who(),
    )


def look(person: Somebody, address: str) -> PageResponse:
    return person.client.submit(person.client.get(address), SHOW)


OFFICE, PROVIDER = "/office/access-requests", "/provider/sessions/E14/access-requests"


def seen_by() -> list[tuple[int, str | None]]:
    query = sa.select(AuditEntry).where(AuditEntry.action == "access_requests.seen")
    return [
        (one.thing_id, one.actor.name if one.actor else None) for one in db.session.scalars(query)
    ]


def test_r3_the_provider_sees_what_its_own_sessions_people_need(
    lead: Somebody, editor: Somebody, asked: Booking
) -> None:
    for person in (lead, editor):
        page = look(person, PROVIDER)
        for words in (NOTE, "A hearing loop", "Peanuts", "Any allergies?", "1 adult, 1 companion"):
            assert words in page.words
        assert page.headers["Cache-Control"] == "no-store"


def test_r3_the_access_lead_sees_all_coming_ones_by_run(
    access_lead: Somebody, asked: Booking
) -> None:
    page = look(access_lead, OFFICE)
    assert page.page.table()[1][2] == f"A hearing loop. {NOTE}"
    assert "Cook together (E14)" in page.words


def test_neither_page_shows_who_it_is_but_by_reference(
    lead: Somebody, access_lead: Somebody, asked: Booking
) -> None:
    for page in (look(lead, PROVIDER), look(access_lead, OFFICE)):
        assert str(asked.reference) in page.words
        for secret in ("Edna", "edna@example.org", "555123"):
            assert secret not in page.get_data(as_text=True)


def test_r3_every_look_is_recorded_and_nothing_is_shown_before(
    lead: Somebody, access_lead: Somebody, session: FestivalSession, asked: Booking
) -> None:
    page = lead.client.get(PROVIDER)
    assert "There is 1 request." in page.words
    assert NOTE not in page.get_data(as_text=True)
    assert seen_by() == []
    lead.client.submit(page, SHOW)
    look(access_lead, OFFICE)
    assert seen_by() == [(session.id, "Leah Lead"), (session.id, "Alma Access")]
    entries = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "access_requests.seen")
    )
    assert all(one.facts == {"requests": 1} for one in entries)


def test_r5_nobody_else_sees_them(
    asked: Booking,
    provider: Provider,
    other_lead: Somebody,
    operator: Somebody,
    manager: Somebody,
    reviewer: Somebody,
    administrator: Somebody,
    stranger: Somebody,
) -> None:
    at_door = Somebody(
        operator.app,
        "Dee Door",
        "dee@example.org",
        factories.user("dee@example.org", memberships=[(provider, MembershipRole.door)]),
    )
    for person in (other_lead, operator, manager, reviewer, administrator, at_door):
        for address in (OFFICE, PROVIDER):
            assert person.client.get(address).status_code == 404
            page = person.client.get("/").page
            assert NOTE not in page.text
    assert stranger.client.get(OFFICE).location.startswith("/sign-in")
    assert seen_by() == []


def test_r5_they_stand_on_no_other_page(
    lead: Somebody, access_lead: Somebody, session: FestivalSession, asked: Booking
) -> None:
    run = occurrence_of(session)
    for person, address in (
        (lead, "/provider/sessions/E14"),
        (lead, f"/provider/sessions/E14/runs/{run.id}"),
        (access_lead, "/office/"),
        (access_lead, "/office/calls"),
        (access_lead, "/office/bookings"),
    ):
        page = person.client.get(address)
        assert page.status_code == 200
        assert NOTE not in page.get_data(as_text=True)


def test_what_was_cancelled_is_not_shown_any_more(lead: Somebody, asked: Booking) -> None:
    bookings.cancel_all(asked)
    page = look(lead, PROVIDER)
    assert "Nobody has asked for anything yet." in page.words


def test_a_session_of_no_such_code_is_not_there(lead: Somebody) -> None:
    assert lead.client.get("/provider/sessions/X99/access-requests").status_code == 404
