"""Programs' tokens: recognised, refused, and what each may see."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, tokens
from festival.domain.errors import NotFound
from festival.domain.observations import Limit, Slices, Tries, note_use, tries
from festival.domain.tokens import BadToken, TokenRefused
from festival.extensions import db
from festival.models import ApiToken, Channel, Edition, TokenRole
from tests import factories
from tests.factories import occurrence_of
from tests.support.refusals import refused, refused_plainly
from tests.support.statements import recorded


def why(secret: str) -> str:
    with pytest.raises(TokenRefused) as found:
        tokens.recognise(secret)
    return found.value.reason


def test_a_token_is_recognised_by_its_secret_alone(app: Flask) -> None:
    token, secret = tokens.create(name=" Kiosk ", role=TokenRole.web)
    found = tokens.recognise(secret).token
    assert (found.id, found.name, found.role) == (token.id, "Kiosk", TokenRole.web)
    assert secret.startswith("festival_")
    assert why(secret.upper()) == why("") == "token_unknown"
    assert why(token.secret_hash) == "token_unknown"


def test_it_ends_when_it_ends(app: Flask, at: Callable[..., None]) -> None:
    _token, secret = tokens.create(name="Kiosk", role=TokenRole.web, days=1)
    at(clock.now() + timedelta(hours=23))
    assert tokens.recognise(secret)
    at(clock.now() + timedelta(hours=1))
    assert why(secret) == "token_expired"


def test_revoked_is_revoked(app: Flask, at: Callable[..., None]) -> None:
    token, secret = tokens.create(name="Kiosk", role=TokenRole.web)
    first = tokens.revoke(token.id).revoked_at
    at(clock.now() + timedelta(hours=1))
    assert tokens.revoke(token.id).revoked_at == first
    assert why(secret) == "token_revoked"
    with refused(NotFound):
        tokens.revoke(999_999)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb", "a\x00b"])
def test_a_token_says_whose_it_is(app: Flask, name: str) -> None:
    with refused_plainly(BadToken, field="name"):
        tokens.create(name=name, role=TokenRole.web)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_token_lasts_for_days(app: Flask, days: int) -> None:
    with refused_plainly(BadToken, field="days"):
        tokens.create(name="Kiosk", role=TokenRole.web, days=days)


def test_one_question_finds_the_token_and_its_first_answer(app: Flask) -> None:
    token, secret = tokens.create(name="Kiosk", role=TokenRole.web)
    tokens.keep_answer(token, "once", "0" * 64, 201, "{}")
    with recorded(app) as statements:
        found = tokens.recognise(secret, "once")
        assert found.first is not None
        assert (found.first.status, found.token.name) == (201, "Kiosk")
        db.session.rollback()
        assert found.token.role == TokenRole.web  # still to be read, without asking again
    assert statements.count == 1


def test_a_key_has_one_answer(app: Flask) -> None:
    token, _secret = tokens.create(name="Kiosk", role=TokenRole.web)
    other, _secret = tokens.create(name="Line", role=TokenRole.desk)
    tokens.keep_answer(token, "once", "0" * 64, 201, "{}")
    tokens.keep_answer(other, "once", "0" * 64, 201, "{}")
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        tokens.keep_answer(token, "once", "1" * 64, 201, "{}")


@pytest.mark.parametrize(
    ("role", "channel", "sees_others"),
    [
        (TokenRole.web, Channel.web, False),
        (TokenRole.partner, Channel.partner, False),
        (TokenRole.desk, Channel.phone, True),
    ],
)
def test_who_a_token_is(
    app: Flask, edition: Edition, role: TokenRole, channel: Channel, sees_others: bool
) -> None:
    booking = factories.booking(occurrence_of(factories.session()))
    token, secret = tokens.create(name="Kiosk", role=role)
    caller = tokens.recognise(secret)
    assert (caller.who.channel, caller.who.token) == (channel, caller.token)
    assert caller.may_see(booking) is sees_others
    booking.token_id = token.id
    assert caller.may_see(booking)


def test_a_use_is_noted_once_a_minute(app: Flask) -> None:
    token, secret = tokens.create(name="Kiosk", role=TokenRole.web)
    db.session.commit()
    now = clock.now()
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        note_use(tokens.recognise(secret).token, now + timedelta(seconds=seconds))
        db.session.expire_all()
        used = db.session.get_one(ApiToken, token.id).last_used_at
        assert used == now + timedelta(seconds=noted)


def test_a_large_limit_is_counted_by_the_hundredth(committed_app: Flask) -> None:
    large = Limit("large", 1000, 1)
    first, second = Slices(tries), Slices(tries)  # two processes
    with recorded(committed_app):
        assert all(first.allow(large, "a") for _ in range(500))
        assert all(second.allow(large, "a") for _ in range(500))
    assert not first.allow(large, "a")
    assert not second.allow(large, "a")
    assert first.allow(large, "b")


def test_a_small_limit_is_counted_one_by_one(committed_app: Flask) -> None:
    three = Limit("three", 3, 1)
    assert isinstance(tries, Tries)
    assert [Slices(tries).allow(three, "a") for _ in range(4)] == [True, True, True, False]


def test_a_new_minute_begins_anew(committed_app: Flask, at: Callable[..., None]) -> None:
    many, slices = Limit("many", 200, 1), Slices(tries)
    now = clock.now()
    at(now)
    assert [slices.allow(many, "a") for _ in range(201)].count(True) == 200
    at(now + timedelta(seconds=61))
    assert slices.allow(many, "a")
