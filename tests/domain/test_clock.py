"""The one source of time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from festival.domain import clock
from festival.domain.clock import NoSuchTime
from festival.domain.words import LONDON
from tests.support.refusals import refused_plainly

MOMENT = datetime.fromisoformat("2027-06-05T09:00+01:00")


def test_it_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_it_starts_where_it_is_told_and_runs_on(at: Callable[..., None]) -> None:
    at("2026-01-01T00:00+00:00")
    clock.start_at(MOMENT)
    assert clock.now() == MOMENT
    at("2026-01-01T00:10+00:00")
    assert clock.now() == MOMENT + timedelta(minutes=10)
    clock.start_at(None)
    assert clock.now() == datetime.fromisoformat("2026-01-01T00:10+00:00")


@pytest.mark.parametrize(
    ("day", "at", "zone", "moment"),
    [
        (date(2027, 3, 28), time(0, 59), LONDON, "2027-03-28T00:59Z"),
        (date(2027, 3, 28), time(2), LONDON, "2027-03-28T01:00Z"),
        (date(2027, 10, 31), time(1, 30), LONDON, "2027-10-31T00:30Z"),  # shown twice: the first
        (date(2027, 6, 5), time(9), LONDON, "2027-06-05T08:00Z"),
        (date(2027, 6, 5), time(9), ZoneInfo("Asia/Kathmandu"), "2027-06-05T03:15Z"),
    ],
)
def test_a_clock_on_the_wall(day: date, at: time, zone: ZoneInfo, moment: str) -> None:
    found = clock.local_moment(day, at, zone)
    assert found.isoformat() == datetime.fromisoformat(moment).isoformat()


@pytest.mark.parametrize(
    ("day", "at", "zone"),
    [
        (date(2027, 3, 28), time(1), LONDON),
        (date(2027, 3, 28), time(1, 59), LONDON),
        (date(1, 1, 1), time(0), ZoneInfo("Asia/Kathmandu")),
        (date(9999, 12, 31), time(23), ZoneInfo("America/New_York")),
    ],
)
def test_a_time_no_clock_shows(day: date, at: time, zone: ZoneInfo) -> None:
    with refused_plainly(NoSuchTime, field="starts"):
        clock.local_moment(day, at, zone, field="starts")
