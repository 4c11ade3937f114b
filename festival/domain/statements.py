"""The accessibility statement: read from ``festival/data/accessibility.toml``, where whoever looks
after the site writes it, and checked so that nothing the law asks for can be missing.

What it must say is in the Public Sector Bodies (Websites and Mobile Applications) Accessibility
Regulations 2018: how far the site follows the standard, what does not work and what to do instead,
how to tell us, and who enforces it. It is to be looked at again once a year at least.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from festival.paths import DATA

SOURCE = DATA / "accessibility.toml"
STATUSES = ("fully", "partially", "not")
TEXTS = ("standard", "status", "why")
DAYS = ("prepared_on", "reviewed_on")
LISTS = ("works", "tested", "enforcement")
NOT_PLAIN = "<>%"  # would be read as HTML, or as a place to be filled in, by translations


class WrongStatement(ValueError):
    """The file lacks something that the statement must say, or says it in the wrong way."""


@dataclass(frozen=True)
class Gap:
    """Something that does not work yet, and what to do instead."""

    what: str
    instead: str
    criterion: str = ""  # of the standard, where one is missed


@dataclass(frozen=True)
class Statement:
    standard: str
    status: str  # one of STATUSES
    why: str
    works: Sequence[str]
    gaps: Sequence[Gap]
    tested: Sequence[str]
    enforcement: Sequence[str]
    prepared_on: date
    reviewed_on: date
    answer_days: int  # working days

    def is_too_old(self, today: date) -> bool:
        """Whether it was last looked at more than twelve months ago. A day that is as far ahead is
        a slip of the finger, and no better."""
        return not _a_year_before(today) <= self.reviewed_on <= _a_year_after(today)


def _a_year_before(day: date) -> date:
    return _in_year(day, day.year - 1)


def _a_year_after(day: date) -> date:
    return _in_year(day, day.year + 1)


def _in_year(day: date, year: int) -> date:
    """The same day of another year; the last of February where that year has no 29th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(year, 2, 28) if is_leap_day else day.replace(year=year)


@cache
def accessibility() -> Statement:
    """The statement that comes with this version. Raises WrongStatement."""
    return read(SOURCE)


def read(path: Path) -> Statement:
    """The statement in this file. Raises WrongStatement, naming what is wrong."""
    with path.open("rb") as file:
        try:
            return of(tomllib.load(file))
        except tomllib.TOMLDecodeError as error:
            raise WrongStatement(f"{path.name} is not TOML: {error}") from error


def of(facts: Mapping[str, Any]) -> Statement:
    """The statement that these facts make. Raises WrongStatement."""
    known = {*TEXTS, *DAYS, *LISTS, "gaps", "answer_days"}
    if set(facts) != known:
        raise WrongStatement(f"missing or not known: {sorted(set(facts) ^ known)}")
    checked: dict[str, Any] = {name: _text(name, facts[name]) for name in TEXTS}
    for name in LISTS:
        checked[name] = [_text(name, one) for one in _some(name, facts[name])]
    checked |= {name: _day(name, facts[name]) for name in DAYS}
    checked["gaps"] = [_gap(one) for one in _some("gaps", facts["gaps"])]
    statement = Statement(**checked, answer_days=facts["answer_days"])
    if statement.status not in STATUSES:
        raise WrongStatement(f"status is one of {STATUSES}")
    if statement.prepared_on > statement.reviewed_on:
        raise WrongStatement("reviewed_on is before prepared_on")
    if type(statement.answer_days) is not int or not 1 <= statement.answer_days <= 20:
        raise WrongStatement("answer_days is a number from 1 to 20")
    return statement


def _gap(facts: Any) -> Gap:
    if not isinstance(facts, dict) or not {"what", "instead"} <= set(facts):
        raise WrongStatement("each of gaps has what and instead")
    if more := set(facts) - {"what", "instead", "criterion"}:
        raise WrongStatement(f"not known in gaps: {sorted(more)}")
    return Gap(**{name: _text(name, text) for name, text in facts.items()})


def _some(name: str, found: Any) -> list[Any]:
    if not isinstance(found, list) or not found:
        raise WrongStatement(f"{name} is a list with something in it")
    return found


def _text(name: str, found: Any) -> str:
    if not isinstance(found, str) or not found.strip() or any(one in found for one in NOT_PLAIN):
        raise WrongStatement(f"{name} is words without any of {NOT_PLAIN}: {found!r}")
    return found


def _day(name: str, found: Any) -> date:
    if type(found) is not date:
        raise WrongStatement(f"{name} is a day, such as 2027-01-31")
    return found


def extract(
    file: BinaryIO, *_others: object, **_options: object
) -> Iterator[tuple[int, None, str, list[str]]]:
    """The sentences of the file for the translators' catalogue, in the way Babel asks for them."""
    found = of(tomllib.load(file))
    gaps = [text for gap in found.gaps for text in (gap.what, gap.instead)]
    for sentence in (found.why, *found.works, *found.tested, *found.enforcement, *gaps):
        yield 1, None, sentence, []
