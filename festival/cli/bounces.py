"""``bounces``: what came back to us by mail is read, and marked on the messages it tells of."""

import os
import sys
from typing import BinaryIO

import click
import sqlalchemy as sa

from festival.cli.opening import Refused, opened
from festival.delivery import bounces as notifications
from festival.delivery.bounces import Report
from festival.domain import sending
from festival.domain.errors import DomainError
from festival.extensions import write

MOST_BYTES = 20 * 1024 * 1024  # of one file; notifications are small


@click.command()
@click.argument("files", metavar="[FILE]...", type=click.File("rb"), nargs=-1)
@click.pass_context
def bounces(context: click.Context, files: tuple[BinaryIO, ...]) -> None:
    """Read mail that came back, from files or from what is piped in, and mark it."""
    try:
        with opened(context) as app:
            for file in files or [sys.stdin.buffer]:
                _read(file, app.config["CALENDAR_DOMAIN"])
    except (Refused, sa.exc.OperationalError) as error:
        # Who pipes mail to us (a mail server) is to keep it, and to try again.
        click.echo(str(error), err=True)
        context.exit(os.EX_TEMPFAIL)


def _read(file: BinaryIO, domain: str) -> None:
    for raw in notifications.split(file.read(MOST_BYTES)):
        click.echo(_take_note(notifications.read(raw, domain)))


def _take_note(report: Report) -> str:
    """Mark the message this tells of; what was done, without anybody's address."""
    if not report.message_id:
        return "Ignored: it tells of no message of ours."
    with write():
        message = sending.of_message_id(report.message_id)
        if message is None:
            return "Ignored: it tells of a message that is not here."
        number = message.id
        if not report.failed:
            return f"Ignored: message {number} is late, and is still being tried."
        try:
            is_news = sending.mark_bounced(message, report.why, refused=report.refused)
        except DomainError:
            return f"Ignored: message {number} is not out."
    return f"Message {number} came back: {report.status}." if is_news else f"Known: {number}."
