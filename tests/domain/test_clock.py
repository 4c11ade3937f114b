"""The one source of time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from festival.domain import clock

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
