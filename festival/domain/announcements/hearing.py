"""Who hears of an announcement: who has places on its dates that are not over."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain import clock
from festival.domain.announcements.words import KIND
from festival.domain.running.telling import Told, claims_on, told_of
from festival.extensions import db
from festival.models import (
    Announcement,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Revision,
    Room,
    Venue,
)

SECOND_LOOK = 500  # bookings; who writes to more asks somebody else of the team


def told(runs: Sequence[Occurrence]) -> Told:
    """Who would hear now, if it were about these dates: only who has places."""
    return told_of(booked(runs), KIND)


def booked(runs: Sequence[Occurrence]) -> list[Reservation]:
    """Who has places on these dates."""
    return [one for one in claims_on(*runs) if one.state == ReservationState.confirmed]


def runs_between(
    edition: Edition,
    day: date,
    venue: Venue | None,
    first: time | None = None,
    last: time | None = None,
) -> list[Occurrence]:
    """What takes place on this ``day`` of the edition's zone and is not over, by time; at one
    venue, or everywhere; that starts at ``first`` at the earliest, and before ``last``."""
    from_at, until_at = bounds(edition, day, first, last)
    return _between(edition.id, venue.id if venue else None, from_at, until_at)


def bounds(
    edition: Edition, day: date, first: time | None, last: time | None
) -> tuple[datetime, datetime]:
    """From when until when (aware, the edition's zone) dates of this day and these hours start."""
    begins = datetime.combine(day, first or time(), edition.zone)
    if last is not None:
        return begins, datetime.combine(day, last, edition.zone)
    return begins, datetime.combine(day + timedelta(days=1), time(), edition.zone)


def _between(
    edition_id: int, venue_id: int | None, from_at: datetime, until_at: datetime
) -> list[Occurrence]:
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .join(Occurrence.room)
        .where(
            FestivalSession.edition_id == edition_id,
            Occurrence.state == OccurrenceState.scheduled,
            Occurrence.ends_at > clock.now(),
            Occurrence.starts_at >= from_at,
            Occurrence.starts_at < until_at,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
        .options(
            joinedload(Occurrence.session)
            .selectinload(FestivalSession.published_revision)
            .selectinload(Revision.texts)
        )
    )
    if venue_id is not None:
        query = query.where(Room.venue_id == venue_id)
    return list(db.session.scalars(query))


def runs_of(announcement: Announcement) -> list[Occurrence]:
    """The dates it is about that take place and are not over."""
    if announcement.occurrence is not None:
        run = announcement.occurrence
        return [run] if comes(run) else []
    assert announcement.from_at is not None  # of more than one date
    assert announcement.until_at is not None
    return _between(
        announcement.edition_id, announcement.venue_id, announcement.from_at, announcement.until_at
    )


def is_about(announcement: Announcement, run: Occurrence) -> bool:
    """Whether it was written about this run: its own, or of its hours and place."""
    if announcement.occurrence_id is not None:
        return announcement.occurrence_id == run.id
    assert announcement.from_at is not None  # of more than one date
    assert announcement.until_at is not None
    here = announcement.venue_id in (None, run.room.venue_id)
    return here and announcement.from_at <= run.starts_at < announcement.until_at


def comes(run: Occurrence) -> bool:
    """Whether it takes place and is not over."""
    return run.state == OccurrenceState.scheduled and run.ends_at > clock.now()


def is_too_many(who: Told) -> bool:
    """Whether so many bookings hear that somebody else of the team looks first."""
    return bookings_of(who) > SECOND_LOOK


def bookings_of(who: Told) -> int:
    """How many bookings hear at least, by whatever channel."""
    return max(who.email, who.sms) + who.call
