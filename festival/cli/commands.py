"""What operators type. Each command opens the application, does one thing and says so."""

import sys
from collections.abc import Mapping
from typing import Any

import click

from festival.cli import serving, setup
from festival.cli.backups import backup, rehearse, restore
from festival.cli.bounces import bounces
from festival.cli.database import database
from festival.cli.doors import door_pass
from festival.cli.keys import keys
from festival.cli.opening import Refused, opened
from festival.cli.saying import say_loaded, say_who_can_sign_in
from festival.cli.tokens import token
from festival.delivery import booking_rules
from festival.domain import accounts, check, demonstration, sending
from festival.domain.errors import DomainError
from festival.extensions import db, write
from festival.tasks import queue


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Run and look after the festival's bookings."""


commands.add_command(backup)
commands.add_command(bounces)
commands.add_command(database)
commands.add_command(door_pass)
commands.add_command(setup.edition)
commands.add_command(keys)
commands.add_command(setup.person)
commands.add_command(setup.provider)
commands.add_command(rehearse)
commands.add_command(restore)
commands.add_command(setup.theme)
commands.add_command(token)
commands.add_command(setup.venue)


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=5000, show_default=True, help="The port to listen on.")
@click.option("--workers", type=click.IntRange(1), help="Web processes; else FESTIVAL_WORKERS.")
@click.pass_context
def serve(context: click.Context, host: str, port: int, workers: int | None) -> None:
    """Serve the pages, and run the worker beside them."""
    with opened(context) as app:
        workers = workers or app.config["WORKERS"]
        web = serving.web_command(host, port, workers, app.config["THREADS"])
        for sentence in _what_goes_nowhere(app.config):
            click.echo(sentence, err=True)
        db.engine.dispose()
    click.echo(f"The festival is on http://{host}:{port}")
    sys.exit(serving.supervise(web, serving.worker_command()))


def _what_goes_nowhere(config: Mapping[str, Any]) -> list[str]:
    """What an installation surely wants to know at its start."""
    if config["ENV"] != "production":
        return []
    said = []
    if not config["SMTP_HOST"]:
        said.append("FESTIVAL_SMTP_HOST is not set: mail is only written to files.")
    if not config["SMS_NOTIFY_KEY"] and sending.texts_are_wanted():
        said.append("FESTIVAL_SMS_NOTIFY_KEY is not set: texts are only written to files.")
    return said


@commands.command()
@click.pass_context
def worker(context: click.Context) -> None:
    """Send mail, free holds that ran out, publish what is due. "serve" runs one."""
    with opened(context) as app:
        pass
    queue.run(app)


@commands.command()
@click.option(
    "--dates",
    type=click.Choice(["moved", "as-given"]),
    default="moved",
    show_default=True,
    help="Move the days so that the festival begins soon, or keep those of 2027.",
)
@click.option(
    "--size",
    type=click.Choice([demonstration.SHOWN, *demonstration.SIZES]),
    default=demonstration.SHOWN,
    show_default=True,
    help="How much of it: the small one made by hand, or with a made-up city's festival around.",
)
@click.pass_context
def demo(context: click.Context, dates: str, size: str) -> None:
    """Load the demonstration festival: people, sessions, bookings. Again changes nothing."""
    with opened(context) as app:
        if app.config["ENV"] == "production":
            raise Refused("Everybody knows the demonstration's password: not in production.")
        password_hash = accounts.hash_password(demonstration.PASSWORD)
        keep = dates == "as-given"
        try:
            with write():
                loaded = demonstration.load(
                    rules=booking_rules(),
                    password_hash=password_hash,
                    keep_dates=keep,
                    size=demonstration.SIZES.get(size),
                )
        except DomainError as error:
            raise Refused(str(error)) from error
        if loaded is None:
            click.echo("The demonstration festival is already here: nothing was changed.")
        else:
            say_loaded(loaded)
    say_who_can_sign_in()


@commands.command("check")
@click.pass_context
def check_rules(context: click.Context) -> None:
    """Recompute from the rows the rules that always hold, and list what is broken."""
    with opened(context):
        broken = check.broken_rules()
    for sentence in broken:
        click.echo(sentence)
    if broken:
        click.echo(f"Broken: {len(broken)}", err=True)
        sys.exit(1)
    click.echo("Everything is as it must be.")
