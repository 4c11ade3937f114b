"""Our calendars through three programs of other people: the same entries, at the right times."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from flask import Flask

from festival.delivery.calendars import (
    Entry,
    booked_calendar,
    mailed_entry,
    own_feed,
    public_feed,
)
from festival.domain import clock, feeds
from festival.domain.feeds import Scope
from festival.domain.words import LONDON
from festival.models import Booking, Edition, FestivalSession
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.readers import Read, check_bytes, read, unfolded

ADDRESS = "https://festival.example/bookings/"
TITLE = "Tea, cake; and \\ 🎈 ਪੰਜਾਬੀ"


def in_public(edition: Edition, session: FestivalSession) -> bytes:
    found = feeds.runs(edition, Scope(session_id=session.id), clock.now())
    return public_feed(found, edition, name=edition.name, source="https://festival.example/x.ics")


def in_mail(booked: Booking, edition: Edition, name: str = "Bookings") -> tuple[str, bytes]:
    entry = Entry.of(reservation_of(booked))
    mailbox = "bookings@festival.example"
    return mailed_entry(entry, edition, ADDRESS, organizer=mailbox, organizer_name=name)


def everywhere(booked: Booking, edition: Edition) -> dict[str, bytes]:
    """One reservation in each kind of calendar."""
    claims = booked.reservations
    return {
        "public": in_public(edition, reservation_of(booked).occurrence.session),
        "mail": in_mail(booked, edition)[1],
        "download": booked_calendar(claims, edition, ADDRESS),
        "feed": own_feed(claims, edition, ADDRESS),
    }


@pytest.mark.parametrize(
    ("starts", "hours", "clock_shows"),
    [
        ("2026-10-24T14:00+01:00", 2, "Sat 14:00 to Sat 16:00"),
        ("2026-10-25T14:00+00:00", 2, "Sun 14:00 to Sun 16:00"),
        ("2026-10-25T00:30+01:00", 1, "Sun 00:30 to Sun 01:30"),  # ends the first time it is 1:30
        ("2026-10-25T01:30+01:00", 1, "Sun 01:30 to Sun 01:30"),  # an hour, on a clock put back
        ("2026-10-25T01:30+00:00", 1, "Sun 01:30 to Sun 02:30"),
        ("2026-10-24T22:00+01:00", 5, "Sat 22:00 to Sun 02:00"),
        ("2027-03-27T14:00+00:00", 2, "Sat 14:00 to Sat 16:00"),
        ("2027-03-28T00:30+00:00", 1, "Sun 00:30 to Sun 02:30"),
        ("2027-03-28T14:00+01:00", 2, "Sun 14:00 to Sun 16:00"),
        ("2027-03-27T23:00+00:00", 4, "Sat 23:00 to Sun 04:00"),
    ],
)
def test_times_around_clock_changes(
    app: Flask, edition: Edition, at: object, starts: str, hours: int, clock_shows: str
) -> None:
    begins = datetime.fromisoformat(starts).astimezone(UTC)
    at(begins - timedelta(days=20))  # type: ignore[operator]
    edition.bookings_open_at = clock.now()
    session = factories.session(starts_at=begins, ends_at=begins + timedelta(hours=hours))
    booked = factories.booking(occurrence_of(session))
    for kind, raw in everywhere(booked, edition).items():
        check_bytes(raw)
        (entry,) = read(raw)
        assert entry.starts == begins, kind
        assert entry.ends - entry.starts == timedelta(hours=hours), kind
        local = (f"{one.astimezone(LONDON):%a %H:%M}" for one in (entry.starts, entry.ends))
        assert " to ".join(local) == clock_shows


def test_the_hour_that_comes_twice_is_two_hours(app: Flask, edition: Edition) -> None:
    session = factories.session(run=False)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for begins in (first, first + timedelta(hours=1)):
        factories.occurrence(session, starts_at=begins, ends_at=begins + timedelta(minutes=20))
    raw = in_public(edition, session)
    assert [one.starts for one in read(raw)] == [first, first + timedelta(hours=1)]
    assert b"TZID" not in raw


def test_another_zone_is_written_in_utc(app: Flask, edition: Edition) -> None:
    edition.time_zone = "Europe/Dublin"
    booked = factories.booking(occurrence_of(factories.session()))
    for raw in everywhere(booked, edition).values():
        assert b"TZID" not in raw
        (entry,) = read(raw)
        assert entry.starts == reservation_of(booked).occurrence.starts_at


def test_hard_words_come_back_whole(app: Flask, edition: Edition) -> None:
    long = "\n".join(f"{number}: {TITLE}, {'x' * 40}." for number in range(120))
    assert len(long) > 9000 - 1000
    venue = factories.venue("Shed; 3", postcode="", address="Snow Hill, 1\nWolverhampton")
    session = factories.session(
        title=TITLE,
        wording={"summary": "One,\ttwo\x07", "description": long + "x" * (9000 - len(long))},
        room=factories.room(venue=venue, name="Room \u202b1\u202c"),
    )
    booked = factories.booking(occurrence_of(session))
    calendars = everywhere(booked, edition)
    for raw in calendars.values():
        check_bytes(raw)
        (entry,) = read(raw)
        assert entry.summary == TITLE
        assert entry.location == "Room \u202b1\u202c, Shed; 3, Snow Hill, 1 Wolverhampton"
    (entry,) = read(calendars["public"])
    assert entry.description.startswith("One,two\n\n0: Tea, cake; and \\ 🎈")
    assert len(entry.description) > 9000


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Ada\r\nBcc: all@example.org", "Ada Bcc: all@example.org"),
        ("شاہین\u200f Khan", "شاہین\u200f Khan"),
        ('Ada "Å" O’Neill; Ltd, x: y', "Ada 'Å' O’Neill; Ltd, x: y"),
        ("ਗੁਰਪ੍ਰੀਤ " * 12, ("ਗੁਰਪ੍ਰੀਤ " * 12).strip()),
    ],
)
def test_hard_names_come_back_whole(app: Flask, edition: Edition, name: str, told: str) -> None:
    booked = factories.booking(occurrence_of(factories.session()))
    booked.name = name  # as an older version or an import may have left it
    _, raw = in_mail(booked, edition, name="Festival\r\nX: y")
    check_bytes(raw)
    read(raw)
    event = icalendar.Calendar.from_ical(raw).events[0]
    assert event["ATTENDEE"].params["CN"] == told
    assert event["ORGANIZER"].params["CN"] == "Festival X: y"
    assert not [line for line in unfolded(raw) if line.startswith(("Bcc", "X:"))]


def test_one_reservation_is_one_entry_everywhere(app: Flask, edition: Edition) -> None:
    booked = factories.booking(occurrence_of(factories.session()))
    calendars = everywhere(booked, edition)
    own: list[list[Read]] = [read(calendars[kind]) for kind in ("mail", "download", "feed")]
    assert own[0] == own[1] == own[2]
    (public,), (mine,) = read(calendars["public"]), own[0]
    assert public.uid != mine.uid
    assert (public.starts, public.ends) == (mine.starts, mine.ends)


def test_no_calendar_tells_what_opens_doors(app: Flask, edition: Edition) -> None:
    occurrence = occurrence_of(factories.session())
    booked = factories.booking(occurrence, adults=2, name="Ada Lovelace")
    factories.booking(occurrence, name="Grace Hopper", email="grace@example.org")
    for kind, raw in everywhere(booked, edition).items():
        text = "\n".join(unfolded(raw))
        assert factories.code_of(booked) not in text
        assert "t=" not in text
        assert "/calendar/" not in text
        assert "Hopper" not in text
        assert "grace" not in text
        assert ("Lovelace" in text) == (kind == "mail")
        assert "VALARM" not in text
        assert "DTSTART" in text


def test_a_confirmed_entry_says_what_it_must(app: Flask, edition: Edition) -> None:
    booked = factories.booking(occurrence_of(factories.session(theme=factories.theme("Arts, x"))))
    method, raw = in_mail(booked, edition)
    claim = reservation_of(booked)
    stamp = f"{claim.revised_at:%Y%m%dT%H%M%SZ}"
    lines = unfolded(raw)
    assert method == "REQUEST"
    for line in (
        "METHOD:REQUEST",
        f"UID:{claim.calendar_uid}",
        "SEQUENCE:0",
        f"DTSTAMP:{stamp}",
        f"LAST-MODIFIED:{stamp}",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "CATEGORIES:Arts\\, x",
        "GEO:52.5847;-2.1266",
        f"URL:{ADDRESS}",
        "ORGANIZER;CN=Bookings:mailto:bookings@festival.example",
        'ATTENDEE;CN="Ada Lovelace";PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:ada@example.org',
    ):
        assert line in lines, line
