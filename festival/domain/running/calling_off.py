"""A run is called off, or takes place after all."""

from datetime import datetime

import sqlalchemy as sa

from festival.domain import audit, clock, tickets
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
    take,
)
from festival.domain.errors import N_, NotAllowed
from festival.domain.running.telling import Told, claims_on, tell_each, told_of
from festival.domain.states import move
from festival.extensions import db
from festival.models import Occurrence, OccurrenceState, Reservation, ReservationState, User


def who_is_told_again(occurrence: Occurrence) -> Told:
    """Who would hear that a cancelled run takes place after all, and have their places again."""
    claims = _withdrawn(occurrence)
    return told_of(claims, "reinstated")


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
    claims = claims_on(occurrence)
    waiting = [one for one in claims if one.state == ReservationState.waiting and one.waiting_since]
    if waiting:
        record_unmet([occurrence], waiting, now)
    for claim in claims:
        _withdraw(claim, now)
    db.session.flush()
    tell_each(claims, "withdrawn", reason=reason)
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
    tell_each(back, "reinstated")
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
