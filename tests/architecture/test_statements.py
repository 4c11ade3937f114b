"""The accessibility statement is complete, and somebody has looked at it within a year."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from festival.domain import statements
from festival.domain.statements import SOURCE, WrongStatement

TODAY = datetime.now(UTC).date()  # the real one: this is what fails when a year has gone by


def test_it_was_looked_at_within_twelve_months() -> None:
    """When this fails, look at the site and at festival/data/accessibility.toml again, put right
    what has changed, and put today into reviewed_on."""
    statement = statements.accessibility()
    assert not statement.is_too_old(TODAY), f"last reviewed on {statement.reviewed_on}"


@pytest.mark.parametrize(
    ("reviewed_on", "too_old"),
    [
        ("2027-03-01", False),
        ("2026-03-01", False),
        ("2026-02-28", True),
        ("2020-01-01", True),
        ("2028-03-02", True),
    ],
)
def test_a_day_more_than_twelve_months_away_fails(reviewed_on: str, too_old: bool) -> None:
    reviewed = replace(statements.accessibility(), reviewed_on=date.fromisoformat(reviewed_on))
    assert reviewed.is_too_old(date(2027, 3, 1)) is too_old


def test_the_date_in_the_file_counts(tmp_path: Path) -> None:
    old = tmp_path / "accessibility.toml"
    days = re.compile(r"^(prepared_on|reviewed_on) = .*$", re.MULTILINE)
    old.write_text(days.sub(r"\1 = 2020-01-01", SOURCE.read_text()))
    assert statements.read(old).is_too_old(TODAY)


def test_a_leap_day() -> None:
    reviewed = replace(statements.accessibility(), reviewed_on=date(2027, 2, 28))
    assert not reviewed.is_too_old(date(2028, 2, 29))


@pytest.mark.parametrize(
    "wrong",
    [
        {"reviewed_on": "2027-01-01"},
        {"reviewed_on": datetime(2027, 1, 1, tzinfo=UTC)},
        {"reviewed_on": date(2020, 1, 1)},  # before it was written
        {"status": "mostly"},
        {"why": " "},
        {"why": "100 % of it"},
        {"why": "<b>All</b> of it"},
        {"works": []},
        {"works": "all of it"},
        {"works": [1]},
        {"gaps": []},
        {"gaps": ["Maps"]},
        {"gaps": [{"what": "There is no map."}]},
        {"gaps": [{"what": "There is no map.", "instead": "Call us.", "who": "Everybody"}]},
        {"answer_days": 0},
        {"answer_days": True},
        {"answer_days": "soon"},
        {"more": "words"},
    ],
)
def test_what_is_missing_or_wrong_is_refused(wrong: dict[str, Any]) -> None:
    facts = tomllib.loads(SOURCE.read_text())
    with pytest.raises(WrongStatement):
        statements.of(facts | wrong)


def test_what_is_left_out_is_named() -> None:
    facts = tomllib.loads(SOURCE.read_text())
    del facts["gaps"]
    with pytest.raises(WrongStatement, match="gaps"):
        statements.of(facts)


def test_a_file_that_is_not_toml(tmp_path: Path) -> None:
    broken = tmp_path / "accessibility.toml"
    broken.write_text("standard = WCAG")
    with pytest.raises(WrongStatement, match="is not TOML"):
        statements.read(broken)
