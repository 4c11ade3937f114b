"""Tries are counted across workers, and nobody's address is kept."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from festival.domain import words
from festival.domain.observations import Limit, SqlStorage, Tries, note_empty_search, tries
from festival.extensions import db, prepare_engine, write
from festival.models import Attempt, EmptySearch
from tests import factories

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


# --- searches that found nothing


@pytest.fixture
def somewhere(committed_app: Flask) -> tuple[int, int, int]:
    """The ids of a festival, a theme and a ward."""
    with write():
        return factories.the_edition().id, factories.theme().id, factories.ward().id


def searches() -> list[tuple[object, ...]]:
    db.session.rollback()
    query = sa.select(EmptySearch).order_by(EmptySearch.key)
    return [
        (one.day.day, one.theme_id, one.ward_id, one.words, one.times)
        for one in db.session.scalars(query)
    ]


def test_the_same_search_is_one_row_and_each_other_its_own(
    somewhere: tuple[int, int, int],
) -> None:
    """R10: a search that finds nothing counts toward unmet demand, without personal data."""
    edition, theme, ward = somewhere
    for typed in ("Crochet", "  crochét! "):
        note_empty_search(edition, theme, ward, typed, START.date())
    note_empty_search(edition, theme, None, "crochet", START.date())
    note_empty_search(edition, None, ward, "crochet", START.date())
    note_empty_search(edition, None, None, "", START.date() + timedelta(days=1))
    assert sorted(searches(), key=str) == sorted(
        [
            (1, theme, ward, "crochet", 2),
            (1, theme, None, "crochet", 1),
            (1, None, ward, "crochet", 1),
            (2, None, None, "", 1),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sewing for beginners", "sewing for beginners"),
        ("ਪੰਜਾਬੀ ਗਿੱਧਾ", words.fold("ਪੰਜਾਬੀ ਗਿੱਧਾ")),
        ("one two three four", "one two three four"),
        ("one two three four five", ""),
        ("x" * 60, "x" * 60),
        ("x" * 61, ""),
        ("call 07700 900982", ""),
        ("٠٧٧٠", ""),
        ("ada@example.org", ""),
        ("ada \0 lovelace", "ada lovelace"),
        ("ﷺ" * 10, ""),  # longer when it is folded
        ("\ud800", ""),
        ("", ""),
    ],
)
def test_only_plain_words_of_a_search_are_kept(
    somewhere: tuple[int, int, int], typed: str, kept: str
) -> None:
    note_empty_search(somewhere[0], None, None, typed, START.date())
    assert searches() == [(1, None, None, kept, 1)]


def test_a_search_that_cannot_be_counted_fails_no_page_and_is_not_told_of_in_words(
    somewhere: tuple[int, int, int], caplog: pytest.LogCaptureFixture
) -> None:
    note_empty_search(somewhere[0], 999_999_999, None, "crochet", START.date())  # no such theme
    assert searches() == []
    (line,) = caplog.messages
    assert line == "A search that found nothing was not counted: IntegrityError"
