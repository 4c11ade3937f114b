"""What the people who ran it say afterwards, where nothing was scanned."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from festival.domain import audit, clock, door
from festival.domain.attendance.counting import LATEST, NotNow
from festival.domain.errors import N_
from festival.domain.scans import LETS_IN, undone
from festival.extensions import db
from festival.models import (
    Attendance,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Provider,
    Scan,
    SessionState,
    User,
)

RETURN_WITHIN = timedelta(days=5)  # after the end; later is better than never


def attendance_of(run: Occurrence) -> Attendance | None:
    """What was said of this run."""
    return db.session.scalar(sa.select(Attendance).where(Attendance.occurrence_id == run.id))


def give_back_numbers(
    run: Occurrence, *, people: int, children: int, note: str, actor: User
) -> Attendance:
    """Say how many came, how many of them were children, and what is worth knowing; again says it
    anew. Raises NotNow."""
    if run.state != OccurrenceState.scheduled or run.starts_at > clock.now():
        raise NotNow(N_("You can say how many came once it has started."))
    door.lock(run.id)
    said = attendance_of(run) or Attendance(occurrence_id=run.id)
    said.people, said.children, said.note = people, children, note
    said.returned_at, said.returned_by_id = clock.now(), actor.id
    db.session.add(said)
    db.session.flush()
    audit.record("attendance.returned", run, actor=actor, people=people)
    return said


def needs_return() -> sa.ColumnElement[bool]:
    """SQL: it took place, nobody was let in by a scan, and nobody has said how many came."""
    scanned = sa.exists().where(
        Scan.occurrence_id == Occurrence.id, Scan.kind.in_(LETS_IN), ~undone()
    )
    said = sa.exists().where(Attendance.occurrence_id == Occurrence.id)
    return sa.and_(Occurrence.state == OccurrenceState.scheduled, ~scanned, ~said)


def lacks_return(run: Occurrence) -> bool:
    """Whether nobody knows how many came to this run, which is over."""
    query = sa.select(Occurrence.id).where(
        Occurrence.id == run.id, Occurrence.ends_at <= clock.now(), needs_return()
    )
    return db.session.scalar(query) is not None


def unreturned(providers: Sequence[Provider], now: datetime) -> set[int]:
    """The runs (ids) of these organisations that wait for their numbers."""
    query = (
        sa.select(Occurrence.id)
        .join(Occurrence.session)
        .where(
            FestivalSession.provider_id.in_([one.id for one in providers]),
            FestivalSession.state == SessionState.published,
            Occurrence.ends_at <= now,
            Occurrence.ends_at > now - LATEST,
            needs_return(),
        )
    )
    return set(db.session.scalars(query))
