"""``ticket-key``: the public half of the key that signs tickets, and the way to a new one."""

import secrets

import click

from festival.cli.opening import Refused, make_app
from festival.delivery import ticket_keys
from festival.domain.tickets import TicketKeys

KEY_IDS = 16  # four bits of a ticket code


@click.command("ticket-key")
@click.option("--new", "fresh", is_flag=True, help="Make a new key, and print the settings for it.")
@click.pass_context
def ticket_key(context: click.Context, fresh: bool) -> None:
    """Print the number and the public key of the key that signs tickets."""
    with make_app(context).app_context():
        keys = ticket_keys()
    if not fresh:
        click.echo(f"{keys.key_id}:{_public(keys, keys.key_id)}")
        return
    believed = ",".join(f"{number}:{_public(keys, number)}" for number in sorted(keys.public))
    click.echo(f"FESTIVAL_TICKET_PUBLIC_KEYS={believed}")
    click.echo(f"FESTIVAL_TICKET_KEY_ID={_next_id(keys)}")
    click.echo(f"FESTIVAL_TICKET_KEY={secrets.token_hex(32)}")
    click.echo("Nothing was changed: set these three, and start again.", err=True)


def _public(keys: TicketKeys, number: int) -> str:
    return keys.public[number].public_bytes_raw().hex()


def _next_id(keys: TicketKeys) -> int:
    """The number after the present one that no key has."""
    after = ((keys.key_id + step) % KEY_IDS for step in range(1, KEY_IDS))
    free = next((number for number in after if number not in keys.public), None)
    if free is None:
        raise Refused(
            "All 16 numbers are in use. Take keys of festivals that are over out of "
            "FESTIVAL_TICKET_PUBLIC_KEYS first."
        )
    return free
