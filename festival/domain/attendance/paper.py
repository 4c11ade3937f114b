"""The paper list, typed in afterwards: which parties came, how many of them, and when."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain import clock, door
from festival.domain.attendance import counting
from festival.domain.errors import N_, DomainError
from festival.domain.scans import LETS_IN, undone
from festival.domain.words import by_surname
from festival.extensions import db
from festival.models import Occurrence, Reservation, ReservationState, Scan, ScanKind, User

AFTER_END = counting.EARLY  # a time so long after the end is taken for a slip of the pen
WALK_UPS = 0  # the line of those without a booking: no reservation has this id


class WrongTime(DomainError):
    """Nobody came in at this time."""

    reason = "wrong_time"


class MoreThanBooked(DomainError):
    """More people of one party than its ticket still lets in."""

    reason = "more_than_booked"


@dataclass(frozen=True)
class PaperLine:
    """One party of the list."""

    reservation: Reservation
    admitted: int

    @property
    def people(self) -> int:
        claim = self.reservation
        return claim.ticket.people if claim.ticket else claim.people

    @property
    def remaining(self) -> int:
        """How many of them may still be said to have come."""
        return max(0, self.people - self.admitted)


def paper_list(run: Occurrence) -> list[PaperLine]:
    """Every party that has places and a ticket, by surname, with how many are in. Two queries,
    and one for the people of the parties."""
    query = (
        sa.select(Reservation)
        .where(
            Reservation.occurrence_id == run.id,
            Reservation.state == ReservationState.confirmed,
            Reservation.ticket.has(),
        )
        .options(joinedload(Reservation.booking))
    )
    claims = list(db.session.scalars(query))
    counted = dict(
        db.session.execute(
            sa.select(Scan.ticket_number, sa.func.sum(Scan.people))
            .where(
                Scan.ticket_number.in_([one.ticket.number for one in claims if one.ticket]),
                Scan.kind.in_(LETS_IN),
                ~undone(),
            )
            .group_by(Scan.ticket_number)
        ).all()
    )
    lines = [PaperLine(one, int(counted.get(one.ticket.number, 0))) for one in claims if one.ticket]
    return sorted(lines, key=_by_surname)


def _by_surname(line: PaperLine) -> tuple[str, str, int]:
    return (*by_surname(line.reservation.booking.name), line.reservation.id)


def key_in(
    run: Occurrence, came: Mapping[int, tuple[int, datetime]], *, key: str, actor: User
) -> int:
    """Write down what stood on paper: how many came, and at what aware time, by the id of their
    reservation (``WALK_UPS``: without a booking). The same ``key`` again is the same form; how
    many people were written.

    What happened, happened: too many for the room by law are flagged, not refused. Raises NotNow,
    WrongTime, MoreThanBooked; its ``field`` is ``people_<id>`` or ``time_<id>``.
    """
    counting.check_door_time(run)
    if run.starts_at > clock.now():
        raise counting.NotNow(N_("You can type in the list once it has started."))
    door.lock(run.id)
    known = {line.reservation.id: line for line in paper_list(run)}
    written = 0
    for number, (people, at) in sorted(came.items()):
        scan_id = str(uuid.uuid5(uuid.UUID(key), str(number)))
        if not people or counting.done_before(scan_id):
            continue
        _check_time(run, at, f"time_{number}")
        _write(run, known.get(number), number, people, at=at, scan_id=scan_id, actor=actor)
        written += people
    return written


def _write(
    run: Occurrence,
    line: PaperLine | None,
    number: int,
    people: int,
    *,
    at: datetime,
    scan_id: str,
    actor: User,
) -> None:
    left = line.remaining if line else 0
    if number != WALK_UPS and people > left:
        raise MoreThanBooked(
            N_(
                "%(left)s of this party can still be counted. Count the others as people without "
                "a booking."
            ),
            field=f"people_{number}",
            left=left,
        )
    ticket = line.reservation.ticket if line else None
    full = door.people_in(run.id) + people > run.legal_capacity
    counting.record(
        run,
        ScanKind.admit if ticket else ScanKind.walk_up,
        scan_id=scan_id,
        people=people,
        actor=actor,
        at=at,
        source=counting.PAPER,
        ticket_number=ticket.number if ticket else None,
        verdict="welcome" if ticket else "",
        flags=[counting.OVER_LEGAL] if full else [],
    )


def _check_time(run: Occurrence, at: datetime, field: str) -> None:
    first, last = run.starts_at - counting.EARLY, min(run.ends_at + AFTER_END, clock.now())
    if not first <= at <= last:
        raise WrongTime(
            N_("Type when they came in: at most 2 hours before the start, and not after now."),
            field=field,
        )
