"""``edition``, ``person``, ``theme``, ``venue``, ``provider``: a real festival from nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import click
from flask import current_app

from festival.cli.doors import read_moment
from festival.cli.opening import Refused, opened
from festival.delivery.addresses import address
from festival.domain import accounts, editions, founding, links, outbox, words
from festival.domain.errors import DomainError
from festival.domain.founding import NewRoom
from festival.extensions import Base, write
from festival.forms.emails import SHAPE
from festival.models import Edition, Office, Provider, Theme, User, Venue

ISO_DAY = click.DateTime(["%Y-%m-%d"])


@contextmanager
def founded(context: click.Context) -> Iterator[list[str]]:
    """A write in a database of a real festival, its refusals in words; lines to say when it is
    done."""
    said = list[str]()
    with opened(context):
        try:
            with write():
                founding.check_real()
                yield said
        except DomainError as error:
            raise Refused(str(error)) from error
    for line in said:
        click.echo(line)


def fits(model: type[Base], column: str, option: str, typed: str) -> str:
    """What was typed, if its column can hold it."""
    typed = " ".join(typed.split())
    longest = model.__table__.c[column].type.length  # type: ignore[attr-defined]
    if len(typed) > longest:
        raise Refused(f"{option} can have {longest} characters at most.")
    return typed


def named(model: type[Base], typed: str) -> str:
    """A name, which cannot be empty."""
    return fits(model, "name", "NAME", typed) or _refuse("NAME must not be empty.")


def mailable(typed: str, option: str) -> str:
    """An address that mail can go to."""
    return (
        typed.strip()
        if SHAPE.fullmatch(typed.strip())
        else _refuse(f"{option}: {typed!r} is no email address.")
    )


def _refuse(words_of_it: str) -> str:
    raise Refused(words_of_it)


@click.group("edition")
def edition() -> None:
    """Festivals: one for each year."""


@edition.command("create")
@click.argument("name")
@click.option("--city", required=True, help="The city it is in.")
@click.option("--from", "starts", required=True, type=ISO_DAY, help="First day: 2028-06-03.")
@click.option("--until", "ends", required=True, type=ISO_DAY, help="Last day: 2028-06-18.")
@click.option("--zone", default=words.LONDON.key, show_default=True, help="Its time zone.")
@click.option("--help-phone", required=True, help="The number people call who need help.")
@click.option("--help-hours", default="", help="When somebody answers it.")
@click.option("--help-email", default="", help="Where answers to our mail go.")
@click.option("--call-opens", help="From when sessions are sent in: 2028-01-10T09:00.")
@click.option("--call-closes", help="Until when: 2028-03-10T23:59.")
@click.option("--booking-opens", help="From when people book: 2028-05-08T10:00.")
@click.option("--booking-letters", help="2 to 4 letters before booking numbers, like WLF.")
@click.option("--session-letter", help="1 or 2 letters before session numbers, like E.")
@click.pass_context
def create_edition(context: click.Context, /, **typed: Any) -> None:
    """Make the festival NAME. The first one is on show at once; all else is set on its page."""
    facts = _edition_facts(typed)
    with founded(context) as said:
        made = editions.begin(facts, actor=None)
        days = f"{words.day(made.starts_on)} to {words.day(made.ends_on)}"
        shown = "It is on show." if made.is_current else "It is not on show yet: see its page."
        said.append(f"{made.name}: {days}.")
        said.append(f"{shown} {address('office.edition', slug=made.slug)}")


def _edition_facts(typed: dict[str, Any]) -> dict[str, Any]:
    if typed["zone"] not in available_timezones():
        raise Refused(f"--zone: {typed['zone']!r} is no time zone. One is Europe/London.")
    zone = ZoneInfo(typed["zone"])
    facts: dict[str, Any] = {
        "name": named(Edition, typed["name"]),
        "city": fits(Edition, "city", "--city", typed["city"]),
        "time_zone": typed["zone"],
        "starts_on": _day(typed["starts"]),
        "ends_on": _day(typed["ends"]),
    }
    for name in ("help_phone", "help_hours", "help_email"):
        facts[name] = fits(Edition, name, f"--{name.replace('_', '-')}", typed[name])
    if facts["help_email"]:
        mailable(facts["help_email"], "--help-email")
    for option, column in (
        ("call_opens", "submissions_open_at"),
        ("call_closes", "submissions_close_at"),
        ("booking_opens", "bookings_open_at"),
    ):
        if typed[option]:
            facts[column] = read_moment(typed[option], f"--{option.replace('_', '-')}", zone)
    return facts | _letters(typed)


def _letters(typed: dict[str, Any]) -> dict[str, str]:
    found = {}
    for option, column, least, most in (
        ("booking_letters", "reference_prefix", 2, 4),
        ("session_letter", "code_prefix", 1, 2),
    ):
        letters = (typed[option] or "").upper()
        if not letters:
            continue
        if not (letters.isascii() and letters.isalpha() and least <= len(letters) <= most):
            raise Refused(f"--{option.replace('_', '-')} must be {least} to {most} letters.")
        found[column] = letters
    return found


def _day(typed: datetime) -> date:
    return typed.date()


@click.group("person")
def person() -> None:
    """People of the festival team."""


@person.command("create")
@click.argument("email")
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([office.value for office in Office]),
    help="What they do; again for each thing. An administrator may do nearly all of it.",
)
@click.option("--mail", is_flag=True, help="Mail the link; else it is printed here.")
@click.pass_context
def create_person(
    context: click.Context, email: str, name: str, roles: tuple[str, ...], mail: bool
) -> None:
    """Let NAME sign in with EMAIL and do what their roles may, once they have chosen a password by
    a link that is good for an hour. Again, for who is known: more roles, and a new link."""
    email, name = mailable(email, "EMAIL"), named(User, name)
    with founded(context) as said:
        made = founding.office_person(
            email=email, name=name, offices=[Office(role) for role in roles]
        )
        if mail and editions.current() is None:
            raise Refused("Mail speaks for a festival. Make one first: edition create.")
        if mail:
            outbox.queue("password_reset", made.email, user=made.id)
        told = ", ".join(sorted(one.office.value.replace("_", " ") for one in made.offices))
        said.append(f"{made.name}: {told}")
        if mail:
            said.append(f"  The worker mails a link to {made.email}: they choose a password there.")
        else:
            link = address("accounts.choose_password", token=_token(made))
            said.append(f"  They choose a password here, within an hour: {link}")


def _token(user: User) -> str:
    return accounts.reset_token(current_app.config["SECRET_KEY"], user)


@click.group("theme")
def theme() -> None:
    """What sessions are about."""


@theme.command("create")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.pass_context
def create_theme(context: click.Context, names: tuple[str, ...]) -> None:
    """Let sessions be about each NAME, in this order. Every session is about one of them."""
    with founded(context) as said:
        for name in names:
            said.append(f"Theme: {founding.theme(named(Theme, name)).name}")


@click.group("venue")
def venue() -> None:
    """Places where sessions are."""


@venue.command("create")
@click.argument("name")
@click.option("--address", "street", default="", help="Street and city.")
@click.option("--postcode", default="", help="Its postcode.")
@click.option(
    "--room",
    "rooms",
    multiple=True,
    required=True,
    help="A room and how many people it holds by law, like Hall:60; again for each room.",
)
@click.option("--online", is_flag=True, help="It is not a place: people come by a link.")
@click.pass_context
def create_venue(
    context: click.Context,
    name: str,
    street: str,
    postcode: str,
    rooms: tuple[str, ...],
    online: bool,
) -> None:
    """Put the venue NAME on the list, with its rooms. What is known of access is told in the
    office; until then people read "not known"."""
    if not (street or online):
        raise Refused("Say where it is, with --address; or --online.")
    found = [read_room(one) for one in rooms]
    if len({words.fold(one.name) for one in found}) < len(found):
        raise Refused("Two rooms cannot have the same name.")
    with founded(context) as said:
        made = founding.venue(
            named(Venue, name),
            address=fits(Venue, "address", "--address", street),
            postcode=fits(Venue, "postcode", "--postcode", postcode.upper()),
            rooms=found,
            is_online=online,
        )
        said.append(f"{made.name} ({made.slug}), rooms: {', '.join(one.name for one in found)}")


def read_room(typed: str) -> NewRoom:
    """``Hall:60`` as a room."""
    name, _colon, number = typed.rpartition(":")
    name = " ".join(name.split())
    if not (name and len(name) <= 120 and number.strip().isdecimal() and 0 < int(number) < 100_000):
        raise Refused(f"--room must be like Hall:60, not {typed!r}.")
    return NewRoom(name, int(number))


@click.group("provider")
def provider() -> None:
    """Organisations that offer sessions."""


@provider.command("create")
@click.argument("name")
@click.option("--lead", required=True, help="The email address of who leads it.")
@click.option("--lead-name", default="", help="Their name.")
@click.pass_context
def create_provider(context: click.Context, name: str, lead: str, lead_name: str) -> None:
    """Make the organisation NAME, known to the team, and invite who leads it, by mail. The link is
    printed as well."""
    lead = mailable(lead, "--lead")
    with founded(context) as said:
        edition_now = editions.current()
        if edition_now is None:
            raise Refused("Mail speaks for a festival. Make one first: edition create.")
        made, invitation = founding.organisation(
            named(Provider, name),
            email=lead,
            lead=fits(User, "name", "--lead-name", lead_name),
            edition=edition_now,
        )
        token = links.of_invitation(current_app.config["SECRET_KEY"], invitation)
        said.append(f"{made.name}: {lead} is invited. The link works once:")
        said.append(f"  {address('provider.join', token=token)}")
