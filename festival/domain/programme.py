"""What the public may read: published sessions and when they run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from festival.domain import capacity
from festival.domain.capacity import Availability
from festival.domain.words import fold
from festival.extensions import db
from festival.models import (
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Provider,
    Revision,
    RevisionText,
    Room,
    SessionState,
    Theme,
    Venue,
)

PUBLIC_STATES = (OccurrenceState.scheduled, OccurrenceState.cancelled)


@dataclass(frozen=True)
class Search:
    """What somebody looks for; empty means any."""

    words: str = ""
    day: date | None = None
    theme: str = ""
    has_places: bool = False


@dataclass(frozen=True)
class Entry:
    """One session on one day: one run, or all its slots of that day."""

    session: FestivalSession
    text: RevisionText
    occurrences: Sequence[Occurrence]
    availability: Availability

    @property
    def first(self) -> Occurrence:
        return self.occurrences[0]


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


def entries(edition: Edition, search: Search, now: datetime) -> list[Entry]:
    """What the programme lists for this search, by day and time. A fixed number of queries."""
    found = occurrences(edition, search, now)
    free = capacity.availabilities(found, now)
    listed = [
        _entry(session, list(group), free)
        for (_, session), group in groupby(
            sorted(found, key=lambda one: _by_day(one, edition)),
            key=lambda one: (_day_of(one, edition), one.session),
        )
    ]
    if search.has_places:
        listed = [one for one in listed if may_have_places(one.availability)]
    return sorted(listed, key=lambda one: (one.first.starts_at, one.session.code))


def _by_day(occurrence: Occurrence, edition: Edition) -> tuple[date, int, datetime]:
    return _day_of(occurrence, edition), occurrence.session_id, occurrence.starts_at


def _day_of(occurrence: Occurrence, edition: Edition) -> date:
    return occurrence.starts_at.astimezone(edition.zone).date()


def _entry(
    session: FestivalSession, occurrences: list[Occurrence], free: dict[int, Availability]
) -> Entry:
    assert session.published_revision is not None  # are_public asked for it
    best = max(
        (free[one.id] for one in occurrences),
        key=lambda one: (one.reason == "open", one.reason != "cancelled", one.places),
    )
    return Entry(session, session.published_revision.text(), occurrences, best)


def may_have_places(free: Availability) -> bool:
    """Whether somebody who looks for places is shown it: also before booking opens."""
    if free.reason == "paused":
        return free.public > 0
    return free.reason in ("open", "drop_in", "not_open")


def occurrences(edition: Edition, search: Search, now: datetime) -> list[Occurrence]:
    """The runs that this search finds, with or without places, with all that is shown of them."""
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .join(FestivalSession.provider)
        .outerjoin(FestivalSession.theme)
        .join(Occurrence.room)
        .join(Room.venue)
        .where(*matching(edition, search, now))
        .order_by(Occurrence.starts_at, Occurrence.id)
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


def matching(edition: Edition, search: Search, now: datetime) -> list[sa.ColumnElement[bool]]:
    """SQL: which runs this search finds, whether they have places or not. For queries that join
    occurrence, session, provider, theme (if any), room and venue."""
    rules = [
        FestivalSession.edition_id == edition.id,
        are_public(now),
        Occurrence.state.in_(PUBLIC_STATES),
    ]
    if search.day is not None:
        begins = datetime.combine(search.day, time(), edition.zone)
        ends = datetime.combine(search.day + timedelta(days=1), time(), edition.zone)
        rules += [Occurrence.starts_at >= begins, Occurrence.starts_at < ends]
    if search.theme:
        rules.append(Theme.slug == search.theme)
    for word in search.words.split()[:8]:
        rules.append(sa.or_(*(_mentions(one) for one in {word, fold(word)} if one)))
    return rules


def _mentions(word: str) -> sa.ColumnElement[bool]:
    wording = sa.select(RevisionText.id).where(
        RevisionText.revision_id == FestivalSession.published_revision_id,
        sa.or_(
            *(
                column.icontains(word, autoescape=True)
                for column in (RevisionText.title, RevisionText.summary, RevisionText.description)
            )
        ),
    )
    return sa.or_(
        FestivalSession.code == word.upper(),
        Provider.name.icontains(word, autoescape=True),
        Venue.name.icontains(word, autoescape=True),
        Theme.name.icontains(word, autoescape=True),
        wording.exists(),
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
    count = (edition.ends_on - edition.starts_on).days + 1
    return [edition.starts_on + timedelta(days=number) for number in range(count)]


def themes() -> list[Theme]:
    """Every theme in its order."""
    return list(db.session.scalars(sa.select(Theme).order_by(Theme.position, Theme.name)))
