"""The one source of time."""

from datetime import UTC, datetime, timedelta

_shift: list[timedelta] = [timedelta()]  # one cell, so that functions need no global statement


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _shift[0]


def start_at(moment: datetime | None) -> None:
    """Let the clock start at this aware moment and run on from it; None sets it right again."""
    _shift[0] = timedelta() if moment is None else moment - datetime.now(UTC)
