"""What happened at the doors, as it is read afterwards."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from festival.extensions import db
from festival.models import (
    Booking,
    DoorPass,
    FestivalSession,
    Occurrence,
    Reservation,
    Room,
    Scan,
    ScanKind,
    Shift,
    Ticket,
    Venue,
)


def log(
    limit: int = 100,
    venue_id: int | None = None,
    *,
    offset: int = 0,
    venue_slug: str = "",
    code: str = "",
    between: tuple[datetime, datetime] | None = None,
) -> list[Scan]:
    """The scan log, newest first: of a venue, of a session (its code), of what happened between two
    aware times, where these are given."""
    query = sa.select(Scan).order_by(Scan.id.desc()).limit(limit).offset(offset)
    if venue_id is not None:
        query = query.join(Scan.door_pass).where(DoorPass.venue_id == venue_id)
    if venue_slug:
        here = sa.select(Occurrence.id).join(Occurrence.room).join(Room.venue)
        doors = sa.select(DoorPass.id).join(DoorPass.venue).where(Venue.slug == venue_slug)
        query = query.where(
            sa.or_(
                Scan.door_pass_id.in_(doors),
                Scan.occurrence_id.in_(here.where(Venue.slug == venue_slug)),
            )
        )
    if code:
        runs = sa.select(Occurrence.id).join(Occurrence.session).where(FestivalSession.code == code)
        query = query.where(Scan.occurrence_id.in_(runs))
    if between is not None:
        query = query.where(Scan.happened_at >= between[0], Scan.happened_at < between[1])
    return list(db.session.scalars(query))


def volunteers(scans: Sequence[Scan]) -> dict[int, str]:
    """How the volunteers of these scans are called, by their door pass."""
    query = sa.select(Shift.door_pass_id, Shift.volunteer).where(
        Shift.door_pass_id.in_({scan.door_pass_id for scan in scans})
    )
    return dict(db.session.execute(query).all())


def session_codes(scans: Sequence[Scan]) -> dict[int, str]:
    """The codes of the sessions of these scans, by occurrence."""
    query = (
        sa.select(Occurrence.id, FestivalSession.code)
        .join(Occurrence.session)
        .where(Occurrence.id.in_({scan.occurrence_id for scan in scans}))
    )
    return dict(db.session.execute(query).all())


def booking_references(scans: Sequence[Scan]) -> dict[int, str]:
    """The references of the bookings of these scans, by the ticket's number."""
    query = (
        sa.select(Ticket.number, Booking.reference)
        .join(Ticket.reservation)
        .join(Reservation.booking)
        .where(Ticket.number.in_({scan.ticket_number for scan in scans}))
    )
    return {number: reference for number, reference in db.session.execute(query) if reference}


def undone_ids(scans: Sequence[Scan]) -> set[str]:
    """Which of these scans were undone."""
    ids = [scan.scan_id for scan in scans]
    return set(
        db.session.scalars(
            sa.select(Scan.undoes).where(Scan.kind == ScanKind.undo, Scan.undoes.in_(ids))
        )
    )
