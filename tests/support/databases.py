"""The databases that tests run on: made once by the real migrations, then copied."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from festival import create_app
from festival.domain import clock
from festival.domain.observations import tries
from festival.extensions import db
from tests.support import lent
from tests.support.isolation import Isolation
from tests.support.postgres import Postgres

NAMES = ("sqlite", "postgresql")


class Database(ABC):
    """One kind of database, with a migrated template to copy from."""

    name: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)
        self._migrated: str | None = None
        self._isolated: IsolatedApp | None = None

    def empty(self) -> str:
        """The address of a new database without tables."""
        return self._new(template=None)

    def copy(self) -> str:
        """The address of a new database with all tables and no rows."""
        return self._new(template=self.template())

    def template(self) -> str:
        """The address of the migrated database that copies are taken of."""
        if self._migrated is None:
            self._migrated = self.empty()
            migrate(self._migrated, self.new_folder())
        return self._migrated

    def isolated(self) -> "IsolatedApp":
        """The one application whose tests never commit."""
        if self._isolated is None:
            self._isolated = IsolatedApp.make(self.copy(), self.new_folder())
        return self._isolated

    def new_folder(self) -> Path:
        folder = self.folder / f"var-{next(self.numbers)}"
        folder.mkdir()
        return folder

    def stop(self) -> None:
        if self._isolated is not None:
            self._isolated.end()

    def fill(self, app: Flask, _name: str, make: Callable[[], object]) -> None:
        """Make rows in the empty database of this application, whose context is open."""
        make()

    @abstractmethod
    def drop(self, address: str) -> None: ...

    @abstractmethod
    def _new(self, *, template: str | None) -> str: ...


class Sqlite(Database):
    name = "sqlite"

    def fill(self, app: Flask, name: str, make: Callable[[], object]) -> None:
        """The same; whoever wants rows of this name again gets a copy of the first."""
        mine = Path(str(db.engine.url.database))
        kept = self.folder / f"{name}.filled"
        if not kept.is_file():
            make()
            close(app)
            shutil.copyfile(mine, kept)
            return
        close(app)
        shutil.copyfile(kept, mine)

    def _new(self, *, template: str | None) -> str:
        path = self.folder / f"{next(self.numbers)}.sqlite"
        if template is not None:
            shutil.copyfile(template.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    def drop(self, address: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(address.removeprefix("sqlite:///") + end).unlink(missing_ok=True)


class Postgresql(Database):
    name = "postgresql"

    def __init__(self, folder: Path, server: Postgres) -> None:
        super().__init__(folder)
        self.server = server
        self.numbers = server.numbers  # no name twice, whatever else was made there before

    def _new(self, *, template: str | None) -> str:
        source = "template0" if template is None else _database_name(template)
        return self.server.create(f"festival_{next(self.numbers)}", template=source)

    def drop(self, address: str) -> None:
        self.server.drop(_database_name(address))


def _database_name(address: str) -> str:
    return str(sa.make_url(address).database)


@dataclass
class IsolatedApp:
    """An application inside a transaction, and what of it is kept per process, not per app."""

    app: Flask
    isolation: Isolation
    storage: Any

    @classmethod
    def make(cls, address: str, folder: Path) -> "IsolatedApp":
        app = make_app(address, folder)
        with app.app_context():
            isolation = Isolation(db.engine)
        return cls(app, isolation, tries.storage)

    def begin(self) -> None:
        self.isolation.begin()
        tries.storage = self.storage  # the last application that was made has set its own
        if self.storage is not None:
            self.storage.reset()
        clock.start_at(None)

    def end(self) -> None:
        self.isolation.end()
        counts_of(self.app).dispose()


def make_app(address: str, folder: Path, settings: Mapping[str, Any] | None = None) -> Flask:
    """An application on this database. CSRF protection stays on, as for everybody. Feeds are made
    anew each time, so that a test sees what it changed."""
    lent.templates(folder)
    fixed = {
        "DATABASE_URL": address,
        "VAR_DIR": str(folder),
        "TESTING": True,
        "FEED_SECONDS": 0,
        "LIST_SECONDS": 0,
    }
    app = create_app(fixed | dict(settings or {}))
    assert tries.storage is not None
    app.extensions["test_counts"] = tries.storage.engine  # the next application sets its own
    return app


def counts_of(app: Flask) -> sa.Engine:
    """The engine of this application's counts."""
    engine = app.extensions["test_counts"]
    assert isinstance(engine, sa.Engine)
    return engine


def migrate(address: str, folder: Path) -> None:
    """Run every migration on this database, then let go of it so that it can be copied."""
    app = make_app(address, folder)
    with app.app_context():
        flask_migrate.upgrade()
        close(app)


def close(app: Flask) -> None:
    """Close every connection this application holds."""
    with app.app_context():
        db.session.remove()
        for engine in (*db.engines.values(), counts_of(app)):
            if engine.dialect.name == "sqlite":
                _checkpoint(engine)
            engine.dispose()


def _checkpoint(engine: Any) -> None:
    """Bring what is in the WAL into the file itself, which alone is copied."""
    raw = engine.raw_connection()
    raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    raw.close()
