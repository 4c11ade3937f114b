"""One chain of migrations that makes what the models say, on every database."""

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from festival.extensions import db
from festival.paths import MIGRATIONS


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


@pytest.mark.usefixtures("committed_app")
def test_the_tables_are_what_the_models_say() -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


@pytest.mark.usefixtures("committed_app")
def test_the_database_has_every_named_check() -> None:
    inspector = sa.inspect(db.engine)
    for table in db.metadata.sorted_tables:
        wanted = {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, sa.CheckConstraint)
        }
        there = {check["name"] for check in inspector.get_check_constraints(table.name)}
        assert wanted <= there, table.name


@pytest.mark.usefixtures("committed_app")
def test_down_and_up_again() -> None:
    flask_migrate.downgrade(revision="base")
    assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
    flask_migrate.upgrade()
    assert set(db.metadata.tables) < set(sa.inspect(db.engine).get_table_names())
