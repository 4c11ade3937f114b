"""``keys``: the keys that sign tickets, and the way to a new one."""

import secrets

import click

from festival import settings
from festival.cli.opening import Refused, check_migrations, make_app
from festival.delivery import ticket_key_file, ticket_keys
from festival.delivery.keyring import CannotRotate, KeyFile, Keyring
from festival.domain import clock, tickets, words
from festival.domain.tickets import KEY_IDS, TicketKeys
from festival.settings import SettingsError

ALL_TAKEN = "All 16 numbers are in use. {} first."


@click.group()
def keys() -> None:
    """See and change the keys that sign tickets."""


@keys.command("list")
@click.pass_context
def list_keys(context: click.Context) -> None:
    """Print the number and the public key of each: the one that signs, those still believed."""
    with make_app(context).app_context():
        file, known = ticket_key_file(), ticket_keys()
        ring = file.read() if file else None
        click.echo(f"{known.key_id}:{_public(known, known.key_id)}  signs")
        until = {one.number: one.until for one in ring.older} if ring else {}
        for number in sorted(known.others):
            told = "believed as long as FESTIVAL_TICKET_PUBLIC_KEYS has it"
            if number in until:
                told = f"believed until {words.moment(until[number])}"
                if until[number] <= clock.now():
                    told = "over: the next rotate drops it"
            click.echo(f"{number}:{_public(known, number)}  {told}")


@keys.command()
def create() -> None:
    """Make the file that FESTIVAL_TICKET_KEY_FILE names, with a first key. Once."""
    try:
        config = settings.load()
    except SettingsError as error:
        raise Refused(str(error)) from error
    path = config["TICKET_KEY_PATH"]
    if path is None:
        raise Refused("FESTIVAL_TICKET_KEY is set: the key is not in a file.")
    try:
        made = KeyFile(path, config["INSTANCE_NAME"]).make(config["TICKET_KEY_ID"], config["ENV"])
    except OSError as error:
        raise Refused(f"{path} cannot be made: {error.strerror}") from error
    if not made:
        raise Refused(f"{path} is already there. To change the key: python -m festival keys rotate")
    click.echo(f"{path} has a new key. Keep a copy of it apart from the database.")


@keys.command()
@click.pass_context
def rotate(context: click.Context) -> None:
    """Sign with a new key from now on. Tickets that are out stay genuine until they are over."""
    app = make_app(context)
    with app.app_context():
        file = ticket_key_file()
        if file is None:
            _print_settings(ticket_keys())
            return
        check_migrations()
        now = clock.now()
        until = tickets.last_needed(now)
        try:
            before, after = file.change(lambda ring: ring.rotated(until, now))
        except CannotRotate as error:
            taken = "Take keys that nobody needs out with: python -m festival keys drop NUMBER"
            raise Refused(ALL_TAKEN.format(taken)) from error
        except OSError as error:
            raise Refused(f"{file.path} cannot be changed: {error.strerror}") from error
    click.echo(f"Key {after.number} signs from now on; servers and workers that run use it too.")
    click.echo(f"Key {before.number} is believed until {words.moment(until)}.")
    for number in _gone(before, after):
        click.echo(f"Key {number} is not believed any more: its sessions are over.")
    click.echo(f"Keep a new copy of {file.path} apart from the database.")


@keys.command()
@click.argument("number", type=click.IntRange(0, KEY_IDS - 1))
@click.pass_context
def drop(context: click.Context, number: int) -> None:
    """Believe an older key no more, at once: when others may have it."""
    with make_app(context).app_context():
        file = ticket_key_file()
    if file is None:
        raise Refused(f"Take {number}:... out of FESTIVAL_TICKET_PUBLIC_KEYS, and start again.")
    if number == file.read().number:
        raise Refused(f"Key {number} signs. Make another one first: python -m festival keys rotate")
    before, after = file.change(lambda ring: ring.without(number))
    if not _gone(before, after):
        raise Refused(f"There is no older key {number}. See: python -m festival keys list")
    click.echo(f"Key {number} is not believed any more. Tickets it signed are refused at the door;")
    click.echo("who holds one sees the new code on their booking's page, or says their reference.")


def _gone(before: Keyring, after: Keyring) -> list[int]:
    kept = {after.number, *(one.number for one in after.older)}
    return [one.number for one in before.older if one.number not in kept]


def _print_settings(known: TicketKeys) -> None:
    """What to set, where the key comes by the environment."""
    believed = ",".join(f"{number}:{_public(known, number)}" for number in sorted(known.public))
    click.echo(f"FESTIVAL_TICKET_PUBLIC_KEYS={believed}")
    click.echo(f"FESTIVAL_TICKET_KEY_ID={_next_id(known)}")
    click.echo(f"FESTIVAL_TICKET_KEY={secrets.token_hex(32)}")
    click.echo("Nothing was changed: set these three, and start again.", err=True)


def _public(known: TicketKeys, number: int) -> str:
    return known.public[number].public_bytes_raw().hex()


def _next_id(known: TicketKeys) -> int:
    """The number after the present one that no key has."""
    after = ((known.key_id + step) % KEY_IDS for step in range(1, KEY_IDS))
    free = next((number for number in after if number not in known.public), None)
    if free is None:
        where = "Take keys of festivals that are over out of FESTIVAL_TICKET_PUBLIC_KEYS"
        raise Refused(ALL_TAKEN.format(where))
    return free
