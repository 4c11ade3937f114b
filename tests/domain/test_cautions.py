"""What is said although no rule is broken: two places at once, no time for the way, twice."""

from datetime import timedelta

import pytest
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings
from festival.domain.bookings import Caution
from festival.domain.bookings.checking import distance_km, travel_time
from festival.models import Booking, Occurrence, Venue
from tests import factories as make
from tests.factories import occurrence_of

pytestmark = pytest.mark.usefixtures("app")
MINUTE = timedelta(minutes=1)


def near() -> Venue:
    return make.venue(latitude=52.584, longitude=-2.126)


def far() -> Venue:
    """Low Hill, three kilometres from the Central Library."""
    return make.venue(latitude=52.610, longitude=-2.114)


def run(venue: Venue, minutes: int, length: int = 60) -> Occurrence:
    """A session so many minutes after ten on the second day."""
    start = make.at_hour(make.the_edition(), hour=10, day=1) + minutes * MINUTE
    session = make.session(
        room=make.room(venue=venue), starts_at=start, ends_at=start + length * MINUTE
    )
    return occurrence_of(session)


def basket(*runs: Occurrence, same_people: bool = True) -> Booking:
    """The same adult comes to all of them, or another one to each."""
    for one in runs:
        begun = bookings.of_secret("mine")
        known = bookings.household(begun) if begun and same_people else []
        bookings.hold(
            edition=one.session.edition,
            secret="mine",
            occurrence=one,
            party=known or make.party(1),
            rules=booking_rules(),
        )
    found = bookings.of_secret("mine")
    assert found is not None
    return found


def cautions(booking: Booking) -> list[Caution]:
    return bookings.cautions(bookings.lines_of(booking), booking_rules())


def test_r1_two_places_at_once() -> None:
    first, second = run(near(), 0), run(near(), 30)
    (said,) = cautions(basket(second, first))
    assert (said.kind, said.first, said.second) == ("overlap", first, second)
    assert [one.number for one in said.people] == [1]


def test_two_people_may_be_in_two_places() -> None:
    assert cautions(basket(run(near(), 0), run(near(), 30), same_people=False)) == []


@pytest.mark.parametrize(("gap", "kinds"), [(10, ["travel"]), (60, [])])
def test_the_way_takes_its_time(gap: int, kinds: list[str]) -> None:
    found = cautions(basket(run(near(), 0), run(far(), 60 + gap)))
    assert [one.kind for one in found] == kinds
    for one in found:
        assert (one.minutes, one.needed) == (10, 28)  # 3 km at 8 km/h, and five for setting out


def test_one_after_the_other_in_one_house() -> None:
    here = near()
    assert cautions(basket(run(here, 0), run(here, 60))) == []


def test_nobody_travels_to_what_is_online_or_not_on_the_map() -> None:
    online, unknown = make.venue(is_online=True), make.venue(latitude=None, longitude=None)
    for other in (online, unknown):
        assert distance_km(near(), other) is None
        assert travel_time(near(), other, booking_rules()) == timedelta()


def test_a_known_distance() -> None:
    km = distance_km(near(), far())
    assert km is not None
    assert 2.9 < km < 3.1


def test_r1_the_same_session_again() -> None:
    first = run(near(), 0)
    booked = make.booking(first)
    again = make.occurrence(first.session, starts_at=first.starts_at + timedelta(hours=5))
    lines = bookings.lines_of(basket(again))
    (said,) = bookings.cautions(lines, booking_rules(), bookings.standing(booked))
    assert (said.kind, said.second) == ("twice", again) or (said.kind, said.first) == (
        "twice",
        again,
    )


def test_what_was_given_up_is_not_spoken_of(app: Flask) -> None:
    first = run(near(), 0)
    booked = make.booking(first)
    claim = make.reservation_of(booked)
    bookings.cancel_reservation(booked, claim)
    lines = bookings.lines_of(basket(run(near(), 0)))
    assert bookings.cautions(lines, booking_rules(), [claim]) == []
