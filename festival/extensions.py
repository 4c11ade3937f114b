"""Flask extensions and the database base class; imports nothing of ours but paths."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import event
from sqlalchemy import orm as sa_orm
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase

from festival.paths import MIGRATIONS

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime: timestamptz on PostgreSQL, ISO text without zone on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must say its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every model derives from (not ``db.Model``, which mypy cannot follow)."""

    registry = sa_orm.registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            dict[str, Any]: sa.JSON(),
            list[str]: sa.JSON(),
        },
    )


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    # Only matters where a session is bound to a connection already in a transaction (tests).
    session_options={"join_transaction_mode": "create_savepoint"},
)
migrate = Migrate(render_as_batch=True, compare_type=True)
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()


@cache
def _migrations() -> frozenset[str]:
    return frozenset(ScriptDirectory(str(MIGRATIONS)).get_heads())


def is_migrated(connection: Connection) -> bool:
    """Whether the database has every migration of this version, and no other."""
    return set(MigrationContext.configure(connection).get_current_heads()) == _migrations()


def prepare_database(app: Flask) -> None:
    """Set up every engine of the application."""
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)


def prepare_engine(engine: Engine) -> None:
    """Give a SQLite engine its pragmas, and transactions that begin when and as we say.

    pysqlite begins transactions by itself and too late, which breaks savepoints and makes
    a reader that turns writer fail with "database is locked"; so it is told not to.
    """
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)


def _sqlite_connect(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "busy_timeout=15000",
        "synchronous=FULL",  # NORMAL can lose an acknowledged booking when the power goes
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("festival_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


# Evens out who waits for SQLite's single writer; PostgreSQL does not need it.
_writer = threading.Lock()


@contextmanager
def write() -> Iterator[None]:
    """Run a block as one write transaction: begin, commit, or roll back.

    The one place that commits. What was read before is read again inside: the open read
    transaction is ended first. Only views, tasks and cli call it.
    """
    with _begun():
        yield
        db.session.commit()


@contextmanager
def rehearse() -> Iterator[None]:
    """Run a block as a write transaction that is never committed: what it would come to can be
    shown before anything happens, by the very code that does it. Values to keep are taken inside.
    """
    with _begun():
        yield
        db.session.rollback()


@contextmanager
def _begun() -> Iterator[None]:
    """A write transaction; what goes wrong in it is rolled back."""
    db.session.rollback()
    sqlite = db.engine.dialect.name == "sqlite"
    if sqlite:
        _writer.acquire()
    try:
        db.session.connection(execution_options={"festival_write": True})
        yield
    except BaseException:
        db.session.rollback()
        raise
    finally:
        if sqlite:
            _writer.release()
