"""The quiet hours: from 21:00 to 08:00 nobody has to answer, and no telephone makes a sound."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_UNTIL = time(21), time(8)
NOON = time(12)


def quiet_hours(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The quiet hours at this moment, else the next ones (aware, UTC), in the festival's zone."""
    local = moment.astimezone(zone)
    first = local.date() - timedelta(days=1) if local.time() < QUIET_UNTIL else local.date()
    begins = datetime.combine(first, QUIET_FROM, zone)
    ends = datetime.combine(first + timedelta(days=1), QUIET_UNTIL, zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def is_that_morning(starts_at: datetime, quiet_ends: datetime, zone: ZoneInfo) -> bool:
    """Whether it starts on the morning on which the quiet hours end."""
    start, end = starts_at.astimezone(zone), quiet_ends.astimezone(zone)
    return start.date() == end.date() and start.time() < NOON


def not_before(moment: datetime, zone: ZoneInfo, starts_at: datetime | None = None) -> datetime:
    """When something that is due at ``moment`` may make a sound: then, or when the quiet hours
    end. What starts that morning does not wait, nor what would have started by then."""
    begins, ends = quiet_hours(moment, zone)
    if moment < begins:
        return moment
    too_late = starts_at is not None and (
        moment < starts_at <= ends or is_that_morning(starts_at, ends, zone)
    )
    return moment if too_late else ends
