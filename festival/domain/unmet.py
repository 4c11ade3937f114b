"""Unmet demand: what people wanted and the festival did not have for them, by theme and by the ward
they live in. Numbers, and never so small that they tell of somebody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from festival.domain.reports import SMALLEST
from festival.extensions import db
from festival.models import (
    Booking,
    Edition,
    EmptySearch,
    FestivalSession,
    Occurrence,
    Reservation,
    ReservationState,
    Theme,
    UnmetDemand,
    Ward,
    Wish,
)

Place = tuple[int | None, int | None]  # a theme and a ward; none: it is not known


@dataclass(frozen=True)
class Weights:
    """How much one of each counts. Never more than one: a small number stays small."""

    waited: Decimal = Decimal(1)
    asked: Decimal = Decimal("0.5")
    searched: Decimal = Decimal("0.1")


@dataclass(frozen=True)
class Demand:
    """What was wanted in vain: by parties that waited, in forms, in searches."""

    waited: int = 0
    asked: int = 0
    searched: int = 0

    def __add__(self, other: "Demand") -> "Demand":
        return Demand(
            self.waited + other.waited, self.asked + other.asked, self.searched + other.searched
        )

    def weighed(self, weights: Weights) -> Decimal:
        return (
            self.waited * weights.waited
            + self.asked * weights.asked
            + self.searched * weights.searched
        )


@dataclass(frozen=True)
class Unmet:
    """The whole festival's. A theme or ward of None is what nobody said, and stands last."""

    cells: Mapping[Place, Demand]
    themes: Sequence[Theme | None]
    wards: Sequence[Ward | None]

    def at(self, theme: Theme | None, ward: Ward | None) -> Demand:
        return self.cells.get((_id(theme), _id(ward)), Demand())

    def of_theme(self, theme: Theme | None) -> Demand:
        return _sum(self.at(theme, ward) for ward in self.wards)

    def of_ward(self, ward: Ward | None) -> Demand:
        return _sum(self.at(theme, ward) for theme in self.themes)

    @property
    def whole(self) -> Demand:
        return _sum(self.cells.values())


def told(number: Decimal | int) -> int | None:
    """A number as it may be told: to the nearest ten, so that no hidden one is left over when
    others are taken from a total; None where it is under ten."""
    return int((number + 5) // 10) * 10 if number >= SMALLEST else None


def of_edition(edition: Edition) -> Unmet:
    """Unmet demand of this festival. The number of queries is the same however much there is."""
    cells: defaultdict[Place, Demand] = defaultdict(Demand)
    waited = _recorded(edition), _still_waiting(edition)
    for theme, number in (row for rows in waited for row in rows):
        cells[theme, None] += Demand(waited=number)  # nobody who books says where they live
    for theme, ward, number in _asked(edition):
        cells[theme, ward] += Demand(asked=number)
    for theme, ward, number in _searched(edition):
        cells[theme, ward] += Demand(searched=number)
    themes = db.session.scalars(sa.select(Theme).order_by(Theme.position, Theme.name))
    wards = db.session.scalars(sa.select(Ward).order_by(Ward.name, Ward.id))
    return Unmet(dict(cells), [*themes, None], [*wards, None])


def _recorded(edition: Edition) -> list[tuple[int | None, int]]:
    """Parties of the waiting lists that ended, by theme; all parts of a series are one wait."""
    is_alone = Occurrence.series_part.is_(None)
    parties = (
        sa.func.sum(sa.case((is_alone, UnmetDemand.parties), else_=0))
        + sa.func.max(sa.case((is_alone, 0), else_=UnmetDemand.parties))
    ).label("parties")
    sessions = (
        sa.select(FestivalSession.theme_id, parties)
        .join(Occurrence, Occurrence.session_id == FestivalSession.id)
        .join(UnmetDemand, UnmetDemand.occurrence_id == Occurrence.id)
        .where(FestivalSession.edition_id == edition.id)
        .group_by(FestivalSession.id, FestivalSession.theme_id)
        .subquery()
    )
    query = sa.select(sessions.c.theme_id, sa.func.sum(sessions.c.parties)).group_by(
        sessions.c.theme_id
    )
    return [(theme, int(number)) for theme, number in db.session.execute(query)]


def _still_waiting(edition: Edition) -> list[tuple[int | None, int]]:
    """Who waits now and has no place in any session of that theme, by theme: each once, by their
    name and their email, else their number."""
    waiting = _who(edition, ReservationState.waiting).subquery()
    placed = _who(edition, ReservationState.confirmed).subquery()
    same = sa.and_(
        placed.c.who == waiting.c.who,
        sa.or_(
            placed.c.theme_id == waiting.c.theme_id,
            sa.and_(placed.c.theme_id.is_(None), waiting.c.theme_id.is_(None)),
        ),
    )
    query = (
        sa.select(waiting.c.theme_id, sa.func.count())
        .outerjoin(placed, same)
        .where(placed.c.who.is_(None))
        .group_by(waiting.c.theme_id)
    )
    return [(theme, int(number)) for theme, number in db.session.execute(query)]


def _who(edition: Edition, state: ReservationState) -> "sa.Select[int | None, str]":
    """Each theme with everybody who has such a claim in it."""
    reached = sa.func.coalesce(
        sa.func.nullif(Booking.email_folded, ""),
        sa.func.nullif(Booking.mobile, ""),
        sa.cast(Booking.id, sa.String),
    )
    who = (Booking.name_folded + "|" + reached).label("who")
    return (
        sa.select(FestivalSession.theme_id, who)
        .join(Occurrence, Occurrence.session_id == FestivalSession.id)
        .join(Reservation, Reservation.occurrence_id == Occurrence.id)
        .join(Booking, Booking.id == Reservation.booking_id)
        .where(
            FestivalSession.edition_id == edition.id,
            Reservation.state == state,
            Booking.confirmed_at.is_not(None),
        )
        .distinct()
    )


def _asked(edition: Edition) -> list[tuple[int | None, int | None, int]]:
    query = (
        sa.select(Wish.theme_id, Wish.ward_id, sa.func.count())
        .where(Wish.edition_id == edition.id)
        .group_by(Wish.theme_id, Wish.ward_id)
    )
    return [(theme, ward, int(number)) for theme, ward, number in db.session.execute(query)]


def _searched(edition: Edition) -> list[tuple[int | None, int | None, int]]:
    query = (
        sa.select(EmptySearch.theme_id, EmptySearch.ward_id, sa.func.sum(EmptySearch.times))
        .where(EmptySearch.edition_id == edition.id)
        .group_by(EmptySearch.theme_id, EmptySearch.ward_id)
    )
    return [(theme, ward, int(number)) for theme, ward, number in db.session.execute(query)]


def _id(one: Theme | Ward | None) -> int | None:
    return one.id if one is not None else None


def _sum(parts: Iterable[Demand]) -> Demand:
    return sum(parts, Demand())
