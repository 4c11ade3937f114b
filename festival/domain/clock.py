"""The one source of time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from festival.domain.errors import N_, DomainError

_shift: list[timedelta] = [timedelta()]  # one cell, so that functions need no global statement


class NoSuchTime(DomainError):
    """The clocks go forward past this time of this day."""

    reason = "no_such_time"


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _shift[0]


def in_ms(moment: datetime) -> int:
    """An aware moment in milliseconds since 1970, as phones count."""
    return round(moment.timestamp() * 1000)


def start_at(moment: datetime | None) -> None:
    """Let the clock start at this aware moment and run on from it; None sets it right again."""
    _shift[0] = timedelta() if moment is None else moment - datetime.now(UTC)


def local_moment(day: date, at: time, zone: ZoneInfo, *, field: str | None = None) -> datetime:
    """When a clock on the wall shows this, in UTC; what it shows twice is meant the first time.

    ``field`` names where it was typed. Raises NoSuchTime.
    """
    wall = datetime.combine(day, at)
    try:
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
    except OverflowError:
        pass  # at the ends of the calendar
    raise NoSuchTime(
        N_("There is no such time on that day: the clocks go forward. Choose another time."),
        field=field,
    )
