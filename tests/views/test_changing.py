"""Changing and cancelling what people have booked, through the pages of the team and of providers:
stories P3, P4 and F8."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import ticket_keys
from festival.delivery.mail import render
from festival.domain import clock, running
from festival.extensions import db
from festival.models import (
    AccessRequest,
    ChangeNotice,
    Message,
    MessageState,
    Occurrence,
    OccurrenceState,
    Provider,
    ReservationState,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of
from tests.support.client import PageResponse
from tests.support.mail import both_texts
from tests.support.statements import recorded

At = Callable[..., None]
SEE, TELL = "Continue: see who is told", "Change it and tell them"


@pytest.fixture
def run(provider: Provider) -> Occurrence:
    return occurrence_of(
        factories.session(
            code="E11", title="NHS Careers", provider=provider, capacity=3, room=factories.room(6)
        )
    )


def theirs(run: Occurrence) -> str:
    return f"/provider/sessions/{run.session.code}/runs/{run.id}"


def queued(kind: str) -> int:
    query = sa.select(sa.func.count()).where(
        Message.kind == kind, Message.state == MessageState.queued
    )
    return db.session.scalar(query) or 0


def moved(person: Somebody, run: Occurrence, address: str, **answers: object) -> PageResponse:
    page = person.client.get(f"{address}/change")
    return person.client.submit(page, SEE, **{"reason": "So many want to come."} | answers)


def test_p3_a_larger_room_shows_who_is_told_and_offers_to_the_line_first(
    lead: Somebody, run: Occurrence
) -> None:
    """P3: edit, the system shows 30 booked, 14 waiting, who will be told and how, confirm."""
    factories.booking(run, 3)
    waits = factories.waiting(run, 2, email="", mobile="01902 555123", name="Edna Byrne")
    hall = factories.room(180, name="Lecture Theatre A")
    preview = moved(lead, run, theirs(run), room=str(hall.id), places="120")
    for words in (
        "Nothing has happened yet.",
        "Lecture Theatre A",
        "1 by email",
        "1 by phone, from the call list",
        "1 party of the waiting list is offered places.",
        "So many want to come.",
    ):
        assert words in preview.words
    db.session.expire_all()
    assert (run.capacity, queued("changed_by_us")) == (3, 0)
    done = lead.client.submit(preview, TELL)
    assert "It is changed. We tell everybody in two minutes." in done.words
    db.session.expire_all()
    assert (run.capacity, run.room, run.legal_capacity) == (120, hall, 180)
    assert reservation_of(waits).state == ReservationState.offered
    assert queued("changed_by_us") == 2


def test_p3_changed_back_within_two_minutes_tells_nobody(lead: Somebody, run: Occurrence) -> None:
    """P3 edge: changed back: one message, not two (2-minute undo)."""
    factories.booking(run)
    start = run.starts_at
    preview = moved(lead, run, theirs(run), starts="3pm", ends="5pm")
    page = lead.client.submit(preview, TELL)
    done = lead.client.submit(page, "Undo: Moved or changed")
    assert "Taken back. Everything is as it was, and nobody is told." in done.words
    db.session.expire_all()
    assert run.starts_at == start
    assert queued("changed_by_us") == 0


def test_p3_after_two_minutes_there_is_no_undo(lead: Somebody, run: Occurrence, at: At) -> None:
    at(clock.now())
    factories.booking(run)
    page = lead.client.submit(moved(lead, run, theirs(run), starts="3pm", ends="5pm"), TELL)
    at(clock.now() + timedelta(minutes=2))
    told = lead.client.submit(page, "Undo: Moved or changed")
    assert "The two minutes are over" in told.words
    assert "Undo: Moved or changed" not in told.words


def test_p3_people_who_asked_for_no_steps_stop_the_move_until_the_access_lead_agrees(
    lead: Somebody, access_lead: Somebody, run: Occurrence
) -> None:
    """P3 edge: new room is not step-free and 2 people asked: stop until access lead resolves."""
    for _number in range(2):
        booked = factories.booking(run)
        db.session.add(
            AccessRequest(
                reservation_id=reservation_of(booked).id,
                adjustments=["step-free"],
                changed_at=clock.now(),
            )
        )
    db.session.commit()
    stairs = factories.room(180, step_free="no")
    page = moved(lead, run, theirs(run), room=str(stairs.id))
    assert "2 of the parties asked" in page.page.error_summary[0]
    assert "The access lead must speak with them first." in page.page.error_summary[0]
    address = f"/office/runs/{run.id}"
    page = moved(access_lead, run, address, room=str(stairs.id))
    assert "The access lead must speak with them first." in page.page.error_summary[0]
    preview = moved(access_lead, run, address, room=str(stairs.id), access_agreed="y")
    assert "2 parties asked for a way in without steps." in preview.words
    access_lead.client.submit(preview, TELL)
    db.session.expire_all()
    assert run.room == stairs


def test_p3_the_access_lead_is_asked_by_one_press(
    lead: Somebody, access_lead: Somebody, run: Occurrence
) -> None:
    """P3 edge: stop until the access lead resolves it; they hear of it, once, without names."""
    booked = factories.booking(run, name="Una Unwell")
    asked = AccessRequest(
        reservation_id=reservation_of(booked).id,
        adjustments=["step-free"],
        changed_at=clock.now(),
    )
    db.session.add(asked)
    stairs = factories.room(180, step_free="no", name="Attic")
    db.session.commit()
    for _pressed_twice in range(2):
        page = moved(lead, run, theirs(run), room=str(stairs.id))
        done = lead.client.submit(page, "Ask the access lead")
        assert "We have asked the access lead by email." in done.words
    (message,) = db.session.scalars(sa.select(Message).where(Message.kind == "access_question"))
    assert message.recipient == access_lead.email
    written = render(message, ticket_keys())
    for text in both_texts(written):
        assert "Attic" in text
        assert f"/office/runs/{run.id}/change" in text
        assert "Una" not in text
    db.session.expire_all()
    assert run.room != stairs


def test_the_access_lead_is_not_asked_for_nothing(
    lead: Somebody, access_lead: Somebody, run: Occurrence
) -> None:
    page = lead.client.get(f"{theirs(run)}/change")
    form = page.page.form(SEE)
    address, pairs = form.filled({"reason": "It is larger."}, SEE)
    done = lead.client.post(f"{theirs(run)}/change/access", data=dict(pairs))
    assert "Nobody needs anything that this room does not have." in done.words
    assert address
    assert db.session.scalar(sa.select(Message).where(Message.kind == "access_question")) is None


def test_where_nobody_is_the_access_lead_it_says_whom_to_call(
    lead: Somebody, run: Occurrence
) -> None:
    booked = factories.booking(run)
    asked = AccessRequest(
        reservation_id=reservation_of(booked).id,
        adjustments=["hearing loop"],
        changed_at=clock.now(),
    )
    db.session.add(asked)
    stairs = factories.room(180, hearing_loop="no")
    db.session.commit()
    page = moved(lead, run, theirs(run), room=str(stairs.id))
    done = lead.client.submit(page, "Ask the access lead")
    assert "Nobody is the access lead just now. Please call the festival team." in done.words
    assert done.page.form(SEE).controls["room"].values() == [str(stairs.id)]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"starts": "5pm", "ends": "3pm"}, "The end must be after the start."),
        ({"reason": ""}, "Say why, in words that everybody may read."),
        ({"starts": "half past"}, None),
        ({"places": "600"}, "The room can hold 6 people by law"),
        ({"places": "1"}, "2 places are taken already."),
    ],
)
def test_what_cannot_be_lands_on_its_field_and_nothing_typed_is_lost(
    lead: Somebody, run: Occurrence, answers: dict[str, str], sentence: str | None
) -> None:
    factories.booking(run, 2)
    page = moved(lead, run, theirs(run), **answers)
    assert sentence is None or sentence in page.page.error_summary[0]
    form = page.page.form(SEE)
    for name, typed in answers.items():
        assert form.controls[name].values() == [typed]


def test_a_room_that_another_session_has_then(lead: Somebody, run: Occurrence) -> None:
    """Bad input: a room taken."""
    other = occurrence_of(factories.session(code="E17"))
    page = moved(lead, run, theirs(run), room=str(other.room_id))
    assert "Another session (E17) has this room then." in page.page.error_summary[0]


def test_fewer_places_are_not_saved_before_it_was_shown_who_hears_of_it(
    lead: Somebody, run: Occurrence
) -> None:
    """No change that people must hear of is saved without a preview of who is told."""
    factories.booking(run, 2)
    factories.waiting(run, 2)
    page = lead.client.submit(lead.client.get(theirs(run)), "Change the places", places="2")
    db.session.expire_all()
    assert run.capacity == 3
    assert page.page.form(SEE).controls["places"].values() == ["2"]
    preview = lead.client.submit(page, SEE, reason="Two chairs are broken.")
    assert "1 by email" in preview.words
    lead.client.submit(preview, TELL)
    db.session.expire_all()
    assert (run.capacity, queued("fewer_places")) == (2, 1)


def test_nothing_different_tells_nobody(lead: Somebody, run: Occurrence) -> None:
    page = moved(lead, run, theirs(run))
    assert "Nothing is different, so nobody is told anything." in page.words


def test_p4_a_provider_cancels_with_a_suggestion_and_takes_it_back(
    lead: Somebody, run: Occurrence, provider: Provider
) -> None:
    """P4: reason in public words, alternatives suggested, preview, send."""
    other = occurrence_of(
        factories.session(
            code="E26", title="Mend It", provider=provider, theme=run.session.theme, capacity=9
        )
    )
    booked = factories.booking(run)
    page = lead.client.get(f"{theirs(run)}/cancel")
    assert "Mend It" in page.words
    preview = lead.client.submit(page, SEE, reason="The teacher is ill.", alternative=str(other.id))
    assert "1 by email" in preview.words
    done = lead.client.submit(preview, "Cancel this date and tell them")
    db.session.expire_all()
    notice = db.session.scalars(sa.select(ChangeNotice)).one()
    assert (notice.reason, notice.alternative_id) == ("The teacher is ill.", other.id)
    lead.client.submit(done, "Undo: Cancelled")
    db.session.expire_all()
    assert reservation_of(booked).state == ReservationState.confirmed


def test_p4_confirmed_twice_it_is_cancelled_once(lead: Somebody, run: Occurrence) -> None:
    """Bad input: a cancellation confirmed twice."""
    factories.booking(run)
    page = lead.client.submit(lead.client.get(f"{theirs(run)}/cancel"), SEE, reason="Ill.")
    lead.client.submit(page, "Cancel this date and tell them")
    again = lead.client.submit(page, "Cancel this date and tell them")
    assert "This session is cancelled already." in again.words
    assert queued("withdrawn") == 1


def test_all_dates_of_a_session_are_one_decision(manager: Somebody, run: Occurrence) -> None:
    later = factories.occurrence(run.session, starts_at=run.starts_at + timedelta(days=1))
    factories.booking(run)
    factories.booking(later)
    page = manager.client.get(f"/office/runs/{run.id}/cancel")
    preview = manager.client.submit(page, SEE, reason="Ill.", dates="all")
    assert "2 dates" in preview.words
    done = manager.client.submit(preview, "Cancel all these dates and tell them")
    db.session.expire_all()
    assert {run.state, later.state} == {OccurrenceState.cancelled}
    manager.client.submit(done, "Undo: Cancelled")
    db.session.expire_all()
    assert {run.state, later.state} == {OccurrenceState.scheduled}


def test_f8_a_venue_is_closed_for_a_day(manager: Somebody, run: Occurrence) -> None:
    """F8: cancel venue; P4 edge: venue closes: bulk cancel every session there today."""
    zone = run.session.edition.zone
    factories.booking(run)
    elsewhere = occurrence_of(factories.session(code="E02"))
    page = manager.client.get("/office/cancel-venue")
    answers = {
        "venue": str(run.room.venue_id),
        "day": run.starts_at.astimezone(zone).date().isoformat(),
        "reason": "Water in the hall.",
    }
    preview = manager.client.submit(page, SEE, **answers)
    assert "E11 NHS Careers" in preview.words
    assert "E02" not in preview.words
    done = manager.client.submit(preview, "Cancel all of these and tell them")
    assert "1 session is cancelled. We tell everybody in two minutes." in done.words
    db.session.expire_all()
    assert (run.state, elsewhere.state) == (OccurrenceState.cancelled, OccurrenceState.scheduled)
    manager.client.submit(done, "Undo: Cancelled")
    db.session.expire_all()
    assert run.state == OccurrenceState.scheduled


def test_f8_a_venue_where_nothing_takes_place(manager: Somebody, run: Occurrence) -> None:
    empty = factories.venue("Empty house")
    day = run.starts_at.date().isoformat()
    page = manager.client.submit(
        manager.client.get("/office/cancel-venue"),
        SEE,
        venue=str(empty.id),
        day=day,
        reason="No light.",
    )
    assert page.page.error_summary == ["Nothing takes place there on this day any more."]


def test_other_peoples_changes_are_not_there(
    lead: Somebody, manager: Somebody, other_lead: Somebody, run: Occurrence
) -> None:
    page = lead.client.submit(moved(lead, run, theirs(run), starts="3pm", ends="5pm"), TELL)
    notice = db.session.scalars(sa.select(ChangeNotice)).one()
    for address in (f"{theirs(run)}/change", f"{theirs(run)}/cancel"):
        assert other_lead.client.get(address).status_code == 404
    assert "Undo: Moved or changed" in page.words
    other = occurrence_of(factories.session(code="E18", provider=run.session.provider))
    page = manager.client.get(f"/office/runs/{run.id}")
    token = page.page.form("Undo: Moved or changed").controls["csrf_token"].values()[0]
    wrong = f"/office/runs/{other.id}/changes/{notice.id}/undo"
    answer = manager.client.post(wrong, data={"csrf_token": token})
    assert answer.status_code == 404


def test_the_list_of_changes_takes_as_many_queries_for_one_as_for_three(
    app: Flask, manager: Somebody, run: Occurrence
) -> None:
    counts = []
    manager.client.get("/office/changes")  # signs in
    for more in (1, 2):
        for _number in range(more):
            one = occurrence_of(factories.session())
            running.cancel_runs([one.id], "Ill.", actor=None)
        db.session.commit()
        with recorded(app) as statements:
            page = manager.client.get("/office/changes")
        counts.append(statements.count)
    assert page.words.count("Undo: Cancelled") == 3
    assert counts[0] == counts[1]
