"""Shares of a run's places: the festival's defaults, who opens when, and what it costs to ask."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, capacity, check, clock
from festival.domain.bookings import Contact, NotAllHad, Who, Wish
from festival.domain.capacity import BookingClosed, NoPlacesLeft, availabilities, availability
from festival.domain.occurrences import CannotRun, Share, propose
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    AllocationKind,
    Booking,
    BookingMode,
    Channel,
    Occurrence,
    OccurrenceState,
)
from tests import factories as make
from tests.factories import reservation_of
from tests.support.refusals import refused
from tests.support.statements import recorded

pytestmark = pytest.mark.usefixtures("app")
START = "2027-06-01T10:00+01:00"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
DEFAULTS = [
    {"kind": "phone", "percent": 10, "released_days_before": 3},
    {"kind": "partner", "places": 2},
]
At = Callable[..., None]


def run(**facts: object) -> Occurrence:
    return make.occurrence_of(make.session(**facts))  # type: ignore[arg-type]


def book(occurrence: Occurrence, channel: Channel, adults: int = 1) -> Booking:
    return bookings.book(
        wishes=[Wish(occurrence.id, make.party(adults))],
        contact=Contact("Grace Hopper"),
        rules=booking_rules(),
        who=Who(channel=channel),
    )


def shares(occurrence: Occurrence) -> dict[str, tuple[int, int]]:
    """Places and how many of them are taken, by kind."""
    return {one.kind.value: (one.places, one.places_taken) for one in occurrence.allocations}


def proposed(capacity_: int, legal: int = 40, given: list[Share] | None = None) -> Occurrence:
    session = make.session(run=False, edition=make.edition(default_shares=DEFAULTS))
    made = propose(
        session=session,
        room=make.room(legal),
        starts_at=make.at_hour(session.edition, hour=13, day=5),
        ends_at=make.at_hour(session.edition, hour=14, day=5),
        capacity=capacity_,
        booking_mode=BookingMode.required,
        calendar_domain="festival.example",
        shares=given,
    )
    move(made, OccurrenceState.scheduled)
    db.session.flush()
    return made


def test_the_festivals_defaults_hold_where_a_session_says_nothing(at: At) -> None:
    at(START)
    made = proposed(29)
    assert shares(made) == {
        "public": (25, 0),
        "phone": (2, 0),  # of 2.9
        "partner": (2, 0),
        "access": (2, 0),
    }
    release = made.starts_at - 3 * DAY
    assert availability(made, release - MINUTE).places == 25
    assert availability(made, release).places == 27
    capacity.lock_and_settle([made.id], release)
    assert shares(made)["public"] == (27, 0)
    assert check.broken_rules() == []


def test_a_session_that_keeps_nothing_back_says_so() -> None:
    assert shares(proposed(29, given=[])) == {"public": (29, 0), "access": (2, 0)}


@pytest.mark.parametrize(("legal", "kept"), [(32, 2), (31, 2), (30, 1)])
def test_the_access_reserve_is_as_large_as_the_room_leaves(legal: int, kept: int) -> None:
    assert shares(proposed(29, legal))["access"] == (kept, 0)


def test_no_reserve_where_the_law_leaves_no_room() -> None:
    assert "access" not in shares(proposed(29, 29))


def test_a_reserve_that_was_asked_for_must_fit() -> None:
    with refused(CannotRun, field="capacity"):
        proposed(29, 30, [Share(AllocationKind.access, 2)])


def test_parts_that_are_more_than_the_whole() -> None:
    halves = [Share(AllocationKind.phone, percent=60), Share(AllocationKind.partner, percent=60)]
    with refused(CannotRun, field="capacity"):
        proposed(29, given=halves)


def test_r5_own_places_first_and_they_go_home() -> None:
    made = run(capacity=4, shares=[Share(AllocationKind.phone, 2)])
    booked = book(made, Channel.phone, 3)
    assert (shares(made)["phone"], shares(made)["public"]) == ((2, 2), (2, 1))
    claim = reservation_of(booked)
    bookings.give_up(booked, claim, [claim.attendees[0].id])
    # The public place comes back first: everybody waits for it.
    assert (shares(made)["phone"], shares(made)["public"]) == ((2, 2), (2, 0))
    bookings.cancel_all(booked)
    assert (shares(made)["phone"], shares(made)["public"]) == ((2, 0), (2, 0))
    assert check.broken_rules() == []


def test_the_counter_books_from_the_phones_share_and_the_web_does_not() -> None:
    made = run(capacity=2, shares=[Share(AllocationKind.phone, 1)])
    book(made, Channel.web)
    with refused(NotAllHad) as refusal:
        book(made, Channel.web)
    assert isinstance(refusal.value.problems[0], NoPlacesLeft)
    book(made, Channel.counter)
    assert shares(made)["phone"] == (1, 1)


def test_phone_and_web_open_at_the_same_minute(at: At) -> None:
    at(START)
    made = run()
    made.bookings_open_at = clock.now() + MINUTE
    for channel in (Channel.web, Channel.phone, Channel.counter, Channel.partner):
        with refused(NotAllHad) as refusal:
            book(made, channel)
        assert isinstance(refusal.value.problems[0], BookingClosed)
    at(made.bookings_open_at)
    for channel in (Channel.web, Channel.phone, Channel.counter, Channel.partner):
        book(made, channel)
    assert made.places_taken == 4


def test_a_booking_asks_thirteen_things_at_most(app: Flask) -> None:
    made = run(shares=[Share(AllocationKind.phone, 2)])
    book(made, Channel.web, 2)
    db.session.flush()
    db.session.expunge_all()
    wish = Wish(made.id, make.party(1, 1))
    with recorded(app) as asked:
        bookings.book(
            wishes=[wish],
            contact=Contact("Grace Hopper", "grace@example.org"),
            rules=booking_rules(),
            who=Who(),
        )
        db.session.flush()
    assert asked.count <= 13, "\n".join(asked.all)


def test_thirty_runs_are_read_with_as_many_questions_as_one(app: Flask) -> None:
    runs = [run(capacity=2) for _ in range(30)]
    for one in runs[::3]:
        make.booking(one, 2)
        make.waiting(one)
    parts = make.series(3)
    make.booking(parts[0])
    for one in [*runs, *parts]:  # as the programme loads them
        assert one.allocations
        assert one.session.edition.bookings_open_at
    db.session.flush()
    with recorded(app) as few:
        availabilities(runs[:1], clock.now())
    with recorded(app) as many:
        availabilities(runs, clock.now())
    assert few.count == many.count == 1
    with recorded(app) as one_part:
        availabilities(parts[:1], clock.now())
    with recorded(app) as with_series:
        availabilities([*runs, *parts], clock.now())
    assert one_part.count <= 3
    assert with_series.count <= one_part.count
