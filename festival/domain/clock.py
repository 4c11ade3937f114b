"""The one source of time."""

from datetime import UTC, datetime, timedelta

_shift = timedelta()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _shift


def start_at(moment: datetime | None) -> None:
    """Let the clock start at this aware moment and run on from it; None sets it right again."""
    global _shift
    _shift = timedelta() if moment is None else moment - datetime.now(UTC)
