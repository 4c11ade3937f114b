"""A run is called off, or takes place after all."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, clock, tickets
from festival.domain.bookings.called_off import was_given_up
from festival.domain.bookings.claims import in_lines
from festival.domain.capacity import (
    closes_at,
    forget_unmet,
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
from festival.domain.running import notices
from festival.domain.running.telling import Told, claims_on, tell_each, told_of
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    ChangeNotice,
    Edition,
    FestivalSession,
    NoticeKind,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Room,
    User,
    Venue,
)

State = ReservationState


def who_is_told_again(occurrence: Occurrence) -> Told:
    """Who would hear that a cancelled run takes place after all, and have again what they had."""
    return told_of(_withdrawn(occurrence), "reinstated")


def cancel_occurrence(
    occurrence_id: int, reason: str, *, actor: User | None, alternative_id: int | None = None
) -> Occurrence:
    """The organiser calls this run off: see cancel_runs. Raises NotAllowed where it is cancelled
    already."""
    notice = cancel_runs([occurrence_id], reason, actor=actor, alternative_id=alternative_id)[0]
    return notice.occurrence


def cancel_runs(
    occurrence_ids: Collection[int],
    reason: str,
    *,
    actor: User | None,
    alternative_id: int | None = None,
) -> list[ChangeNotice]:
    """The organiser calls these runs off in one decision: their waiting lists are frozen, everybody
    loses their place or turn at once and is told once, with the ``reason`` in public words and the
    run they could come to instead. Nothing is offered on the way. It is neither a no-show nor the
    resident's own cancellation. For two minutes it can be undone, and nobody has heard.

    Raises NotAllowed where one of them is cancelled already, or there is none.
    """
    now = clock.now()
    locked = lock(set(occurrence_ids))  # not settled: that would offer what is free
    called_off = [one for one in locked if one.id in set(occurrence_ids)]
    if not called_off:
        raise NotAllowed(N_("There is nothing to cancel."))
    batch = notices.new_batch() if len(called_off) > 1 else None
    claims = claims_on(*called_off)
    made = []
    for occurrence in called_off:
        notice = notices.post(
            occurrence,
            NoticeKind.cancelled,
            now=now,
            actor=actor,
            reason=reason,
            alternative_id=alternative_id,
            batch=batch,
        )
        mine = [claim for claim in claims if claim.occurrence_id == occurrence.id]
        notices.keep_told(notice, told_of(mine, "withdrawn"))
        _call_off(occurrence, mine, now)
        audit.record("occurrence.cancelled", occurrence, actor=actor, bookings=len(mine))
        made.append(notice)
    facts: dict[str, Any] = {"alternative": alternative_id} if alternative_id else {}
    tell_each(claims, "withdrawn", notice=made[0], reason=made[0].reason, **facts)
    # The other parts of a series may have places that only these lacked.
    settle([one for one in locked if one.id not in set(occurrence_ids)], now)
    return made


def _renew(occurrence: Occurrence, now: datetime) -> None:
    occurrence.calendar_sequence += 1
    occurrence.revised_at = now


def _call_off(occurrence: Occurrence, claims: Sequence[Reservation], now: datetime) -> None:
    move(occurrence, OccurrenceState.cancelled)
    _renew(occurrence, now)
    waiting = [one for one in claims if one.state == State.waiting and one.waiting_since]
    if waiting:
        record_unmet([occurrence], waiting, now)
    for claim in claims:
        _withdraw(claim, now)
    db.session.flush()


def _withdraw(claim: Reservation, now: datetime) -> None:
    claim.withdrawn_from = claim.state
    if claim.state != State.waiting:
        give_all_back(claim)
    move(claim, State.withdrawn)
    claim.ended_at = now
    renew_entry(claim, now)


def renew_entry(claim: Reservation, now: datetime) -> None:
    """What people's calendars know of this is not the newest any more."""
    if claim.confirmed_at is not None:
        claim.calendar_sequence += 1
        claim.revised_at = now


# --- all dates of a session, all of a venue for a day


def coming_of(session: FestivalSession, now: datetime) -> list[Occurrence]:
    """The dates of this session that take place and are not over."""
    return list(
        db.session.scalars(
            _takes_place(now).where(Occurrence.session_id == session.id).order_by(Occurrence.id)
        )
    )


def at_venue(venue: Venue, day: date, edition: Edition, now: datetime) -> list[Occurrence]:
    """What takes place at this venue on this day of the edition's zone and is not over, by time."""
    first = datetime.combine(day, time(), edition.zone)
    last = datetime.combine(day + timedelta(days=1), time(), edition.zone)
    query = (
        _takes_place(now)
        .join(Occurrence.room)
        .where(
            Room.venue_id == venue.id, Occurrence.starts_at >= first, Occurrence.starts_at < last
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return list(db.session.scalars(query))


def _takes_place(now: datetime) -> sa.Select[Any]:
    return sa.select(Occurrence).where(
        Occurrence.state == OccurrenceState.scheduled, Occurrence.ends_at > now
    )


# --- on again


def reinstate(occurrence_id: int, *, actor: User | None, reason: str = "") -> int:
    """The run takes place after all: who had a place has it again, with capacity, share and room
    checked as for a new booking, and who waited waits again at their old turn; how many parties
    have places. They are told, with an apology.

    Raises NotAllowed where it is not cancelled or has started, and NoPlacesLeft or RoomFull where
    the places are not there any more.
    """
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    if closes_at(occurrence) <= now:
        raise NotAllowed(N_("It has started or booking is over, so it cannot be put on again."))
    move(occurrence, OccurrenceState.scheduled)
    _renew(occurrence, now)
    db.session.flush()
    back = _take_back(occurrence, now)
    notice = notices.post(occurrence, NoticeKind.reinstated, now=now, actor=actor, reason=reason)
    notices.keep_told(notice, told_of(back, "reinstated"))
    tell_each(back, "reinstated", notice=notice)
    seated = [one for one in back if one.state == State.confirmed]
    audit.record("occurrence.reinstated", occurrence, actor=actor, bookings=len(seated))
    offer_what_is_free(locked, now)
    return len(seated)


def _withdrawn(occurrence: Occurrence) -> list[Reservation]:
    """Who had places when it was called off, first come first, and then who waited. Not who has
    come to something else instead, or given up what was left of a series."""
    query = (
        sa.select(Reservation)
        .where(
            Reservation.occurrence_id == occurrence.id,
            Reservation.state == State.withdrawn,
            Reservation.withdrawn_from.in_((State.confirmed, State.offered, State.waiting)),
        )
        .order_by(Reservation.confirmed_at, Reservation.waiting_since, Reservation.id)
    )
    now = clock.now()
    found = [one for one in db.session.scalars(query) if not was_given_up(one, now)]
    return sorted(found, key=lambda one: one.withdrawn_from != State.confirmed)


def _take_back(occurrence: Occurrence, now: datetime) -> list[Reservation]:
    back = _withdrawn(occurrence)
    seated = [one for one in back if one.withdrawn_from == State.confirmed]
    for line in in_lines(seated):
        for claim in line.claims:
            seat(claim, now)
            move(claim, State.confirmed)
            claim.ended_at = None
            renew_entry(claim, now)
            tickets.reissue(claim)
    waiting = [one for one in back if one.withdrawn_from != State.confirmed]
    # Of an offer the time has run out meanwhile: they are next in line again.
    forget_unmet(occurrence, [one for one in waiting if one.withdrawn_from == State.waiting])
    for claim in waiting:
        move(claim, State.waiting)
        claim.ended_at = claim.offer_until = None
    for claim in back:
        claim.withdrawn_from = None
    db.session.flush()
    return back


def seat(claim: Reservation, now: datetime) -> None:
    """The claim has places again. Raises NoPlacesLeft or RoomFull."""
    occurrence = claim.occurrence
    share = claim.allocation or public_share(occurrence)
    claim.own_places = take(occurrence, share, claim.places, claim.people, now, claim.companions)
