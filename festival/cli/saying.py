"""What commands print for people."""

from zoneinfo import ZoneInfo

import click

from festival.delivery.addresses import address
from festival.domain import demonstration, words
from festival.domain.demonstration import Loaded
from festival.models import DoorPass


def say_loaded(loaded: Loaded) -> None:
    """The demonstration festival was loaded just now."""
    edition = loaded.edition
    click.echo(f"Loaded {edition.name}: {loaded.sessions} sessions,")
    click.echo(f"{words.day(edition.starts_on)} to {words.day(edition.ends_on)}.")
    if loaded.example is not None:
        first_name = loaded.example.name.split()[0]
        click.echo(f"A booking to look at: {loaded.example.reference}, name {first_name}")
    say_pass(loaded.door_pass, loaded.door_secret, loaded.door_pin, edition.zone)


def say_pass(door_pass: DoorPass, secret: str, pin: str, zone: ZoneInfo) -> None:
    """A door pass was made: the only time its link and PIN can be shown."""
    where = ", ".join(filter(None, (door_pass.venue.name, door_pass.label)))
    click.echo(f"\nDoor pass for {where}")
    click.echo(f"  from  {words.moment(door_pass.from_at, zone)}")
    click.echo(f"  until {words.moment(door_pass.until_at, zone)}")
    click.echo(f"  link  {address('scan.pin', secret=secret)}")
    click.echo(f"  PIN   {pin}")
    click.echo("  Write both down: they are not shown again.")


def say_who_can_sign_in() -> None:
    """The people of the demonstration, whose password everybody knows."""
    people = demonstration.PEOPLE
    width = max(len(person.email) for person in people)
    click.echo(f"\nWho can sign in, each with the password {demonstration.PASSWORD}\n")
    for person in people:
        click.echo(f"  {person.email:{width}}  {person.name}, {person.role}")
    click.echo()
