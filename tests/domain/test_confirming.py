"""From a basket to a booking, all at once; a series whole or not at all."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules, ticket_keys
from festival.domain import bookings, capacity, check, clock, running
from festival.domain.bookings import Contact, NotAllHad
from festival.domain.capacity import BookingClosed, NoPlacesLeft, RoomFull, availability
from festival.domain.errors import NotFound
from festival.domain.parties import RuleBroken, party_of
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Booking,
    Message,
    Occurrence,
    ReservationState,
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


def of_unknown_age(occurrence: Occurrence) -> Booking:
    """An adult and a child whose age nobody has said."""
    return bookings.hold(
        edition=occurrence.session.edition,
        secret="mine",
        occurrence=occurrence,
        party=party_of(1, 1),
        rules=booking_rules(),
    )


class TestConfirming:
    def test_a_booking_has_all_it_needs(self) -> None:
        bread = run()
        booking = make.booking(
            bread, adults=1, children=1, name="Zoë  O'Hara", mobile="07700 900123"
        )
        claim = make.reservation_of(booking)
        assert booking.reference is not None
        assert booking.name_folded == "zoe ohara"
        assert booking.mobile == "07700 900123"
        assert booking.answers == {}
        assert claim.state == ReservationState.confirmed
        assert claim.held_until is None
        assert claim.ticket is not None
        assert claim.ticket.people == 2
        facts = ticket_keys().read(make.code_of(booking))
        assert (facts.occurrence_id, facts.people, facts.generation) == (bread.id, 2, 0)

    def test_it_is_told_and_written_down_once(self) -> None:
        booking = make.booking(run())
        confirm(booking, "another")
        (message,) = db.session.scalars(sa.select(Message))
        assert (message.kind, message.recipient) == ("booked", "ada@example.org")
        assert message.facts == {"reservations": [make.reservation_of(booking).id]}
        assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["booking.confirmed"]

    def test_nobody_is_told_who_gave_no_email(self) -> None:
        make.booking(run(), email="")
        assert db.session.scalars(sa.select(Message)).all() == []

    def test_the_same_form_again_is_the_same_booking(self) -> None:
        bread = run()
        basket = make.held(bread)
        first = confirm(basket, "key")
        reference, code = first.reference, make.code_of(first)
        again = confirm(basket, "key", Contact("Somebody Else"))
        assert (again.reference, make.code_of(again), again.name) == (reference, code, ADA.name)
        assert bread.places_taken == 1

    def test_a_hold_that_ran_out_is_taken_again(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run(capacity=3)
        basket = make.held(bread, adults=1, ages=[9])
        at("2027-06-01T11:00+01:00")
        make.booking(bread)
        booking = confirm(basket)
        assert states(booking) == ["confirmed"]
        assert [one.age for one in booking.reservations[0].attendees] == [None, 9]
        assert bread.places_taken == 3

    def test_a_hold_that_ran_out_may_be_gone(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run(capacity=2)
        basket = make.held(bread, adults=2)
        bookings.remember(basket, {"name": "Ada"})
        at("2027-06-01T11:00+01:00")
        make.booking(bread)
        uid = bookings.lines_of(basket)[0].uid
        with refused(NotAllHad) as refusal:
            confirm(basket)
        problem = refusal.value.problems[uid]
        assert isinstance(problem, NoPlacesLeft)
        assert problem.left == 1
        assert basket.answers == {"name": "Ada"}  # nothing typed is lost
        assert basket.confirmed_at is None

    def test_ages_are_asked_before_it_is_booked(self) -> None:
        basket = of_unknown_age(run(age_min=7))
        with refused(NotAllHad) as refusal:
            confirm(basket)
        (problem,) = refusal.value.problems.values()
        assert isinstance(problem, RuleBroken)
        assert problem.field == "age_1"

    def test_not_after_the_start(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run(starts_at=clock.now() + timedelta(minutes=5))
        basket = make.held(bread)
        at("2027-06-01T10:06+01:00")
        with refused(NotAllHad) as refusal:
            confirm(basket)
        assert [type(one) for one in refusal.value.problems.values()] == [BookingClosed]

    def test_what_cannot_be_had_may_be_left_out_or_waited_for(
        self, at: Callable[..., None]
    ) -> None:
        at(START)
        bread, knots, music = run(capacity=1), run(capacity=1), run()
        for one in (bread, knots, music):
            basket = make.held(one, secret="mine")
        at("2027-06-01T10:30+01:00")
        make.booking(bread)
        make.booking(knots)
        first, second, _third = (line.uid for line in bookings.lines_of(basket))
        with refused(NotAllHad) as refusal:
            confirm(basket)
        assert set(refusal.value.problems) == {first, second}
        with refused(NotAllHad) as refusal:
            confirm(basket, instead={first: "wait"})
        assert set(refusal.value.problems) == {second}
        booking = confirm(basket, instead={first: "wait", second: "leave"})
        had = {one.occurrence_id: one for one in booking.reservations}
        assert {number: one.state.value for number, one in had.items()} == {
            music.id: "confirmed",
            bread.id: "waiting",
        }
        assert had[bread.id].waiting_since == clock.now()
        assert check.broken_rules() == []

    def test_all_is_booked_or_nothing(self, at: Callable[..., None]) -> None:
        at(START)
        bread, knots = run(capacity=1), run()
        make.held(bread, secret="mine")
        basket = make.held(knots, secret="mine")
        at("2027-06-01T10:30+01:00")
        make.booking(bread)
        with refused(NotAllHad):
            confirm(basket)
        assert basket.confirmed_at is None
        assert bookings.standing(basket) == []
        assert availability(knots, clock.now()).places == 10

    def test_a_session_that_was_called_off_meanwhile(self) -> None:
        bread, knots = run(), run()
        make.held(bread, secret="mine")
        basket = make.held(knots, secret="mine")
        running.cancel_occurrence(bread.id, "The oven is broken.", actor=None)
        with refused(NotAllHad) as refusal:
            confirm(basket)
        ((uid, problem),) = refusal.value.problems.items()
        assert isinstance(problem, BookingClosed)
        assert problem.why == "cancelled"
        booking = confirm(basket, instead={str(uid): "leave"})
        assert [one.occurrence_id for one in booking.reservations] == [knots.id]

    def test_what_was_left_is_not_booked_by_a_form_left_open(self, at: Callable[..., None]) -> None:
        at(START)
        bread, knots = run(), run()
        make.held(bread, secret="mine")
        at("2027-06-01T10:30+01:00")
        basket = make.held(knots, secret="mine")  # the first has run out
        bookings.leave(basket)
        with refused(NotFound):
            confirm(basket)
        assert (bread.places_taken, knots.places_taken) == (0, 0)


class TestSeries:
    def test_all_parts_or_none(self) -> None:
        first, second, third = make.series(3, capacity=2)
        make.booking(first)
        table = Occurrence.__table__
        other = make.held(second, adults=1)
        assert [one.places_taken for one in (first, second, third)] == [2, 2, 2]
        with refused(NoPlacesLeft, field="adults"):
            make.held(third)
        bookings.leave(other)
        assert db.session.scalars(sa.select(table.c.places_taken)).all() == [1, 1, 1]

    def test_one_full_part_refuses_the_whole(self) -> None:
        first, second, _third = make.series(3, capacity=2)
        capacity.take(second, capacity.public_share(second), 0, 27, clock.now())  # the room is full
        with refused(RoomFull, field="adults"):
            make.held(first, adults=2)
        assert first.places_taken == 0
        table = Occurrence.__table__
        db.session.execute(sa.update(table).values(people_expected=0))

    def test_each_part_has_its_own_ticket_and_calendar_entry(self) -> None:
        booking = make.booking(make.series(3)[1])
        assert len({claim.calendar_uid for claim in booking.reservations}) == 3
        assert len({make.code_of(claim) for claim in booking.reservations}) == 3
        assert len({claim.series_claim for claim in booking.reservations}) == 1
        message = db.session.scalars(sa.select(Message)).one()
        assert message.facts["reservations"] == [claim.id for claim in booking.reservations]

    def test_a_lapsed_series_is_taken_again_whole(self, at: Callable[..., None]) -> None:
        """Also when another resident's write has settled only one of its parts."""
        at(START)
        parts = make.series(3, capacity=2)
        basket = make.held(parts[0])
        at("2027-06-01T11:00+01:00")
        capacity.lock_and_settle([parts[1].id], clock.now())
        assert states(basket) == ["lapsed", "lapsed", "lapsed"]  # settled with its other parts
        assert check.broken_rules() == []
        booking = confirm(basket)
        standing = bookings.standing(booking)
        assert [claim.occurrence_id for claim in standing] == [one.id for one in parts]

    def test_giving_up_leaves_every_coming_part(self, at: Callable[..., None]) -> None:
        at(START)
        parts = make.series(3)
        booking = make.booking(parts[0], adults=2)
        at(parts[1].starts_at - timedelta(hours=1))
        first, second, _ = booking.reservations
        bookings.give_up(booking, second, [second.attendees[0].id])
        assert [claim.people for claim in booking.reservations] == [2, 1, 1]
        assert [one.places_taken for one in parts] == [2, 1, 1]
        assert [claim.ticket.generation for claim in booking.reservations if claim.ticket] == [
            0,
            1,
            1,
        ]
        with refused(BookingClosed):
            bookings.give_up(booking, first, [first.attendees[0].id])
