"""A run at another time, or in another room."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, clock
from festival.domain.capacity import lock_and_settle, offer_what_is_free
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.running.places import check_fits
from festival.domain.running.telling import claims_on, tell_each
from festival.extensions import db
from festival.models import Occurrence, OccurrenceState, Reservation, ReservationState, Room, User


class BadTime(DomainError):
    """A time that no run can have."""

    reason = "bad_time"


def reschedule(
    occurrence_id: int,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    room: Room | None = None,
    actor: User | None,
) -> Occurrence:
    """Another time (aware), another room, or both; what is not said stays, and with another start
    the end moves along. Everybody keeps their place or turn and is told, the old beside the new;
    calendars follow, because the sequence of each entry rises. Tickets stay good.

    Raises NotAllowed where it is cancelled or has started, BadTime, and AboveLegal where the new
    room does not hold by law who is expected.
    """
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    if occurrence.state == OccurrenceState.cancelled or occurrence.starts_at <= now:
        raise NotAllowed(N_("It is cancelled or has started, so it cannot be moved any more."))
    before = before_of(occurrence)
    start = starts_at or occurrence.starts_at
    end = ends_at or start + (occurrence.ends_at - occurrence.starts_at)
    _check_times(start, end, now)
    if room is not None:
        check_fits(occurrence, room)
        occurrence.room, occurrence.legal_capacity = room, room.legal_capacity
    occurrence.starts_at, occurrence.ends_at = start, end
    db.session.flush()
    if before_of(occurrence) == before:
        return occurrence
    occurrence.calendar_sequence += 1
    occurrence.revised_at = now
    claims = claims_on(occurrence)
    _revise(occurrence, now)
    tell_each(claims, "changed_by_us", before={str(occurrence.id): before})
    audit.record("occurrence.moved", occurrence, actor=actor, before=before)
    offer_what_is_free(locked, now)
    return occurrence


def before_of(occurrence: Occurrence) -> dict[str, Any]:
    """How it stands, to be kept in a message that tells what has changed."""
    return {
        "starts_at": occurrence.starts_at.isoformat(),
        "ends_at": occurrence.ends_at.isoformat(),
        "room": occurrence.room_id,
    }


def _check_times(start: datetime, end: datetime, now: datetime) -> None:
    if start <= now:
        raise BadTime(N_("This time is over. Choose a time that is still to come."), field="start")
    if end <= start:
        raise BadTime(N_("It must end after it starts. Choose a later end."), field="end")


def _revise(occurrence: Occurrence, now: datetime) -> None:
    """Each entry in people's calendars is newer than the one they have; what they were reminded
    of was the old time; an offer ends with the new start at the latest."""
    db.session.execute(
        sa.update(Reservation)
        .where(
            Reservation.occurrence_id == occurrence.id,
            Reservation.state.in_(
                (
                    ReservationState.confirmed,
                    ReservationState.offered,
                    ReservationState.waiting,
                )
            ),
        )
        .values(
            calendar_sequence=Reservation.calendar_sequence + 1,
            revised_at=now,
            reminded=0,
            offer_until=sa.case(
                (Reservation.offer_until > occurrence.starts_at, occurrence.starts_at),
                else_=Reservation.offer_until,
            ),
        )
        .execution_options(synchronize_session="fetch")
    )
