"""Files that are kept for some seconds: how long, and how much of them."""

import pytest

from festival.views.files import File, Kept

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")


def of(size: int) -> File:
    return File.of(b"x" * size)


def test_a_file_is_made_once_while_it_is_fresh() -> None:
    kept, made = Kept(20), []
    for _ in range(3):
        kept.get("a", lambda: made.append(1) or of(1))  # type: ignore[func-returns-value]
    kept.get("b", lambda: made.append(2) or of(1))  # type: ignore[func-returns-value]
    assert made == [1, 2]


def test_nothing_is_kept_for_no_time() -> None:
    kept, made = Kept(0), []
    for _ in range(2):
        kept.get("a", lambda: made.append(1) or of(1))  # type: ignore[func-returns-value]
    assert made == [1, 1]


def test_the_oldest_go_first() -> None:
    kept, made = Kept(20, most=25), []
    for key in ("a", "b", "c", "c", "b", "a"):
        kept.get(key, lambda key=key: made.append(key) or of(10))  # type: ignore[misc]
    assert made == ["a", "b", "c", "a"]


def test_what_is_larger_than_all_the_room_is_not_kept() -> None:
    kept, made = Kept(20, most=25), []
    for _ in range(2):
        kept.get("a", lambda: made.append(1) or of(30))  # type: ignore[func-returns-value]
    assert made == [1, 1]


def test_the_name_of_bytes_is_theirs_alone() -> None:
    assert File.of(b"a").etag == File.of(b"a").etag != File.of(b"b").etag
