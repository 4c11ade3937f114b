"""Calendars as other people's programs read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from flask import Flask

from festival.delivery.addresses import manage_path
from festival.delivery.calendars import Entry, booked_calendar, mailed_entry, public_feed
from festival.domain import bookings, clock, feeds
from festival.domain.feeds import Scope
from festival.models import Booking, Edition, OccurrenceState
from tests import factories
from tests.factories import occurrence_of
from tests.support.client import FestivalClient

LONDON = ZoneInfo("Europe/London")
HARD = "ਪੰਜਾਬੀ; a, b \\ “q” & <b> 🎈 " * 6


@pytest.fixture
def booked(app: Flask, edition: Edition) -> Booking:
    wording = {"title": HARD[:60], "description": HARD, "what_to_bring": "A pen; an apron, too"}
    session = factories.session(wording=wording, title="")
    return factories.booking(occurrence_of(session), adults=2, name='Ada "Å" O’Neill')


def _download(booked: Booking, edition: Edition) -> bytes:
    return booked_calendar(booked.reservations, edition, "https://festival.example/bookings/")


def _lines(raw: bytes) -> list[bytes]:
    assert raw.endswith(b"\r\n")
    return raw.removesuffix(b"\r\n").split(b"\r\n")


def test_bytes_are_as_the_standard_wants(booked: Booking, edition: Edition) -> None:
    raw = _download(booked, edition)
    lines = _lines(raw)
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    for line in lines:
        line.decode()  # folded between characters
    assert not raw.startswith(b"\xef\xbb\xbf")


def test_hard_words_come_back_whole(booked: Booking, edition: Edition) -> None:
    raw = _download(booked, edition)
    event = icalendar.Calendar.from_ical(raw).events[0]
    assert str(event["SUMMARY"]) == HARD[:60].strip()
    assert "A pen; an apron, too" in event["DESCRIPTION"]
    other = vobject.readOne(raw.decode()).vevent
    assert other.summary.value == HARD[:60].strip()
    assert other.uid.value == booked.reservations[0].calendar_uid


def test_a_download_invites_nobody(booked: Booking, edition: Edition) -> None:
    calendar = icalendar.Calendar.from_ical(_download(booked, edition))
    assert calendar["METHOD"] == "PUBLISH"
    assert "UID" not in calendar
    assert "ATTENDEE" not in calendar.events[0]
    assert "ORGANIZER" not in calendar.events[0]


def test_no_secret_stands_in_a_calendar(booked: Booking, edition: Edition) -> None:
    text = _download(booked, edition).decode().replace("\r\n ", "")
    assert factories.code_of(booked)[:20] not in text
    assert "t=" not in text
    assert "ada@example.org" not in text


def test_mail_asks_and_cancels_with_rising_sequence(
    app: Flask, booked: Booking, edition: Edition
) -> None:
    reservation = booked.reservations[0]

    def entry() -> tuple[str, icalendar.Event]:
        method, raw = mailed_entry(
            Entry.of(reservation),
            edition,
            "https://festival.example/bookings/",
            organizer="bookings@festival.example",
            organizer_name="Bookings",
        )
        assert icalendar.Calendar.from_ical(raw)["METHOD"] == method
        return method, icalendar.Calendar.from_ical(raw).events[0]

    method, first = entry()
    assert (method, first["SEQUENCE"], first["STATUS"]) == ("REQUEST", 0, "CONFIRMED")
    assert first["ORGANIZER"] == "mailto:bookings@festival.example"
    assert first["ATTENDEE"] == "mailto:ada@example.org"
    assert first["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert first["ATTENDEE"].params["RSVP"] == "FALSE"
    bookings.give_up(booked, reservation, [reservation.attendees[0].id])
    method, second = entry()
    assert (method, second["SEQUENCE"]) == ("REQUEST", 1)
    bookings.give_up(booked, reservation, [reservation.attendees[0].id])
    method, last = entry()
    assert (method, last["SEQUENCE"], last["STATUS"]) == ("CANCEL", 2, "CANCELLED")
    assert {one["UID"] for one in (first, second, last)} == {reservation.calendar_uid}


@pytest.mark.parametrize("stands", [True, False])
def test_who_sees_a_shared_calendar_cannot_open_the_booking(
    booked: Booking, edition: Edition, stands: bool
) -> None:
    """A mailed entry has the booker's name in it, which with the reference opens the booking."""
    claim = booked.reservations[0]
    if not stands:
        bookings.cancel_reservation(booked, claim)
    sender = {"organizer": "bookings@festival.example", "organizer_name": "Bookings"}
    _method, mailed = mailed_entry(Entry.of(claim), edition, "https://festival.example/", **sender)
    assert "O’Neill" in mailed.decode().replace("\r\n ", "")
    for raw in (mailed, _download(booked, edition)):  # they meet in one entry
        text = raw.decode().replace("\r\n ", "")
        assert booked.reference not in text
        assert booked.reference.replace("-", "") not in text


@pytest.mark.parametrize(
    ("starts", "hours", "as_written"),
    [
        ("2026-10-24T14:00+01:00", 2, "20261024T140000"),
        ("2026-10-25T14:00+00:00", 2, "20261025T140000"),
        ("2027-03-28T14:00+01:00", 2, "20270328T140000"),
        ("2026-10-25T01:30+01:00", 1, "20261025T003000Z"),  # the hour that comes twice
        ("2026-10-25T01:30+00:00", 1, "20261025T013000Z"),
        ("2026-10-25T01:30+00:00", 2, "20261025T013000Z"),  # ends after it
        ("2027-03-28T00:30+00:00", 2, "20270328T003000"),  # across the hour that is missing
    ],
)
def test_times_are_right_around_clock_changes(
    app: Flask, edition: Edition, starts: str, hours: int, as_written: str
) -> None:
    begins = datetime.fromisoformat(starts).astimezone(UTC)
    session = factories.session(starts_at=begins, ends_at=begins + timedelta(hours=hours))
    found = feeds.runs(edition, Scope(session_id=session.id), clock.now())
    raw = public_feed(found, edition, name="One", source="https://x")
    event = icalendar.Calendar.from_ical(raw).events[0]
    found = next(
        line for line in _lines(raw) if line.startswith(b"DTSTART") and b"1970" not in line
    )
    assert found.decode().rpartition(":")[2] == as_written
    assert event["DTSTART"].dt.astimezone(UTC) == begins
    assert event["DTEND"].dt.astimezone(UTC) == begins + timedelta(hours=hours)
    other = vobject.readOne(raw.decode()).vevent
    assert other.dtstart.value.astimezone(UTC) == begins
    assert (b"TZID=Europe/London" in raw) == (b"BEGIN:VTIMEZONE" in raw)


def test_the_zone_is_written_as_rules(booked: Booking, edition: Edition) -> None:
    text = _download(booked, edition).decode()
    (zone,) = icalendar.Calendar.from_ical(text).walk("VTIMEZONE")
    months = [part["RRULE"]["BYMONTH"] for part in zone.subcomponents]
    assert months == [[3], [10]]
    assert "RDATE" not in text


def test_the_stamp_is_of_the_change_not_of_the_asking(
    booked: Booking, edition: Edition, client: FestivalClient
) -> None:
    address = manage_path(booked, "bookings.calendar")
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "noindex" in first.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in first.headers
    reservation = booked.reservations[0]
    stamp = icalendar.Calendar.from_ical(first.data).events[0]["DTSTAMP"].dt
    assert stamp == reservation.revised_at.replace(microsecond=0)


def test_a_cancelled_run_says_so_in_public(
    app: Flask, edition: Edition, client: FestivalClient
) -> None:
    session = factories.session(title="Sing Together")
    session.occurrences[0].state = OccurrenceState.cancelled
    session.occurrences[0].revised_at = clock.now()
    event = icalendar.Calendar.from_ical(client.get(f"/sessions/{session.code}.ics").data).events[0]
    assert event["STATUS"] == "CANCELLED"
    assert event["SUMMARY"] == "Cancelled: Sing Together"
    assert event["TRANSP"] == "TRANSPARENT"
