"""The waiting list (story R9): first come first served, and never a place beside who waits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, check, clock, running, waiting
from festival.domain.bookings import Asked, Contact, NotAllHad, Who, Wish
from festival.domain.capacity import BookingClosed, NoPlacesLeft, availability
from festival.domain.errors import NotFound
from festival.domain.occurrences import Share
from festival.domain.parties import RuleBroken
from festival.domain.waiting import Position
from festival.extensions import db
from festival.models import (
    AllocationKind,
    Booking,
    Channel,
    Occurrence,
    ReservationState,
)
from tests import factories as make
from tests.support.refusals import refused
from tests.support.turns import (
    DAY,
    HOUR,
    START,
    At,
    claim_of,
    full,
    give_up,
    run,
    settle,
    state,
    told,
)


@pytest.fixture(autouse=True)
def _all_is_well_after(app: Flask, at: At) -> Iterator[None]:
    at(START)
    yield
    db.session.flush()
    assert check.broken_rules() == []


class TestTheTurn:
    def test_first_come_first_served(self) -> None:
        occurrence, booked = full()
        first, second = make.waiting(occurrence), make.waiting(occurrence)
        assert (state(first), state(second)) == ("waiting", "waiting")
        give_up(booked)
        assert (state(first), state(second)) == ("offered", "waiting")
        assert told(first) == ["waiting", "offered"]
        assert told(second) == ["waiting"]

    def test_offered_places_are_nobody_elses(self) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence)
        give_up(booked)
        assert state(party) == "offered"
        assert availability(occurrence, clock.now()).reason == "full"
        with refused(NoPlacesLeft, field="adults"):
            make.held(occurrence)

    def test_who_does_not_fit_keeps_the_turn(self, at: At) -> None:
        occurrence, booked = full(3)
        three = make.waiting(occurrence, adults=3)
        at(clock.now() + HOUR)
        one = make.waiting(occurrence)
        since = claim_of(three).waiting_since
        give_up(booked)
        assert (state(three), state(one)) == ("waiting", "offered")
        waiting.decline(one, claim_of(one))
        assert claim_of(three).waiting_since == since
        give_up(booked, 2)
        assert state(three) == "offered"

    def test_all_together_or_not_at_all(self) -> None:
        occurrence, booked = full(3)
        party = make.waiting(occurrence, adults=3)
        give_up(booked, 2)
        assert state(party) == "waiting"
        assert availability(occurrence, clock.now()).places == 2  # for whoever comes

    def test_at_least_so_many_and_as_many_as_there_are(self) -> None:
        """2 places free, head of list wants 3: offer "2 now?"."""
        occurrence, booked = full(4)
        party = make.waiting(occurrence, adults=4, least=2)
        give_up(booked)
        assert state(party) == "waiting"
        claim = claim_of(party)
        waiting.leave_line(party, claim)
        party = make.waiting(occurrence, adults=3, least=2)
        give_up(booked)
        claim = claim_of(party)
        assert (claim.state.value, claim.places, claim.people) == ("offered", 2, 2)

    def test_a_booking_that_would_do_with_fewer_is_offered_them_at_once(self) -> None:
        occurrence = run(capacity=2)
        party = make.waiting(occurrence, adults=3, least=1)
        claim = claim_of(party)
        assert (claim.state.value, claim.places) == ("offered", 2)

    def test_what_is_free_is_booked_and_not_waited_for(self) -> None:
        assert state(make.waiting(run())) == "confirmed"

    @pytest.mark.parametrize("least", [0, -1, 4])
    def test_fewer_that_are_none_or_more(self, least: int) -> None:
        occurrence, _ = full()
        with refused(NotAllHad) as refusal:
            make.waiting(occurrence, adults=3, least=least)
        assert refusal.value.problems[0].field == "least"

    def test_who_books_directly_waits_for_nobody_who_does_not_fit(self) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence, adults=2)
        give_up(booked)
        assert state(make.waiting(occurrence)) == "confirmed"
        assert state(party) == "waiting"

    def test_one_turn_a_booking(self) -> None:
        occurrence, _ = full()
        party = make.waiting(occurrence)
        with refused(RuleBroken):
            waiting.join(party, occurrence.id, make.party(1), booking_rules())

    def test_a_booking_joins_later(self) -> None:
        occurrence, booked = full()
        party = make.booking(run())
        line = waiting.join(party, occurrence.id, make.party(1), booking_rules())
        assert line.state == ReservationState.waiting
        give_up(booked)
        assert line.state == ReservationState.offered
        assert told(party) == ["booked", "waiting", "offered"]

    def test_what_is_free_is_offered_who_joins(self) -> None:
        occurrence, party = run(), make.booking(run())
        line = waiting.join(party, occurrence.id, make.party(1), booking_rules())
        assert line.state == ReservationState.offered

    def test_nobody_joins_what_is_hidden_closed_or_over(self, at: At) -> None:
        occurrence, _ = full()
        party = make.booking(run(starts_at=clock.now() + 30 * DAY))
        running.close_booking(occurrence.id, actor=None)
        with refused(BookingClosed):
            waiting.join(party, occurrence.id, make.party(1), booking_rules())
        hidden = run(publish_at=clock.now() + DAY)
        with refused(NotFound):
            waiting.join(party, hidden.id, make.party(1), booking_rules())
        running.open_booking(occurrence.id, actor=None)
        at(occurrence.starts_at)
        with refused(BookingClosed):
            waiting.join(party, occurrence.id, make.party(1), booking_rules())

    def test_two_who_came_in_the_same_moment(self) -> None:
        occurrence, booked = full()
        first, second = make.waiting(occurrence), make.waiting(occurrence)
        assert claim_of(first).waiting_since == claim_of(second).waiting_since
        give_up(booked)
        assert (state(first), state(second)) == ("offered", "waiting")


class TestWhatFreesAPlace:
    """In each case the transaction that frees the place offers it."""

    def test_one_person_less(self) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence)
        give_up(booked)
        assert state(party) == "offered"

    def test_a_cancelled_reservation(self) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence, adults=2)
        bookings.cancel_reservation(booked, claim_of(booked))
        assert state(party) == "offered"

    def test_a_cancelled_booking(self) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence, adults=2)
        bookings.cancel_all(booked)
        assert state(party) == "offered"

    def test_a_swap(self) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence, adults=2)
        bookings.swap(booked, claim_of(booked), run().id, booking_rules())
        assert state(party) == "offered"

    def test_a_hold_that_lapses(self, at: At) -> None:
        occurrence = run(capacity=1)
        make.held(occurrence)
        party = make.waiting(occurrence)
        at(clock.now() + 15 * timedelta(minutes=1))
        assert availability(occurrence, clock.now()).places == 0  # read as if it were offered
        settle(occurrence)
        assert state(party) == "offered"

    def test_a_basket_that_is_left(self) -> None:
        occurrence = run(capacity=2)
        basket = make.held(occurrence, adults=2, secret="mine")
        first, second = make.waiting(occurrence), make.waiting(occurrence)
        make.held(occurrence, adults=1, secret="mine")  # fewer than before
        assert (state(first), state(second)) == ("offered", "waiting")
        bookings.remove_line(basket, bookings.lines_of(basket)[0].uid)
        assert state(second) == "offered"

    def test_an_offer_nobody_answers(self, at: At) -> None:
        occurrence, booked = full()
        first, second = make.waiting(occurrence), make.waiting(occurrence)
        give_up(booked)
        at(claim_of(first).offer_until or START)
        settle(occurrence)
        assert (state(first), state(second)) == ("waiting", "offered")
        assert claim_of(first).passed_over
        assert told(first) == ["waiting", "offered", "offer_over"]

    def test_no_thanks(self) -> None:
        occurrence, booked = full()
        first, second = make.waiting(occurrence), make.waiting(occurrence)
        give_up(booked)
        waiting.decline(first, claim_of(first))
        assert (state(first), state(second)) == ("declined", "offered")

    def test_who_leaves_the_line_with_an_offer(self) -> None:
        occurrence, booked = full()
        first, second = make.waiting(occurrence), make.waiting(occurrence)
        give_up(booked)
        waiting.leave_line(first, claim_of(first))
        assert (state(first), state(second)) == ("cancelled", "offered")

    def test_a_share_that_is_released(self, at: At) -> None:
        shares = [Share(AllocationKind.phone, 1, clock.now() + HOUR)]
        occurrence = run(capacity=2, shares=shares)
        make.booking(occurrence)
        party = make.waiting(occurrence)
        assert state(party) == "waiting"
        at(clock.now() + HOUR)
        assert availability(occurrence, clock.now()).places == 0
        settle(occurrence)
        assert state(party) == "offered"

    def test_more_places(self) -> None:
        """Capacity raised by 10: the waiting list comes before the public."""
        occurrence, _ = full()
        parties = [make.waiting(occurrence, adults=2) for _ in range(3)]
        running.set_capacity(occurrence.id, 7, actor=None)
        assert [state(one) for one in parties] == ["offered", "offered", "waiting"]
        assert availability(occurrence, clock.now()).places == 1

    def test_a_place_accepted_and_given_up(self) -> None:
        occurrence, booked = full()
        first, second = make.waiting(occurrence), make.waiting(occurrence)
        give_up(booked)
        waiting.accept(first, claim_of(first))
        bookings.cancel_reservation(first, claim_of(first))
        assert (state(first), state(second)) == ("cancelled", "offered")


class TestPosition:
    def test_a_range(self, at: At) -> None:
        occurrence, _ = full(4)
        parties = []
        for adults, least in ((3, None), (1, None), (4, 2), (2, None)):
            parties.append(claim_of(make.waiting(occurrence, adults=adults, least=least)))
            at(clock.now() + timedelta(minutes=1))
        assert [waiting.position(one) for one in parties] == [
            Position(1, 1),
            Position(1, 2),
            Position(2, 3),
            Position(3, 4),
        ]

    def test_who_was_passed_over_stands_before_nobody(self, at: At) -> None:
        occurrence, booked = full(1)
        first, second = make.waiting(occurrence), make.waiting(occurrence)
        bookings.cancel_all(booked)
        assert waiting.position(claim_of(second)) == Position(1, 1)
        at(claim_of(first).offer_until or START)
        settle(occurrence)
        third = make.waiting(occurrence)
        assert waiting.position(claim_of(third)) == Position(1, 1)


class TestShares:
    def test_a_phone_party_waits_for_the_phones_places_too(self) -> None:
        occurrence = run(capacity=2, shares=[Share(AllocationKind.phone, 1)])
        by_phone = make.waiting(occurrence, channel=Channel.phone)
        make.booking(occurrence)
        web, phone = make.waiting(occurrence), make.waiting(occurrence, channel=Channel.phone)
        bookings.cancel_all(by_phone)
        assert (state(web), state(phone)) == ("waiting", "offered")
        waiting.accept(phone, claim_of(phone), Who(channel=Channel.phone))
        assert claim_of(phone).own_places == 1

    def test_more_people_by_phone_wait_beside_no_free_place(self) -> None:
        """A web booking has taken public places; the operator's share has one left."""
        occurrence = run(capacity=2, shares=[Share(AllocationKind.phone, 1)])
        booked = make.booking(occurrence)
        line = bookings.add_people(
            booked,
            claim_of(booked),
            make.party(1),
            booking_rules(),
            Who(channel=Channel.phone),
            wait=True,
        )
        assert line.state == ReservationState.offered


class TestFromTheBasket:
    def confirm(self, basket: Booking, **facts: object) -> Booking:
        contact = Contact("Ada", "ada@example.org")
        return bookings.confirm(basket, contact, "once", booking_rules(), **facts)  # type: ignore[arg-type]

    def wish(self, occurrence: Occurrence, adults: int = 1, least: int | None = None) -> Booking:
        return bookings.wish_to_wait(
            edition=occurrence.session.edition,
            secret="mine",
            occurrence=occurrence,
            party=make.party(adults),
            rules=booking_rules(),
            least=least,
        )

    def test_the_turn_begins_when_it_is_confirmed(self, at: At) -> None:
        occurrence, booked = full()
        basket = self.wish(occurrence)
        give_up(booked)
        assert [one.state.value for one in basket.reservations] == ["waiting"]
        make.booking(occurrence)
        at(clock.now() + HOUR)
        booking = self.confirm(basket)
        assert state(booking) == "waiting"
        assert claim_of(booking).waiting_since == clock.now()
        assert told(booking) == ["waiting"]

    def test_what_became_free_is_booked(self) -> None:
        occurrence, booked = full()
        basket = self.wish(occurrence)
        give_up(booked)
        assert state(self.confirm(basket)) == "confirmed"

    @pytest.mark.parametrize("least", [0, -3, 3])
    def test_fewer_that_are_none_or_more(self, least: int) -> None:
        occurrence, _ = full()
        with refused(RuleBroken, field="least"):
            self.wish(occurrence, 2, least)

    def test_fewer_follow_a_party_that_takes_fewer(self) -> None:
        """A baby was counted until its age was told."""
        occurrence, _ = full(under_twos_take_places=False)
        basket = bookings.wish_to_wait(
            edition=occurrence.session.edition,
            secret="mine",
            occurrence=occurrence,
            party=make.party(1, ages=[3]),
            rules=booking_rules(),
            least=2,
        )
        household = [
            replace(one, age=1) if one.age is not None else one
            for one in bookings.household(basket)
        ]
        bookings.name_people(basket, household)
        booking = self.confirm(basket)
        assert (claim_of(booking).places, claim_of(booking).least_places) == (1, None)

    def test_a_line_is_left_or_waits_as_was_said(self, at: At) -> None:
        bread, knots, songs = run(capacity=1), run(capacity=1), run(capacity=1)
        for one in (bread, knots, songs):
            basket = make.held(one, secret="mine")
        at(clock.now() + HOUR)
        make.booking(bread)
        make.booking(knots)
        with refused(NotAllHad) as refusal:
            self.confirm(basket)
        lines = bookings.lines_of(basket)
        assert set(refusal.value.problems) == {lines[0].uid, lines[1].uid}
        booking = self.confirm(basket, instead={lines[0].uid: "wait", lines[1].uid: "leave"})
        assert {(one.occurrence_id, one.state.value) for one in booking.reservations} == {
            (bread.id, "waiting"),
            (songs.id, "confirmed"),
        }


def test_what_was_asked_for_waits_with_them() -> None:
    occurrence, booked = full(question="Any allergies?")
    wish = Wish(
        occurrence.id,
        make.party(1),
        wait=True,
        answer="Nuts",
        asked=Asked(["step-free"], consent=True),
    )
    party = bookings.book(
        edition=occurrence.session.edition,
        wishes=[wish],
        contact=Contact("Grace", "grace@example.org"),
        rules=booking_rules(),
        who=Who(),
    )
    give_up(booked)
    waiting.accept(party, claim_of(party))
    request = claim_of(party).access_request
    assert request is not None
    assert (request.answer, request.adjustments) == ("Nuts", ["step-free"])
