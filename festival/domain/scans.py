"""What the doors wrote down, counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from festival.extensions import db
from festival.models import Scan, ScanKind

LETS_IN = (ScanKind.admit, ScanKind.walk_up)
HEADS = (ScanKind.headcount, ScanKind.heads)


def undone(scan: Any = Scan) -> sa.ColumnElement[bool]:
    """SQL: somebody took this scan back."""
    undo = sa.orm.aliased(Scan)
    return sa.exists().where(undo.kind == ScanKind.undo, undo.undoes == scan.scan_id)


def people_in(ticket_number: int) -> int:
    """How many people have been let in with this ticket."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Scan.people), 0)).where(
        Scan.ticket_number == ticket_number, Scan.kind.in_(LETS_IN), ~undone()
    )
    return int(db.session.scalar(query) or 0)


def people_by_run(ids: Sequence[int]) -> dict[int, dict[ScanKind, int]]:
    """Of each of these runs: how many came in by ticket and how many without. One query."""
    query = (
        sa.select(Scan.occurrence_id, Scan.kind, sa.func.sum(Scan.people))
        .where(Scan.occurrence_id.in_(ids), Scan.kind.in_(LETS_IN), ~undone())
        .group_by(Scan.occurrence_id, Scan.kind)
    )
    found: dict[int, dict[ScanKind, int]] = {one: {} for one in ids}
    rows: Sequence[Any] = db.session.execute(query).all()
    for run_id, kind, people in rows:
        found[run_id][kind] = int(people)
    return found


def heads_of(run_ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """The heads of each of these runs that anybody counted, and when that was last: the last full
    count, and every step after it, on whichever phone. One query."""
    query = (
        sa.select(Scan.occurrence_id, Scan.kind, Scan.people, Scan.happened_at)
        .where(Scan.occurrence_id.in_(run_ids), Scan.kind.in_(HEADS), ~undone())
        .order_by(Scan.happened_at, Scan.id)
    )
    found: dict[int, tuple[int, datetime]] = {}
    rows: Sequence[Any] = db.session.execute(query).all()
    for run, kind, people, at in rows:
        before = 0 if kind == ScanKind.headcount or run not in found else found[run][0]
        found[run] = (before + people, at)
    return {run: (max(0, heads), at) for run, (heads, at) in found.items()}


def waiting_of(ids: Sequence[int]) -> dict[int, int]:
    """How many people wait at the door of each of these runs for a place that nobody claims: who
    took a number, has not given up and was not let in. One query."""
    let_in = sa.orm.aliased(Scan)
    was_let_in = sa.exists().where(
        let_in.follows == Scan.scan_id, let_in.kind.in_(LETS_IN), ~undone(let_in)
    )
    query = (
        sa.select(Scan.occurrence_id, sa.func.sum(Scan.people))
        .where(Scan.occurrence_id.in_(ids), Scan.kind == ScanKind.queue, ~undone(), ~was_let_in)
        .group_by(Scan.occurrence_id)
    )
    waiting = {run: int(people) for run, people in db.session.execute(query)}
    return {one: waiting.get(one, 0) for one in ids}
