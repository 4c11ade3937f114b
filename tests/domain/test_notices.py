"""Changes people must hear of: on record, told once, and taken back within two minutes unheard."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.delivery import booking_rules
from festival.domain import accounts, bookings, check, clock, running
from festival.domain.errors import NotAllowed
from festival.domain.occurrences import CannotRun
from festival.domain.running import AccessAtRisk, notices
from festival.domain.running.overlaps import newly, overlaps
from festival.extensions import db
from festival.models import (
    AccessRequest,
    ChangeNotice,
    Closure,
    Message,
    MessageState,
    NoticeKind,
    Occurrence,
    Office,
    RevisionState,
    UnmetDemand,
)
from tests import factories as make
from tests.factories import occurrence_of, reservation_of
from tests.support.refusals import refused

pytestmark = pytest.mark.usefixtures("app")
At = Callable[..., None]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def a_run(capacity: int = 2, legal: int = 20, **facts: object) -> Occurrence:
    return occurrence_of(make.session(capacity=capacity, room=make.room(legal), **facts))


def notice_of(run: Occurrence) -> ChangeNotice:
    return notices.newest([run.id])[run.id]


def waiting_messages(kind: str) -> list[Message]:
    query = sa.select(Message).where(Message.kind == kind, Message.state == MessageState.queued)
    return list(db.session.scalars(query))


class TestOnRecord:
    def test_a_cancellation_says_why_who_is_told_and_what_else_there_is(self) -> None:
        run, other = a_run(1), a_run()
        make.booking(run)
        make.waiting(run, email="", mobile="07700 900123")
        running.cancel_occurrence(run.id, " Ill. ", actor=None, alternative_id=other.id)
        notice = notice_of(run)
        assert (notice.kind, notice.reason, notice.alternative) == (
            NoticeKind.cancelled,
            "Ill.",
            other,
        )
        assert notice.told == {
            "email": 1,
            "sms": 0,
            "call": 1,
            "nobody": 0,
            "booked": 1,
            "waiting": 1,
        }
        assert {one.notice_id for one in waiting_messages("withdrawn")} == {notice.id}

    def test_p4_a_venue_that_closes_is_one_decision_and_one_message_to_each(self) -> None:
        """P4 edge: venue closes: bulk cancel every session there today."""
        room = make.room(20)
        first = occurrence_of(make.session(capacity=4, room=room))
        second = occurrence_of(
            make.session(capacity=4, room=room, starts_at=first.starts_at + 3 * HOUR)
        )
        elsewhere = a_run()
        make.booking(first)
        make.booking(second)
        day = first.starts_at.astimezone(first.session.edition.zone).date()
        found = running.at_venue(room.venue, day, first.session.edition, clock.now())
        assert found == [first, second]
        made = running.cancel_runs([one.id for one in found], "The roof leaks.", actor=None)
        assert len({one.batch for one in made}) == 1
        assert [one.state.value for one in (first, second, elsewhere)] == [
            "cancelled",
            "cancelled",
            "scheduled",
        ]
        running.undo(made[0].id, actor=None)
        assert [one.state.value for one in (first, second)] == ["scheduled"] * 2
        assert waiting_messages("withdrawn") == []
        assert check.broken_rules() == []

    def test_nobody_cancels_nothing(self) -> None:
        with refused(NotAllowed):
            running.cancel_runs([], "Ill.", actor=None)


class TestUndo:
    def test_p4_a_cancellation_taken_back_in_time_is_as_if_it_never_was(self) -> None:
        """Undo within two minutes sends nothing: places, turns and offers are as they were."""
        run = a_run(2)
        booked, more = make.booking(run), make.booking(run)
        first, second = make.waiting(run), make.waiting(run)
        bookings.cancel_reservation(more, reservation_of(more))
        offer_until = reservation_of(first).offer_until
        turn = reservation_of(second).waiting_since
        code = make.code_of(booked)
        running.cancel_occurrence(run.id, "Ill.", actor=None)
        running.undo(notice_of(run).id, actor=None)
        states = [reservation_of(one).state.value for one in (booked, first, second)]
        assert states == ["confirmed", "offered", "waiting"]
        assert reservation_of(first).offer_until == offer_until
        assert reservation_of(second).waiting_since == turn
        assert make.code_of(booked) == code
        assert waiting_messages("withdrawn") == []
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UnmetDemand)) == 0
        assert check.broken_rules() == []

    def test_after_two_minutes_people_are_being_told(self, at: At) -> None:
        at(clock.now())
        run = a_run()
        make.booking(run)
        running.cancel_occurrence(run.id, "Ill.", actor=None)
        notice = notice_of(run)
        assert {one.next_attempt_at for one in waiting_messages("withdrawn")} == {notice.undo_until}
        at(notice.undo_until)
        with refused(NotAllowed):
            running.undo(notice.id, actor=None)
        assert run.state == "cancelled"

    def test_the_newest_change_first_and_each_only_once(self) -> None:
        run = a_run()
        running.reschedule(run.id, starts_at=run.starts_at + HOUR, actor=None)
        older = notice_of(run)
        running.reschedule(run.id, starts_at=run.starts_at + HOUR, actor=None)
        newer = notice_of(run)
        with refused(NotAllowed):
            running.undo(older.id, actor=None)
        running.undo(newer.id, actor=None)
        with refused(NotAllowed):
            running.undo(newer.id, actor=None)
        running.undo(older.id, actor=None)

    def test_p3_room_time_and_places_come_back_together(self) -> None:
        """P3 edge: changed back within the two minutes: no message at all."""
        run = a_run(1, legal=5)
        booked, waits = make.booking(run), make.waiting(run)
        start, room = run.starts_at, run.room
        hall = make.room(100)
        running.reschedule(run.id, starts_at=start + HOUR, room=hall, places=60, actor=None)
        assert reservation_of(waits).state == "offered"
        (offer,) = waiting_messages("offered")
        assert offer.next_attempt_at >= notice_of(run).undo_until
        running.undo(notice_of(run).id, actor=None)
        assert (run.starts_at, run.room, run.capacity, run.legal_capacity) == (start, room, 1, 5)
        assert reservation_of(booked).state == "confirmed"
        assert reservation_of(waits).state == "waiting"
        assert waiting_messages("changed_by_us") == []
        assert check.broken_rules() == []

    def test_what_does_not_fit_any_more_is_not_undone(self) -> None:
        run = a_run(1, legal=5)
        make.booking(run)
        running.reschedule(run.id, room=make.room(100), places=60, actor=None)
        make.booking(run, 4)
        with refused(NotAllowed):
            running.undo(notice_of(run).id, actor=None)

    def test_who_came_to_something_else_meanwhile_keeps_that_alone(self) -> None:
        run, other = a_run(), a_run()
        booked = make.booking(run)
        running.cancel_occurrence(run.id, "Ill.", actor=None)
        bookings.come_instead(booked, reservation_of(booked), other.id, booking_rules())
        running.undo(notice_of(run).id, actor=None)
        assert run.places_taken == 0
        assert other.places_taken == 1

    def test_a_message_that_took_up_two_changes_tells_of_the_one_that_stands(self) -> None:
        run, other = a_run(), a_run()
        booked = bookings.book(
            edition=run.session.edition,
            wishes=[bookings.Wish(one.id, make.party(1)) for one in (run, other)],
            contact=bookings.Contact(name="Ada Lovelace", email="ada@example.org"),
            rules=booking_rules(),
            who=bookings.Who(),
        )
        running.cancel_occurrence(run.id, "Ill.", actor=None)
        running.cancel_occurrence(other.id, "Ill.", actor=None)
        (message,) = waiting_messages("withdrawn")
        assert len(message.facts["reservations"]) == 2
        running.undo(notice_of(run).id, actor=None)
        (message,) = waiting_messages("withdrawn")
        gone = [one.id for one in booked.reservations if one.occurrence_id == other.id]
        assert message.facts["reservations"] == gone

    def test_not_where_another_has_the_room_meanwhile(self) -> None:
        run = a_run()
        room, start = run.room, run.starts_at
        running.reschedule(run.id, room=make.room(30), actor=None)
        occurrence_of(make.session(room=room, starts_at=start))
        with refused(NotAllowed):
            running.undo(notice_of(run).id, actor=None)
        db.session.expire_all()


class TestOnAgain:
    def test_p4_cancelled_in_error_the_waiting_list_comes_back_too(self, at: At) -> None:
        """P4 edge: cancelled in error: reinstate with apology."""
        at(clock.now())
        run = a_run(1)
        booked, waits = make.booking(run), make.waiting(run)
        turn = reservation_of(waits).waiting_since
        running.cancel_occurrence(run.id, "Ill.", actor=None)
        at(clock.now() + 3 * MINUTE)
        assert running.reinstate(run.id, actor=None) == 1
        assert reservation_of(booked).state == "confirmed"
        assert reservation_of(waits).state == "waiting"
        assert reservation_of(waits).waiting_since == turn
        assert len(waiting_messages("reinstated")) == 2
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UnmetDemand)) == 0
        running.undo(notice_of(run).id, actor=None)
        assert reservation_of(booked).state == "withdrawn"
        assert waiting_messages("reinstated") == []


class TestMoving:
    def test_p3_who_now_overlaps_is_counted(self) -> None:
        """P3 edge: time change makes people overlap another booking: tell them."""
        run, other = a_run(), a_run()
        other.starts_at, other.ends_at = run.ends_at + HOUR, run.ends_at + 3 * HOUR
        mine = make.booking(run, name="Ada Lovelace", email="ada@example.org")
        make.booking(other, name="Ada Lovelace", email="ada@example.org")
        make.booking(run, name="Bea", email="bea@example.org")
        before = running.before_of(run)
        running.reschedule(run.id, starts_at=other.starts_at, actor=None)
        assert notice_of(run).told["overlapping"] == 1
        found = newly(overlaps([reservation_of(mine).id]), before)
        assert [one.occurrence for one in found[reservation_of(mine).id]] == [other]

    def test_p3_a_room_with_steps_waits_for_the_access_lead(self) -> None:
        """P3 edge: new room is not step-free and people asked: stop until the access lead."""
        run = a_run()
        booked = make.booking(run)
        request = AccessRequest(
            reservation_id=reservation_of(booked).id,
            adjustments=["step-free"],
            changed_at=clock.now(),
        )
        db.session.add(request)
        db.session.flush()
        stairs = make.room(20, step_free="no")
        with refused(AccessAtRisk, field="room"):
            running.reschedule(run.id, room=stairs, access_agreed=True, actor=None)
        lead = accounts.add_user(email="access@example.org", name="Ann")
        accounts.grant_office(lead, Office.access_lead)
        with refused(AccessAtRisk, field="room"):
            running.reschedule(run.id, room=stairs, actor=lead)
        running.reschedule(run.id, room=stairs, access_agreed=True, actor=lead)
        assert notice_of(run).told["asked step-free"] == 1

    def test_a_room_that_is_taken_and_a_day_outside_are_refused(self) -> None:
        run, other = a_run(), a_run()
        with refused(CannotRun, field="room"):
            running.reschedule(run.id, room=other.room, actor=None)
        with refused(CannotRun, field="day"):
            running.reschedule(run.id, starts_at=run.starts_at + 300 * 24 * HOUR, actor=None)

    def test_a_venue_that_is_closed_that_day(self) -> None:
        run, hall = a_run(), make.room(20)
        day = run.starts_at.date()
        hall.venue.closures = [Closure(starts_on=day, ends_on=day, reason="Painting")]
        db.session.flush()
        with refused(CannotRun, field="day"):
            running.reschedule(run.id, room=hall, actor=None)

    def test_a_session_that_was_declined_does_not_keep_its_room(self) -> None:
        run = a_run()
        other = make.session(published=False, room=make.room(20), starts_at=run.starts_at)
        room = occurrence_of(other).room
        with refused(CannotRun, field="room"):
            running.reschedule(run.id, room=room, actor=None)
        other.revisions[-1].state = RevisionState.declined
        db.session.flush()
        running.reschedule(run.id, room=room, actor=None)
        assert run.room == room

    def test_fewer_places_are_told_to_who_waits(self) -> None:
        run = a_run(3)
        make.booking(run, 2)
        make.waiting(run, 2)
        running.set_capacity(run.id, 2, actor=None, reason="Two chairs are broken.")
        (message,) = waiting_messages("fewer_places")
        assert message.facts["reason"] == "Two chairs are broken."
        running.undo(notice_of(run).id, actor=None)
        assert run.capacity == 3

    def test_lost_access_is_told_to_everybody_and_not_undone(self) -> None:
        run = a_run()
        make.booking(run)
        (notice,) = running.access_changed(
            run.session, lost=["BSL interpreter"], reason="She is ill.", actor=None
        )
        (message,) = waiting_messages("access_changed")
        assert message.facts["lost"] == ["BSL interpreter"]
        with refused(NotAllowed):
            running.undo(notice.id, actor=None)
