"""What phones bring home, folded into what happened: nothing is refused, trouble is flagged.

A scan is a fact of its own, with the phone's own id. Who is in is the sum of what nobody undid; so
an undo may come before what it undoes, and a batch may come twice. The rules are those of the
design of the door (sync, 1 to 6).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from festival.domain import clock
from festival.domain.door.admitting import UNKNOWN
from festival.domain.door.knowing import (
    HEARD,
    Known,
    RunFacts,
    TicketFacts,
    inserting,
    look_up,
)
from festival.domain.door.sending import Event, Phone
from festival.domain.scans import LETS_IN
from festival.extensions import db
from festival.models import OccurrenceState, Scan, ScanKind, WalkUp

OVER_ADMITTED = "over_admitted"
CANCELLED = "admitted_cancelled"
SUPERSEDED = "superseded"
OVER_CAPACITY = "over_capacity"
OVER_LEGAL = "over_legal"
CLOCK_JUMP = "clock_jump"
LATE = "late_upload"
REPEAT = "repeat"  # the same phone and code within REPEATS: it counts nobody
ELSEWHERE = "elsewhere"  # for a session that no room of this venue has, or that nobody knows

REPEATS = timedelta(seconds=4)
JUMP_MS = 2 * 60 * 1000  # two readings of a phone's clock that differ by more are not one clock
OLDEST = timedelta(days=2)  # before the pass began: no shift was so long, so the clock was wrong
LARGEST_OFFSET_MS = 2**53  # what a phone can count


def fold(
    phone: Phone,
    events: Sequence[Event],
    *,
    sent_at: datetime,
    unsent: int = 0,
    wiped: bool = False,
) -> dict[str, list[str]]:
    """Write down what a phone sends, once each; the flags of every event by its id.

    ``sent_at`` is aware, by the phone's clock; ``unsent`` is how many scans it still has,
    ``wiped`` whether it has no list any more. An id that was here before gives its first answer and
    changes nothing. Six statements, and two for what walk-ups said of themselves.
    """
    now = clock.now()
    offset = _offset_ms(now, sent_at)
    jumped = phone.offset_ms is not None and abs(offset - phone.offset_ms) > JUMP_MS
    seen = {
        "now": now,
        "left": unsent,
        "offset": offset if events else None,
        "gone_at": now if wiped else None,
    }
    # Also keeps two batches of one phone apart.
    connection = db.session.connection()
    connection.execute(HEARD, {"device": phone.id} | seen)
    if not events:
        return {}
    known = look_up(connection, events)
    fresh: dict[str, dict[str, Any]] = {}
    for event in sorted(events, key=lambda one: one.seq):
        if event.id not in known.scans:
            row = _take(phone, event, known, now, offset, jumped=jumped)
            known.scans[event.id] = fresh[event.id] = row
    told = [(event.id, event.walk_up) for event in events if event.id in fresh and event.walk_up]
    if fresh:
        connection.execute(inserting(connection.dialect.name, Scan), list(fresh.values()))
    if told:
        _remember(connection, told, now)
    return {event.id: known.scans[event.id]["flags"] for event in events}


def _offset_ms(now: datetime, sent_at: datetime) -> int:
    exact = (now - sent_at) / timedelta(milliseconds=1)
    return int(max(-LARGEST_OFFSET_MS, min(LARGEST_OFFSET_MS, exact)))


def _take(
    phone: Phone, event: Event, known: Known, now: datetime, offset: int, *, jumped: bool
) -> dict[str, Any]:
    """The row of one event that was not here before; its flags say what is odd about it."""
    ticket = known.tickets.get(event.ticket or 0)
    occurrence = ticket.occurrence_id if ticket and event.kind == ScanKind.admit else None
    run_id = occurrence or event.occurrence
    run = known.runs.get(run_id or 0)
    flags: list[str] = []
    if jumped or event.at < phone.from_at - OLDEST - timedelta(milliseconds=offset):
        flags.append(CLOCK_JUMP)
    if not phone.is_open or now >= phone.until_at:
        flags.append(LATE)
    if run_id is not None and (run is None or run.venue_id != phone.venue_id):
        flags.append(ELSEWHERE)
    row: dict[str, Any] = {
        "scan_id": event.id,
        "door_pass_id": phone.pass_id,
        "device_id": phone.id,
        "seq": event.seq,
        "kind": event.kind,
        "ticket_number": event.ticket,
        "occurrence_id": run_id if run else None,
        "people": event.people,
        "generation": event.generation,
        "undoes": event.undoes,
        "follows": event.follows,
        "label": event.label,
        "device_at": event.at,
        "happened_at": now if CLOCK_JUMP in flags else _corrected(event.at, offset, now),
        "received_at": now,
        "source": event.source,
        "verdict": event.verdict,
        "list_version": event.list_version,
        "flags": flags,
    }
    if event.kind == ScanKind.undo:
        _take_back(event, known)
    elif event.kind in LETS_IN:
        _let_in(phone, event, row, known, ticket, run)
    return row


def _corrected(at: datetime, offset: int, now: datetime) -> datetime:
    """When it happened by our clock, as far as a phone can tell; never later than now."""
    try:
        return min(now, at + timedelta(milliseconds=offset))
    except OverflowError:
        return now


def _take_back(event: Event, known: Known) -> None:
    target = event.undoes or ""
    if target in known.scans and target not in known.undone:
        known.count(known.scans[target], -1)
    known.undone.add(target)


def _let_in(
    phone: Phone,
    event: Event,
    row: dict[str, Any],
    known: Known,
    ticket: TicketFacts | None,
    run: RunFacts | None,
) -> None:
    flags: list[str] = row["flags"]
    if event.kind == ScanKind.admit:
        if _is_repeat(phone, event, known):
            row["people"] = 0
            flags.append(REPEAT)
        flags += _odd(event, ticket, run)
    if event.id in known.undone:
        return
    known.count(row, +1)
    admitted = known.in_by_ticket.get(event.ticket or 0, 0)
    if ticket and event.kind == ScanKind.admit and admitted > ticket.people:
        flags.append(OVER_ADMITTED)
    if run and (inside := known.in_by_run[row["occurrence_id"]]) > run.capacity:
        flags.append(OVER_LEGAL if inside > run.legal else OVER_CAPACITY)


def _odd(event: Event, ticket: TicketFacts | None, run: RunFacts | None) -> list[str]:
    if ticket is None:
        return [UNKNOWN]
    flags = []
    if not ticket.stands or (run and run.state == OccurrenceState.cancelled):
        flags.append(CANCELLED)
    if event.generation is not None and event.generation < ticket.generation:
        flags.append(SUPERSEDED)
    return flags


def _is_repeat(phone: Phone, event: Event, known: Known) -> bool:
    """Whether this phone let somebody in by this very ticket a moment before."""
    return any(
        one["kind"] == ScanKind.admit
        and one["device_id"] == phone.id
        and one["ticket_number"] == event.ticket
        and one["people"] > 0
        and one["scan_id"] not in known.undone
        and abs(one["device_at"] - event.at) < REPEATS
        for one in known.scans.values()
    )


def _remember(
    connection: sa.Connection, told: Sequence[tuple[str, Mapping[str, str]]], now: datetime
) -> None:
    """Keep what walk-ups said of themselves, beside their scans."""
    words = dict(told)
    rows = connection.execute(
        sa.select(Scan.__table__.c.scan_id, Scan.__table__.c.id).where(
            Scan.__table__.c.scan_id.in_(words)
        )
    )
    said = [{"scan_id": key, "created_at": now, **words[scan_id]} for scan_id, key in rows]
    connection.execute(inserting(connection.dialect.name, WalkUp), said)
