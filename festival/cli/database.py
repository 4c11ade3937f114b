"""``db``: the database's tables."""

import click
import flask_migrate

from festival.cli.opening import make_app


@click.group("db")
def database() -> None:
    """Look after the database's tables."""


@database.command()
@click.argument("revision", default="head")
@click.pass_context
def upgrade(context: click.Context, revision: str) -> None:
    """Make or renew the tables, up to this version's."""
    with make_app(context).app_context():
        flask_migrate.upgrade(revision=revision)
    click.echo("The database is up to date.")


@database.command()
@click.argument("revision", default="-1")
@click.pass_context
def downgrade(context: click.Context, revision: str) -> None:
    """Go back by one migration, or to the one that is named."""
    with make_app(context).app_context():
        flask_migrate.downgrade(revision=revision)


@database.command()
@click.option("--rev-id", help="The number of the new migration, like 0002.")
@click.option("-m", "--message", required=True, help="What it does, in a few words.")
@click.pass_context
def migrate(context: click.Context, rev_id: str | None, message: str) -> None:
    """Write a new migration from what changed in the models."""
    with make_app(context).app_context():
        flask_migrate.migrate(message=message, rev_id=rev_id)


@database.command()
@click.pass_context
def current(context: click.Context) -> None:
    """Say which migration the database is at."""
    with make_app(context).app_context():
        flask_migrate.current()
