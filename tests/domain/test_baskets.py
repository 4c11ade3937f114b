"""A basket: places held, people said once, held longer, left or forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, check, clock
from festival.domain.bookings import Contact, HoldOver
from festival.domain.capacity import NoPlacesLeft, availability
from festival.domain.errors import NotAllowed, NotFound
from festival.domain.parties import Person, RuleBroken, party_of
from festival.extensions import db
from festival.models import (
    Attendee,
    AttendeeKind,
    Booking,
    Edition,
    Occurrence,
    Reservation,
)
from tests import factories as make
from tests.support.refusals import refused

ADA = Contact("Ada Lovelace", "ada@example.org")


START = "2027-06-01T10:00+01:00"


def run(**facts: object) -> Occurrence:
    return make.occurrence_of(make.session(**facts))  # type: ignore[arg-type]


def states(booking: Booking) -> list[str]:
    return [claim.state.value for claim in booking.reservations]


def confirm(
    basket: Booking,
    key: str = "once",
    contact: Contact = ADA,
    instead: dict[str, Any] | None = None,
) -> Booking:
    return bookings.confirm(basket, contact, key, booking_rules(), instead=instead)


@pytest.fixture(autouse=True)
def _all_is_well_after(app: Flask) -> Iterator[None]:
    yield
    assert check.broken_rules() == []


class TestHolding:
    def test_places_are_held_for_fifteen_minutes(self, at: Callable[..., None]) -> None:
        at(START)
        basket = make.held(run(), adults=2)
        assert bookings.held_until(basket) == clock.now() + timedelta(minutes=15)
        assert basket.reference is None
        assert states(basket) == ["held"]

    def test_the_secret_is_not_stored(self) -> None:
        basket = make.held(run(), secret="open sesame")
        assert basket.secret_hash == bookings.hash_secret("open sesame")
        assert bookings.basket_of("open sesame") is basket
        assert bookings.basket_of("open says me") is None

    def test_a_second_session_joins_the_first(self) -> None:
        bread, knots = run(capacity=2), run()
        first = make.held(bread, adults=2, secret="mine")
        second = make.held(knots, secret="mine")
        assert second is first
        assert states(second) == ["held", "held"]
        assert availability(bread, clock.now()).places == 0
        bookings.remove_line(second, bookings.lines_of(second)[0].uid)
        assert states(second) == ["held"]
        assert availability(bread, clock.now()).places == 2

    def test_people_are_entered_once(self) -> None:
        bread, knots = run(), run()
        basket = make.held(bread, adults=1, ages=[9], secret="mine")
        ada, child = bookings.household(basket)
        bookings.hold(
            edition=knots.session.edition,
            secret="mine",
            occurrence=knots,
            party=[child, *make.party(1)],
            rules=booking_rules(),
        )
        assert [one.number for one in bookings.household(basket)] == [1, 2, 3]
        bookings.name_people(basket, [replace(ada, name="Ada"), replace(child, name="Kim")])
        named = [[one.name for one in claim.attendees] for claim in basket.reservations]
        assert named == [["Ada", "Kim"], ["Kim", ""]]

    def test_a_basket_has_an_end(self) -> None:
        slots = make.session(run=False)
        start = make.at_hour(slots.edition, hour=10, day=1)
        hours = [start + timedelta(minutes=10 * number) for number in range(31)]
        runs = [
            make.occurrence(slots, starts_at=hour, ends_at=hour + timedelta(minutes=10))
            for hour in hours
        ]
        for one in runs[:30]:
            make.held(one, secret="mine")
        with refused(RuleBroken):
            make.held(runs[30], secret="mine")
        make.held(runs[0], adults=2, secret="mine")  # what is there already can change

    def test_holding_more_of_the_same_first_gives_up_the_old(self) -> None:
        bread = run(capacity=3)
        make.held(bread, adults=2, secret="mine")
        make.held(bread, adults=3, secret="mine")
        assert bread.places_taken == 3

    def test_a_refused_hold_leaves_the_old_one(self) -> None:
        bread, knots = run(capacity=2), run(capacity=1)
        basket = make.held(bread, adults=2, secret="mine")
        with refused(NoPlacesLeft, field="adults"):
            make.held(knots, adults=2, secret="mine")
        assert states(basket) == ["held"]
        assert (bread.places_taken, knots.places_taken) == (2, 0)

    def test_a_booked_basket_takes_no_more(self) -> None:
        bread = run()
        confirm(make.held(bread, secret="mine"))
        with refused(NotAllowed):
            make.held(bread, secret="mine")

    def test_the_party_must_fit_the_rules_first(self) -> None:
        bread = run(most_places=2)
        with refused(RuleBroken, field="adults"):
            make.held(bread, adults=3)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Booking)) == 0


def named(basket: Booking, *ages: int) -> list[Person]:
    """The household, its children of these ages."""
    left = list(ages)
    return [
        replace(one, age=left.pop(0)) if one.kind == AttendeeKind.child else one
        for one in bookings.household(basket)
    ]


def of_unknown_age(occurrence: Occurrence) -> Booking:
    """An adult and a child whose age nobody has said."""
    return bookings.hold(
        edition=occurrence.session.edition,
        secret="mine",
        occurrence=occurrence,
        party=party_of(1, 1),
        rules=booking_rules(),
    )


class TestNamingThePeople:
    def test_ages_move_the_places(self) -> None:
        bread = run(under_twos_take_places=False)
        basket = of_unknown_age(bread)
        assert bread.places_taken == 2
        bookings.name_people(basket, named(basket, 1))
        assert (bread.places_taken, bread.people_expected) == (1, 2)
        bookings.name_people(basket, named(basket, 2))
        assert (bread.places_taken, bread.people_expected) == (2, 2)
        assert check.broken_rules() == []

    def test_the_hold_does_not_grow_by_naming(self, at: Callable[..., None]) -> None:
        at(START)
        basket = make.held(run())
        until = bookings.held_until(basket)
        at("2027-06-01T10:10+01:00")
        bookings.name_people(basket, bookings.household(basket))
        assert bookings.held_until(basket) == until

    def test_a_child_who_begins_to_count_needs_a_place(self) -> None:
        bread = run(capacity=2, under_twos_take_places=False)
        basket = make.held(bread, adults=1, ages=[1])
        make.booking(bread)
        with refused(NoPlacesLeft, field="adults"):
            bookings.name_people(basket, named(basket, 5))
        assert bread.places_taken == 2

    def test_what_ran_out_is_named_and_not_taken(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run(capacity=1)
        basket = make.held(bread)
        at("2027-06-01T10:30+01:00")
        make.booking(bread)
        bookings.name_people(basket, [replace(bookings.household(basket)[0], name="Ada")])
        assert states(basket) == ["lapsed"]
        assert basket.reservations[0].attendees[0].name == "Ada"
        assert bread.places_taken == 1

    def test_a_child_whose_age_breaks_the_rule(self) -> None:
        basket = of_unknown_age(run(age_min=7))
        number = bookings.household(basket)[1].number
        with refused(RuleBroken, field=f"age_{number}"):
            bookings.name_people(basket, named(basket, 5))

    def test_nothing_moves_once_it_is_booked(self) -> None:
        bread = run(under_twos_take_places=False)
        booking = make.booking(bread, adults=1, ages=[9])
        bookings.name_people(booking, named(booking, 0))
        assert bread.places_taken == 2

    def test_an_empty_basket_names_nobody(self) -> None:
        basket = make.held(run())
        bookings.leave(basket)
        with refused(NotFound):
            bookings.name_people(basket, [])


class TestExtending:
    def test_each_time_for_as_long_again(self, at: Callable[..., None]) -> None:
        at(START)
        basket = make.held(run())
        at("2027-06-01T10:14+01:00")
        bookings.extend(basket, booking_rules())
        assert bookings.held_until(basket) == clock.now() + timedelta(minutes=15)

    def test_ten_times_at_most(self) -> None:
        basket = make.held(run())
        for _ in range(10):
            bookings.extend(basket, booking_rules())
        with refused(RuleBroken):
            bookings.extend(basket, booking_rules())
        assert basket.extensions == 10

    def test_not_after_it_ran_out(self, at: Callable[..., None]) -> None:
        at(START)
        basket = make.held(run())
        at("2027-06-01T10:15+01:00")
        assert bookings.is_over(basket, clock.now())
        with refused(HoldOver):
            bookings.extend(basket, booking_rules())


class TestForgetting:
    def test_baskets_are_forgotten_after_a_day(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run()
        kept = make.booking(bread)
        old = make.held(bread, adults=1, children=1)
        bookings.remember(old, {"name": "Ada"})
        at("2027-06-02T10:00:00+01:00")
        assert bookings.purge_baskets(clock.now()) == 0
        young = make.held(bread)
        at("2027-06-02T10:00:01+01:00")
        assert bookings.purge_baskets(clock.now()) == 1
        db.session.flush()
        assert set(db.session.scalars(sa.select(Booking))) == {kept, young}
        assert len(db.session.scalars(sa.select(Reservation)).all()) == 2
        assert len(db.session.scalars(sa.select(Attendee)).all()) == 2
        assert bread.places_taken == 2

    def test_a_hold_of_many_hours_gives_its_places_back(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run()
        long = replace(booking_rules(), hold=timedelta(days=3))
        bookings.hold(
            edition=bread.session.edition,
            secret="mine",
            occurrence=bread,
            party=make.party(2),
            rules=long,
        )
        at("2027-06-02T11:00+01:00")
        assert bookings.purge_baskets(clock.now()) == 1
        db.session.flush()
        assert availability(bread, clock.now()).places == 10


def test_somebody_new_never_takes_the_number_of_somebody_who_comes(edition: Edition) -> None:
    """The line is replaced: who was in it keeps their number, who joins gets another."""
    one = run()
    secret = bookings.new_secret()
    booking = make.held(one, 1, secret=secret)
    known = bookings.household(booking)
    bookings.hold(
        edition=edition,
        secret=secret,
        occurrence=one,
        party=[*known, *party_of(1, 0)],
        rules=booking_rules(),
    )
    assert [person.number for person in bookings.household(booking)] == [1, 2]
    assert one.places_taken == 2
