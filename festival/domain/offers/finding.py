"""Offers, found: for the team, for their provider, by code."""

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.extensions import db
from festival.models import (
    FestivalSession,
    Membership,
    Occurrence,
    Provider,
    Revision,
    RevisionState,
    Room,
    User,
)


def people_of(provider_id: int) -> list[User]:
    query = (
        sa.select(User)
        .join(Membership)
        .where(Membership.provider_id == provider_id, User.is_active, Membership.role != "door")
    )
    return list(db.session.scalars(query.order_by(User.id)))


def waiting() -> int:
    """How many offers wait for the team."""
    query = sa.select(sa.func.count()).where(Revision.state == RevisionState.submitted)
    return db.session.scalar(query) or 0


def review_queue() -> list[Revision]:
    """Offers that wait for the team, longest waiting first."""
    query = (
        sa.select(Revision)
        .where(Revision.state == RevisionState.submitted)
        .order_by(Revision.submitted_at, Revision.id)
        .options(selectinload(Revision.session).selectinload(FestivalSession.provider))
    )
    return list(db.session.scalars(query))


def offers_of(providers: list[Provider]) -> list[Revision]:
    """The newest revision of every session of these organisations, newest session first."""
    newest = (
        sa.select(sa.func.max(Revision.number))
        .where(Revision.session_id == FestivalSession.id)
        .correlate(FestivalSession)
        .scalar_subquery()
    )
    query = (
        sa.select(Revision)
        .join(Revision.session)
        .where(
            FestivalSession.provider_id.in_([provider.id for provider in providers]),
            Revision.number == newest,
        )
        .order_by(FestivalSession.id.desc())
        .options(
            selectinload(Revision.session)
            .selectinload(FestivalSession.occurrences)
            .selectinload(Occurrence.allocations),
            selectinload(Revision.session).selectinload(FestivalSession.published_revision),
        )
    )
    return list(db.session.scalars(query))


def revision_of(code: str) -> Revision | None:
    """The newest revision of the session of this code, in any case."""
    if not code.isalnum():
        return None
    query = (
        sa.select(Revision)
        .join(Revision.session)
        .where(FestivalSession.code == code.upper())
        .order_by(Revision.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def rooms() -> list[Room]:
    """Every room, by venue and name."""
    return sorted(
        db.session.scalars(sa.select(Room)), key=lambda room: (room.venue.name, room.name)
    )
