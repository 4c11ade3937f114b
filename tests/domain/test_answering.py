"""Offers of places that became free, and the answers to them (story R9)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, check, clock, running, waiting
from festival.domain.bookings import Contact, Who, Wish
from festival.domain.capacity import BookingClosed, availability
from festival.domain.errors import NotFound
from festival.domain.parties import RuleBroken
from festival.domain.waiting import OfferOver
from festival.extensions import db
from festival.models import (
    Booking,
)
from tests import factories as make
from tests.support.refusals import refused
from tests.support.turns import (
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


class TestAnswering:
    @pytest.fixture
    def party(self) -> Booking:
        """One who is offered a place."""
        occurrence, booked = full()
        party = make.waiting(occurrence)
        give_up(booked)
        return party

    def test_yes(self, party: Booking) -> None:
        claim = claim_of(party)
        waiting.accept(party, claim)
        assert (claim.state.value, claim.offer_until) == ("confirmed", None)
        assert claim.ticket is not None
        assert told(party) == ["waiting", "offered", "booked"]

    def test_yes_twice_is_once(self, party: Booking) -> None:
        line = waiting.accept(party, claim_of(party))
        generation = make.code_of(party)
        again = waiting.accept(party, claim_of(party))
        assert list(again.claims) == list(line.claims)
        assert make.code_of(party) == generation
        assert told(party) == ["waiting", "offered", "booked"]

    def test_yes_too_late(self, party: Booking, at: At) -> None:
        at(claim_of(party).offer_until or START)
        with refused(OfferOver):
            waiting.accept(party, claim_of(party))
        settle(claim_of(party).occurrence)
        with refused(OfferOver):
            waiting.accept(party, claim_of(party))

    def test_yes_in_the_last_moment(self, party: Booking, at: At) -> None:
        at((claim_of(party).offer_until or clock.now()) - timedelta(microseconds=1))
        waiting.accept(party, claim_of(party))
        assert state(party) == "confirmed"

    def test_yes_by_a_forwarded_link_after_a_no(self, party: Booking) -> None:
        waiting.decline(party, claim_of(party))
        with refused(NotFound):
            waiting.accept(party, claim_of(party))

    def test_no_twice_is_once(self, party: Booking) -> None:
        waiting.decline(party, claim_of(party))
        waiting.decline(party, claim_of(party))
        assert state(party) == "declined"

    def test_no_after_a_yes(self, party: Booking) -> None:
        waiting.accept(party, claim_of(party))
        with refused(NotFound):
            waiting.decline(party, claim_of(party))
        assert state(party) == "confirmed"

    def test_a_no_is_never_asked_again(self, party: Booking) -> None:
        occurrence = claim_of(party).occurrence
        waiting.decline(party, claim_of(party))
        running.set_capacity(occurrence.id, 9, actor=None)
        assert state(party) == "declined"

    def test_yes_where_booking_was_closed_meanwhile(self, party: Booking) -> None:
        running.close_booking(claim_of(party).occurrence_id, actor=None)
        with refused(BookingClosed):
            waiting.accept(party, claim_of(party))

    def test_unanswered_is_passed_over_until_they_stay(self, party: Booking, at: At) -> None:
        claim = claim_of(party)
        since = claim.waiting_since
        at(claim.offer_until or START)
        settle(claim.occurrence)
        assert (claim.state.value, claim.passed_over) == ("waiting", True)
        assert availability(claim.occurrence, clock.now()).places == 1  # for everybody
        at(clock.now() + HOUR)
        waiting.stay(party, claim)
        assert (claim.state.value, claim.passed_over) == ("offered", False)
        assert claim.waiting_since == since

    def test_who_stays_has_the_turn_from_before(self, party: Booking, at: At) -> None:
        claim = claim_of(party)
        later = make.waiting(claim.occurrence, adults=2)
        at(claim.offer_until or START)
        settle(claim.occurrence)
        make.booking(claim.occurrence)
        waiting.stay(party, claim)
        assert state(party) == "waiting"
        running.set_capacity(claim.occurrence_id, 4, actor=None)
        assert (state(party), state(later)) == ("offered", "waiting")

    def test_an_offer_in_hand_is_kept_when_nobody_else_waits(self, party: Booking) -> None:
        settle(claim_of(party).occurrence)
        assert state(party) == "offered"

    def test_it_lapses_though_no_worker_runs(self, party: Booking, at: At) -> None:
        claim = claim_of(party)
        until = claim.offer_until
        assert until is not None
        assert availability(claim.occurrence, until - timedelta(seconds=1)).places == 0
        assert availability(claim.occurrence, until).places == 1
        at(until)
        make.booking(claim.occurrence)
        assert state(party) == "waiting"


class TestFewerThanAskedFor:
    @pytest.fixture
    def party(self) -> Booking:
        """Three who are offered two places."""
        occurrence, booked = full(3)
        party = make.waiting(occurrence, adults=3, least=1)
        give_up(booked, 2)
        assert claim_of(party).places == 2
        return party

    def test_the_first_of_them_come(self, party: Booking) -> None:
        claim = claim_of(party)
        waiting.accept(party, claim)
        assert (claim.state.value, claim.places, claim.people) == ("confirmed", 2, 2)
        assert len(claim.attendees) == 2

    def test_they_say_who_comes(self, party: Booking) -> None:
        claim = claim_of(party)
        chosen = [one.id for one in claim.attendees[1:]]
        waiting.accept(party, claim, attendee_ids=chosen)
        assert [one.id for one in claim.attendees] == chosen

    def test_not_more_than_there_are_places(self, party: Booking) -> None:
        claim = claim_of(party)
        with refused(RuleBroken, field="people"):
            waiting.accept(party, claim, attendee_ids=[one.id for one in claim.attendees])
        with refused(RuleBroken, field="people"):
            waiting.accept(party, claim, attendee_ids=[])

    def test_fewer_still_gives_the_rest_to_the_next(self, party: Booking) -> None:
        claim = claim_of(party)
        later = make.waiting(claim.occurrence)
        waiting.accept(party, claim, attendee_ids=[claim.attendees[0].id])
        assert (claim.places, state(later)) == (1, "offered")

    def test_the_others_keep_their_turn(self, party: Booking, at: At) -> None:
        claim = claim_of(party)
        at(clock.now() + HOUR)
        later = make.waiting(claim.occurrence)
        waiting.accept(party, claim, keep_waiting=True, rules=booking_rules())
        (rest,) = bookings.in_line(party)
        assert (rest.places, rest.waiting_since) == (1, claim.waiting_since)
        running.set_capacity(claim.occurrence_id, 4, actor=None)
        assert (rest.state.value, state(later)) == ("offered", "waiting")

    def test_an_unanswered_part_is_all_of_the_wish_again(self, party: Booking, at: At) -> None:
        claim = claim_of(party)
        at(claim.offer_until or START)
        settle(claim.occurrence)
        assert (claim.state.value, claim.places, claim.people) == ("waiting", 3, 3)

    def test_children_do_not_come_without_their_adult(self) -> None:
        occurrence, booked = full(3, accompaniment="with-adult")
        party = make.waiting(occurrence, adults=1, children=2, least=2)
        give_up(booked, 2)
        claim = claim_of(party)
        with refused(RuleBroken, field="adults"):
            waiting.accept(party, claim, attendee_ids=[one.id for one in claim.attendees[1:]])

    def test_who_takes_no_place_can_be_chosen_too(self) -> None:
        """A parent and a baby wait for room only."""
        occurrence = run(
            capacity=5,
            room=make.room(5),
            accompaniment="with-adult",
            accompanying_adults_take_places=False,
            under_twos_take_places=False,
        )
        booked = make.booking(occurrence, adults=1, ages=[9, 9, 9])
        party = make.waiting(occurrence, adults=1, ages=[1])
        claim = claim_of(party)
        assert (claim.state.value, claim.places, claim.people) == ("waiting", 0, 2)
        give = bookings.standing(booked)[0]
        bookings.give_up(booked, give, [give.attendees[1].id])
        assert claim.state.value == "offered"
        everybody = [one.id for one in claim.attendees]
        with refused(RuleBroken, field="people"):
            waiting.accept(party, claim, attendee_ids=[])
        waiting.accept(party, claim, attendee_ids=everybody)
        assert (claim.state.value, claim.people) == ("confirmed", 2)

    def test_no_turn_is_kept_for_a_companion_alone(self) -> None:
        occurrence, booked = full()
        wish = Wish(occurrence.id, make.party(1, companions=1), wait=True)
        party = bookings.book(
            edition=occurrence.session.edition,
            wishes=[wish],
            contact=Contact("Grace", "grace@example.org"),
            rules=booking_rules(),
            who=Who(),
        )
        give_up(booked)
        claim = claim_of(party)
        waiting.accept(
            party,
            claim,
            attendee_ids=[claim.attendees[0].id],
            keep_waiting=True,
            rules=booking_rules(),
        )
        assert (claim.people, bookings.in_line(party)) == (1, [])
