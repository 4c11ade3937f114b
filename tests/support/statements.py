"""What is asked of the database: for counting questions, and for finding writes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event

from festival.extensions import db

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE")
HOUSEKEEPING = ("BEGIN", "SELECT 1", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")


@dataclass
class Statements:
    """The statements of a block, in order."""

    all: list[str] = field(default_factory=list)
    written_by: dict[str, str] = field(default_factory=dict)  # statement -> module of ours

    @property
    def count(self) -> int:
        return len(self.all)

    @property
    def writes(self) -> list[str]:
        return list(self.written_by)


@contextmanager
def recorded(app: Flask) -> Iterator[Statements]:
    """Record what this application asks of its database inside the block."""
    statements = Statements()

    def record(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if statement.startswith(HOUSEKEEPING):
            return
        statements.all.append(statement)
        start = statement.lstrip(" (").upper()
        if start.startswith(WRITES) or (start.startswith("WITH") and _writes_inside(start)):
            statements.written_by[statement] = _our_module()

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", record)


def _writes_inside(statement: str) -> bool:
    return any(f" {word} " in statement for word in ("INSERT INTO", "UPDATE", "DELETE FROM"))


def _our_module() -> str:
    """The nearest module of the application on the way to this statement."""
    frame = sys._getframe(1)
    while frame is not None:
        name: str = frame.f_globals.get("__name__", "")
        if name.startswith("festival.") and name != "festival.extensions":
            return name
        frame = frame.f_back  # type: ignore[assignment]
    return ""
