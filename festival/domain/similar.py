"""What else somebody may like who looks at a session: other sessions with places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from festival.domain.bookings.checking import distance_km
from festival.domain.capacity import Availability, availabilities
from festival.domain.finding import may_have_places
from festival.domain.parties import ADULT_AGE
from festival.domain.programme import are_public
from festival.extensions import db
from festival.models import (
    Accompaniment,
    BookingMode,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    Room,
    Venue,
)

CANDIDATES = 60
FAR = 1000.0  # kilometres: where no distance is known, last
OLDEST = 200


@dataclass(frozen=True)
class Alike:
    """Another session, by the run that somebody could come to."""

    run: Occurrence
    availability: Availability

    @property
    def session(self) -> FestivalSession:
        return self.run.session


def similar(
    session: FestivalSession, runs: Sequence[Occurrence], now: datetime, limit: int = 3
) -> list[Alike]:
    """Other sessions to come that have places, one run of each: those of the same theme first,
    then those for the same ages, then the nearest. A fixed number of queries."""
    found = _candidates(session, now)
    free = availabilities(found, now)
    venue = next((one.room.venue for one in runs if not one.room.venue.is_online), None)
    with_places = [one for one in found if may_have_places(free[one.id])]
    chosen: dict[int, Alike] = {}
    for one in sorted(with_places, key=lambda other: _rank(session, venue, other)):
        chosen.setdefault(one.session_id, Alike(one, free[one.id]))
    return list(chosen.values())[:limit]


def ages(session: FestivalSession) -> tuple[int, int]:
    """The youngest and the oldest whom a session is for; babies in arms come with somebody."""
    least = session.age_min or 0
    if session.accompaniment == Accompaniment.babes_in_arms:
        least = max(least, ADULT_AGE)
    return least, OLDEST if session.age_max is None else session.age_max


def _candidates(session: FestivalSession, now: datetime) -> list[Occurrence]:
    """The first run to come of other sessions, the most alike first."""
    theme, overlap = _same_theme(session), _same_ages(session)
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .join(FestivalSession.provider)
        .outerjoin(FestivalSession.theme)
        .join(Occurrence.room)
        .join(Room.venue)
        .where(
            FestivalSession.edition_id == session.edition_id,
            FestivalSession.id != session.id,
            are_public(now),
            Occurrence.state == OccurrenceState.scheduled,
            Occurrence.is_closed.is_(False),
            Occurrence.starts_at > now,
            sa.or_(
                Occurrence.booking_mode == BookingMode.none,
                Occurrence.places_taken < Occurrence.capacity,
            ),
            # A series stands for itself by its first part.
            sa.or_(Occurrence.series_part.is_(None), Occurrence.series_part == 1),
        )
        .order_by(sa.not_(theme), sa.not_(overlap), Occurrence.starts_at, Occurrence.id)
        .limit(CANDIDATES)
        .options(
            contains_eager(Occurrence.session).contains_eager(FestivalSession.provider),
            contains_eager(Occurrence.session).contains_eager(FestivalSession.theme),
            contains_eager(Occurrence.session)
            .selectinload(FestivalSession.published_revision)
            .selectinload(Revision.image),
            contains_eager(Occurrence.session).selectinload(FestivalSession.edition),
            contains_eager(Occurrence.room).contains_eager(Room.venue),
            selectinload(Occurrence.allocations),
        )
    )
    return list(db.session.scalars(query))


def _same_theme(session: FestivalSession) -> sa.ColumnElement[bool]:
    """SQL: whether it is about the same; nothing is where this one has no theme."""
    if session.theme_id is None:
        return sa.literal(1) == sa.literal(0)
    return sa.func.coalesce(FestivalSession.theme_id, 0) == session.theme_id


def _same_ages(session: FestivalSession) -> sa.ColumnElement[bool]:
    """SQL: whether somebody is of an age for both."""
    least, most = ages(session)
    return sa.and_(
        sa.func.coalesce(FestivalSession.age_min, 0) <= most,
        sa.func.coalesce(FestivalSession.age_max, OLDEST) >= least,
    )


def _rank(
    session: FestivalSession, venue: Venue | None, other: Occurrence
) -> tuple[bool, bool, float, datetime, int]:
    (least, most), (others_least, others_most) = ages(session), ages(other.session)
    away = distance_km(venue, other.room.venue) if venue is not None else None
    return (
        session.theme_id is None or other.session.theme_id != session.theme_id,
        others_least > most or others_most < least,
        round(FAR if away is None else away, 1),
        other.starts_at,
        other.id,
    )
