"""What an occurrence offers at one moment: a pure reading, which counts what time has done
although nobody has settled it yet."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from festival.domain.capacity.free import (
    Free,
    Turn,
    Want,
    free_in_rows,
    plan,
    release,
    share_for,
)
from festival.domain.capacity.gates import list_is_over, list_is_served, why_not
from festival.domain.capacity.shapes import Run
from festival.extensions import db
from festival.models import (
    AllocationKind,
    Edition,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
)

Row = Any  # of reservations: their numbers, without the objects
R = TypeVar("R", bound=Run)


@dataclass(frozen=True)
class Availability:
    """What one occurrence offers at one moment."""

    places: int  # free to book; 0 when nobody can book
    public: int  # free of the share that was asked about, whether or not anybody can book now
    people: int  # who still fit into the room by law
    capacity: int
    reason: str  # open, full, drop_in, not_open, closed, cancelled, paused
    waiting: int = 0  # how many parties are in line

    @property
    def is_open(self) -> bool:
        return self.reason == "open"


def availability(
    occurrence: Occurrence, now: datetime, kind: AllocationKind = AllocationKind.public
) -> Availability:
    """What can be booked of this occurrence at ``now`` (aware) from the public share, or from
    another one and the public share together; a pure reading."""
    return availabilities([occurrence], now, kind)[occurrence.id]


def availabilities(
    occurrences: Collection[Occurrence],
    now: datetime,
    kind: AllocationKind = AllocationKind.public,
) -> dict[int, Availability]:
    """``availability`` of many occurrences by id, with one query for all (and one more where some
    are parts of a series whose others are not among them)."""
    if not occurrences:
        return {}
    wanted = {occurrence.id for occurrence in occurrences}
    found = availabilities_of(with_other_parts(occurrences), now, kind)
    return {one: free for one, free in found.items() if one in wanted}


def availabilities_of(
    runs: Collection[Run], now: datetime, kind: AllocationKind = AllocationKind.public
) -> dict[int, Availability]:
    """The same of runs with whom all parts of their series stand, with one query."""
    groups = in_groups(runs)
    rows = _moving_rows([one.id for group in groups for one in group], now)
    found: dict[int, Availability] = {}
    for group in groups:
        frees = [free_in_rows(one) for one in group]
        waiting = _count_and_serve(group, frees, rows, now)
        fewest = min(
            free.most(share_for(one, kind).id) for one, free in zip(group, frees, strict=True)
        )
        # A series is booked as a whole: what is in the way of one part is in the way of all.
        why = next(filter(None, (why_not(one, now) for one in group)), None)
        reason = why or ("open" if fewest > 0 else "full")
        if any(list_is_over(one, now) for one in group):
            waiting = 0
        for occurrence, free in zip(group, frees, strict=True):
            found[occurrence.id] = _say(occurrence, free, fewest, waiting, reason)
    return found


def _say(occurrence: Run, free: Free, fewest: int, waiting: int, reason: str) -> Availability:
    return Availability(
        places=fewest if reason == "open" else 0,
        public=fewest,
        people=max(0, free.people - free.reserve),
        capacity=occurrence.capacity,
        reason=reason,
        waiting=waiting,
    )


def in_groups(occurrences: Collection[R]) -> list[list[R]]:
    """Each occurrence by itself, the parts of a series that stand together and by id."""
    groups: dict[tuple[str, int], list[R]] = defaultdict(list)
    for one in sorted(occurrences, key=lambda one: one.id):
        with_others = one.series_part is not None and one.state == OccurrenceState.scheduled
        groups[("series", one.session_id) if with_others else ("run", one.id)].append(one)
    return list(groups.values())


def with_other_parts(occurrences: Collection[Occurrence]) -> list[Occurrence]:
    """These, and the other parts of their series."""
    known = {one.id: one for one in occurrences}
    series = {one.session_id for one in occurrences if one.series_part is not None}
    if series:
        query = (
            sa.select(Occurrence)
            .where(
                Occurrence.session_id.in_(series),
                Occurrence.series_part.is_not(None),
                Occurrence.id.not_in(known),
            )
            .options(selectinload(Occurrence.allocations))
        )
        known |= {one.id: one for one in db.session.scalars(query)}
    return list(known.values())


@dataclass
class _Rows:
    lapsed: list[Row]
    line: list[Row]


MANY = 400  # ids in a query: beyond that it costs less to look at all that moves


def _moving_rows(ids: Sequence[int], now: datetime) -> dict[int, _Rows]:
    """Per occurrence: what has run out but is not settled, and who is in line."""
    waits = sa.and_(
        Reservation.state == ReservationState.waiting,
        Reservation.waiting_since.is_not(None),
        Reservation.passed_over.is_(False),
    )
    query = sa.select(
        Reservation.id,
        Reservation.occurrence_id,
        Reservation.allocation_id,
        Reservation.own_places,
        Reservation.places,
        Reservation.people,
        Reservation.companions,
        Reservation.series_claim,
        Reservation.waiting_since,
        Reservation.least_places,
        (Reservation.state == ReservationState.waiting).label("waits"),
    ).where(sa.or_(waits, has_run_out(now)))
    if len(ids) <= MANY:
        query = query.where(Reservation.occurrence_id.in_(ids))
    found: dict[int, _Rows] = defaultdict(lambda: _Rows([], []))
    for row in db.session.execute(query):
        rows = found[row.occurrence_id]
        (rows.line if row.waits else rows.lapsed).append(row)
    return found


def has_run_out(now: datetime) -> sa.ColumnElement[bool]:
    """SQL: a hold or an offer whose time is over, settled or not; none while nobody can book."""
    on_show = aliased(Edition)
    stands_still = sa.select(on_show.id).where(
        on_show.is_current,
        sa.or_(on_show.booking_paused_at.is_not(None), on_show.read_only_at.is_not(None)),
    )
    over = sa.or_(
        sa.and_(Reservation.state == ReservationState.held, Reservation.held_until <= now),
        sa.and_(Reservation.state == ReservationState.offered, Reservation.offer_until <= now),
    )
    return sa.and_(over, ~stands_still.correlate(None).exists())


def ran_out(claim: Reservation, now: datetime) -> bool:
    """Whether the time of this hold or offer is over at ``now``, settled or not."""
    ends = {
        ReservationState.held: claim.held_until,
        ReservationState.offered: claim.offer_until,
    }.get(claim.state)
    over = ends is not None and ends <= now
    return over and not claim.occurrence.session.edition.stands_still


def _count_and_serve(
    group: Sequence[Run], frees: Sequence[Free], rows: dict[int, _Rows], now: datetime
) -> int:
    """Put into ``frees`` what settling would: what ran out comes back, who is in line is served.
    How many parties wait."""
    for occurrence, free in zip(group, frees, strict=True):
        for row in rows[occurrence.id].lapsed if occurrence.id in rows else ():
            free.give(row.allocation_id, row.own_places, row.places, row.people, row.companions)
        release(free, occurrence, now)
    line = _turns(group, rows)
    served = []
    if line and all(list_is_served(one, now) for one in group):
        served = plan(frees, line)
    return len(line) - len(served)


def _turns(group: Sequence[Run], rows: dict[int, _Rows]) -> list[Turn]:
    by_claim: dict[object, dict[int, Row]] = defaultdict(dict)
    for occurrence in group:
        for row in rows[occurrence.id].line if occurrence.id in rows else ():
            by_claim[row.series_claim or row.id][occurrence.id] = row
    turns = []
    for claim in by_claim.values():
        first = min(claim.values(), key=lambda row: int(row.id))
        wants = [_want(one, claim.get(one.id)) for one in group]
        turns.append(Turn(first.waiting_since, first.id, wants, first.least_places))
    return turns


def _want(occurrence: Run, row: Row | None) -> Want | None:
    if row is None:
        return None
    return Want(_home(occurrence, row), row.places, row.people, row.companions)


def _home(occurrence: Run, row: Row) -> int:
    """The share a party in line draws on."""
    ids = {share.id for share in occurrence.allocations}
    public = share_for(occurrence, AllocationKind.public).id
    return row.allocation_id if row.allocation_id in ids else public
