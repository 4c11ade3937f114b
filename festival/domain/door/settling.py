"""The same ticket at two doors that did not hear of one another: the same people, or more of them?

Nobody is thrown out, and nothing that was written down is changed: what was twice is taken back,
what was more is counted as people without a ticket.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from festival.domain import clock
from festival.domain.door.admitting import lock
from festival.domain.scans import undone
from festival.extensions import db
from festival.models import (
    Booking,
    FestivalSession,
    Occurrence,
    Reservation,
    Revision,
    Scan,
    ScanKind,
    Ticket,
    User,
)

SETTLED = uuid.UUID("6a1f6f0e-6f0b-4a52-9f0a-0c1d5b7e2c11")  # what settling writes is named by it


@dataclass(frozen=True)
class Admission:
    """One of the scans, and how many of its people are beyond the places."""

    scan: Scan
    beyond: int


@dataclass(frozen=True)
class Conflict:
    """More people came in by a ticket than it has places."""

    ticket_number: int
    reference: str
    places: int
    occurrence: Occurrence
    admissions: Sequence[Admission]  # the first at the door first

    @property
    def people(self) -> int:
        return sum(one.scan.people for one in self.admissions)

    @property
    def beyond(self) -> int:
        return self.people - self.places


def conflicts(since: datetime | None = None, *, ticket: int | None = None) -> list[Conflict]:
    """What is not settled yet, by time; only of tickets scanned after ``since`` (aware) where it is
    given. A fixed number of queries."""
    over = (
        sa.select(Scan.ticket_number)
        .join(Ticket, Ticket.number == Scan.ticket_number)
        .where(Scan.kind == ScanKind.admit, ~undone())
        .group_by(Scan.ticket_number, Ticket.people)
        .having(sa.func.sum(Scan.people) > Ticket.people)
    )
    if since is not None:
        over = over.having(sa.func.max(Scan.received_at) > since)
    if ticket is not None:
        over = over.where(Scan.ticket_number == ticket)
    rows = db.session.execute(
        sa.select(Scan, Ticket.number, Ticket.people, Booking.reference, Occurrence)
        .join(Ticket, Ticket.number == Scan.ticket_number)
        .join(Reservation, Reservation.id == Ticket.reservation_id)
        .join(Booking, Booking.id == Reservation.booking_id)
        .join(Occurrence, Occurrence.id == Reservation.occurrence_id)
        .where(
            Scan.ticket_number.in_(over),
            Scan.kind == ScanKind.admit,
            Scan.people > 0,
            ~undone(),
        )
        .order_by(Scan.happened_at, Scan.id)
        .options(
            lazyload(Occurrence.allocations),
            joinedload(Occurrence.session)
            .selectinload(FestivalSession.published_revision)
            .selectinload(Revision.texts),
        )
    ).all()
    found: dict[int, Conflict] = {}
    for scan, number, places, reference, run in rows:
        before = found.get(number) or Conflict(number, reference or "", places, run, [])
        beyond = max(0, min(scan.people, before.people + scan.people - places))
        admissions = [*before.admissions, Admission(scan, beyond)]
        found[number] = Conflict(number, before.reference, places, run, admissions)
    return list(found.values())


def settle(ticket_number: int, *, extra: bool, actor: User) -> int:
    """Count the same people once, or ``extra`` people as people without a ticket; how many people
    it was about, none where it was settled before. The totals of the room stay when they were
    extra."""
    conflict = next(iter(conflicts(ticket=ticket_number)), None)
    if conflict is None:
        return 0
    lock(conflict.occurrence.id)
    conflict = next(iter(conflicts(ticket=ticket_number)), None)
    if conflict is None:
        return 0
    for admission in conflict.admissions:
        if admission.beyond:
            _split(admission, extra=extra, actor=actor)
    db.session.flush()
    return conflict.beyond


def _split(admission: Admission, *, extra: bool, actor: User) -> None:
    scan = admission.scan
    _write(scan, ScanKind.undo, "undo", 0, actor, undoes=scan.scan_id)
    if rest := scan.people - admission.beyond:
        _write(scan, ScanKind.admit, "rest", rest, actor, ticket_number=scan.ticket_number)
    if extra:
        _write(scan, ScanKind.walk_up, "extra", admission.beyond, actor)


def _write(
    scan: Scan, kind: ScanKind, name: str, people: int, actor: User, **facts: int | str | None
) -> None:
    """Beside the scan that it is about; named after it, so that it cannot be written twice."""
    db.session.add(
        Scan(
            scan_id=str(uuid.uuid5(SETTLED, f"{scan.scan_id}/{name}")),
            recorded_by_id=actor.id,
            kind=kind,
            occurrence_id=scan.occurrence_id,
            people=people,
            follows=scan.scan_id,
            device_at=scan.happened_at,
            happened_at=scan.happened_at,
            received_at=clock.now(),
            source="button",
            verdict="settled",
            **facts,
        )
    )
