"""Sessions of an earlier festival, offered again: the words stay, the dates move along."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.domain import audit, offers, venues, words
from festival.domain.errors import N_
from festival.extensions import db
from festival.models import (
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Provider,
    Revision,
    User,
)

CLOSED = N_("%(venue)s is closed on %(day)s. Choose another place or another day.")
CLOSED_WHY = N_("%(venue)s is closed on %(day)s (%(why)s). Choose another place or another day.")
NO_SUCH_DAY = N_("No day of this festival is like %(day)s. Choose a day.")
CLOSED_FOR_GOOD = N_("%(venue)s is closed for good. Choose another place.")


@dataclass(frozen=True)
class Note:
    """What a person must look at in a session that was rolled over: a sentence and its facts."""

    text: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Rolled:
    """A new draft, and what could not be taken over as it was."""

    revision: Revision
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class Earlier:
    """A session of an earlier festival; the draft that was made of it already, if one was."""

    session: FestivalSession
    again: FestivalSession | None


def is_there(providers: Sequence[Provider], edition: Edition) -> bool:
    """Whether any of these organisations offered something in public at an earlier festival."""
    mine = FestivalSession.provider_id.in_([one.id for one in providers])
    before = sa.and_(Edition.ends_on < edition.starts_on, Edition.id != edition.id)
    public = FestivalSession.published_revision_id.is_not(None)
    query = sa.select(FestivalSession.id).join(FestivalSession.edition)
    return db.session.scalar(query.where(mine, before, public).limit(1)) is not None


def earlier(providers: Sequence[Provider], edition: Edition) -> list[Earlier]:
    """What these organisations offered in public before this festival, newest festival first."""
    query = (
        sa.select(FestivalSession)
        .join(FestivalSession.edition)
        .where(
            FestivalSession.provider_id.in_([one.id for one in providers]),
            FestivalSession.published_revision_id.is_not(None),
            Edition.ends_on < edition.starts_on,
            Edition.id != edition.id,
        )
        .order_by(Edition.starts_on.desc(), FestivalSession.code)
        .options(
            selectinload(FestivalSession.occurrences).selectinload(Occurrence.allocations),
            selectinload(FestivalSession.published_revision).selectinload(Revision.texts),
            selectinload(FestivalSession.edition),
        )
    )
    found = list(db.session.scalars(query))
    again = sa.select(FestivalSession).where(
        FestivalSession.edition_id == edition.id,
        FestivalSession.rolled_from_id.in_([one.id for one in found]),
    )
    by_old = {one.rolled_from_id: one for one in db.session.scalars(again)}
    return [Earlier(one, by_old.get(one.id)) for one in found]


def roll_over(
    sessions: Sequence[FestivalSession], *, edition: Edition, author: User
) -> list[Rolled]:
    """Begin a draft in this festival for each of these sessions, with its words and rules. Its
    dates are on the same weekday of the same week of the festival; a place that is closed then is
    left out, and told. Who is to review them sees them when they are sent in, like any other."""
    return [_roll(one, edition, author) for one in sessions]


def _roll(session: FestivalSession, edition: Edition, author: User) -> Rolled:
    revision = offers.start(edition=edition, provider=session.provider, author=author)
    revision.session.rolled_from_id = session.id
    proposal = offers.proposal_of(session)
    keys = {str(one["key"]) for one in edition.questions}
    proposal = {
        name: told
        for name, told in proposal.items()
        if not name.startswith("answer_") or name.removeprefix("answer_") in keys
    }
    notes: list[Note] = []
    runs = [one for one in session.occurrences if one.state == OccurrenceState.scheduled]
    for row, run in enumerate(runs[: offers.DATES]):
        proposal |= _date(run, row, edition, notes)
    if len(runs) > 1 and runs[0].series_part:
        proposal["together"] = "all"
    if _is_closed(runs, edition, notes):
        proposal["room"] = ""
    offers.save_draft(revision, proposal, author=author)
    audit.record("session.rolled_over", revision.session, actor=author, earlier=session.code)
    return Rolled(revision, notes)


def _date(run: Occurrence, row: int, edition: Edition, notes: list[Note]) -> dict[str, str]:
    """What the form says of one date."""
    old = run.session.edition
    begins, ends = (one.astimezone(old.zone) for one in (run.starts_at, run.ends_at))
    day = same_day(begins.date(), old, edition)
    if day is None:
        notes.append(Note(NO_SUCH_DAY, {"day": words.day(begins.date())}))
    return {
        offers.numbered("day", row): day.isoformat() if day else "",
        offers.numbered("starts", row): _hour(begins),
        offers.numbered("ends", row): _hour(ends),
    }


def _hour(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def same_day(day: date, old: Edition, new: Edition) -> date | None:
    """The same weekday of the same week of the new festival: its second Saturday for the second
    Saturday; the last such day where the new festival is shorter, None where it has none."""
    which = (day - _first(day.weekday(), old)).days // 7
    found = _first(day.weekday(), new) + timedelta(weeks=max(which, 0))
    while found > new.ends_on and which > 0:
        which -= 1
        found -= timedelta(weeks=1)
    return found if found <= new.ends_on else None


def _first(weekday: int, edition: Edition) -> date:
    """The festival's first day that is this weekday, whether or not it is over by then."""
    return edition.starts_on + timedelta(days=(weekday - edition.starts_on.weekday()) % 7)


def _is_closed(runs: Sequence[Occurrence], edition: Edition, notes: list[Note]) -> bool:
    """Whether the place that is taken over cannot be used on one of the days."""
    if not runs:
        return False
    venue = runs[0].room.venue
    for run in runs:
        day = same_day(run.starts_at.astimezone(edition.zone).date(), run.session.edition, edition)
        why = venues.is_open(venue, day or edition.starts_on)
        if why is None:
            continue
        if why == venues.FOR_GOOD:
            notes.append(Note(CLOSED_FOR_GOOD, {"venue": venue.name}))
            return True
        if day is not None:
            facts = {"venue": venue.name, "why": why, "day": words.day(day)}
            notes.append(Note(CLOSED if why == venues.NO_REASON else CLOSED_WHY, facts))
            return True
    return False
