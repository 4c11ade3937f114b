"""What is known of the things a phone's batch is about, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from festival.domain.door.sending import Event
from festival.domain.scans import LETS_IN
from festival.models import (
    DoorDevice,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Room,
    Scan,
    ScanKind,
    Ticket,
    WalkUp,
)

# What is asked with every scan, written once: to build a statement costs more than to ask it.
_scan, _undo = Scan.__table__, Scan.__table__.alias()
_device: Any = DoorDevice.__table__
_ticket, _claim = Ticket.__table__, Reservation.__table__
_run, _room = Occurrence.__table__, Room.__table__
_IS_UNDONE = sa.exists().where(_undo.c.kind == ScanKind.undo, _undo.c.undoes == _scan.c.scan_id)


def _one_of(column: Any, name: str) -> Any:
    return column.in_(sa.bindparam(name, expanding=True))


HEARD = (
    sa.update(_device)
    .where(_device.c.id == sa.bindparam("device"))
    .values(
        seen_at=sa.bindparam("now"),
        unsent=sa.bindparam("left"),
        clock_offset_ms=sa.func.coalesce(
            sa.bindparam("offset", type_=sa.BigInteger), _device.c.clock_offset_ms
        ),
        wiped_at=sa.func.coalesce(
            sa.bindparam("gone_at", type_=_device.c.wiped_at.type), _device.c.wiped_at
        ),
    )
)
TICKETS = (
    sa.select(
        _ticket.c.number,
        _ticket.c.generation,
        _ticket.c.people,
        _claim.c.state,
        _claim.c.occurrence_id,
    )
    .join(_claim, _claim.c.id == _ticket.c.reservation_id)
    .where(_one_of(_ticket.c.number, "numbers"))
)
RUNS = (
    sa.select(_run.c.id, _run.c.state, _run.c.capacity, _run.c.legal_capacity, _room.c.venue_id)
    .join(_room, _room.c.id == _run.c.room_id)
    .where(_one_of(_run.c.id, "ids"))
    .order_by(_run.c.id)
    .with_for_update(of=_run)
)
KNOWN = sa.select(
    _scan.c.scan_id,
    _scan.c.kind,
    _scan.c.people,
    _scan.c.ticket_number,
    _scan.c.occurrence_id,
    _scan.c.device_id,
    _scan.c.device_at,
    _scan.c.undoes,
    _scan.c.flags,
    _IS_UNDONE.label("is_undone"),
).where(
    sa.or_(
        _one_of(_scan.c.scan_id, "ids"),
        _one_of(_scan.c.undoes, "own"),
        _one_of(_scan.c.ticket_number, "tickets"),
    )
)
INSIDE = (
    sa.select(_scan.c.occurrence_id, sa.func.sum(_scan.c.people))
    .where(_one_of(_scan.c.occurrence_id, "ids"), _scan.c.kind.in_(LETS_IN), ~_IS_UNDONE)
    .group_by(_scan.c.occurrence_id)
)


@cache
def inserting(dialect: str, model: type[Scan] | type[WalkUp]) -> Any:
    """Rows of one of the two that are named by their scan; what another phone brought in the same
    moment stays as it is."""
    kind: Any = postgresql if dialect == "postgresql" else sqlite
    table = model.__table__
    return kind.insert(table).on_conflict_do_nothing(index_elements=[table.c.scan_id])


@dataclass(frozen=True)
class RunFacts:
    state: OccurrenceState
    capacity: int
    legal: int
    venue_id: int


@dataclass(frozen=True)
class TicketFacts:
    generation: int
    people: int
    stands: bool
    occurrence_id: int


@dataclass
class Known:
    """What is known of the things a batch is about; the sums move as its events are taken."""

    tickets: Mapping[int, TicketFacts]
    runs: Mapping[int, RunFacts]
    scans: dict[str, dict[str, Any]]
    undone: set[str]
    in_by_ticket: dict[int, int]
    in_by_run: dict[int, int]

    def count(self, scan: Mapping[str, Any], sign: int) -> None:
        """Let a scan that lets people in count, or take it back."""
        if scan["kind"] not in LETS_IN:
            return
        people = sign * scan["people"]
        if scan["kind"] == ScanKind.admit and scan["ticket_number"] is not None:
            number = scan["ticket_number"]
            self.in_by_ticket[number] = self.in_by_ticket.get(number, 0) + people
        run = scan["occurrence_id"]
        if run is not None:
            self.in_by_run[run] = self.in_by_run.get(run, 0) + people


def look_up(connection: sa.Connection, events: Sequence[Event]) -> Known:
    """What is known of these events, once their runs are locked. Four statements."""
    tickets = _tickets(connection, {event.ticket for event in events} - {None})
    runs = _lock_runs(
        connection,
        {event.occurrence for event in events} - {None}
        | {ticket.occurrence_id for ticket in tickets.values()},
    )
    ids = {event.id for event in events}
    targets = {event.undoes for event in events} - {None}
    rows = connection.execute(
        KNOWN,
        {
            "ids": list(ids | targets),
            "own": list(ids),
            "tickets": list(tickets.keys() | ({event.ticket for event in events} - {None})),
        },
    )
    scans = {row["scan_id"]: dict(row) for row in rows.mappings()}
    known = Known(
        tickets=tickets,
        runs=runs,
        scans=scans,
        undone={one["scan_id"] for one in scans.values() if one["is_undone"]}
        | {one["undoes"] for one in scans.values() if one["kind"] == ScanKind.undo},
        in_by_ticket={},
        in_by_run={},
    )
    for one in scans.values():
        if one["scan_id"] not in known.undone:
            known.count(one, +1)
    known.in_by_run = _people_in(connection, runs)
    return known


def _tickets(connection: sa.Connection, numbers: set[int | None]) -> dict[int, TicketFacts]:
    rows = connection.execute(TICKETS, {"numbers": list(numbers)})
    return {
        number: TicketFacts(generation, people, state == ReservationState.confirmed, run)
        for number, generation, people, state, run in rows
    }


def _lock_runs(connection: sa.Connection, ids: set[int | None]) -> dict[int, RunFacts]:
    """The runs of a batch, in the order of their ids; nobody else counts in them until the end."""
    rows = connection.execute(RUNS, {"ids": list(ids)})
    return {one: RunFacts(state, places, legal, venue) for one, state, places, legal, venue in rows}


def _people_in(connection: sa.Connection, runs: Mapping[int, RunFacts]) -> dict[int, int]:
    rows = connection.execute(INSIDE, {"ids": list(runs)})
    return {run: int(people) for run, people in rows}
