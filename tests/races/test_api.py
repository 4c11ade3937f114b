"""One key sent twice at the same moment: one booking, and both hear the same answer."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check, tokens
from festival.extensions import db, write
from festival.models import Booking, IdempotencyKey, Occurrence, TokenRole
from tests import factories
from tests.factories import occurrence_of
from tests.support.client import PageResponse
from tests.support.programs import Program, body, wanted

pytestmark = pytest.mark.races
TRIES = 12


@pytest.fixture
def secret(committed_app: Flask) -> str:
    with write():
        return tokens.create(name="A kiosk", role=TokenRole.web)[1]


def run_of(places: int) -> int:
    with write():
        return occurrence_of(factories.session(capacity=places, most_places=8)).id


def all_at_once(app: Flask, work: Callable[[int], PageResponse]) -> list[PageResponse]:
    """What each of these threads was answered; all of them start together. None holds a context of
    the test's."""
    start = Barrier(TRIES)

    def send(place: int) -> PageResponse:
        start.wait(60)
        return work(place)

    db.session.rollback()
    with ThreadPoolExecutor(TRIES) as threads:
        return list(threads.map(send, range(TRIES)))


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.mark.parametrize("places", [8, 1], ids=["plenty", "the last place"])
def test_one_key_at_once_is_one_booking(committed_app: Flask, secret: str, places: int) -> None:
    run_id = run_of(places)
    sent = body(wanted(run_id))
    answers = all_at_once(
        committed_app,
        lambda _place: Program(committed_app, secret).post("bookings", sent, key="once"),
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert count(Booking) == count(IdempotencyKey) == 1
    assert db.session.get_one(Occurrence, run_id).places_taken == 1
    assert check.broken_rules() == []


def test_without_the_key_each_is_a_booking(committed_app: Flask, secret: str) -> None:
    """The race is real: the same requests, each with a key of its own."""
    run_id = run_of(TRIES)
    sent = body(wanted(run_id))
    answers = all_at_once(
        committed_app, lambda _place: Program(committed_app, secret).post("bookings", sent)
    )
    assert {answer.status_code for answer in answers} == {201}
    assert count(Booking) == TRIES


def test_one_key_at_once_for_different_requests(committed_app: Flask, secret: str) -> None:
    runs = [run_of(8), run_of(8)]
    answers = all_at_once(
        committed_app,
        lambda place: Program(committed_app, secret).post(
            "bookings", body(wanted(runs[place % 2])), key="once"
        ),
    )
    assert Counter(answer.status_code for answer in answers) == {
        201: TRIES // 2,
        422: TRIES // 2,
    }
    assert count(Booking) == 1
    assert check.broken_rules() == []


def test_one_key_at_once_cancels_once(committed_app: Flask, secret: str) -> None:
    run_id = run_of(8)
    made = Program(committed_app, secret).book(wanted(run_id, 2))
    path = f"bookings/{made['reference']}/cancel"
    answers = all_at_once(
        committed_app, lambda _place: Program(committed_app, secret).post(path, key="once")
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    db.session.rollback()
    assert db.session.get_one(Occurrence, run_id).places_taken == 0


def test_exactly_as_many_are_booked_as_there_are_places(committed_app: Flask, secret: str) -> None:
    run_id = run_of(5)
    sent = body(wanted(run_id))
    answers = all_at_once(
        committed_app, lambda _place: Program(committed_app, secret).post("bookings", sent)
    )
    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: TRIES - 5}
    assert check.broken_rules() == []
