"""What time does: holds lapse, shares are released, sessions appear, people are reminded, baskets
are forgotten."""

import logging
from collections.abc import Callable, Iterable

from festival.domain import (
    attendance,
    bookings,
    call,
    calls,
    capacity,
    clock,
    offers,
    reminders,
    retention,
)
from festival.domain.observations import tries
from festival.extensions import db, write
from festival.models import FestivalSession, Occurrence

log = logging.getLogger("festival.upkeep")


def settle_due() -> int:
    """Settle every occurrence on which time has work to do; on how many it was done."""
    due = capacity.due_to_settle(clock.now())
    return _each("occurrence", due, lambda one: capacity.lock_and_settle([one], clock.now()))


def publish_due() -> int:
    """Publish sessions whose time has come; how many."""
    due = [session.id for session in offers.due_to_publish(clock.now())]
    return _each("session", due, _publish)


def remind_due() -> int:
    """Write the reminders, ways in and thanks whose time has come; to how many bookings."""
    due = reminders.due_bookings(clock.now())
    return _each("booking", due, lambda one: reminders.remind(one, clock.now()))


def chase_attendance() -> int:
    """Ask the organisations that have not said how many came; of how many runs."""
    due = attendance.due_to_chase(clock.now())
    return _each("occurrence", due, _chase)


def remind_of_deadline() -> int:
    """Tell the organisations that have drafts when the call closes; of how many."""
    due = call.due_to_remind(clock.now())
    return _each("provider", due, lambda one: call.remind(one, clock.now()))


def _chase(occurrence_id: int) -> None:
    attendance.chase(db.session.get_one(Occurrence, occurrence_id), clock.now())


def _publish(session_id: int) -> None:
    offers.publish_if_due(db.session.get_one(FestivalSession, session_id), clock.now())


def _each(thing: str, ids: Iterable[int], work: Callable[[int], object]) -> int:
    """Do the work on each in a transaction of its own, so that one that is broken stops no other;
    how many went well."""
    db.session.rollback()
    done = 0
    for number in ids:
        try:
            with write():
                work(number)
        except Exception:
            log.exception("%s %s could not be brought up to date", thing, number)
        else:
            done += 1
    return done


def purge() -> int:
    """Forget unfinished baskets after a day, what parties asked for and how old their children
    are after thirty, first answers after a week, and counts of tries whose window is over; codes
    that are over, addresses nobody books with, and what people wrote a year ago. Calls about what
    is over leave the call list."""
    if tries.storage is not None:
        tries.storage.purge()
    with write():
        calls.drop_what_is_over(clock.now())
    with write():
        forgotten = bookings.purge_baskets(clock.now())
    with write():
        return forgotten + sum(retention.forget(clock.now()).values())
