"""Seen beforehand is what would be refused anyway, and nothing else; a party changes as a whole."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, check, clock
from festival.domain.bookings import Contact, NotAllHad, Who, Wish, change_party
from festival.domain.capacity import NoPlacesLeft
from festival.domain.occurrences import Share
from festival.domain.parties import RuleBroken
from festival.extensions import db
from festival.models import AllocationKind, Channel, Edition, Occurrence, ReservationState
from tests import factories
from tests.factories import occurrence_of, party, reservation_of
from tests.support.refusals import refused
from tests.support.statements import recorded


@pytest.fixture
def run(edition: Edition) -> Occurrence:
    shares = [Share(AllocationKind.phone, 2)]
    return occurrence_of(factories.session(capacity=6, shares=shares, most_places=6))


def reasons_of(verb: object) -> dict[object, str] | None:
    try:
        with db.session.begin_nested():
            verb()  # type: ignore[operator]
    except NotAllHad as error:
        return {index: problem.reason for index, problem in error.problems.items()}
    return None


@pytest.mark.parametrize("channel", [Channel.web, Channel.phone])
@pytest.mark.parametrize("taken", [0, 2, 3, 4])
@pytest.mark.parametrize("adults", [0, 1, 2, 3, 5])
def test_what_is_foreseen_is_what_happens(
    app: Flask, run: Occurrence, taken: int, adults: int, channel: Channel
) -> None:
    if taken:
        factories.booking(run, adults=taken)
    wishes, who = [Wish(run.id, party(adults))], Who(channel=channel)
    contact = Contact("Ada Lovelace")
    foreseen = reasons_of(lambda: bookings.foresee(wishes, who, clock.now()))
    happens = reasons_of(
        lambda: bookings.book(wishes=wishes, contact=contact, rules=booking_rules(), who=who)
    )
    if happens == {0: "no_places_left"}:
        assert foreseen == happens
    else:
        assert foreseen is None  # the way of ``book`` decides


def test_it_tells_of_every_wish_that_has_a_problem(app: Flask, run: Occurrence) -> None:
    factories.booking(run, adults=4)
    other = occurrence_of(factories.session())
    wishes = [
        Wish(other.id, party(1)),
        Wish(run.id, party(1)),
        Wish(other.id, []),
        Wish(999_999, party(1)),
        Wish(run.id, party(1), wait=True),
    ]
    with recorded(app) as statements:
        found = reasons_of(lambda: bookings.foresee(wishes, Who(), clock.now()))
    assert found == {1: "no_places_left", 2: "rule_broken", 3: "not_found"}
    assert statements.writes == []


def test_where_the_room_is_what_is_short_it_says_nothing(app: Flask, edition: Edition) -> None:
    small = factories.room(legal_capacity=4)
    session = factories.session(room=small, capacity=2)
    run = occurrence_of(session)
    run.people_expected = 2
    assert (
        reasons_of(lambda: bookings.foresee([Wish(run.id, party(3))], Who(), clock.now())) is None
    )
    run.people_expected = 0


def test_nothing_is_left_until_time_gives_something_back(
    app: Flask, edition: Edition, at: Callable[..., None]
) -> None:
    start = clock.now()
    shares = [
        Share(AllocationKind.phone, 2),
        Share(AllocationKind.partner, 1, releases_at=start + timedelta(hours=2)),
    ]
    run = occurrence_of(factories.session(capacity=6, shares=shares, most_places=6))
    factories.booking(run, adults=2)

    def left(channel: Channel = Channel.web) -> bool:
        return not bookings.has_nothing_left(run.id, Who(channel=channel), clock.now())

    assert left()
    factories.held(run)
    assert (left(), left(Channel.phone), left(Channel.partner)) == (False, True, True)
    at(start + timedelta(minutes=16))  # the hold has run out
    assert left()
    factories.booking(run)
    assert not left()
    at(start + timedelta(hours=2))  # the partners' place is everybody's
    assert left()


# --- another party


def test_who_stays_keeps_name_and_place(app: Flask, run: Occurrence) -> None:
    booking = factories.booking(run, adults=2, children=1, ages=[7])
    claim = reservation_of(booking)
    claim.attendees[1].name = "Bea"
    kept = [one.id for one in claim.attendees[:2]]
    change_party(booking, claim, party(2, 1, ages=[9]))
    assert [one.id for one in claim.attendees[:2]] == kept
    assert [(one.name, one.age) for one in claim.attendees] == [("", None), ("Bea", None), ("", 9)]
    assert len({one.person for one in claim.attendees}) == 3
    assert claim.ticket is not None
    assert (claim.ticket.people, claim.ticket.generation) == (3, 1)
    assert check.broken_rules() == []


def test_in_a_series_all_parts_change(app: Flask, edition: Edition) -> None:
    parts = factories.series(3)
    booking = factories.booking(parts[0], adults=3)
    change_party(booking, booking.reservations[0], party(1))
    assert [part.places_taken for part in parts] == [1, 1, 1]
    change_party(booking, booking.reservations[1], party(4))
    assert [part.places_taken for part in parts] == [4, 4, 4]
    assert check.broken_rules() == []


def test_too_many_change_nothing(app: Flask, run: Occurrence) -> None:
    booking = factories.booking(run, adults=3)
    claim = reservation_of(booking)
    with refused(NoPlacesLeft, field="adults"):
        change_party(booking, claim, party(5))
    with refused(RuleBroken, field="adults"):
        change_party(booking, claim, [])
    assert (claim.places, run.places_taken, len(claim.attendees)) == (3, 3, 3)


def test_what_is_given_back_is_offered(app: Flask, run: Occurrence) -> None:
    booking = factories.booking(run, adults=4)
    waits = factories.waiting(run, adults=2)
    change_party(booking, reservation_of(booking), party(2))
    assert reservation_of(waits).state == ReservationState.offered
    assert check.broken_rules() == []
