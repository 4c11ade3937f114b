"""A run at another time, in another room, with another number of places: one change."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, clock
from festival.domain.capacity import lock_and_settle, offer_what_is_free
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.occurrences import CannotRun, check_day, taken_by
from festival.domain.running import notices
from festival.domain.running.access import check_access
from festival.domain.running.overlaps import newly, overlaps
from festival.domain.running.places import (
    check_fits,
    give_places,
    hold_back_offers,
    offered_on,
    set_capacity,
)
from festival.domain.running.telling import claims_on, tell_each, told_of
from festival.domain.venues import check_open
from festival.extensions import db
from festival.models import (
    ChangeNotice,
    NoticeKind,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Room,
    User,
)

REMINDED = "reminded"


class BadTime(DomainError):
    """A time that no run can have."""

    reason = "bad_time"


def reschedule(
    occurrence_id: int,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    room: Room | None = None,
    places: int | None = None,
    reason: str = "",
    access_agreed: bool = False,
    actor: User | None,
) -> Occurrence:
    """Another time (aware), another room, another number of places, or all three; what is not said
    stays, and with another start the end moves along. Everybody keeps their place or turn and is
    told, the old beside the new, with the ``reason`` in public words; calendars follow, because
    the sequence of each entry rises. Tickets stay good. New places go to the waiting list first.
    For two minutes it can be undone, and nobody has heard.

    Raises NotAllowed where it is cancelled or has started, BadTime, CannotRun where the day is
    outside the festival, the venue is closed or the room is taken, AboveLegal where the new room
    does not hold by law who is expected, BelowBooked, and AccessAtRisk where people asked for what
    the new room does not have and the access lead has not agreed it with them.
    """
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    if occurrence.state == OccurrenceState.cancelled or occurrence.starts_at <= now:
        raise NotAllowed(N_("It is cancelled or has started, so it cannot be moved any more."))
    before = before_of(occurrence)
    capacity = occurrence.capacity
    start = starts_at or occurrence.starts_at
    end = ends_at or start + (occurrence.ends_at - occurrence.starts_at)
    _check_times(occurrence, start, end, now)
    new_room = room if room is not None and room.id != occurrence.room_id else None
    moved = new_room is not None or (start, end) != (occurrence.starts_at, occurrence.ends_at)
    if not moved:
        wanted = occurrence.capacity if places is None else places
        return set_capacity(occurrence_id, wanted, actor=actor, reason=reason)
    check_free(occurrence, new_room or occurrence.room, start, end)
    risks = {}
    if new_room is not None:
        risks = check_access(occurrence, new_room, agreed=access_agreed, actor=actor)
    _settle_in(occurrence, new_room, places)
    occurrence.starts_at, occurrence.ends_at = start, end
    db.session.flush()
    notice = _note(occurrence, {**before, "places": capacity}, reason, now, actor)
    _tell(occurrence, notice, before, risks, now)
    offered = offered_on(occurrence)
    offer_what_is_free(locked, now)
    hold_back_offers(notice, offered_on(occurrence) - offered)
    return occurrence


def _note(
    occurrence: Occurrence, before: dict[str, Any], reason: str, now: datetime, actor: User | None
) -> ChangeNotice:
    """On record: how it was before, and how it is."""
    occurrence.revised_at = now
    after = {**before_of(occurrence), "places": occurrence.capacity}
    audit.record("occurrence.moved", occurrence, actor=actor, before=before)
    if before["places"] != after["places"]:
        audit.record(
            "occurrence.capacity",
            occurrence,
            actor=actor,
            before=before["places"],
            after=after["places"],
        )
    return notices.post(
        occurrence,
        NoticeKind.moved,
        now=now,
        actor=actor,
        reason=reason,
        before=before,
        after=after,
    )


def _settle_in(occurrence: Occurrence, room: Room | None, places: int | None) -> None:
    """Into the new room with the new number of places: where it is smaller, fewer places first."""
    fewer = places is not None and places < occurrence.capacity
    if fewer and places is not None:
        give_places(occurrence, places)
    if room is not None:
        check_fits(occurrence, room)
        occurrence.room, occurrence.legal_capacity = room, room.legal_capacity
        db.session.flush()
    if places is not None and not fewer:
        give_places(occurrence, places)


def _tell(
    occurrence: Occurrence,
    notice: ChangeNotice,
    before: dict[str, Any],
    risks: dict[str, int],
    now: datetime,
) -> None:
    """Everybody on the run hears how it was and how it is; also what else they have then."""
    occurrence.calendar_sequence += 1
    claims = claims_on(occurrence)
    notice.before = {**notice.before, REMINDED: {one.id: one.reminded for one in claims}}
    _revise(occurrence, now)
    at_once = newly(overlaps([claim.id for claim in claims]), before)
    notices.keep_told(
        notice,
        told_of(claims, "changed_by_us"),
        overlapping=len(at_once),
        **{f"asked {need}": number for need, number in risks.items()},
    )
    said: dict[str, Any] = {"reason": notice.reason} if notice.reason else {}
    tell_each(claims, "changed_by_us", notice=notice, before={str(occurrence.id): before}, **said)


def before_of(occurrence: Occurrence) -> dict[str, Any]:
    """How it stands, to be kept in a message that tells what has changed."""
    return {
        "starts_at": occurrence.starts_at.isoformat(),
        "ends_at": occurrence.ends_at.isoformat(),
        "room": occurrence.room_id,
    }


def _check_times(occurrence: Occurrence, start: datetime, end: datetime, now: datetime) -> None:
    if start <= now:
        raise BadTime(N_("This time is over. Choose a time that is still to come."), field="starts")
    if end <= start:
        raise BadTime(N_("It must end after it starts. Choose a later end."), field="ends")
    if start != occurrence.starts_at:
        check_day(occurrence.session.edition, start)


def check_free(occurrence: Occurrence, room: Room, start: datetime, end: datetime) -> None:
    """Raise CannotRun where the venue is closed on that day, or another run has the room then,
    with the time to set up and clear."""
    check_open(room.venue, start.astimezone(occurrence.session.edition.zone).date())
    other = taken_by(
        room,
        start,
        end,
        setup_minutes=occurrence.setup_minutes,
        cleardown_minutes=occurrence.cleardown_minutes,
        but=occurrence,
    )
    if other is not None:
        raise CannotRun(
            N_("Another session (%(code)s) has this room then. Choose another room or time."),
            field="room",
            code=other.session.code,
        )


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
