"""The announcements there are: the team's queue, a date's own, and what a booking was told."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from festival.extensions import db
from festival.models import (
    Announcement,
    AnnouncementState,
    Edition,
    FestivalSession,
    Message,
    Occurrence,
    Revision,
)

MOST_SHOWN = 100


def get(announcement_id: int) -> Announcement | None:
    """This one; None where there is none."""
    return db.session.get(Announcement, announcement_id)


def waiting(edition: Edition) -> int:
    """How many wait to be looked at."""
    query = sa.select(sa.func.count()).where(
        Announcement.edition_id == edition.id, Announcement.state == AnnouncementState.proposed
    )
    return db.session.scalar(query) or 0


def every(edition: Edition) -> list[Announcement]:
    """Those that wait, the oldest first; then the others, the newest first, MOST_SHOWN in all."""
    waits = Announcement.state == AnnouncementState.proposed
    mine = Announcement.edition_id == edition.id
    shown = sa.select(Announcement).options(*_with_all()).limit(MOST_SHOWN)
    first = db.session.scalars(shown.where(mine, waits).order_by(Announcement.id)).all()
    then = db.session.scalars(shown.where(mine, ~waits).order_by(Announcement.id.desc())).all()
    return [*first, *then][:MOST_SHOWN]


def of_run(run: Occurrence) -> list[Announcement]:
    """What was written about this date by its own people, the newest first."""
    query = sa.select(Announcement).where(Announcement.occurrence_id == run.id)
    newest = query.order_by(Announcement.id.desc()).limit(MOST_SHOWN)
    return list(db.session.scalars(newest.options(joinedload(Announcement.created_by))))


def heard_by(booking_id: int) -> list[Announcement]:
    """What this booking was told, the newest first."""
    query = (
        sa.select(Announcement)
        .where(Announcement.id.in_(_told_to(booking_id)))
        .order_by(Announcement.id.desc())
        .options(joinedload(Announcement.occurrence).joinedload(Occurrence.session))
    )
    return list(db.session.scalars(query))


def _told_to(booking_id: int) -> "sa.Select[int | None]":
    return sa.select(Message.announcement_id).where(
        Message.booking_id == booking_id, Message.announcement_id.is_not(None)
    )


def _with_all() -> list[ORMOption]:
    return [
        joinedload(Announcement.created_by),
        joinedload(Announcement.venue),
        selectinload(Announcement.occurrence)
        .joinedload(Occurrence.session)
        .selectinload(FestivalSession.published_revision)
        .selectinload(Revision.texts),
    ]
