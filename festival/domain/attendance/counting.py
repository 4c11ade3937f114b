"""The live count of one run: who came in by ticket, who without, how many heads there are.

What happened is written as scans, without a door pass: by whom is kept instead. The same scan id
again is the same press of a button and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from festival.domain import clock, door
from festival.domain.errors import N_, DomainError
from festival.domain.retention import BANDS
from festival.domain.scans import LETS_IN, heads_of, people_by_run, undone
from festival.extensions import db
from festival.models import (
    Attendance,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Scan,
    ScanKind,
    User,
    WalkUp,
)

EARLY = timedelta(hours=2)  # people come in so long before the start
LATEST = timedelta(days=30)  # after the end; then what the list says is forgotten
HAND, PAPER = "hand", "paper"  # how it came to us: pressed on the day, or read from a list
OVER_LEGAL = door.OVER_LEGAL  # the flag of what happened although the room was full
BAND_NAMES = (*(band for _last, band in BANDS), "18+")


class NotNow(DomainError):
    """It is cancelled, has not begun to let people in, or is long over."""

    reason = "not_now"


@dataclass(frozen=True)
class Counts:
    """One run, as it stands now."""

    parties: int  # booked
    expected: int  # people of these parties
    by_ticket: int  # of these, who are in
    walk_ups: int
    heads: int | None  # the last headcount
    heads_at: datetime | None
    returned: Attendance | None
    legal: int

    @property
    def inside(self) -> int:
        """How many are in as far as tickets and walk-ups tell."""
        return self.by_ticket + self.walk_ups

    @property
    def to_come(self) -> int:
        """How many with a ticket are not in yet."""
        return max(0, self.expected - self.by_ticket)

    @property
    def room_left(self) -> int:
        """How many more the room may hold by law."""
        return max(0, self.legal - self.inside)

    @property
    def came(self) -> int | None:
        """How many came: by scans; where there are none, as was said afterwards, else the last
        headcount. None where nobody knows."""
        if self.inside:
            return self.inside
        return self.returned.people if self.returned else self.heads


def counts_of(run: Occurrence) -> Counts:
    """How this run stands. Four queries."""
    booked = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Reservation.people), 0)).where(
            Reservation.occurrence_id == run.id, Reservation.state == ReservationState.confirmed
        )
    ).one()
    kinds = people_by_run([run.id])[run.id]
    heads, heads_at = heads_of([run.id]).get(run.id, (None, None))
    return Counts(
        parties=int(booked[0]),
        expected=int(booked[1]),
        by_ticket=kinds.get(ScanKind.admit, 0),
        walk_ups=kinds.get(ScanKind.walk_up, 0),
        heads=heads,
        heads_at=heads_at,
        returned=db.session.scalar(sa.select(Attendance).where(Attendance.occurrence_id == run.id)),
        legal=run.legal_capacity,
    )


def is_door_time(run: Occurrence, now: datetime) -> bool:
    """Whether people come in, or what happened can still be typed in."""
    takes_place = run.state == OccurrenceState.scheduled
    return takes_place and run.starts_at - EARLY <= now < run.ends_at + LATEST


def check_door_time(run: Occurrence) -> None:
    """Raise NotNow before people come in, a month after, and where it was cancelled."""
    if not is_door_time(run, clock.now()):
        raise NotNow(
            N_("You can count people from 2 hours before the start until 30 days after the end.")
        )


def walk_up(
    run: Occurrence, *, people: int, scan_id: str, actor: User, name: str = "", age_band: str = ""
) -> Scan:
    """Let in people who have no booking; what they say of themselves is kept apart.

    Raises NotNow, OverLegal.
    """
    check_door_time(run)
    door.lock(run.id)
    if (done := done_before(scan_id)) is not None:
        return done
    door.check_room(run, people)
    scan = record(run, ScanKind.walk_up, scan_id=scan_id, people=people, actor=actor)
    if name or age_band:
        said = WalkUp(scan_id=scan.id, name=name, age_band=age_band, created_at=clock.now())
        db.session.add(said)
        db.session.flush()
    return scan


def count_heads(run: Occurrence, *, people: int, scan_id: str, actor: User) -> Scan:
    """Write down how many are in the room now, whatever it is: a count is a fact. Raises NotNow."""
    check_door_time(run)
    door.lock(run.id)
    if (done := done_before(scan_id)) is not None:
        return done
    flags = [OVER_LEGAL] if people > run.legal_capacity else []
    return record(run, ScanKind.headcount, scan_id=scan_id, people=people, actor=actor, flags=flags)


def change_heads(run: Occurrence, *, by: int, scan_id: str, actor: User) -> Scan:
    """One more or one fewer than the last headcount; two phones count together. Raises NotNow."""
    check_door_time(run)
    door.lock(run.id)
    counted = heads_of([run.id]).get(run.id)
    before = counted[0] if counted else door.people_in(run.id)
    return count_heads(run, people=max(0, before + by), scan_id=scan_id, actor=actor)


def undo(run: Occurrence, *, target: str, scan_id: str, actor: User) -> None:
    """Take back what one of the organisation wrote of this run; again changes nothing.

    Raises NothingToAdmit.
    """
    door.lock(run.id)
    scan = db.session.scalar(sa.select(Scan).where(Scan.scan_id == target))
    if (
        scan is None
        or scan.occurrence_id != run.id
        or scan.recorded_by_id is None
        or scan.kind == ScanKind.undo
    ):
        raise door.NothingToAdmit(N_("There is nothing to undo."))
    if not door.undone_ids([scan]):
        record(
            run,
            ScanKind.undo,
            scan_id=scan_id,
            people=0,
            actor=actor,
            undoes=target,
            ticket_number=scan.ticket_number,
        )


def latest_records(run: Occurrence, limit: int = 30) -> list[Scan]:
    """What was let in and counted here last, newest first, but for what was undone."""
    query = (
        sa.select(Scan)
        .where(
            Scan.occurrence_id == run.id,
            Scan.kind.in_((*LETS_IN, ScanKind.headcount)),
            ~undone(),
        )
        .order_by(Scan.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def done_before(scan_id: str) -> Scan | None:
    """The scan of this id, where the button was pressed before."""
    return db.session.scalar(sa.select(Scan).where(Scan.scan_id == scan_id))


def record(
    run: Occurrence,
    kind: ScanKind,
    *,
    scan_id: str,
    people: int,
    actor: User,
    at: datetime | None = None,
    source: str = HAND,
    **facts: Any,
) -> Scan:
    """Write a scan that somebody who signs in has made; under the run's lock."""
    now = clock.now()
    scan = Scan(
        recorded_by_id=actor.id,
        kind=kind,
        scan_id=scan_id,
        occurrence_id=run.id,
        people=people,
        device_at=at or now,
        happened_at=min(at or now, now),
        received_at=now,
        source=source,
        **facts,
    )
    db.session.add(scan)
    db.session.flush()
    return scan
