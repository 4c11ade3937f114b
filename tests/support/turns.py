"""Waiting lists in tests: a full run, who waits for it, how they stand and what they were told."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from festival.domain import bookings, capacity, clock
from festival.extensions import db
from festival.models import (
    Booking,
    Message,
    Occurrence,
    Reservation,
)
from tests import factories as make

START = "2027-06-01T10:00+01:00"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
At = Callable[..., None]


def run(**facts: object) -> Occurrence:
    return make.occurrence_of(make.session(**facts))  # type: ignore[arg-type]


def full(capacity: int = 2, **facts: object) -> tuple[Occurrence, Booking]:
    """A run, and the booking that has all its places."""
    occurrence = run(capacity=capacity, **facts)
    return occurrence, make.booking(occurrence, adults=capacity)


def claim_of(booking: Booking) -> Reservation:
    return make.reservation_of(booking)


def state(booking: Booking) -> str:
    return claim_of(booking).state.value


def give_up(booking: Booking, people: int = 1) -> None:
    claim = bookings.standing(booking)[0]
    bookings.give_up(booking, claim, [one.id for one in claim.attendees[:people]])


def told(booking: Booking) -> list[str]:
    """What the booker was told, in order."""
    query = sa.select(Message.kind).where(Message.booking_id == booking.id).order_by(Message.id)
    return list(db.session.scalars(query))


def settle(occurrence: Occurrence) -> None:
    capacity.lock_and_settle([occurrence.id], clock.now())
