"""``token``: made, listed, revoked by an operator."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import tokens
from festival.extensions import db
from festival.models import ApiToken, AuditEntry, TokenRole
from tests.operations.conftest import Command
from tests.support.programs import Program

# What it says and sends does not depend on the database; other commands are tried on both.
pytestmark = pytest.mark.databases("sqlite")


def all_tokens() -> list[ApiToken]:
    db.session.rollback()
    return tokens.every()


def secret_in(text: str) -> str:
    found = re.search(r"^  (festival_\S+)$", text, re.MULTILINE)
    assert found
    return found[1]


def test_a_token_is_made_used_listed_and_revoked(committed_app: Flask, command: Command) -> None:
    done = command("token", "create", "The library's kiosk", "--role", "web", "--days", "30")
    assert done.code == 0, done.err
    (made,) = all_tokens()
    assert (made.name, made.role) == ("The library's kiosk", TokenRole.web)
    assert made.expires_at is not None
    assert (made.expires_at - made.created_at).days == 30
    secret = secret_in(done.out)
    assert made.secret_hash == tokens.hash_secret(secret)
    assert Program(committed_app, secret).get("occurrences").status_code == 200

    listed = command("token", "list").out
    assert f"{made.id}  The library's kiosk  web  until " in listed
    assert "last used: never" not in listed
    assert secret not in listed

    done = command("token", "revoke", str(made.id))
    assert done.code == 0, done.err
    assert Program(committed_app, secret).get("occurrences").status_code == 401
    assert "  revoked " in command("token", "list").out
    assert command("token", "revoke", str(made.id)).code == 0  # twice is once
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["token.created", "token.revoked"]


@pytest.mark.databases("sqlite")
def test_a_token_for_ever(committed_app: Flask, command: Command) -> None:
    assert command("token", "create", "Line", "--role", "desk").code == 0
    assert all_tokens()[0].expires_at is None
    listed = command("token", "list").out
    assert "until it is revoked" in listed
    assert "last used: never" in listed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create", "", "--role", "web"), "Give the token a name"),
        (("create", "x" * 81, "--role", "web"), "Give the token a name"),
        (("create", "Kiosk", "--role", "web", "--days", "0"), "1 to 3650 days"),
        (("create", "Kiosk", "--role", "king"), "'king' is not one of"),
        (("create", "Kiosk"), "Missing option '--role'"),
        (("revoke", "7"), "There is no such token."),
    ],
)
@pytest.mark.databases("sqlite")
def test_mistakes_are_told_in_words(
    committed_app: Flask, command: Command, words: tuple[str, ...], told: str
) -> None:
    done = command("token", *words)
    assert done.code == 2
    assert told in done.err
    assert "Traceback" not in done.err
    assert all_tokens() == []
