"""``token``: what lets other programs use the JSON API."""

import click

from festival.cli.opening import Refused, opened
from festival.domain import tokens, words
from festival.domain.errors import DomainError
from festival.extensions import write
from festival.models import ApiToken, TokenRole


@click.group("token")
def token() -> None:
    """Tokens that let other programs use the JSON API."""


@token.command()
@click.argument("name")
@click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in TokenRole]),
    help="reader looks; web books; partner books from the partners' places too; desk is the "
    "phone line, and sees every booking.",
)
@click.option("--days", type=int, help="For how many days; else until it is revoked.")
@click.pass_context
def create(context: click.Context, name: str, role: str, days: int | None) -> None:
    """Make a token for the program NAME. Its secret is shown only now."""
    with opened(context):
        try:
            with write():
                made, secret = tokens.create(name=name, role=TokenRole(role), days=days)
        except DomainError as error:
            raise Refused(str(error)) from error
        click.echo(f"Token {made.id} for {made.name}, {made.role}, {_until(made)}")
    click.echo(f"  {secret}")
    click.echo("  Keep it secret. It is not shown again.")


@token.command("list")
@click.pass_context
def list_tokens(context: click.Context) -> None:
    """List every token: whose it is, what it may do, when it was last used."""
    with opened(context):
        for one in tokens.every():
            used = words.moment(one.last_used_at) if one.last_used_at else "never"
            click.echo(f"{one.id}  {one.name}  {one.role}  {_until(one)}  last used: {used}")


@token.command()
@click.argument("number", metavar="ID", type=int)
@click.pass_context
def revoke(context: click.Context, number: int) -> None:
    """Let nobody in with the token ID any more, from the next request on."""
    with opened(context):
        try:
            with write():
                ended = tokens.revoke(number)
        except DomainError as error:
            raise Refused(str(error)) from error
        click.echo(f"Token {ended.id} for {ended.name} lets nobody in any more.")


def _until(made: ApiToken) -> str:
    if made.revoked_at is not None:
        return f"revoked {words.moment(made.revoked_at)}"
    if made.expires_at is not None:
        return f"until {words.moment(made.expires_at)}"
    return "until it is revoked"
