"""The demonstration's tables, as they stand in festival/data/demonstration."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from festival.domain import words
from festival.paths import DATA

Row = dict[str, str]

ZONE = words.LONDON
OPENING_AS_GIVEN = date(2027, 6, 5)  # a Saturday
LAST_DAY_AS_GIVEN = date(2027, 6, 20)
NOTICE = timedelta(days=7)  # the festival is at least so far ahead when its days are moved
SATURDAY = 5


def table(name: str) -> list[Row]:
    """The rows of one of the files."""
    path = DATA / "demonstration" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> int | None:
    return int(text) if text else None


def decimal(text: str) -> float | None:
    return float(text) if text else None


@dataclass(frozen=True)
class Days:
    """How the days of the files stand in the calendar: moved by whole weeks, or as given."""

    shift: timedelta

    @classmethod
    def beginning_soon(cls, now: datetime) -> "Days":
        """The opening Saturday is the next one at least a week ahead."""
        soon = now.astimezone(ZONE).date() + NOTICE
        opening = soon + timedelta(days=(SATURDAY - soon.weekday()) % 7)
        return cls(opening - OPENING_AS_GIVEN)

    @classmethod
    def as_given(cls) -> "Days":
        return cls(timedelta())

    @property
    def first(self) -> date:
        return OPENING_AS_GIVEN + self.shift

    @property
    def last(self) -> date:
        return LAST_DAY_AS_GIVEN + self.shift

    def at(self, day: str, clock_time: str) -> datetime:
        """This day of the files at this time of its clock, moved."""
        moved = date.fromisoformat(day) + self.shift
        return datetime.combine(moved, time.fromisoformat(clock_time), ZONE)
