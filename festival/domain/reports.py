"""How it went for one organisation: numbers, and never so small that they tell of somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain import attendance
from festival.domain.feedback import RATINGS
from festival.domain.programme import PUBLIC_STATES
from festival.domain.scans import heads_of
from festival.extensions import db
from festival.models import (
    Attendance,
    Edition,
    Feedback,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Provider,
    Reservation,
    ReservationState,
    Revision,
    ScanKind,
    SessionState,
    Theme,
    UnmetDemand,
)

SMALLEST = 10  # fewer people, or parties, are not told of
ENOUGH_FOR_A_MEAN = 8


@dataclass(frozen=True)
class RunReport:
    """One run that is over."""

    run: Occurrence
    is_cancelled: bool  # by us: nobody stayed away
    booked: int  # people
    by_ticket: int  # of these, who came
    walk_ups: int
    said: int | None  # as was returned, or counted in the room

    @property
    def is_scanned(self) -> bool:
        return self.by_ticket > 0

    @property
    def came(self) -> int | None:
        """How many came; None where nobody knows."""
        return self.by_ticket + self.walk_ups or self.said

    @property
    def stayed_away(self) -> int | None:
        """People who were booked and did not come, where tickets were looked at."""
        return max(0, self.booked - self.by_ticket) if self.is_scanned else None


@dataclass(frozen=True)
class Opinion:
    """What people said, as far as it can be told."""

    answers: int
    ratings: Mapping[int, int]
    first_time: int
    asked_first_time: int  # who answered that question

    @property
    def mean(self) -> float | None:
        """The mean of the ratings, from enough of them."""
        if self.answers < ENOUGH_FOR_A_MEAN:
            return None
        return sum(step * number for step, number in self.ratings.items()) / self.answers

    @property
    def first_time_share(self) -> float | None:
        """The share of those who learn for the first time since school, from enough answers."""
        if self.asked_first_time < SMALLEST:
            return None
        return self.first_time / self.asked_first_time


@dataclass(frozen=True)
class Report:
    """One organisation's festival."""

    runs: Sequence[RunReport]
    opinion: Opinion
    unmet: Sequence[tuple[Theme, int | None]]  # parties without places; None: fewer than ten

    @property
    def held(self) -> list[RunReport]:
        """What took place."""
        return [one for one in self.runs if not one.is_cancelled]

    @property
    def came(self) -> int:
        return sum(one.came or 0 for one in self.held)

    @property
    def scanned(self) -> list[RunReport]:
        """Of these, where tickets were looked at."""
        return [one for one in self.held if one.is_scanned]

    @property
    def no_show(self) -> float | None:
        """The share of people who were booked and did not come: 1 - came / booked, of scanned
        runs. Who cancelled is not booked any more, and what we called off is not counted."""
        booked = sum(one.booked for one in self.scanned)
        if not booked:
            return None
        return sum(one.stayed_away or 0 for one in self.scanned) / booked


def report_of(providers: Sequence[Provider], edition: Edition, now: datetime) -> Report:
    """How it went for these organisations so far. The number of queries is the same however much
    there is."""
    runs = _runs(providers, edition, now)
    return Report(
        runs=_run_reports(runs),
        opinion=_opinion([one.id for one in runs]),
        unmet=_unmet(providers, edition),
    )


def _runs(providers: Sequence[Provider], edition: Edition, now: datetime) -> list[Occurrence]:
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .where(
            FestivalSession.provider_id.in_([one.id for one in providers]),
            FestivalSession.edition_id == edition.id,
            FestivalSession.published_revision_id.is_not(None),
            Occurrence.state.in_(PUBLIC_STATES),
            Occurrence.ends_at <= now,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
        .options(
            joinedload(Occurrence.session)
            .selectinload(FestivalSession.published_revision)
            .selectinload(Revision.texts)
        )
    )
    return list(db.session.scalars(query))


def _run_reports(runs: Sequence[Occurrence]) -> list[RunReport]:
    ids = [one.id for one in runs]
    booked, said = _booked(ids), _heads(ids) | _returned(ids)
    counted = attendance.people_by_run(ids)
    return [
        RunReport(
            run=one,
            is_cancelled=one.state == OccurrenceState.cancelled,
            booked=booked.get(one.id, 0),
            by_ticket=counted[one.id].get(ScanKind.admit, 0),
            walk_ups=counted[one.id].get(ScanKind.walk_up, 0),
            said=said.get(one.id),
        )
        for one in runs
    ]


def _booked(ids: Sequence[int]) -> dict[int, int]:
    query = (
        sa.select(Reservation.occurrence_id, sa.func.sum(Reservation.people))
        .where(Reservation.occurrence_id.in_(ids), Reservation.state == ReservationState.confirmed)
        .group_by(Reservation.occurrence_id)
    )
    return {run: int(people) for run, people in db.session.execute(query).all()}


def _returned(ids: Sequence[int]) -> dict[int, int]:
    query = sa.select(Attendance.occurrence_id, Attendance.people).where(
        Attendance.occurrence_id.in_(ids)
    )
    return dict(db.session.execute(query).all())


def _heads(ids: Sequence[int]) -> dict[int, int]:
    """The heads that were counted last."""
    return {run: heads for run, (heads, _at) in heads_of(ids).items()}


def _opinion(ids: Sequence[int]) -> Opinion:
    query = (
        sa.select(Feedback.rating, Feedback.is_first_time, sa.func.count())
        .where(Feedback.occurrence_id.in_(ids))
        .group_by(Feedback.rating, Feedback.is_first_time)
    )
    rows = db.session.execute(query).all()
    return Opinion(
        answers=sum(number for _, _, number in rows),
        ratings={one: sum(number for step, _, number in rows if step == one) for one in RATINGS},
        first_time=sum(number for _, first, number in rows if first),
        asked_first_time=sum(number for _, first, number in rows if first is not None),
    )


def _unmet(providers: Sequence[Provider], edition: Edition) -> list[tuple[Theme, int | None]]:
    """Of the themes these organisations offer, at all organisations: parties who waited and had no
    places in the end."""
    offered = sa.select(FestivalSession.theme_id).where(
        FestivalSession.provider_id.in_([one.id for one in providers]),
        FestivalSession.edition_id == edition.id,
        FestivalSession.state == SessionState.published,
    )
    counted = (
        sa.select(FestivalSession.theme_id, sa.func.sum(UnmetDemand.parties).label("parties"))
        .join(Occurrence, Occurrence.session_id == FestivalSession.id)
        .join(UnmetDemand, UnmetDemand.occurrence_id == Occurrence.id)
        .where(FestivalSession.edition_id == edition.id)
        .group_by(FestivalSession.theme_id)
        .subquery()
    )
    query = (
        sa.select(Theme, counted.c.parties)
        .outerjoin(counted, counted.c.theme_id == Theme.id)
        .where(Theme.id.in_(offered))
        .order_by(Theme.position, Theme.id)
    )
    return [
        (theme, int(parties) if parties and parties >= SMALLEST else None)
        for theme, parties in db.session.execute(query).all()
    ]
