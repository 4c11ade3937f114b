"""The application as commands need it, with refusals in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa
from flask import Flask

from festival.extensions import db, is_migrated
from festival.settings import SettingsError


class Refused(click.ClickException):
    """This cannot be done, and the message says what to do about it."""

    exit_code = 2


def make_app(context: click.Context) -> Flask:
    """The application. Refuses with what is wrong in the settings."""
    try:
        app: Flask = context.obj()
    except SettingsError as error:
        raise Refused(str(error)) from error
    return app


@contextmanager
def opened(context: click.Context) -> Iterator[Flask]:
    """An application context on a database that is of this version."""
    app = make_app(context)
    with app.app_context():
        check_migrations()
        yield app


def check_migrations() -> None:
    """Refuse unless the database answers and has this version's tables."""
    try:
        with db.engine.connect() as connection:
            current = is_migrated(connection)
    except sa.exc.OperationalError as error:
        raise Refused(f"The database does not answer: {error.orig}") from error
    if not current:
        raise Refused("The database is not of this version. Run: python -m festival db upgrade")
