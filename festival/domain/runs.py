"""The places of a run as those see them who organise it: numbers, and nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from festival.domain.programme import PUBLIC_STATES
from festival.extensions import db
from festival.models import (
    TAKES_PLACES,
    Allocation,
    AllocationKind,
    Edition,
    FestivalSession,
    Occurrence,
    Reservation,
    ReservationState,
    Revision,
)

MOST = 60


@dataclass(frozen=True)
class ShareCount:
    """One share of a run's places."""

    kind: AllocationKind
    places: int
    taken: int
    waiting: int  # parties that would be served from it
    releases_at: datetime | None


@dataclass(frozen=True)
class Numbers:
    """How a run stands: parties and the people they stand for."""

    shares: Sequence[ShareCount]
    booked: int  # parties
    people: int
    held: int  # places in baskets on their way
    offered: int  # places that are offered to who waits
    waiting: int  # parties


def numbers(occurrence: Occurrence) -> Numbers:
    """How this run stands. Two queries."""
    query = (
        sa.select(
            Reservation.state,
            Reservation.allocation_id,
            sa.func.count(),
            sa.func.sum(Reservation.places),
            sa.func.sum(Reservation.people),
        )
        .where(Reservation.occurrence_id == occurrence.id, _counts())
        .group_by(Reservation.state, Reservation.allocation_id)
    )
    rows: Sequence[Any] = db.session.execute(query).all()

    def total(state: ReservationState, column: int) -> int:
        return sum(int(row[column]) for row in rows if row[0] == state)

    return Numbers(
        shares=[_share(one, rows) for one in occurrence.allocations],
        booked=total(ReservationState.confirmed, 2),
        people=total(ReservationState.confirmed, 4),
        held=total(ReservationState.held, 3),
        offered=total(ReservationState.offered, 3),
        waiting=total(ReservationState.waiting, 2),
    )


def _counts() -> sa.ColumnElement[bool]:
    """SQL: what uses places, and who is in line; not who only asks for a turn in a basket."""
    waits = sa.and_(
        Reservation.state == ReservationState.waiting, Reservation.waiting_since.is_not(None)
    )
    return sa.or_(Reservation.state.in_(TAKES_PLACES), waits)


def _share(allocation: Allocation, rows: Sequence[Any]) -> ShareCount:
    waits = sum(
        int(row[2])
        for row in rows
        if row[0] == ReservationState.waiting and row[1] == allocation.id
    )
    return ShareCount(
        kind=allocation.kind,
        places=allocation.places,
        taken=allocation.places_taken,
        waiting=waits,
        releases_at=allocation.releases_at,
    )


def offered_now(occurrence_id: int) -> set[int]:
    """The reservations of this run that places are offered to."""
    query = sa.select(Reservation.id).where(
        Reservation.occurrence_id == occurrence_id, Reservation.state == ReservationState.offered
    )
    return set(db.session.scalars(query))


def coming(edition: Edition, now: datetime, code: str = "") -> list[Occurrence]:
    """The runs that are still to come, soonest first: all sessions', or one's by its code. One
    more than ``MOST`` where there are more."""
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .where(
            FestivalSession.edition_id == edition.id,
            FestivalSession.published_revision_id.is_not(None),
            Occurrence.state.in_(PUBLIC_STATES),
            Occurrence.ends_at > now,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(MOST + 1)
        .options(
            joinedload(Occurrence.session)
            .selectinload(FestivalSession.published_revision)
            .selectinload(Revision.texts),
            selectinload(Occurrence.allocations),
        )
    )
    if code:
        query = query.where(FestivalSession.code == code.upper())
    return list(db.session.scalars(query))


def run_of(occurrence_id: int) -> Occurrence | None:
    """This run of a session that was approved; None where there is none."""
    occurrence = db.session.get(Occurrence, occurrence_id)
    if occurrence is None or occurrence.state not in PUBLIC_STATES:
        return None
    return occurrence
