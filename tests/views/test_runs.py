"""The places of a run, as the team and its provider see and change them: story P3."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.domain import clock
from festival.domain.occurrences import Share
from festival.extensions import db
from festival.models import (
    AllocationKind,
    AuditEntry,
    Booking,
    MembershipRole,
    Message,
    Occurrence,
    OccurrenceState,
    Provider,
    ReservationState,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import PageResponse


@pytest.fixture
def run(provider: Provider) -> Occurrence:
    return occurrence_of(
        factories.session(
            code="E11",
            title="Stars above us",
            provider=provider,
            capacity=4,
            room=factories.room(120),
        )
    )


@pytest.fixture
def booked(run: Occurrence) -> Booking:
    return factories.booking(run, adults=4)


def theirs(run: Occurrence) -> str:
    return f"/provider/sessions/{run.session.code}/runs/{run.id}"


def change(person: Somebody, address: str, places: object) -> PageResponse:
    return person.client.submit(person.client.get(address), "Change the places", places=places)


def kinds() -> list[str]:
    return list(db.session.scalars(sa.select(Message.kind).order_by(Message.id)))


def test_p3_a_raise_is_offered_to_the_waiting_list_first(
    lead: Somebody, run: Occurrence, booked: Booking
) -> None:
    waits = factories.waiting(run, adults=2)
    page = change(lead, theirs(run), 6)
    assert "The number of places is 6 now." in page.words
    assert "We have offered places to 1 party in the waiting list." in page.words
    assert factories.reservation_of(waits).state == ReservationState.offered
    assert "Full" in page.words


def test_p3_lowering_below_who_is_booked_is_blocked_with_choices_and_never_automatic(
    lead: Somebody, run: Occurrence, booked: Booking
) -> None:
    page = change(lead, theirs(run), 3)
    assert any("4 places are taken already." in line for line in page.page.error_summary)
    assert "Nobody loses their place by a number." in page.words
    assert "Ask people to move" in page.words
    assert "Move to a larger room" in page.words
    assert page.page.form("Change the places").controls["places"].values() == ["3"]
    db.session.refresh(run)
    assert (run.capacity, run.places_taken) == (4, 4)
    assert factories.reservation_of(booked).state == ReservationState.confirmed
    closed = lead.client.submit(page, "Close booking and keep everybody")
    assert "Booking is closed. Who is booked stays booked." in closed.words
    db.session.refresh(run)
    assert run.is_closed
    assert factories.reservation_of(booked).state == ReservationState.confirmed


def test_p3_the_team_is_shown_the_way_to_cancel_with_a_reason(
    manager: Somebody, run: Occurrence, booked: Booking
) -> None:
    page = change(manager, f"/office/runs/{run.id}", 3)
    assert page.page.link("Cancel this date and say why") == f"/office/runs/{run.id}/cancel"


def test_p3_old_codes_stay_valid_and_changed_back_tells_nobody_anything(
    lead: Somebody, run: Occurrence, booked: Booking
) -> None:
    before, told = factories.code_of(booked), kinds()
    change(lead, theirs(run), 120 - 2)
    assert factories.code_of(booked) == before
    change(lead, theirs(run), 4)
    db.session.refresh(run)
    assert run.capacity == 4
    assert factories.code_of(booked) == before
    assert kinds() == told
    log = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "occurrence.capacity")
    )
    assert [(one.facts["before"], one.facts["after"]) for one in log] == [(4, 118), (118, 4)]


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ("0", "Type a number from 1 to 100000."),
        ("many", "Type a whole number, like 2."),
        ("500", "The room can hold 120 people by law"),
    ],
)
def test_numbers_that_cannot_be_land_on_the_field(
    lead: Somebody, run: Occurrence, places: str, told: str
) -> None:
    page = change(lead, theirs(run), places)
    assert any(told in line for line in page.page.error_summary)
    db.session.refresh(run)
    assert run.capacity == 4


def test_how_many_are_booked_wait_and_are_kept_back(lead: Somebody, provider: Provider) -> None:
    run = occurrence_of(
        factories.session(
            provider=provider, capacity=5, shares=[Share(AllocationKind.phone, 2)], code="E04"
        )
    )
    factories.booking(run, adults=3)
    factories.waiting(run, adults=1)
    rows = {row[0]: row[1:4] for row in lead.client.get(theirs(run)).page.table()}
    assert rows["Everybody"] == ["3", "3", "1"]
    assert rows["Phone and counter"] == ["2", "0", "0"]


def test_a_provider_sees_counts_and_nobody(
    lead: Somebody, editor: Somebody, run: Occurrence
) -> None:
    factories.booking(run, name="Edna Byrne", email="edna@example.org", mobile="01902 555123")
    for person in (lead, editor):
        page = person.client.get(theirs(run))
        assert "1 booking, 1 person" in page.words
        for secret in ("Edna", "Byrne", "edna@example.org", "555123"):
            assert secret not in page.get_data(as_text=True)


def test_the_session_page_leads_to_its_runs(lead: Somebody, run: Occurrence) -> None:
    page = lead.client.get("/provider/sessions/E11")
    assert theirs(run) in page.get_data(as_text=True)
    assert "0 of 4 places taken" in page.words


def test_other_peoples_runs_are_not_there(
    other_lead: Somebody, operator: Somebody, provider: Provider, run: Occurrence
) -> None:
    at_door = Somebody(
        other_lead.app,
        "Dee Door",
        "dee@example.org",
        factories.user("dee@example.org", memberships=[(provider, MembershipRole.door)]),
    )
    for person in (other_lead, operator, at_door):
        assert person.client.get(theirs(run)).status_code == 404
        assert person.client.get(f"/office/runs/{run.id}").status_code == 404


def test_a_run_stands_under_its_own_session_only(lead: Somebody, run: Occurrence) -> None:
    other = factories.session(code="E12", provider=run.session.provider)
    assert lead.client.get(f"/provider/sessions/{other.code}/runs/{run.id}").status_code == 404
    assert lead.client.get("/provider/sessions/E11/runs/999999").status_code == 404


def test_booking_is_closed_and_opened_again(manager: Somebody, run: Occurrence) -> None:
    page = manager.client.get(f"/office/runs/{run.id}")
    page = manager.client.submit(page, "Close booking")
    assert "Booking is closed: nobody more can book." in page.words
    page = manager.client.submit(page, "Open booking again")
    db.session.refresh(run)
    assert not run.is_closed


# --- calling off and on again


def test_cancelling_shows_who_is_told_before_anything_happens(
    manager: Somebody, run: Occurrence
) -> None:
    factories.booking(run, email="ada@example.org")
    factories.booking(run, email="", mobile="01902 555123", name="Edna Byrne")
    factories.booking(run, adults=2, email="", name="Nobody Known")
    factories.waiting(run, email="grace@example.org")
    page = manager.client.get(f"/office/runs/{run.id}/cancel")
    preview = manager.client.submit(page, "Continue: see who is told", reason="The teacher is ill.")
    for words in (
        "Nothing has happened yet.",
        "2 by email",
        "1 by phone, from the call list",
        "1 cannot be told",
        "3 parties",
        "The teacher is ill.",
    ):
        assert words in preview.words
    db.session.refresh(run)
    assert run.state == OccurrenceState.scheduled
    assert "withdrawn" not in kinds()
    done = manager.client.submit(preview, "Cancel this date and tell them")
    assert "It is cancelled. We tell everybody in two minutes." in done.words
    db.session.refresh(run)
    assert run.state == OccurrenceState.cancelled
    assert kinds().count("withdrawn") == 3


def test_a_booking_made_after_the_preview_is_shown_before_the_run_is_cancelled(
    manager: Somebody, run: Occurrence
) -> None:
    page = manager.client.get(f"/office/runs/{run.id}/cancel")
    preview = manager.client.submit(page, "Continue: see who is told", reason="The roof leaks.")
    factories.booking(run)
    again = manager.client.submit(preview, "Cancel this date and tell them")
    assert "The bookings have changed since you looked." in again.words
    db.session.refresh(run)
    assert run.state == OccurrenceState.scheduled
    manager.client.submit(again, "Cancel this date and tell them")
    db.session.refresh(run)
    assert run.state == OccurrenceState.cancelled


def test_a_reason_is_needed_and_can_be_worded_again(manager: Somebody, run: Occurrence) -> None:
    address = f"/office/runs/{run.id}/cancel"
    page = manager.client.submit(manager.client.get(address), "Continue: see who is told")
    assert page.page.error_summary == ["Say why, in words that everybody may read."]
    preview = manager.client.submit(page, "Continue: see who is told", reason="Ill.")
    back = manager.client.submit(preview, "Change the words")
    assert back.page.form("Continue: see who is told").controls["reason"].values() == ["Ill."]


def test_a_run_cancelled_in_error_is_put_on_again_with_who_is_told_on_the_page(
    reviewer: Somebody, run: Occurrence, booked: Booking
) -> None:
    page = reviewer.client.get(f"/office/runs/{run.id}/cancel")
    preview = reviewer.client.submit(page, "Continue: see who is told", reason="Ill.")
    page = reviewer.client.submit(preview, "Cancel this date and tell them")
    assert "1 party has its places again." in page.words
    assert "1 by email" in page.words
    done = reviewer.client.submit(page, "Put it on again and tell them")
    assert "The session takes place. 1 party has its places again." in done.words
    assert factories.reservation_of(booked).state == ReservationState.confirmed
    assert kinds()[-1] == "reinstated"


def test_what_has_started_is_not_put_on_again(manager: Somebody, run: Occurrence) -> None:
    run.state = OccurrenceState.cancelled
    db.session.commit()
    page = manager.client.get(f"/office/runs/{run.id}")
    run.starts_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    told = manager.client.submit(page, "Put it on again and tell them")
    assert "so it cannot be put on again" in told.words


def test_the_list_shows_what_is_to_come_soonest_first_or_one_session(
    manager: Somebody, run: Occurrence
) -> None:
    sooner = factories.session(
        code="E02", title="Sing", starts_at=run.starts_at - timedelta(hours=3)
    )
    factories.session(code="E03", published=False)
    factories.session(code="E01", starts_at=clock.now() - timedelta(days=2))
    page = manager.client.get("/office/runs")
    assert [row[1] for row in page.page.table()[1:]] == [sooner.code, "E11"]
    one = manager.client.submit(page, "Show the dates", code="e11")
    assert [row[1] for row in one.page.table()[1:]] == ["E11"]
