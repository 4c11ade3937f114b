"""How Alembic reaches the application's database: ``python -m festival db ...``.

A new migration:  python -m festival db migrate --rev-id 0002 -m "what it does"
"""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

import festival.models  # noqa: F401 - fills the metadata
from festival.extensions import UTCDateTime, db

# Any number that is ours alone: two hosts that upgrade at once wait for each other.
UPGRADE_LOCK = 0x46455354


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write our own types as the plain ones they store, so that old migrations import no code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """The worker's queue keeps its own tables beside ours in PostgreSQL."""
    return kind != "table" or not (name or "").startswith("huey_")


def drop_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no file when the models have not changed."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def settings() -> dict[str, Any]:
    return current_app.extensions["migrate"].configure_args | {
        "target_metadata": db.metadata,
        "render_item": render_item,
        "include_name": include_name,
        "process_revision_directives": drop_empty,
    }


def to_a_script() -> None:
    """``--sql``: print the statements instead of running them."""
    context.configure(dialect_name=db.engine.dialect.name, literal_binds=True, **settings())
    with context.begin_transaction():
        context.run_migrations()


def to_the_database() -> None:
    sqlite = db.engine.dialect.name == "sqlite"
    engine = db.engine.execution_options(festival_write=True)
    with engine.connect() as connection:
        if sqlite:
            _foreign_keys(connection, "OFF")
        try:
            context.configure(connection=connection, **settings())
            with context.begin_transaction():
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))
                context.run_migrations()
                if sqlite:
                    _refuse_broken_references(connection)
        finally:
            if sqlite:
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: sa.Connection, state: str) -> None:
    """Batch mode drops and re-creates tables, which must not delete the rows that point at them.

    SQLite ignores this inside a transaction, so it goes to the driver, outside of one.
    """
    connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={state}")  # type: ignore[union-attr]


def _refuse_broken_references(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"The migration leaves rows that point at nothing: {broken[:5]}")


if context.is_offline_mode():
    to_a_script()
else:
    to_the_database()
