"""Dated runs one by one, as other programs ask for them: filtered, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from festival.domain.capacity import Availability, availabilities
from festival.domain.capacity.reading import has_run_out
from festival.domain.programme import PUBLIC_STATES, are_public
from festival.extensions import db
from festival.models import (
    AllocationKind,
    BookingMode,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Reservation,
    Room,
    Theme,
)


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty means any. ``begins`` and ``ends`` are aware and bound the start."""

    session: str = ""
    theme: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    has_places: bool = False


@dataclass(frozen=True)
class Found:
    """One page of what was asked for, and how many there are in all."""

    occurrences: Sequence[Occurrence]
    free: dict[int, Availability]
    total: int


def find(
    filters: Filters, kind: AllocationKind, now: datetime, *, page: int, page_size: int
) -> Found:
    """This page of the current festival's runs by time, with what ``kind`` of caller can book of
    them. A fixed number of queries."""
    matching = _matching(filters, now)
    skipped = (page - 1) * page_size
    if filters.has_places:
        # Only a reading of every one tells which of them have places.
        found = _loaded(sa.select(Occurrence.id).where(*matching, *_could_be_had(now)))
        free = availabilities(found, now, kind)
        found = [one for one in found if free[one.id].is_open]
        return Found(found[skipped : skipped + page_size], free, len(found))
    counting = _joined(sa.select(sa.func.count(Occurrence.id))).where(*matching)
    ids = sa.select(Occurrence.id).where(*matching).order_by(Occurrence.starts_at, Occurrence.id)
    found = _loaded(ids.offset(skipped).limit(page_size))
    return Found(found, availabilities(found, now, kind), db.session.scalars(counting).one())


def one(occurrence_id: int, kind: AllocationKind, now: datetime) -> Found:
    """The run of this id, where it is public; else nothing."""
    found = _loaded(sa.select(Occurrence.id).where(*_public(now), Occurrence.id == occurrence_id))
    return Found(found, availabilities(found, now, kind), len(found))


def _public(now: datetime) -> list[sa.SQLColumnExpression[bool]]:
    return [are_public(now), Occurrence.state.in_(PUBLIC_STATES)]


def _matching(filters: Filters, now: datetime) -> list[sa.SQLColumnExpression[bool]]:
    rules = [*_public(now), Edition.is_current]
    if filters.session:
        rules.append(FestivalSession.code == filters.session.upper())
    if filters.theme:
        rules.append(Theme.slug == filters.theme)
    if filters.begins is not None:
        rules.append(Occurrence.starts_at >= filters.begins)
    if filters.ends is not None:
        rules.append(Occurrence.starts_at < filters.ends)
    return rules


def _could_be_had(now: datetime) -> list[sa.SQLColumnExpression[bool]]:
    """Roughly which runs may have places: what is certainly full or over is not loaded."""
    frees = sa.select(Reservation.id).where(
        Reservation.occurrence_id == Occurrence.id, has_run_out(now)
    )
    return [
        Occurrence.state == OccurrenceState.scheduled,
        Occurrence.booking_mode != BookingMode.none,
        Occurrence.is_closed.is_(False),
        Occurrence.starts_at > now,
        sa.or_(Occurrence.places_taken < Occurrence.capacity, frees.exists()),
    ]


def _joined(query: "sa.Select[int]") -> "sa.Select[int]":
    return (
        query.join(Occurrence.session)
        .join(FestivalSession.edition)
        .outerjoin(FestivalSession.theme)
    )


def _loaded(ids: "sa.Select[int]") -> list[Occurrence]:
    """These runs with all that is shown of them."""
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .join(FestivalSession.edition)
        .join(FestivalSession.provider)
        .outerjoin(FestivalSession.theme)
        .join(Occurrence.room)
        .join(Room.venue)
        .where(Occurrence.id.in_(_joined(ids)))
        .order_by(Occurrence.starts_at, Occurrence.id)
        .options(
            contains_eager(Occurrence.session).options(
                contains_eager(FestivalSession.edition),
                contains_eager(FestivalSession.provider),
                contains_eager(FestivalSession.theme),
                selectinload(FestivalSession.published_revision),
            ),
            contains_eager(Occurrence.room).contains_eager(Room.venue),
            selectinload(Occurrence.allocations),
        )
    )
    return list(db.session.scalars(query))
