"""What an organiser does with a run that people have booked: more or fewer places, closed, called
off, on again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from festival.domain import audit, clock, outbox, tickets
from festival.domain.bookings.called_off import was_given_up
from festival.domain.bookings.claims import in_lines
from festival.domain.capacity import (
    closes_at,
    give_all_back,
    lock,
    lock_and_settle,
    offer_what_is_free,
    public_share,
    record_unmet,
    settle,
    share_for,
    take,
)
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    AllocationKind,
    Booking,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    User,
)

TOLD = (
    ReservationState.confirmed,
    ReservationState.offered,
    ReservationState.waiting,
    ReservationState.held,
)


class BelowBooked(DomainError):
    """Fewer places than are taken. Nobody loses a place by a number: the choices are to close
    booking and keep who is booked, to move to a larger room, to ask people to move to another
    date, or to cancel with a reason."""

    reason = "below_booked"
    choices = ("close", "move_room", "ask_to_move", "cancel")

    def __init__(self, taken: int) -> None:
        self.taken = taken
        super().__init__(
            N_(
                "%(taken)s places are taken already. You can close booking and keep these people, "
                "move to a larger room, ask people to change to another date, or cancel."
            ),
            field="capacity",
            taken=taken,
        )


class AboveLegal(DomainError):
    """More places than the room may hold by law, or than its access reserve leaves."""

    reason = "above_legal"


@dataclass(frozen=True)
class Told:
    """Who hears of a change: bookings by channel, and the places and parties they stand for."""

    email: int
    call: int
    nobody: int
    booked: int  # parties that have places
    waiting: int


def set_capacity(occurrence_id: int, places: int, *, actor: User | None) -> Occurrence:
    """So many places from now on (the public share takes up the difference). What is added goes
    to the waiting list first.

    Raises BelowBooked, AboveLegal, and NotAllowed where shares that are kept back leave no room.
    """
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    _check_capacity(occurrence, places)
    public = public_share(occurrence)
    difference = places - occurrence.capacity
    kept_back = occurrence.capacity - public.places
    if public.places + difference < public.places_taken:
        raise NotAllowed(
            N_(
                "%(kept)s places are kept back for the phone line and partners. "
                "Choose more places, or release those first."
            ),
            field="capacity",
            kept=kept_back,
        )
    before = occurrence.capacity
    occurrence.capacity = places
    public.places += difference
    db.session.flush()
    audit.record("occurrence.capacity", occurrence, actor=actor, before=before, after=places)
    offer_what_is_free(locked, now)
    return occurrence


def _check_capacity(occurrence: Occurrence, places: int) -> None:
    if places < 1:
        raise AboveLegal(N_("The number of places must be 1 or more."), field="capacity")
    if places < occurrence.places_taken:
        raise BelowBooked(occurrence.places_taken)
    reserve = share_for(occurrence, AllocationKind.access)
    kept = reserve.places if reserve.kind == AllocationKind.access else 0
    legal = occurrence.legal_capacity - kept
    if places > legal:
        raise AboveLegal(
            N_("The room can hold %(legal)s people by law, and %(kept)s are kept for access."),
            field="capacity",
            legal=occurrence.legal_capacity,
            kept=kept,
        )


def close_booking(occurrence_id: int, *, actor: User | None) -> None:
    """Nobody more can book, by web as little as by phone; who is booked stays booked."""
    _set_closed(occurrence_id, closed=True, actor=actor)


def open_booking(occurrence_id: int, *, actor: User | None) -> None:
    """It can be booked again; what is free goes to the waiting list first."""
    _set_closed(occurrence_id, closed=False, actor=actor)


def _set_closed(occurrence_id: int, *, closed: bool, actor: User | None) -> None:
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    if occurrence.is_closed == closed:
        return
    occurrence.is_closed = closed
    action = "occurrence.closed" if closed else "occurrence.opened"
    audit.record(action, occurrence, actor=actor)
    offer_what_is_free(locked, now)


def who_is_told(occurrence: Occurrence) -> Told:
    """Who would hear of a cancellation now: to be shown before it is decided."""
    claims = [one for one in _claims(occurrence) if one.booking.confirmed_at]
    takes = (ReservationState.confirmed, ReservationState.offered)
    return _told(
        claims,
        booked=sum(claim.state in takes for claim in claims),
        waiting=sum(claim.state == ReservationState.waiting for claim in claims),
    )


def _told(claims: Sequence[Reservation], booked: int, waiting: int) -> Told:
    bookings = {claim.booking_id: claim.booking for claim in claims}.values()
    email = sum(bool(one.email) for one in bookings)
    call = sum(bool(one.mobile and not one.email) for one in bookings)
    return Told(email, call, len(bookings) - email - call, booked, waiting)


def who_is_told_again(occurrence: Occurrence) -> Told:
    """Who would hear that a cancelled run takes place after all, and have their places again."""
    claims = _withdrawn(occurrence)
    return _told(claims, len(claims), 0)


def _claims(occurrence: Occurrence) -> list[Reservation]:
    query = (
        sa.select(Reservation)
        .join(Reservation.booking)
        .where(Reservation.occurrence_id == occurrence.id, Reservation.state.in_(TOLD))
        .order_by(Reservation.id)
        .options(contains_eager(Reservation.booking))
    )
    return list(db.session.scalars(query))


def cancel_occurrence(occurrence_id: int, reason: str, *, actor: User | None) -> Occurrence:
    """The organiser calls this run off: the waiting list is frozen, everybody loses their place or
    turn at once and is told once, with the ``reason`` in public words. Nothing is offered on the
    way. It is neither a no-show nor the resident's own cancellation.

    Raises NotAllowed where it is cancelled already.
    """
    now = clock.now()
    locked = lock({occurrence_id})  # not settled: that would offer what is free
    occurrence = next(one for one in locked if one.id == occurrence_id)
    move(occurrence, OccurrenceState.cancelled)
    occurrence.calendar_sequence += 1
    occurrence.revised_at = now
    claims = _claims(occurrence)
    waiting = [one for one in claims if one.state == ReservationState.waiting and one.waiting_since]
    if waiting:
        record_unmet([occurrence], waiting, now)
    for claim in claims:
        _withdraw(claim, now)
    db.session.flush()
    for booking, gone in _by_booking(claims):
        outbox.tell_booker(booking, "withdrawn", gone, reason=reason)
    audit.record("occurrence.cancelled", occurrence, actor=actor, bookings=len(claims))
    # The other parts of a series may have places that only this one lacked.
    settle([one for one in locked if one.id != occurrence_id], now)
    return occurrence


def _withdraw(claim: Reservation, now: datetime) -> None:
    if claim.state != ReservationState.waiting:
        give_all_back(claim)
    move(claim, ReservationState.withdrawn)
    claim.ended_at = now
    claim.held_until = claim.offer_until = None
    if claim.confirmed_at is not None:
        claim.calendar_sequence += 1
        claim.revised_at = now


def _by_booking(claims: Sequence[Reservation]) -> list[tuple[Booking, list[Reservation]]]:
    """Confirmed bookings with what they lose; a basket on its way sees it when it goes on."""
    found: dict[int, list[Reservation]] = {}
    for claim in claims:
        if claim.booking.confirmed_at is not None:
            found.setdefault(claim.booking_id, []).append(claim)
    return [(gone[0].booking, gone) for gone in found.values()]


def reinstate(occurrence_id: int, *, actor: User | None) -> int:
    """The run takes place after all: who had a place has it again, with capacity, share and room
    checked as for a new booking; how many parties. They are told, with an apology.

    Raises NotAllowed where it is not cancelled or has started, and NoPlacesLeft or RoomFull where
    the places are not there any more.
    """
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    if closes_at(occurrence) <= now:
        raise NotAllowed(N_("It has started or booking is over, so it cannot be put on again."))
    move(occurrence, OccurrenceState.scheduled)
    occurrence.calendar_sequence += 1
    occurrence.revised_at = now
    db.session.flush()
    back = _take_back(occurrence, now)
    for booking, claims in _by_booking(back):
        outbox.tell_booker(booking, "reinstated", claims)
    audit.record("occurrence.reinstated", occurrence, actor=actor, bookings=len(back))
    offer_what_is_free(locked, now)
    return len(back)


def _withdrawn(occurrence: Occurrence) -> list[Reservation]:
    """Who had places when it was called off, first come first."""
    query = (
        sa.select(Reservation)
        .where(
            Reservation.occurrence_id == occurrence.id,
            Reservation.state == ReservationState.withdrawn,
            Reservation.confirmed_at.is_not(None),
        )
        .order_by(Reservation.confirmed_at, Reservation.id)
    )
    now = clock.now()
    return [one for one in db.session.scalars(query) if not was_given_up(one, now)]


def _take_back(occurrence: Occurrence, now: datetime) -> list[Reservation]:
    back = _withdrawn(occurrence)
    for line in in_lines(back):
        for claim in line.claims:
            share = claim.allocation or public_share(occurrence)
            claim.own_places = take(
                occurrence, share, claim.places, claim.people, now, claim.companions
            )
            move(claim, ReservationState.confirmed)
            claim.ended_at = None
            claim.calendar_sequence += 1
            claim.revised_at = now
            tickets.reissue(claim)
    return back
