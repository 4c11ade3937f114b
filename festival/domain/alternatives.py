"""What else somebody could come to, where a session is full, closed or not for them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from festival.domain.bookings.checking import distance_km
from festival.domain.capacity import availabilities
from festival.domain.parties import (
    GroupTooLarge,
    Person,
    RuleBroken,
    check_party,
    count_places,
)
from festival.domain.programme import are_public
from festival.extensions import db
from festival.models import (
    BookingMode,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Room,
    Venue,
)

CANDIDATES = 40
FAR = 1000.0  # kilometres: where no distance is known, last


def alternatives(
    occurrence: Occurrence, party: Sequence[Person], now: datetime, limit: int = 3
) -> list[Occurrence]:
    """Runs that this party may come to and that have places for all of it: other dates of the same
    session first, then the same theme, then the same provider, the nearest venue first. A fixed
    number of queries."""
    found = [one for one in _candidates(occurrence, now) if _may_come(one, party)]
    free = availabilities(found, now)
    fitting = [
        one for one in found if free[one.id].places >= max(1, count_places(one.session, party))
    ]
    ranked = sorted(fitting, key=lambda one: _rank(occurrence, one))
    return _one_each(occurrence, ranked)[:limit]


def _candidates(occurrence: Occurrence, now: datetime) -> list[Occurrence]:
    """Runs of the same session, theme or provider that can be booked and are still to come."""
    session = occurrence.session
    alike = FestivalSession.provider_id == session.provider_id
    same_theme: sa.ColumnElement[bool] = sa.false()
    if session.theme_id is not None:
        same_theme = FestivalSession.theme_id == session.theme_id
        alike = sa.or_(alike, same_theme)
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .join(Occurrence.room)
        .join(Room.venue)
        .where(
            alike,
            are_public(now),
            Occurrence.id != occurrence.id,
            Occurrence.state == OccurrenceState.scheduled,
            Occurrence.booking_mode != BookingMode.none,
            Occurrence.is_closed.is_(False),
            Occurrence.starts_at > now,
            Occurrence.places_taken < Occurrence.capacity,
            # A series stands for itself by its first part.
            sa.or_(Occurrence.series_part.is_(None), Occurrence.series_part == 1),
        )
        .order_by(
            FestivalSession.id != session.id,
            sa.not_(same_theme),
            Occurrence.starts_at,
            Occurrence.id,
        )
        .limit(CANDIDATES)
        .options(
            contains_eager(Occurrence.session).selectinload(FestivalSession.edition),
            contains_eager(Occurrence.session).selectinload(FestivalSession.published_revision),
            contains_eager(Occurrence.room).contains_eager(Room.venue),
            selectinload(Occurrence.allocations),
        )
    )
    found = list(db.session.scalars(query))
    mine = occurrence.series_part is not None
    return [one for one in found if not (mine and one.session_id == session.id)]


def _may_come(occurrence: Occurrence, party: Sequence[Person]) -> bool:
    try:
        check_party(occurrence.session, party, capacity=occurrence.capacity)
    except (RuleBroken, GroupTooLarge):
        return False
    return True


def _rank(occurrence: Occurrence, other: Occurrence) -> tuple[bool, bool, float, datetime]:
    here, there = _venue(occurrence), _venue(other)
    away = distance_km(here, there)
    return (
        other.session_id != occurrence.session_id,
        other.session.theme_id != occurrence.session.theme_id,
        round(FAR if away is None else away, 1),
        other.starts_at,
    )


def _venue(occurrence: Occurrence) -> Venue:
    return occurrence.room.venue


def _one_each(occurrence: Occurrence, ranked: Sequence[Occurrence]) -> list[Occurrence]:
    """Every date of the same session, but one date only of each other session."""
    seen: set[int] = set()
    kept = []
    for one in ranked:
        if one.session_id == occurrence.session_id or one.session_id not in seen:
            kept.append(one)
        seen.add(one.session_id)
    return kept
