"""A run at another time or in another room: who has places keeps them, and hears of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.domain import bookings, check, clock, running
from festival.domain.errors import NotAllowed
from festival.domain.running import AboveLegal
from festival.domain.running.moving import BadTime
from festival.extensions import db
from festival.models import Message, Occurrence
from tests import factories as make
from tests.factories import occurrence_of, reservation_of
from tests.support.refusals import refused

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)


def a_run(capacity: int = 2, legal: int = 20) -> Occurrence:
    return occurrence_of(make.session(capacity=capacity, room=make.room(legal)))


def test_p3_the_ticket_stays_good_and_calendars_follow() -> None:
    run = a_run()
    booking = make.booking(run)
    claim, code, start, uid = (
        reservation_of(booking),
        make.code_of(booking),
        run.starts_at,
        reservation_of(booking).calendar_uid,
    )
    running.reschedule(run.id, starts_at=start + HOUR, actor=None)
    db.session.refresh(claim)
    assert (run.starts_at, run.ends_at) == (start + HOUR, start + HOUR + timedelta(minutes=90))
    assert (claim.calendar_uid, claim.calendar_sequence, run.calendar_sequence) == (uid, 1, 1)
    assert claim.revised_at == run.revised_at
    assert make.code_of(booking) == code
    assert check.broken_rules() == []


def test_booked_and_waiting_are_told_how_it_was() -> None:
    run = a_run(1)
    make.booking(run)
    make.waiting(run)
    was = running.before_of(run)
    hall = make.room(40)
    running.reschedule(run.id, room=hall, actor=None)
    query = sa.select(Message).where(Message.kind == "changed_by_us").order_by(Message.id)
    told = list(db.session.scalars(query))
    assert [one.recipient for one in told] == ["ada@example.org", "grace@example.org"]
    assert all(one.facts["before"] == {str(run.id): was} for one in told)
    assert (run.room, run.legal_capacity) == (hall, 40)


def test_nothing_is_told_where_nothing_changed() -> None:
    run = a_run()
    make.booking(run)
    running.reschedule(run.id, starts_at=run.starts_at, room=run.room, actor=None)
    assert run.calendar_sequence == 0
    assert db.session.scalar(sa.select(Message.id).where(Message.kind == "changed_by_us")) is None


def test_a_room_that_is_too_small_by_law_is_refused() -> None:
    run = a_run(4)
    make.booking(run)
    with refused(AboveLegal, field="room"):
        running.reschedule(run.id, room=make.room(3), actor=None)


def test_what_is_over_or_cancelled_is_not_moved(at: Callable[..., None]) -> None:
    run, other = a_run(), a_run()
    running.cancel_occurrence(run.id, "Ill.", actor=None)
    with refused(NotAllowed):
        running.reschedule(run.id, starts_at=run.starts_at + HOUR, actor=None)
    at(other.starts_at)
    with refused(NotAllowed):
        running.reschedule(other.id, starts_at=other.starts_at + HOUR, actor=None)


@pytest.mark.parametrize(("start", "end", "field"), [(-1000, None, "starts"), (2, 1, "ends")])
def test_times_that_no_run_can_have(start: int, end: int | None, field: str) -> None:
    run = a_run()
    with refused(BadTime, field=field):
        running.reschedule(
            run.id,
            starts_at=run.starts_at + start * HOUR,
            ends_at=None if end is None else run.starts_at + end * HOUR,
            actor=None,
        )


def test_an_offer_ends_with_the_earlier_start() -> None:
    run = a_run(1)
    first = make.booking(run)
    waits = make.waiting(run)
    bookings.cancel_reservation(first, reservation_of(first))
    claim = reservation_of(waits)
    sooner = clock.now() + timedelta(hours=3)
    run.session.edition.starts_on = sooner.date()
    running.reschedule(run.id, starts_at=sooner, actor=None)
    db.session.refresh(claim)
    assert claim.offer_until is not None
    assert claim.offer_until <= sooner
    assert check.broken_rules() == []
