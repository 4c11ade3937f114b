"""``door-pass``: what lets a volunteer's phone check tickets."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click
import sqlalchemy as sa

from festival.cli.opening import Refused, opened
from festival.cli.saying import say_pass
from festival.domain import clock, door, words
from festival.domain.clock import NoSuchTime
from festival.domain.errors import DomainError
from festival.extensions import db, write
from festival.models import Edition, Venue


@click.group("door-pass")
def door_pass() -> None:
    """Passes that let a volunteer's phone check tickets."""


@door_pass.command()
@click.option("--venue", required=True, help="The venue's short name, like central-library.")
@click.option("--from", "begins", required=True, help="From when, like 2027-06-05T09:00.")
@click.option("--until", "ends", required=True, help="Until when, like 2027-06-05T17:00.")
@click.option("--label", default="", help="Which door, like Front.")
@click.pass_context
def create(context: click.Context, venue: str, begins: str, ends: str, label: str) -> None:
    """Make a pass for one venue. Its link and PIN are shown only now.

    A time without a zone is in the festival's own.
    """
    with opened(context):
        edition = db.session.scalar(sa.select(Edition).where(Edition.is_current))
        zone = edition.zone if edition else words.LONDON
        from_at = read_moment(begins, "--from", zone)
        until_at = read_moment(ends, "--until", zone)
        try:
            with write():
                made, secret, pin = door.make_pass(
                    venue=_venue(venue),
                    from_at=from_at,
                    until_at=until_at,
                    label=_label(label),
                    actor=None,
                )
        except DomainError as error:
            raise Refused(str(error)) from error
        say_pass(made, secret, pin, zone)


def read_moment(text: str, option: str, zone: ZoneInfo) -> datetime:
    """The moment that was typed, in this zone unless it says its own."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"{option} must be like 2027-06-05T09:00, not {text!r}.") from error
    if moment.tzinfo is not None:
        return moment
    try:
        return clock.local_moment(moment.date(), moment.time(), zone)
    except NoSuchTime as error:
        raise Refused(f"{option} {text}: {error}") from error


def _venue(slug: str) -> Venue:
    found = door.venue_by_slug(slug)
    if found is None:
        known = ", ".join(one.slug for one in door.venues()) or "none yet"
        raise Refused(f"There is no venue {slug!r}. There are: {known}")
    return found


def _label(text: str) -> str:
    longest = 80
    if len(text) > longest:
        raise Refused(f"--label can have {longest} characters at most.")
    return text
