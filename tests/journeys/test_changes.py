"""A session outgrows its room, and another is cancelled on its morning: through the browser, with
the mails that people get."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from festival.domain import check
from festival.extensions import db, write
from festival.models import (
    Booking,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Room,
)
from tests import factories
from tests.journeys.conftest import Festival

pytestmark = pytest.mark.browser
Person = Callable[..., Page]
MINUTES = timedelta(minutes=50)


def run_of(code: str) -> Occurrence:
    db.session.rollback()
    query = sa.select(Occurrence).join(Occurrence.session).where(FestivalSession.code == code)
    return db.session.scalars(query).one()


def link_in(mail: EmailMessage, part: str) -> str:
    words = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return str(re.findall(rf"http://[^/]+(/bookings/\S+/{part}/\S+)", words)[0])


def books(run: Occurrence, name: str, email: str, adults: int = 1) -> None:
    with write():
        factories.booking(run, adults, name=name, email=email)


def claim_of(name: str, run: Occurrence) -> Reservation:
    query = (
        sa.select(Reservation)
        .join(Reservation.booking)
        .where(Booking.name == name, Reservation.occurrence_id == run.id)
    )
    return db.session.scalars(query).one()


def test_p3_e11_grows_from_30_to_120_and_changes_room(
    festival: Festival, person: Person, looked_at: Callable[[Page], None]
) -> None:
    """P3: E11, 30 to 120, Seminar 4 to Lecture Theatre A; the waiting list first, tickets stay."""
    run = run_of("E11")
    books(run, "Nora Quint", "nora@example.org")
    code = factories.code_of(claim_of("Nora Quint", run))
    with write():
        run = db.session.merge(run)
        factories.booking(run, run.capacity - run.places_taken, email="bea@example.org")
        factories.waiting(run, 2, name="Zed Waits", email="zed@example.org")
        venue = run.room.venue_id
        query = sa.select(Room).where(Room.name == "Lecture Theatre A", Room.venue_id == venue)
        hall = db.session.scalars(query).one()
        hall_id = hall.id
    page = person("duty@example.org")
    page.goto(f"/office/runs/{run.id}")
    page.get_by_role("button", name="Change time or place").click()
    page.get_by_label("Venue and room").select_option(str(hall_id))
    page.get_by_label("How many places are there in all?").fill("120")
    page.get_by_label("Why does it change?").fill("So many of you want to come.")
    looked_at(page)
    page.get_by_role("button", name="Continue: see who is told").click()
    expect(page.get_by_text("Nothing has happened yet.")).to_be_visible()
    expect(page.get_by_text("of the waiting list").first).to_be_visible()
    looked_at(page)
    page.get_by_role("button", name="Change it and tell them").click()
    expect(page.get_by_text("We tell everybody in two minutes.")).to_be_visible()
    looked_at(page)
    festival.a_minute_passes()
    told = festival.mail_to("nora@example.org", "CHANGED")
    words = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Seminar 4" in words
    assert "Lecture Theatre A" in words
    assert "So many of you want to come." in words
    festival.mail_to("zed@example.org", "Places for you")
    run = run_of("E11")
    assert (run.capacity, run.room.name) == (120, "Lecture Theatre A")
    assert factories.code_of(claim_of("Nora Quint", run)) == code
    assert check.broken_rules() == []


def test_p4_e25_is_cancelled_at_0910_and_its_people_move_to_e26(
    festival: Festival, person: Person, looked_at: Callable[[Page], None]
) -> None:
    """P4: cancel session, reason, alternative, preview, send; one-tap move keeps the party."""
    run, other = run_of("E25"), run_of("E26")
    books(run, "Nora Quint", "nora@example.org", 3)
    morning: datetime = run.starts_at - MINUTES
    festival.move_to(morning)
    page = person("duty@example.org")
    page.goto(f"/office/runs/{run.id}/cancel")
    page.get_by_label("Why is it cancelled?").fill("The stand is broken.")
    page.get_by_label("Mend It").check()
    looked_at(page)
    page.get_by_role("button", name="Continue: see who is told").click()
    looked_at(page)
    page.get_by_role("button", name="Cancel this date and tell them").click()
    expect(page.get_by_text("It is cancelled.")).to_be_visible()
    public = person()
    public.goto("/sessions/E25")
    expect(public.get_by_text("Cancelled").first).to_be_visible()
    festival.a_minute_passes()
    told = festival.mail_to("nora@example.org", "CANCELLED")
    words = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "The stand is broken." in words
    assert words.index("Mend It") > 0
    public.goto(link_in(told, "instead"))
    public.get_by_role("button", name="Yes, we come to this").click()
    db.session.rollback()
    moved, gone = claim_of("Nora Quint", other), claim_of("Nora Quint", run)
    assert (moved.state, moved.places) == (ReservationState.confirmed, 3)
    assert gone.state == ReservationState.withdrawn
    assert run_of("E25").state == OccurrenceState.cancelled
    assert check.broken_rules() == []
