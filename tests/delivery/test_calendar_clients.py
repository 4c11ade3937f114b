"""People's calendar programs over time: an update replaces and never doubles, in whatever order
mail is opened, files are saved and feeds are polled."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import permutations

import pytest
from flask import Flask

from festival.delivery.calendars import Entry, booked_calendar, mailed_entry, own_feed
from festival.domain import bookings, clock, feeds, joining, running, waiting
from festival.models import Booking, Edition, Occurrence, Reservation, SessionFormat
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.readers import Read, by_icalendar, unfolded

ADDRESS = "https://festival.example/bookings/"
MINUTE = timedelta(minutes=1)


class Program:
    """A calendar program: it keeps one entry for each UID, the one of the highest SEQUENCE, and of
    these the one of the latest DTSTAMP."""

    def __init__(self) -> None:
        self.entries: dict[str, Read] = {}

    def take(self, raw: bytes) -> None:
        for one in by_icalendar(raw):
            known = self.entries.get(one.uid)
            if known is None or (one.sequence, one.stamp) >= (known.sequence, known.stamp):
                self.entries[one.uid] = one


def mail(claim: Reservation, edition: Edition) -> bytes:
    sender = {"organizer": "bookings@festival.example", "organizer_name": "Bookings"}
    return mailed_entry(Entry.of(claim), edition, ADDRESS, **sender)[1]


def feed(booked: Booking, edition: Edition) -> bytes:
    return own_feed(feeds.held_under([booked], clock.now()), edition, ADDRESS)


def all_ways(booked: Booking, edition: Edition) -> list[bytes]:
    """What stands at this moment: mail, file, feed."""
    file = booked_calendar(booked.reservations, edition, ADDRESS)
    return [mail(reservation_of(booked), edition), file, feed(booked, edition)]


def after(files: Iterable[bytes]) -> list[Read]:
    program = Program()
    for raw in files:
        program.take(raw)
    return list(program.entries.values())


@pytest.fixture
def run(app: Flask, edition: Edition, at: Callable[..., None]) -> Occurrence:
    at(clock.now())
    return occurrence_of(factories.session(title="Sing Together"))


def test_in_whatever_order_the_last_state_stands(
    run: Occurrence, edition: Edition, at: Callable[..., None]
) -> None:
    booked = factories.booking(run, adults=2)
    claim, began, hall = reservation_of(booked), run.starts_at, factories.room(40)
    told = [all_ways(booked, edition)]
    changes: list[Callable[[], object]] = [
        lambda: running.reschedule(run.id, starts_at=began + 60 * MINUTE, actor=None),
        lambda: running.reschedule(run.id, room=hall, actor=None),
        lambda: bookings.give_up(booked, claim, [claim.attendees[0].id]),
        lambda: bookings.cancel_all(booked),
    ]
    for change in changes:
        at(clock.now() + MINUTE)
        change()
        told.append(all_ways(booked, edition))
    (last,) = by_icalendar(told[-1][0])
    assert (last.sequence, last.status) == (4, "CANCELLED")
    assert last.starts == began + 60 * MINUTE
    for ways in permutations(range(len(told))):
        files = [told[state][way % 3] for way, state in enumerate(ways)]
        assert after(files) == [last]
    assert after(raw for state in told for raw in state) == [last]
    assert after(raw for state in reversed(told) for raw in state) == [last]


def test_changes_within_one_second_are_told_apart(run: Occurrence, edition: Edition) -> None:
    booked = factories.booking(run)
    before = mail(reservation_of(booked), edition)
    running.reschedule(run.id, starts_at=run.starts_at + 60 * MINUTE, actor=None)
    running.reschedule(run.id, starts_at=run.starts_at + 60 * MINUTE, actor=None)
    now = mail(reservation_of(booked), edition)
    assert by_icalendar(now)[0].stamp == by_icalendar(before)[0].stamp
    assert after([now, before])[0].starts == run.starts_at


def test_cancelled_and_on_again(run: Occurrence, edition: Edition, at: Callable[..., None]) -> None:
    booked = factories.booking(run)
    told = [mail(reservation_of(booked), edition)]
    at(clock.now() + MINUTE)
    running.cancel_occurrence(run.id, "The roof leaks", actor=None)
    told.append(feed(booked, edition))
    (entry,) = after(told)
    assert (entry.status, entry.summary) == ("CANCELLED", "Cancelled: Sing Together")
    at(clock.now() + MINUTE)
    running.reinstate(run.id, actor=None)
    told.append(mail(reservation_of(booked), edition))
    (entry,) = after(reversed(told))
    assert (entry.status, entry.summary) == ("CONFIRMED", "Sing Together")


def test_from_waiting_to_booked(run: Occurrence, edition: Edition, at: Callable[..., None]) -> None:
    run.capacity, run.allocations[0].places = 1, 1
    first = factories.booking(run)
    waits = factories.waiting(run)
    seen = [feed(waits, edition)]
    (entry,) = after(seen)
    assert (entry.status, entry.summary) == ("TENTATIVE", "Waiting list: Sing Together")
    assert "You do not have places yet." in entry.description
    at(clock.now() + MINUTE)
    bookings.cancel_all(first)
    seen.append(feed(waits, edition))
    assert after(seen)[0].status == "TENTATIVE"  # offered, and not answered
    at(clock.now() + MINUTE)

    waiting.accept(waits, reservation_of(waits))
    seen.append(mail(reservation_of(waits), edition))
    for files in (seen, list(reversed(seen))):
        (entry,) = after(files)
        assert (entry.status, entry.summary) == ("CONFIRMED", "Sing Together")


def test_a_new_wording_reaches_who_follows(
    run: Occurrence, edition: Edition, at: Callable[..., None]
) -> None:
    booked = factories.booking(run)
    before = feed(booked, edition)
    at(clock.now() + MINUTE)
    revision = run.session.published_revision
    assert revision is not None
    revision.text().title = "Sing Louder"
    revision.decided_at = clock.now()
    now = feed(booked, edition)
    for files in ((before, now), (now, before)):
        assert [one.summary for one in after(files)] == ["Sing Louder"]


def test_the_way_to_join_comes_when_it_is_sent(
    app: Flask, edition: Edition, at: Callable[..., None]
) -> None:
    venue = factories.venue("Online", is_online=True)
    session = factories.session(
        title="Sing Together", room=factories.room(venue=venue), format=SessionFormat.online
    )
    run = occurrence_of(session)
    run.joining_url = "https://meet.example/j/123?pwd=abc,def"
    booked = factories.booking(run)
    file = booked_calendar(booked.reservations, edition, ADDRESS)
    early = [mail(reservation_of(booked), edition), file, feed(booked, edition)]
    for raw in early:
        assert b"meet.example" not in raw
        assert "We send you the link to join on" in by_icalendar(raw)[0].description
    at(run.starts_at - timedelta(hours=23))
    late = all_ways(booked, edition)
    for raw in late:
        lines = unfolded(raw)
        assert f"CONFERENCE;FEATURE=AUDIO,VIDEO;VALUE=URI:{run.joining_url}" in lines
        assert f"Join here: {run.joining_url}" in by_icalendar(raw)[0].description
        assert "LOCATION:Online" in lines
    for files in ([*early, *late], [*late, *early]):
        assert "Join here" in after(files)[0].description
    at(clock.now() + MINUTE)
    joining.set_address(run.id, "https://meet.example/new", actor=None)
    newest = feed(booked, edition)
    for files in ([*late, newest], [newest, *late]):
        assert "Join here: https://meet.example/new" in after(files)[0].description
    shown_to_others = booked_calendar(booked.reservations, edition, ADDRESS, may_join=False)
    assert b"meet.example" not in shown_to_others
    bookings.cancel_all(booked)
    for raw in all_ways(booked, edition):
        assert b"meet.example" not in raw
