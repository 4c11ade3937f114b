"""Every test in a transaction that is never committed.

The application's engine is lent one connection, in which a transaction is open from before the
test until after it. What the application begins, commits and rolls back become savepoints in it.
That is done in the engine, below the session, so that also code that takes a connection of its
own from the engine stays inside.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import StaticPool


class Isolation:
    """``begin()`` before a test, ``roll_back()`` after it."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.owner = engine.raw_connection()  # keeps the connection; sets the dialect up
        self.driver: Any = self.owner.driver_connection
        self.driver.rollback()
        self.numbers = count(1)
        self.names: dict[int, str] = {}  # of each open transaction's savepoint, by its connection
        self.open: list[str] = []
        self.lost: set[str] = set()
        self.own_pool = engine.pool
        engine.pool = StaticPool(lambda: self.driver, dialect=engine.dialect, reset_on_return=None)
        dialect: Any = engine.dialect
        dialect.do_begin, dialect.do_commit = self._savepoint, self._release
        dialect.do_rollback = self._back
        event.listen(engine, "before_cursor_execute", self._no_begin, retval=True)

    def begin(self) -> None:
        if self.engine.dialect.name == "sqlite":  # psycopg begins by itself
            self.driver.execute("BEGIN")

    def roll_back(self) -> None:
        self.driver.rollback()
        self.names.clear()
        self.open.clear()
        self.lost.clear()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What is done in the block is undone after it, its commits too."""
        name = f"undone_{next(self.numbers)}"
        self._execute(f"SAVEPOINT {name}")
        try:
            yield
        finally:
            self._execute(f"ROLLBACK TO {name}")
            self._execute(f"RELEASE {name}")

    def end(self) -> None:
        """Give the engine its own connections back."""
        self.roll_back()
        event.remove(self.engine, "before_cursor_execute", self._no_begin)
        dialect: Any = self.engine.dialect
        del dialect.do_begin, dialect.do_commit, dialect.do_rollback
        self.engine.pool = self.own_pool
        self.owner.close()
        self.engine.dispose()

    def _savepoint(self, connection: Any) -> None:
        name = f"transaction_{next(self.numbers)}"
        self._execute(f"SAVEPOINT {name}")
        self.names[id(connection)] = name
        self.open.append(name)

    def _release(self, connection: Any) -> None:
        name = self.names.pop(id(connection), None)
        assert name not in self.lost, (
            "a transaction commits that began inside another one, which was rolled back before it; "
            "this test needs real commits: use committed_app"
        )
        if name in self.open:
            self._execute(f"RELEASE {name}")
            del self.open[self.open.index(name) :]

    def _back(self, connection: Any) -> None:
        name = self.names.pop(id(connection), None)
        if name in self.open:
            self._execute(f"ROLLBACK TO {name}")
            self._execute(f"RELEASE {name}")
            above = self.open.index(name)
            self.lost.update(self.open[above + 1 :])
            del self.open[above:]

    def _execute(self, statement: str) -> None:
        cursor = self.driver.cursor()
        cursor.execute(statement)
        cursor.close()

    @staticmethod
    def _no_begin(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, *_others: Any
    ) -> tuple[str, Any]:
        """The application's own BEGIN for SQLite has become a savepoint already."""
        return ("SELECT 1" if statement.startswith("BEGIN") else statement), parameters
