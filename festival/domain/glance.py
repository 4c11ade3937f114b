"""A provider's week at a glance: what is on, what waits for an answer, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from festival.domain import attendance
from festival.domain.programme import PUBLIC_STATES
from festival.extensions import db
from festival.models import (
    AccessRequest,
    Declaration,
    FestivalSession,
    Occurrence,
    Provider,
    Reservation,
    ReservationState,
    ReviewComment,
    Revision,
    RevisionState,
    SessionState,
)

WEEK = timedelta(days=7)
MOST = 60
ENDS_SOON = timedelta(days=30)  # a declaration


@dataclass(frozen=True)
class Standing:
    """One run in numbers."""

    run: Occurrence
    booked: int  # people
    waiting: int  # parties
    asks: int  # parties that need something to take part
    answers: int  # to the session's own question
    came: int  # people let in so far
    lacks_return: bool  # it is over, and nobody knows how many came


@dataclass(frozen=True)
class Glance:
    """What the first page says."""

    today: Sequence[Standing]
    week: Sequence[Standing]  # the next seven days without today
    lacking: Sequence[Standing]  # runs whose numbers are missing
    comments: Sequence[tuple[FestivalSession, int]]  # of the team, that nobody has settled
    ending: Sequence[Declaration]  # soon, or already


def at_a_glance(providers: Sequence[Provider], today: date, now: datetime) -> Glance:
    """The next week of these organisations; ``today`` is the day in the festival's zone. The
    number of queries is the same however much there is."""
    missing = attendance.unreturned(providers, now)
    runs = _runs(providers, missing, now)
    standings = _standings(runs, missing)

    def day_of(one: Standing) -> date:
        return one.run.starts_at.astimezone(one.run.session.edition.zone).date()

    return Glance(
        today=[one for one in standings if day_of(one) == today],
        week=[one for one in standings if day_of(one) > today],
        lacking=[one for one in standings if one.lacks_return],
        comments=_comments(providers),
        ending=_ending(providers, today),
    )


def _runs(providers: Sequence[Provider], missing: set[int], now: datetime) -> list[Occurrence]:
    soon = sa.and_(Occurrence.ends_at > now - timedelta(days=1), Occurrence.starts_at < now + WEEK)
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .where(
            FestivalSession.provider_id.in_([one.id for one in providers]),
            FestivalSession.state == SessionState.published,
            Occurrence.state.in_(PUBLIC_STATES),
            sa.or_(soon, Occurrence.id.in_(missing)),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(MOST)
        .options(
            joinedload(Occurrence.session).joinedload(FestivalSession.edition),
            joinedload(Occurrence.session)
            .selectinload(FestivalSession.published_revision)
            .selectinload(Revision.texts),
        )
    )
    return list(db.session.scalars(query))


def _standings(runs: Sequence[Occurrence], missing: set[int]) -> list[Standing]:
    ids = [one.id for one in runs]
    booked, waiting = _claims(ids)
    (asks, answers), came = _asks(ids), attendance.people_by_run(ids)
    return [
        Standing(
            run=one,
            booked=booked.get(one.id, 0),
            waiting=waiting.get(one.id, 0),
            asks=asks.get(one.id, 0),
            answers=answers.get(one.id, 0),
            came=sum(came[one.id].values()),
            lacks_return=one.id in missing,
        )
        for one in runs
    ]


def _claims(ids: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """People with places, and parties in line, by run."""
    query = (
        sa.select(
            Reservation.occurrence_id,
            Reservation.state,
            sa.func.count(),
            sa.func.sum(Reservation.people),
        )
        .where(
            Reservation.occurrence_id.in_(ids),
            sa.or_(
                Reservation.state == ReservationState.confirmed,
                sa.and_(
                    Reservation.state == ReservationState.waiting,
                    Reservation.waiting_since.is_not(None),
                ),
            ),
        )
        .group_by(Reservation.occurrence_id, Reservation.state)
    )
    rows = db.session.execute(query).all()
    confirmed = ReservationState.confirmed
    return (
        {run: int(people) for run, state, _, people in rows if state == confirmed},
        {run: int(parties) for run, state, parties, _ in rows if state != confirmed},
    )


def _asks(ids: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Parties that asked for something, and parties that answered the question, by run."""
    asked = sa.case((AccessRequest.consented_at.is_not(None), 1), else_=0)
    answered = sa.case((AccessRequest.answer != "", 1), else_=0)
    query = (
        sa.select(Reservation.occurrence_id, sa.func.sum(asked), sa.func.sum(answered))
        .join(AccessRequest)
        .where(Reservation.occurrence_id.in_(ids), Reservation.state == ReservationState.confirmed)
        .group_by(Reservation.occurrence_id)
    )
    rows = db.session.execute(query).all()
    return {run: int(one) for run, one, _ in rows}, {run: int(two) for run, _, two in rows}


def _comments(providers: Sequence[Provider]) -> list[tuple[FestivalSession, int]]:
    """Sessions that are being written, with how many comments of the team are to be settled."""
    query = (
        sa.select(Revision.session_id, sa.func.count())
        .join(ReviewComment)
        .join(FestivalSession, Revision.session_id == FestivalSession.id)
        .where(
            FestivalSession.provider_id.in_([one.id for one in providers]),
            Revision.state.in_((RevisionState.returned, RevisionState.draft)),
            ReviewComment.settled_at.is_(None),
        )
        .group_by(Revision.session_id)
    )
    counted = {one: int(number) for one, number in db.session.execute(query).all()}
    found = db.session.scalars(
        sa.select(FestivalSession)
        .where(FestivalSession.id.in_(counted))
        .order_by(FestivalSession.id)
        .options(selectinload(FestivalSession.revisions).selectinload(Revision.texts))
    )
    return [(one, counted[one.id]) for one in found]


def _ending(providers: Sequence[Provider], today: date) -> list[Declaration]:
    """What organisations declared that ends within 30 days, or has ended."""
    query = (
        sa.select(Declaration)
        .where(
            Declaration.provider_id.in_([one.id for one in providers]),
            Declaration.expires_on <= today + ENDS_SOON,
        )
        .order_by(Declaration.expires_on, Declaration.id)
        .options(joinedload(Declaration.provider))
    )
    return list(db.session.scalars(query))
