"""Rows written in batches, with ids that are given out here: a row can be named by others before
it is written, and hundreds of thousands take a minute and little memory."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from festival.extensions import Base, db
from festival.models import (
    AccessRequest,
    Allocation,
    Attendee,
    Booking,
    FestivalSession,
    Message,
    Occurrence,
    Provider,
    Reservation,
    Revision,
    RevisionText,
    Room,
    Ticket,
    Venue,
)

Row = dict[str, Any]

# What is named by others comes first.
ORDER: tuple[type[Base], ...] = (
    Provider,
    Venue,
    Room,
    FestivalSession,
    Revision,
    RevisionText,
    Occurrence,
    Allocation,
    Booking,
    Reservation,
    Attendee,
    Ticket,
    AccessRequest,
    Message,
)
BATCH = 4000  # rows of one table


class Rows:
    """``add(Venue, name=...)`` gives the new row's id; ``write()`` when all is said."""

    def __init__(self) -> None:
        self.waiting: dict[type[Base], list[Row]] = defaultdict(list)
        self.last = {model: self._highest(model) for model in ORDER}

    def add(self, model: type[Base], **values: Any) -> int:
        """One more row. Every row of a table must name the same columns."""
        self.last[model] += 1
        self.waiting[model].append({"id": self.last[model], **values})
        return self.last[model]

    def store_if_many(self) -> None:
        """Between two things that belong together: their rows go out together."""
        if any(len(rows) >= BATCH for rows in self.waiting.values()):
            self.store()

    def store(self) -> None:
        for model in ORDER:
            if rows := self.waiting.pop(model, None):
                db.session.execute(sa.insert(model.__table__), rows)  # type: ignore[arg-type]

    def change(self, model: type[Base], ids: Mapping[int, Row]) -> None:
        """Set these columns of rows that are written already."""
        table: Any = model.__table__
        rows = [{"row_id": row_id, **values} for row_id, values in ids.items()]
        if rows:
            columns: Row = {name: sa.bindparam(name) for name in rows[0] if name != "row_id"}
            update = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(columns)
            db.session.connection().execute(update, rows)

    def end(self) -> None:
        """Write what is left, and let the database's own numbers go on after ours."""
        self.store()
        if db.session.connection().dialect.name == "postgresql":
            for model in ORDER:
                name = model.__tablename__
                sequence = sa.func.pg_get_serial_sequence(name, "id")
                db.session.execute(sa.select(sa.func.setval(sequence, max(1, self.last[model]))))

    @staticmethod
    def _highest(model: type[Base]) -> int:
        table: Any = model.__table__
        return db.session.scalar(sa.select(sa.func.max(table.c.id))) or 0
