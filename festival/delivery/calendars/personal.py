"""One person's entries: in mail, to download, to subscribe to. The same UID in all three."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from icalendar import Calendar, Timezone, vCalAddress, vText
from icalendar import Event as Component

from festival.delivery.calendars.event import CANCELLED, CONFIRMED, TENTATIVE, Event, component
from festival.delivery.calendars.lines import write_feed
from festival.delivery.calendars.text import one_line, plain
from festival.delivery.calendars.times import LONDON_RULES, local_time, stamp
from festival.domain import clock, words
from festival.domain.reminders import Step, due_at, is_online
from festival.models import (
    Booking,
    Edition,
    Reservation,
    ReservationState,
    RevisionText,
    Room,
)

IN_LINE = (ReservationState.waiting, ReservationState.offered)


@dataclass(frozen=True)
class Entry:
    """One person's entry of a reservation: as it is, or as it was before the places went to
    somebody else."""

    reservation: Reservation
    booking: Booking
    uid: str
    sequence: int
    stands: bool
    waits: bool = False
    may_join: bool = True  # may hold the way to join; not where only tickets are shown

    @classmethod
    def of(cls, reservation: Reservation, *, may_join: bool = True) -> "Entry":
        return cls(
            reservation,
            reservation.booking,
            reservation.calendar_uid,
            reservation.calendar_sequence,
            stands=reservation.state == ReservationState.confirmed,
            waits=reservation.state in IN_LINE,
            may_join=may_join,
        )

    @property
    def status(self) -> str:
        if self.stands:
            return CONFIRMED
        return TENTATIVE if self.waits else CANCELLED


def product(edition: Edition) -> str:
    return f"-//{one_line(edition.name)}//festival//EN"


def place(room: Room) -> str:
    """The place on one line."""
    venue = room.venue
    if venue.is_online:
        return str(gettext("Online"))
    parts = [room.name, venue.name, venue.address, venue.postcode]
    return one_line(", ".join(part for part in parts if part))


def booked_event(entry: Entry, edition: Edition, address: str) -> Event:
    """One person's entry for what they booked: no code, no link that opens it, no other's name.
    Nor their reference: as mailed it has their own name, the two together open the booking, and
    people share their calendars."""
    reservation = entry.reservation
    occurrence = reservation.occurrence
    session, venue, zone = occurrence.session, occurrence.room.venue, edition.zone
    revision = session.published_revision
    assert revision is not None  # only published sessions are booked
    text = revision.text(entry.booking.language)
    joining_url, told_at = _way_to_join(entry, clock.now())
    known = venue.latitude is not None and venue.longitude is not None
    return Event(
        uid=entry.uid,
        sequence=entry.sequence,
        stamp=stamp(reservation.revised_at, occurrence.revised_at, revision.decided_at, told_at),
        starts=local_time(occurrence.starts_at, zone),
        ends=local_time(occurrence.ends_at, zone),
        summary=_title(entry, text),
        description=_words(entry, text, edition, address, joining_url),
        location=place(occurrence.room),
        url=address,
        status=entry.status,
        is_busy=True,
        geo=(venue.latitude, venue.longitude) if known else None,  # type: ignore[arg-type]
        category=one_line(session.theme.name) if session.theme else "",
        joining_url=joining_url,
    )


def _title(entry: Entry, text: RevisionText) -> str:
    title = one_line(text.title)
    if entry.waits:
        return str(gettext("Waiting list: %(title)s", title=title))
    return title if entry.stands else str(gettext("Cancelled: %(title)s", title=title))


def _words(
    entry: Entry, text: RevisionText, edition: Edition, address: str, joining_url: str
) -> str:
    joining = _joining_words(entry, edition, joining_url) if entry.stands else ""
    waits = gettext("You are on the waiting list. You do not have places yet.")
    lines = [
        waits if entry.waits else "",
        gettext("Places: %(count)s", count=entry.reservation.people),
        joining,
        text.meeting_point and gettext("Where to go: %(place)s", place=text.meeting_point),
        text.what_to_bring and gettext("What to bring: %(things)s", things=text.what_to_bring),
        gettext("Answering this calendar entry does not change your booking. Change it here:"),
        address,
        gettext("Your booking reference is not shown here, because people share calendars."),
    ]
    return plain("\n".join(line for line in lines if line))


def _way_to_join(entry: Entry, now: datetime) -> tuple[str, datetime | None]:
    """The link, and since when it stands here: only for who has places, and from the moment when
    we send it to them."""
    url = entry.reservation.occurrence.joining_url
    from_at = due_at(entry.reservation.occurrence, Step.day_before)
    is_address = re.fullmatch(r"https?://[!-~]+", url) is not None
    if is_address and entry.stands and entry.may_join and from_at <= now:
        return url, from_at
    return "", None


def _joining_words(entry: Entry, edition: Edition, joining_url: str) -> str:
    occurrence = entry.reservation.occurrence
    if joining_url:
        return str(gettext("Join here: %(link)s", link=joining_url))
    if not is_online(occurrence) or not entry.may_join:
        return ""
    day = words.day(due_at(occurrence, Step.day_before), edition.zone)
    return str(gettext("We send you the link to join on %(day)s.", day=day))


def booked_calendar(
    reservations: Sequence[Reservation], edition: Edition, address: str, *, may_join: bool = True
) -> bytes:
    """A booking's entries to download: PUBLISH, nobody invited."""
    entries = [Entry.of(one, may_join=may_join) for one in reservations]
    events = [booked_event(one, edition, address) for one in entries]
    return _write(_calendar("PUBLISH", edition), [component(one) for one in events])


def own_feed(reservations: Sequence[Reservation], edition: Edition, address: str) -> bytes:
    """What stands under an address or a booking, to subscribe to. It does not say where it stands
    itself: that is a secret, and people share what is in their calendars."""
    events = [booked_event(Entry.of(one), edition, address) for one in reservations]
    name = gettext("%(festival)s: my bookings", festival=one_line(edition.name))
    return write_feed(events, name=name, source="", product=product(edition))


def mailed_entry(
    entry: Entry, edition: Edition, address: str, *, organizer: str, organizer_name: str
) -> tuple[str, bytes]:
    """One entry as mail carries it: its METHOD, and the bytes. One UID a part."""
    method = "REQUEST" if entry.stands else "CANCEL"
    event = component(booked_event(entry, edition, address))
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


def _calendar(method: str, edition: Edition) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", product(edition))
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _write(calendar: Calendar, events: Sequence[Component]) -> bytes:
    # In October an end may name the zone where its start, in the hour that comes twice, does not.
    times = [event[name] for event in events for name in ("DTSTART", "DTEND")]
    if any("TZID" in time.params for time in times):
        calendar.add_component(Timezone.from_ical(LONDON_RULES))
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
