"""What the doors wrote down, counted."""

import sqlalchemy as sa

from festival.extensions import db
from festival.models import Scan, ScanKind

LETS_IN = (ScanKind.admit, ScanKind.walk_up)


def undone() -> sa.ColumnElement[bool]:
    """SQL: somebody took this scan back."""
    undo = sa.orm.aliased(Scan)
    return sa.exists().where(undo.kind == ScanKind.undo, undo.undoes == Scan.scan_id)


def people_in(ticket_number: int) -> int:
    """How many people have been let in with this ticket."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Scan.people), 0)).where(
        Scan.ticket_number == ticket_number, Scan.kind.in_(LETS_IN), ~undone()
    )
    return int(db.session.scalar(query) or 0)
