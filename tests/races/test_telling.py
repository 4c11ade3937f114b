"""Two who tell at the same moment, and what is changed while something is told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check, clock, reminders, running
from festival.extensions import db, write
from festival.models import Booking, Message, Occurrence, Reservation
from tests import factories
from tests.factories import occurrence_of
from tests.support.at_once import all_at_once, one_after_the_other

pytestmark = pytest.mark.races
DAY_BEFORE = datetime.fromisoformat("2027-06-04T14:00+01:00")


@pytest.fixture
def tomorrow(committed_app: Flask, at: Callable[..., None]) -> int:
    """The id of a booking of a session tomorrow."""
    at("2027-05-20T12:00+01:00")
    with write():
        run = occurrence_of(factories.session(starts_at=DAY_BEFORE + timedelta(days=1)))
        booking = factories.booking(run)
    at(DAY_BEFORE, tick=True)
    return booking.id


def told(kind: str) -> int:
    db.session.rollback()  # to see what the others committed
    query = sa.select(sa.func.count()).where(Message.kind == kind)
    return db.session.scalar(query) or 0


def test_of_many_who_remind_at_once_one_does(committed_app: Flask, tomorrow: int) -> None:
    def remind(_place: int) -> int:
        assert reminders.due_bookings(clock.now()) in ([tomorrow], [])
        with write():
            return reminders.remind(tomorrow, clock.now())

    assert sorted(all_at_once(committed_app, remind, 8)) == [0] * 7 + [1]
    assert told("reminder") == 1


def test_without_looking_again_under_the_lock_it_is_told_by_each(
    committed_app: Flask, tomorrow: int
) -> None:
    """What each has read is due for each of them."""
    both_read = Barrier(2)

    def remind(_place: int) -> int:
        due = len(reminders.due_bookings(clock.now()))
        both_read.wait(30)
        return due

    assert all_at_once(committed_app, remind, 2) == [1, 1]


def test_who_books_while_a_run_is_moved_has_an_entry_of_the_new_time(
    committed_app: Flask, tomorrow: int
) -> None:
    run_id = db.session.get_one(Booking, tomorrow).reservations[0].occurrence_id
    start = db.session.get_one(Occurrence, run_id).starts_at

    def move() -> str:
        running.reschedule(run_id, starts_at=start + timedelta(hours=3), actor=None)
        return "moved"

    def book() -> str:
        factories.booking(db.session.get_one(Occurrence, run_id), email="grace@example.org")
        return "booked"

    assert one_after_the_other(committed_app, move, book) == ["moved", "booked"]
    assert told("changed_by_us") == 1
    sequences = db.session.scalars(sa.select(Reservation.calendar_sequence)).all()
    assert sorted(sequences) == [0, 1]
    assert check.broken_rules() == []


def test_who_booked_just_before_a_run_is_moved_is_told(committed_app: Flask, tomorrow: int) -> None:
    run_id = db.session.get_one(Booking, tomorrow).reservations[0].occurrence_id
    start = db.session.get_one(Occurrence, run_id).starts_at

    def book() -> str:
        factories.booking(db.session.get_one(Occurrence, run_id), email="grace@example.org")
        return "booked"

    def move() -> str:
        running.reschedule(run_id, starts_at=start + timedelta(hours=3), actor=None)
        return "moved"

    assert one_after_the_other(committed_app, book, move) == ["booked", "moved"]
    assert told("changed_by_us") == 2
