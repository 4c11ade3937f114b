"""Calendar entries: the same UID in mail, download and feed, and times that are right on both
sides of a clock change."""

from festival.delivery.calendars.elsewhere import google, outlook, webcal
from festival.delivery.calendars.personal import (
    Entry,
    booked_calendar,
    booked_event,
    mailed_entry,
    own_feed,
)
from festival.delivery.calendars.public import public_feed
from festival.delivery.calendars.text import one_line, plain

__all__ = [
    "Entry",
    "booked_calendar",
    "booked_event",
    "google",
    "mailed_entry",
    "one_line",
    "outlook",
    "own_feed",
    "plain",
    "public_feed",
    "webcal",
]
