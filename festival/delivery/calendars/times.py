"""The one zone calendars are written in, and which moments are written in it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from festival.domain import words

# One constant zone with rules: lists of single changes (RDATE) make real readers show 14:00 on
# 25 October 2026 an hour early.
LONDON_RULES = b"""BEGIN:VTIMEZONE
TZID:Europe/London
X-LIC-LOCATION:Europe/London
BEGIN:DAYLIGHT
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
TZNAME:BST
DTSTART:19700329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
TZNAME:GMT
DTSTART:19701025T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
""".replace(b"\n", b"\r\n")


def local_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment as it is written: London's time where that is unambiguous, else UTC.

    A zone other than London and the hour that comes twice in October are written in UTC.
    """
    if zone.key != words.LONDON.key:
        return moment.astimezone(UTC)
    local = moment.astimezone(zone)
    other = local.replace(fold=1 - local.fold)
    return moment.astimezone(UTC) if other.utcoffset() != local.utcoffset() else local


def stamp(*moments: datetime | None) -> datetime:
    """When an entry last changed: the latest of these, to the second, in UTC."""
    latest = max(moment for moment in moments if moment is not None)
    return latest.astimezone(UTC).replace(microsecond=0)
