"""A change of mind: places given back after booking."""

from collections.abc import Collection
from datetime import datetime

from festival.domain import audit, clock, outbox, scans, tickets
from festival.domain.bookings.finding import read_again
from festival.domain.capacity import (
    BookingClosed,
    give_back,
    lock_and_settle,
    take,
)
from festival.domain.errors import N_, NotFound
from festival.domain.parties import Person, RuleBroken, check_party, count_places, takes_place
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Booking,
    Reservation,
    ReservationState,
)


def give_up(booking: Booking, reservation: Reservation, attendee_ids: Collection[int]) -> None:
    """Cancel these people of a confirmed reservation; all of them cancels it.

    In a series the same people leave every part that is still to come. The places are free at
    once. Raises NotFound, RuleBroken, BookingClosed, and NoPlacesLeft where an adult who is left
    begins to count.
    """
    now = clock.now()
    parts = _series_of(booking, reservation)
    lock_and_settle({part.occurrence_id for part in parts}, now)
    read_again(booking)
    confirmed = [part for part in parts if part.state == ReservationState.confirmed]
    if reservation not in confirmed:
        raise NotFound(N_("This booking has already been cancelled."))
    if reservation.occurrence.starts_at <= now:
        raise BookingClosed(N_("This session has started, so it cannot be changed any more."))
    positions = _positions(reservation, attendee_ids)
    changed = [part for part in confirmed if part.occurrence.starts_at > now]
    for part in changed:
        _shrink(part, positions, now)
    gone = reservation.state == ReservationState.cancelled
    outbox.tell_booker(booking, "cancelled" if gone else "changed", changed)
    audit.record(
        "booking.cancelled" if gone else "booking.reduced",
        booking,
        actor=None,
        people=len(positions),
    )


def _positions(reservation: Reservation, attendee_ids: Collection[int]) -> set[int]:
    """Where in the party these people stand, as it is under the lock: pressed twice, the second
    time finds nobody."""
    positions = {
        place for place, one in enumerate(reservation.attendees) if one.id in set(attendee_ids)
    }
    if not positions:
        raise RuleBroken(N_("Say who cannot come."), field="people")
    return positions


def _series_of(booking: Booking, reservation: Reservation) -> list[Reservation]:
    if reservation.series_claim is None:
        return [reservation]
    return [one for one in booking.reservations if one.series_claim == reservation.series_claim]


def _shrink(part: Reservation, positions: set[int], now: datetime) -> None:
    """Take the people at these positions out of one reservation."""
    kept = [one for place, one in enumerate(part.attendees) if place not in positions]
    party = [Person(one.kind, one.name, one.age) for one in kept]
    places = count_places(part.occurrence.session, party)
    _check_nobody_is_in(part, len(kept))
    if kept:
        check_party(part.occurrence.session, party)
    else:
        move(part, ReservationState.cancelled)
        part.ended_at = now
    _move_places(part, places, len(kept), now)
    part.calendar_sequence += 1
    part.revised_at = now
    if kept:
        part.places, part.people = places, len(kept)
        part.attendees = kept
        for one, person in zip(kept, party, strict=True):
            one.takes_place = takes_place(part.occurrence.session, person, party)
        tickets.reissue(part)
    db.session.flush()


def _check_nobody_is_in(part: Reservation, kept: int) -> None:
    """Who has been let in is in the room: that place cannot be given to somebody else."""
    inside = scans.people_in(part.ticket.number) if part.ticket else 0
    if inside > kept:
        raise RuleBroken(
            N_("%(inside)s of you have been let in already. Ask at the door."),
            field="people",
            inside=inside,
        )


def _move_places(part: Reservation, places: int, people: int, now: datetime) -> None:
    """Let the counters follow a party; without its last child an adult may begin to count."""
    if places > part.places:
        assert part.allocation is not None  # a CHECK says so
        take(part.occurrence, part.allocation, places - part.places, people - part.people, now)
    else:
        give_back(part, part.places - places, part.people - people)
