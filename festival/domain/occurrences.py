"""Dated runs of a session: when, where, how many."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from festival.domain import clock
from festival.domain.errors import N_, DomainError
from festival.extensions import db
from festival.models import (
    Allocation,
    AllocationKind,
    BookingMode,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    RevisionState,
    Room,
)

A_DAY = timedelta(days=1)


class CannotRun(DomainError):
    """This run cannot be: its time, its room or its number of places is wrong."""

    reason = "cannot_run"


@dataclass(frozen=True)
class Share:
    """Places to keep back from the public share, as a number or as a part of the capacity in
    percent; ``releases_at`` aware, or None for never."""

    kind: AllocationKind
    places: int = 0
    releases_at: datetime | None = None
    percent: int = 0

    def of(self, capacity: int) -> int:
        """How many places of this capacity; a part is rounded down."""
        return self.places + capacity * self.percent // 100


def check_run(
    edition: Edition, room: Room, starts_at: datetime, ends_at: datetime, capacity: int
) -> None:
    """Raise CannotRun, on the field it belongs to, unless a session may run so."""
    # As UTC: two times of one zone are compared as its clocks show them, whatever time has passed.
    if ends_at.astimezone(UTC) <= starts_at.astimezone(UTC):
        raise CannotRun(N_("The end must be after the start."), field="ends")
    check_day(edition, starts_at)
    if capacity < 1:
        raise CannotRun(N_("The number of places must be 1 or more."), field="capacity")
    if capacity > room.legal_capacity:
        raise CannotRun(
            N_("%(room)s can hold %(legal)s people by law. Choose %(legal)s places or fewer."),
            field="capacity",
            room=room.name,
            legal=room.legal_capacity,
        )


def check_day(edition: Edition, starts_at: datetime) -> None:
    """Raise CannotRun unless it starts (aware) on a day of the festival."""
    first = starts_at.astimezone(edition.zone).date()
    if not edition.starts_on <= first <= edition.ends_on:
        raise CannotRun(
            N_("The day must be within the festival: %(first)s to %(last)s."),
            field="day",
            first=f"{edition.starts_on:%d/%m/%Y}",
            last=f"{edition.ends_on:%d/%m/%Y}",
        )


def taken_by(
    room: Room,
    starts_at: datetime,
    ends_at: datetime,
    *,
    setup_minutes: int,
    cleardown_minutes: int,
    but: Occurrence | None = None,
) -> Occurrence | None:
    """The first run that has this room between these times (aware), its own setting up and
    clearing away and that of the new one included; None where the room is free. Neither ``but``
    nor another date of its session, whose turns may follow one another; online there is room for
    everybody."""
    found = all_in_the_way(
        room,
        starts_at - timedelta(minutes=setup_minutes),
        ends_at + timedelta(minutes=cleardown_minutes),
        but_session=but.session_id if but is not None else None,
    )
    return next(iter(found), None)


def all_in_the_way(
    room: Room, from_at: datetime, until_at: datetime, *, but_session: int | None = None
) -> list[Occurrence]:
    """The same, all of them, earliest first; none of the session of this id."""
    if room.venue.is_online:
        return []
    query = (
        sa.select(Occurrence)
        .where(
            Occurrence.room_id == room.id,
            sa.or_(Occurrence.state == OccurrenceState.scheduled, _may_still_come()),
            # Nobody sets up or clears away for longer than a day.
            Occurrence.starts_at < until_at + A_DAY,
            Occurrence.ends_at > from_at - A_DAY,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    if but_session is not None:
        query = query.where(Occurrence.session_id != but_session)
    return [
        other
        for other in db.session.scalars(query)
        if other.starts_at - timedelta(minutes=other.setup_minutes) < until_at
        and from_at < other.ends_at + timedelta(minutes=other.cleardown_minutes)
    ]


def _may_still_come() -> sa.ColumnElement[bool]:
    """SQL: proposed, and neither declined nor taken back."""
    alive = (
        RevisionState.draft,
        RevisionState.submitted,
        RevisionState.returned,
        RevisionState.approved,
    )
    offered = sa.select(Revision.session_id).where(Revision.state.in_(alive))
    return sa.and_(Occurrence.state == OccurrenceState.proposed, Occurrence.session_id.in_(offered))


def propose(
    *,
    session: FestivalSession,
    room: Room,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    booking_mode: BookingMode,
    calendar_domain: str,
    shares: Sequence[Share] | None = None,
    series_part: int | None = None,
) -> Occurrence:
    """Add a proposed run (times aware) with its public share, the shares kept back (None: the
    festival's own defaults) and the access reserve, as far as the room has space for it.

    Raises CannotRun.
    """
    if shares is None:
        shares = default_shares(session.edition, starts_at)
    check_run(session.edition, room, starts_at, ends_at, capacity)
    occurrence = Occurrence(
        room_id=room.id,
        starts_at=starts_at,
        ends_at=ends_at,
        setup_minutes=room.setup_minutes,
        cleardown_minutes=room.cleardown_minutes,
        series_part=series_part,
        booking_mode=booking_mode,
        capacity=capacity,
        legal_capacity=room.legal_capacity,
        calendar_uid=f"{uuid.uuid4()}@{calendar_domain}",
        revised_at=clock.now(),
        allocations=_allocations(capacity, shares, session.edition, room.legal_capacity),
    )
    session.occurrences.append(occurrence)
    db.session.flush()
    return occurrence


def default_shares(edition: Edition, starts_at: datetime) -> list[Share]:
    """The shares that this festival keeps back where a session says nothing of its own."""
    found = []
    for one in edition.default_shares:
        days = one.get("released_days_before")
        found.append(
            Share(
                AllocationKind(one["kind"]),
                places=one.get("places", 0),
                percent=one.get("percent", 0),
                releases_at=None if days is None else starts_at - timedelta(days=days),
            )
        )
    return found


def _allocations(
    capacity: int, shares: Sequence[Share], edition: Edition, legal: int
) -> list[Allocation]:
    """The shares kept back, before them the public one: what they leave, and last the access
    reserve, which is no part of the capacity."""
    inside = [share for share in shares if share.kind != AllocationKind.access]
    kept = sum(share.of(capacity) for share in inside)
    if kept > capacity:
        raise CannotRun(N_("More places are kept back than there are."), field="capacity")
    asked = [share for share in shares if share.kind == AllocationKind.access]
    reserve = asked or [Share(AllocationKind.access, min(edition.access_reserve, legal - capacity))]
    if capacity + sum(share.of(capacity) for share in reserve) > legal:
        raise CannotRun(
            N_("The room is too small for these places and those kept for access."),
            field="capacity",
        )
    return [
        Allocation(kind=AllocationKind.public, places=capacity - kept),
        *(
            Allocation(kind=share.kind, places=share.of(capacity), releases_at=share.releases_at)
            for share in [*inside, *reserve]
            if share.of(capacity) or share.kind != AllocationKind.access
        ),
    ]
