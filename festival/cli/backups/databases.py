"""Saving a database into a file, and a file into an empty database, as each kind does it best."""

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from festival.extensions import db

DEBIANS = Path("/usr/lib/postgresql")
SAID = 2000  # characters of what a program said


class CannotBeDone(Exception):
    """The database, or a program of it, refused; the message says what."""


@dataclass(frozen=True)
class Dumped:
    """What was saved: of which migration, and how many rows each table has."""

    tables: str
    rows: Mapping[str, int]


def kind_of(url: str) -> str:
    """sqlite or postgresql."""
    return sa.make_url(url).get_backend_name()


def is_empty(url: str) -> bool:
    """Whether the database has no tables yet. Raises CannotBeDone where it does not answer."""
    with _connected(url) as connection:
        return not sa.inspect(connection).get_table_names()


def rows_of(url: str) -> Mapping[str, int]:
    """How many rows each table has now."""
    with _connected(url) as connection:
        return _rows(connection)


def dump(url: str, target: Path) -> Dumped:
    """Save the database as it is at one moment, while it is in use. Raises CannotBeDone."""
    if kind_of(url) == "sqlite":
        return _dump_sqlite(url, target)
    return _dump_postgresql(url, target)


def load(url: str, source: Path) -> None:
    """Put what was saved into an empty database, all of it or nothing. Raises CannotBeDone."""
    if kind_of(url) == "sqlite":
        try:
            with closing(_sqlite(source)) as saved, closing(sqlite3.connect(_path(url))) as made:
                saved.backup(made)
        except sqlite3.Error as error:
            raise CannotBeDone(f"SQLite cannot read what was saved: {error}") from error
        return
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run("pg_restore", url, *words, f"--dbname={_name(url)}", str(source))


@contextmanager
def scratch(url: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of the same kind, gone afterwards. Raises CannotBeDone
    where none can be made."""
    if kind_of(url) == "sqlite":
        yield f"sqlite:///{folder / 'rehearsal.sqlite'}"
        return
    name = f"festival_rehearsal_{secrets.token_hex(4)}"
    try:
        _administer(url, f'CREATE DATABASE "{name}" TEMPLATE template0')
    except sa.exc.DBAPIError as error:
        raise CannotBeDone(
            f"No database can be made to rehearse in: {error.orig}. Make an empty one, and say "
            "where: --into postgresql+psycopg://user@host/name (its password in PGPASSWORD)"
        ) from error
    try:
        yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        try:
            _administer(url, f'DROP DATABASE "{name}" WITH (FORCE)')
        except sa.exc.DBAPIError as error:
            raise CannotBeDone(f"Drop the database {name} by hand: {error.orig}") from error


@contextmanager
def lent(url: str) -> Iterator[str]:
    """The address of an empty database that somebody lends; empty again afterwards."""
    try:
        yield url
    finally:
        _clear(url)


# What triggers call; none that an extension has brought.
OUR_FUNCTIONS = """SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND NOT EXISTS (
        SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e'
    )"""


def _clear(url: str) -> None:
    engine = sa.create_engine(url)
    cascade = "" if kind_of(url) == "sqlite" else " CASCADE"
    try:
        with engine.begin() as connection:
            quote = connection.dialect.identifier_preparer.quote
            for name in sa.inspect(connection).get_table_names():
                connection.execute(sa.text(f"DROP TABLE {quote(name)}{cascade}"))
            if cascade:
                for function in connection.scalars(sa.text(OUR_FUNCTIONS)).all():
                    connection.execute(sa.text(f"DROP FUNCTION {function}"))
    except sa.exc.DBAPIError as error:
        raise CannotBeDone(f"Drop what is in that database by hand: {error.orig}") from error
    finally:
        engine.dispose()


def _dump_sqlite(url: str, target: Path) -> Dumped:
    try:
        with closing(_sqlite(_path(url))) as used, closing(sqlite3.connect(target)) as copy:
            used.backup(copy)  # in one step: as it is at one moment
            copy.execute("PRAGMA journal_mode=DELETE")
            wrong = [str(row[0]) for row in copy.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        raise CannotBeDone(f"SQLite cannot save the database: {error}") from error
    if wrong != ["ok"]:
        raise CannotBeDone(f"The database is damaged: {'; '.join(wrong)}")
    with _connected(f"sqlite:///{target}") as connection:
        return _read(connection)


def _dump_postgresql(url: str, target: Path) -> Dumped:
    with _connected(url, isolation_level="REPEATABLE READ") as connection:
        # What is counted is what is saved: both look at one snapshot.
        snapshot = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
        dumped = _read(connection)
        words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        _run("pg_dump", url, *words, f"--file={target}")
    return dumped


def _read(connection: sa.Connection) -> Dumped:
    tables = MigrationContext.configure(connection).get_current_revision() or ""
    return Dumped(tables, _rows(connection))


def _rows(connection: sa.Connection) -> dict[str, int]:
    count = sa.select(sa.func.count())
    names = set(sa.inspect(connection).get_table_names())
    known = [table for table in db.metadata.sorted_tables if table.name in names]
    return {table.name: connection.scalar(count.select_from(table)) or 0 for table in known}


@contextmanager
def _connected(url: str, **options: Any) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, **options)
    try:
        with engine.connect() as connection:
            yield connection
    except sa.exc.OperationalError as error:
        raise CannotBeDone(f"The database does not answer: {error.orig}") from error
    finally:
        engine.dispose()


def _administer(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
    finally:
        engine.dispose()


def _path(url: str) -> Path:
    return Path(sa.make_url(url).database or "")


def _sqlite(path: Path) -> sqlite3.Connection:
    """To read, never to make."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)


def _name(url: str) -> str:
    return sa.make_url(url).database or ""


def _run(program: str, url: str, *words: str) -> None:
    """Run one of PostgreSQL's programs. The password goes by the environment: everybody on the
    machine can read the words of a command."""
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own
            [_found(program), *words],
            env={**os.environ, **_address(url)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise CannotBeDone(f"{program} cannot be run: {error.strerror}") from error
    if done.returncode:
        raise CannotBeDone(f"{program} failed: {done.stderr.strip()[-SAID:]}")


def _found(program: str) -> str:
    """On the path; else Debian's newest. Raises CannotBeDone."""
    if (on_path := shutil.which(program)) is not None:
        return on_path
    versions = [one.parent for one in DEBIANS.glob(f"*/bin/{program}")]
    if not versions:
        raise CannotBeDone(
            f"{program} is not there. Install PostgreSQL's programs: the package postgresql-client"
        )
    newest = max(versions, key=lambda one: float(one.parent.name))
    return str(newest / program)


def _address(url: str) -> dict[str, str]:
    parts = sa.make_url(url)
    hosts = parts.query.get("host", ())
    asked = (hosts if isinstance(hosts, str) else ",".join(hosts)) or parts.host
    ports = parts.query.get("port", ())
    port = (ports if isinstance(ports, str) else ",".join(ports)) or parts.port
    mode = parts.query.get("sslmode")
    values = {
        "PGHOST": asked,
        "PGPORT": port,
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.database,
        "PGSSLMODE": mode,
    }
    return {name: str(value) for name, value in values.items() if value}
