"""Tries are counted across workers, and nobody's address is kept."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from festival.domain.observations import Limit, SqlStorage, Tries, tries
from festival.extensions import prepare_engine
from festival.models import Attempt

THREE = Limit("three", 3, 15)
OTHER = Limit("other", 3, 15)
START = datetime.fromisoformat("2027-06-01T10:00+01:00")


@pytest.fixture
def worker(committed_app: Flask) -> Tries:
    """The counts as the application opened them."""
    return tries


@pytest.fixture
def other_worker(worker: Tries) -> Iterator[Tries]:
    """Another process's, on the same database."""
    assert worker.storage is not None
    engine: Engine = sa.create_engine(worker.storage.engine.url)
    prepare_engine(engine)
    other = Tries()
    other.open(engine)
    yield other
    engine.dispose()


def test_a_limit_holds(worker: Tries) -> None:
    assert [worker.allow(THREE, "ada") for _ in range(5)] == [True, True, True, False, False]


def test_a_limit_holds_across_workers(worker: Tries, other_worker: Tries) -> None:
    """Limits in a process's memory would let each worker begin anew."""
    allowed = [one.allow(THREE, "ada") for one in (worker, other_worker) * 3]
    assert allowed == [True, True, True, False, False, False]
    assert other_worker.exhausted(THREE, "ada")


def test_each_key_and_each_limit_for_itself(worker: Tries) -> None:
    for _ in range(3):
        worker.allow(THREE, "ada")
    assert not worker.allow(THREE, "ADA")  # the same person
    assert worker.allow(THREE, "grace")
    assert worker.allow(OTHER, "ada")


def test_looking_counts_nothing(worker: Tries) -> None:
    assert not any(worker.exhausted(THREE, "ada") for _ in range(9))
    for _ in range(3):
        worker.allow(THREE, "ada")
    assert worker.exhausted(THREE, "ada")


def test_after_its_window_it_begins_anew(worker: Tries, at: Callable[..., None]) -> None:
    at(START)
    for _ in range(4):
        worker.allow(THREE, "ada")
    at(START + timedelta(minutes=14))
    assert not worker.allow(THREE, "ada")
    at(START + timedelta(minutes=16))
    assert not worker.exhausted(THREE, "ada")
    assert [worker.allow(THREE, "ada") for _ in range(4)] == [True, True, True, False]


def test_after_a_success_it_begins_anew(worker: Tries) -> None:
    for _ in range(4):
        worker.allow(THREE, "ada")
    worker.forget(THREE, "Ada")
    assert worker.allow(THREE, "ada")


def test_windows_that_are_over_are_forgotten(worker: Tries, at: Callable[..., None]) -> None:
    at(START)
    worker.allow(THREE, "ada")
    at(START + timedelta(minutes=10))
    worker.allow(THREE, "grace")
    storage = worker.storage
    assert storage is not None
    at(START + timedelta(minutes=16))
    assert storage.purge() == 1
    assert storage.purge() == 0
    assert _kept(storage) == 1
    assert storage.reset() == 1
    assert storage.check()


@pytest.mark.parametrize("key", ["ada" * 500, "ada\0", "ਗੁਰਪ੍ਰੀਤ", "a/b/c", ""])
def test_any_key_can_be_counted(worker: Tries, key: str) -> None:
    assert [worker.allow(THREE, key) for _ in range(4)] == [True, True, True, False]


def test_nobodys_address_is_kept(worker: Tries) -> None:
    worker.allow(THREE, "ada@example.org")
    assert worker.storage is not None
    with worker.storage.engine.connect() as connection:
        (key,) = connection.scalars(sa.select(Attempt.key))
    assert "ada" not in key


def _kept(storage: SqlStorage) -> int:
    with storage.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(Attempt)) or 0
