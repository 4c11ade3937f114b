"""What the public may read: published sessions and when they run. How it is searched is in
``finding``."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from festival.extensions import db
from festival.models import (
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    SessionState,
    Theme,
)

PUBLIC_STATES = (OccurrenceState.scheduled, OccurrenceState.cancelled)


def is_public(session: FestivalSession, now: datetime) -> bool:
    """Whether it has an approved wording, its publication time has come, and it stands."""
    return (
        session.published_revision_id is not None
        and session.state != SessionState.withdrawn
        and (session.publish_at is None or session.publish_at <= now)
    )


def are_public(now: datetime) -> sa.ColumnElement[bool]:
    """SQL: the same as ``is_public``, of all sessions."""
    return sa.and_(
        FestivalSession.published_revision_id.is_not(None),
        FestivalSession.state != SessionState.withdrawn,
        sa.or_(FestivalSession.publish_at.is_(None), FestivalSession.publish_at <= now),
    )


def session_by_code(code: str, now: datetime) -> FestivalSession | None:
    """The public session of this code, in any case; None when there is none or it is hidden."""
    if not code.isalnum():
        return None
    query = (
        sa.select(FestivalSession)
        .where(FestivalSession.code == code.upper(), are_public(now))
        .options(
            joinedload(FestivalSession.published_revision).joinedload(Revision.texts),
            selectinload(FestivalSession.occurrences).selectinload(Occurrence.allocations),
            joinedload(FestivalSession.edition),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    for one in found.occurrences if found else ():
        set_committed_value(one, "session", found)  # each knows whose it is without asking
    return found


def public_occurrences(session: FestivalSession) -> list[Occurrence]:
    """The session's runs that people may know of, in time order."""
    return [one for one in session.occurrences if one.state in PUBLIC_STATES]


def occurrence_for_booking(code: str, occurrence_id: int, now: datetime) -> Occurrence | None:
    """This run of this public session."""
    session = session_by_code(code, now)
    runs = public_occurrences(session) if session else []
    found = next((one for one in runs if one.id == occurrence_id), None)
    if found is not None:
        set_committed_value(found, "session", session)  # else it is forgotten, and asked for again
    return found


def days(edition: Edition) -> list[date]:
    """Every day of the festival."""
    return days_between(edition.starts_on, edition.ends_on)


def days_between(first: date, last: date) -> list[date]:
    """Every day of these, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def themes() -> list[Theme]:
    """Every theme in its order."""
    return list(db.session.scalars(sa.select(Theme).order_by(Theme.position, Theme.name)))
