"""One entry of a calendar, as plain facts; whoever writes it adds nothing of its own."""

from dataclasses import dataclass
from datetime import datetime

from icalendar import Event as Component
from icalendar import Parameters, vGeo

CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
CONFERENCE = Parameters({"FEATURE": ["AUDIO", "VIDEO"], "VALUE": "URI"})


@dataclass(frozen=True, slots=True)
class Event:
    """What an entry says. Texts are clean (``one_line``, ``plain``), times as they are written."""

    uid: str
    sequence: int
    stamp: datetime  # of the last change, in UTC
    starts: datetime
    ends: datetime
    summary: str
    description: str
    location: str
    url: str
    status: str
    is_busy: bool
    geo: tuple[float, float] | None = None
    category: str = ""
    joining_url: str = ""


def component(event: Event) -> Component:
    """The entry for icalendar to write."""
    made = Component()
    made.add("summary", event.summary)
    made.add("dtstart", event.starts)
    made.add("dtend", event.ends)
    made.add("dtstamp", event.stamp)
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    if event.category:
        made.add("categories", [event.category])
    if event.joining_url:
        made.add("conference", event.joining_url, parameters=CONFERENCE)
    made.add("description", event.description)
    if event.geo is not None:
        made["GEO"] = vGeo(event.geo)
    made.add("last-modified", event.stamp)
    made.add("location", event.location)
    made.add("status", event.status)
    made.add("transp", "OPAQUE" if event.is_busy else "TRANSPARENT")
    made.add("url", event.url)
    return made
