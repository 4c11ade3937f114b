"""Calendar entries: the same UID in mail, download and feed, and times that are right on both
sides of a clock change."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext
from icalendar import Calendar, Event, Timezone, vCalAddress, vGeo, vText

from festival.domain import words
from festival.models import (
    Booking,
    Edition,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Revision,
    Room,
)

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


def one_line(text: str) -> str:
    """Text for a calendar value: control characters gone, on one line."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def plain(text: str) -> str:
    """Text of several lines without any other control character."""
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n")).strip()


def local_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment as it is written: London's time where that is unambiguous, else UTC.

    A zone other than London and the hour that comes twice in October are written in UTC.
    """
    if zone.key != words.LONDON.key:
        return moment.astimezone(UTC)
    local = moment.astimezone(zone)
    other = local.replace(fold=1 - local.fold)
    return moment.astimezone(UTC) if other.utcoffset() != local.utcoffset() else local


def _calendar(method: str, edition: Edition) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{one_line(edition.name)}//festival//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _write(calendar: Calendar, events: Sequence[Event]) -> bytes:
    # In October an end may name the zone where its start, in the hour that comes twice, does not.
    times = [event[name] for event in events for name in ("DTSTART", "DTEND")]
    if any("TZID" in time.params for time in times):
        calendar.add_component(Timezone.from_ical(LONDON_RULES))
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def place(room: Room) -> str:
    """The place on one line."""
    venue = room.venue
    parts = [room.name, venue.name, venue.address, venue.postcode]
    return one_line(", ".join(part for part in parts if part))


def _event(occurrence: Occurrence, edition: Edition, revised_at: datetime) -> Event:
    event = Event()
    zone = edition.zone
    venue = occurrence.room.venue
    event.add("dtstamp", revised_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", revised_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", local_time(occurrence.starts_at, zone))
    event.add("dtend", local_time(occurrence.ends_at, zone))
    event.add("location", place(occurrence.room))
    if venue.latitude is not None and venue.longitude is not None:
        event["GEO"] = vGeo((venue.latitude, venue.longitude))
    theme = occurrence.session.theme
    if theme is not None:
        event.add("categories", [one_line(theme.name)])
    return event


def public_calendar(
    occurrences: Sequence[Occurrence], revision: Revision, edition: Edition, address: str
) -> bytes:
    """The public entries of a session's runs, to publish."""
    text = revision.text()
    events = []
    for occurrence in occurrences:
        event = _event(occurrence, edition, occurrence.revised_at)
        cancelled = occurrence.state == OccurrenceState.cancelled
        event.add("uid", occurrence.calendar_uid)
        event.add("sequence", occurrence.calendar_sequence)
        title = one_line(text.title)
        event.add("summary", gettext("Cancelled: %(title)s", title=title) if cancelled else title)
        event.add("description", plain(f"{text.summary}\n\n{text.description}\n\n{address}"))
        event.add("url", address)
        event.add("transp", "TRANSPARENT")
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        events.append(event)
    return _write(_calendar("PUBLISH", edition), events)


@dataclass(frozen=True)
class Entry:
    """One person's entry of a reservation: as it is, or as it was before the places went to
    somebody else."""

    reservation: Reservation
    booking: Booking
    uid: str
    sequence: int
    stands: bool

    @classmethod
    def of(cls, reservation: Reservation) -> "Entry":
        return cls(
            reservation,
            reservation.booking,
            reservation.calendar_uid,
            reservation.calendar_sequence,
            reservation.state == ReservationState.confirmed,
        )


def booked_event(entry: Entry, edition: Edition, address: str) -> Event:
    """One person's entry for what they booked: no code, no link that opens it, no other's name."""
    reservation = entry.reservation
    occurrence = reservation.occurrence
    revision = occurrence.session.published_revision
    assert revision is not None  # only published sessions are booked
    text = revision.text()
    event = _event(occurrence, edition, reservation.revised_at)
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    title = one_line(text.title)
    summary = title if entry.stands else gettext("Cancelled: %(title)s", title=title)
    event.add("summary", summary)
    lines = [
        gettext("Your reference: %(reference)s", reference=entry.booking.reference),
        gettext("Places: %(count)s", count=reservation.people),
        text.meeting_point and gettext("Where to go: %(place)s", place=text.meeting_point),
        text.what_to_bring and gettext("What to bring: %(things)s", things=text.what_to_bring),
        gettext("Answering this calendar entry does not change your booking. Change it here:"),
        address,
    ]
    event.add("description", plain("\n".join(line for line in lines if line)))
    event.add("url", address)
    event.add("transp", "OPAQUE")
    event.add("status", "CONFIRMED" if entry.stands else "CANCELLED")
    return event


def booked_calendar(reservations: Sequence[Reservation], edition: Edition, address: str) -> bytes:
    """A booking's entries to download: PUBLISH, nobody invited."""
    events = [booked_event(Entry.of(one), edition, address) for one in reservations]
    return _write(_calendar("PUBLISH", edition), events)


def mailed_entry(
    entry: Entry, edition: Edition, address: str, *, organizer: str, organizer_name: str
) -> tuple[str, bytes]:
    """One entry as mail carries it: its METHOD, and the bytes. One UID a part."""
    method = "REQUEST" if entry.stands else "CANCEL"
    event = booked_event(entry, edition, address)
    event["ORGANIZER"] = _mailbox(organizer, organizer_name)
    attendee = _mailbox(entry.booking.email, entry.booking.name)
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    return method, _write(_calendar(method, edition), [event])


def _mailbox(email: str, name: str) -> vCalAddress:
    mailbox = vCalAddress(f"mailto:{email}")
    mailbox.params["CN"] = vText(one_line(name).replace('"', "'"))
    return mailbox
