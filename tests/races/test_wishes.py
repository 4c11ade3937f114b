"""Searches that find nothing at the same moment, and a form that is sent twice."""

import uuid
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, wishes
from festival.domain.observations import note_empty_search
from festival.extensions import db, write
from festival.models import Edition, EmptySearch, Wish
from tests import factories
from tests.support.at_once import all_at_once

pytestmark = pytest.mark.races
SEARCHES = 8


@pytest.fixture
def edition_id(committed_app: Flask) -> int:
    with write():
        return factories.the_edition().id


def counted() -> list[int]:
    db.session.rollback()  # to see what the others committed
    return list(db.session.scalars(sa.select(EmptySearch.times)))


def search(edition_id: int) -> None:
    note_empty_search(edition_id, None, None, "Crochet", clock.now().date())


def test_searches_at_the_same_moment_are_all_counted(committed_app: Flask, edition_id: int) -> None:
    all_at_once(committed_app, lambda _place: search(edition_id), SEARCHES)
    assert counted() == [SEARCHES]


def test_read_then_written_one_would_be_lost(committed_app: Flask, edition_id: int) -> None:
    search(edition_id)
    all_read = Barrier(2)

    def read_then_write(_place: int) -> None:
        times = db.session.scalars(sa.select(EmptySearch.times)).one()
        all_read.wait(30)
        with write():
            db.session.execute(sa.update(EmptySearch).values(times=times + 1))

    all_at_once(committed_app, read_then_write, 2)
    assert counted() == [2]


def test_a_form_that_is_sent_twice_at_once_is_one_wish(
    committed_app: Flask, edition_id: int
) -> None:
    key = str(uuid.uuid4())

    def send(_place: int) -> int:
        with write():
            edition = db.session.get_one(Edition, edition_id)
            asked = {"words": "Crochet", "theme": None, "ward": None, "suits": (), "contact": ""}
            return wishes.ask(edition, **asked, key=key).id  # type: ignore[arg-type]

    assert len(set(all_at_once(committed_app, send, 4))) == 1
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Wish)) == 1
