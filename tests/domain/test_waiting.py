"""The waiting list (story R9): first come first served, and never a place beside who waits."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, capacity, check, clock, running, waiting
from festival.domain.bookings import Asked, Contact, NotAllHad, Who, Wish
from festival.domain.capacity import BookingClosed, NoPlacesLeft, availability
from festival.domain.errors import NotFound
from festival.domain.occurrences import Share
from festival.domain.parties import RuleBroken
from festival.domain.waiting import OfferOver, Position
from festival.extensions import db
from festival.models import (
    AllocationKind,
    Booking,
    Channel,
    Message,
    Occurrence,
    Reservation,
    ReservationState,
    UnmetDemand,
)
from tests import factories as make
from tests.support.refusals import refused

START = "2027-06-01T10:00+01:00"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
At = Callable[..., None]


@pytest.fixture(autouse=True)
def _all_is_well_after(app: Flask, at: At) -> Iterator[None]:
    at(START)
    yield
    db.session.flush()
    assert check.broken_rules() == []


def run(**facts: object) -> Occurrence:
    return make.occurrence_of(make.session(**facts))  # type: ignore[arg-type]


def full(capacity: int = 2, **facts: object) -> tuple[Occurrence, Booking]:
    """A run, and the booking that has all its places."""
    occurrence = run(capacity=capacity, **facts)
    return occurrence, make.booking(occurrence, adults=capacity)


def claim_of(booking: Booking) -> Reservation:
    return make.reservation_of(booking)


def state(booking: Booking) -> str:
    return claim_of(booking).state.value


def give_up(booking: Booking, people: int = 1) -> None:
    claim = bookings.standing(booking)[0]
    bookings.give_up(booking, claim, [one.id for one in claim.attendees[:people]])


def told(booking: Booking) -> list[str]:
    """What the booker was told, in order."""
    query = sa.select(Message.kind).where(Message.booking_id == booking.id).order_by(Message.id)
    return list(db.session.scalars(query))


def settle(occurrence: Occurrence) -> None:
    capacity.lock_and_settle([occurrence.id], clock.now())


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


class TestCloseToTheStart:
    def test_nothing_is_offered_from_two_hours_before(self, at: At) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence)
        at(occurrence.starts_at - 2 * HOUR)
        give_up(booked)
        assert state(party) == "waiting"
        assert told(party) == ["waiting", "place_free"]
        assert availability(occurrence, clock.now()).places == 1  # first come

    def test_until_then_it_is(self, at: At) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence)
        at(occurrence.starts_at - 2 * HOUR - timedelta(seconds=1))
        give_up(booked)
        assert state(party) == "offered"
        assert claim_of(party).offer_until <= occurrence.starts_at  # type: ignore[operator]

    def test_who_waits_is_told_once(self, at: At) -> None:
        occurrence, booked = full()
        party, big = make.waiting(occurrence), make.waiting(occurrence, adults=2)
        at(occurrence.starts_at - HOUR)
        give_up(booked)
        settle(occurrence)
        give_up(booked)
        assert told(party).count("place_free") == 1
        assert told(big).count("place_free") == 1  # only when both were free

    def test_who_would_do_with_fewer_is_told_too(self, at: At) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence, adults=2, least=1)
        at(occurrence.starts_at - HOUR)
        give_up(booked)
        assert told(party) == ["waiting", "place_free"]

    def test_the_call_list_where_there_is_no_email(self, at: At) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence, email="", mobile="01902 551234")
        at(occurrence.starts_at - HOUR)
        give_up(booked)
        message = db.session.scalars(sa.select(Message).where(Message.booking_id == party.id)).one()
        assert (message.kind, message.channel, message.recipient) == (
            "place_free",
            "call",
            "01902 551234",
        )


class TestTheEndOfTheList:
    def test_it_closes_with_booking_and_its_numbers_stay(self, at: At) -> None:
        occurrence, booked = full()
        parties = [make.waiting(occurrence, adults=2), make.waiting(occurrence, adults=1)]
        give_up(booked)
        at(occurrence.starts_at)
        assert availability(occurrence, clock.now()).waiting == 0
        assert capacity.due_to_settle(clock.now()) == [occurrence.id]
        settle(occurrence)
        assert [state(one) for one in parties] == ["closed", "closed"]
        kept = db.session.scalars(sa.select(UnmetDemand)).one()
        assert (kept.occurrence_id, kept.parties, kept.places) == (occurrence.id, 2, 3)
        settle(occurrence)
        assert (kept.parties, kept.places) == (2, 3)
        assert capacity.due_to_settle(clock.now()) == []

    def test_at_its_own_closing_time(self, at: At) -> None:
        occurrence, _ = full()
        occurrence.bookings_close_at = clock.now() + HOUR
        party = make.waiting(occurrence)
        at(clock.now() + HOUR)
        settle(occurrence)
        assert state(party) == "closed"

    def test_no_offer_outlasts_it(self) -> None:
        occurrence, booked = full()
        occurrence.bookings_close_at = clock.now() + HOUR
        party = make.waiting(occurrence)
        give_up(booked)
        assert claim_of(party).offer_until == occurrence.bookings_close_at

    def test_nothing_is_offered_while_booking_is_closed(self) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence)
        running.close_booking(occurrence.id, actor=None)
        give_up(booked)
        assert state(party) == "waiting"
        running.open_booking(occurrence.id, actor=None)
        assert state(party) == "offered"

    def test_a_cancelled_run_offers_nothing_on_the_way(self, at: At) -> None:
        occurrence = run(capacity=1)
        make.held(occurrence)
        party = make.waiting(occurrence)
        at(clock.now() + HOUR)  # the hold has run out, and nobody has settled it
        running.cancel_occurrence(occurrence.id, "The roof leaks.", actor=None)
        assert state(party) == "withdrawn"
        assert told(party) == ["waiting", "withdrawn"]
        kept = db.session.scalars(sa.select(UnmetDemand)).one()
        assert (kept.parties, kept.places) == (1, 1)


class TestSeries:
    @pytest.fixture
    def parts(self) -> list[Occurrence]:
        return make.series(3, capacity=2)

    def test_all_parts_or_none(self, parts: list[Occurrence]) -> None:
        booked = make.booking(parts[0], adults=2)
        party = make.waiting(parts[1])
        assert [one.state.value for one in party.reservations] == ["waiting"] * 3
        running.set_capacity(parts[0].id, 5, actor=None)
        assert [one.state.value for one in party.reservations] == ["waiting"] * 3
        give_up(booked)
        assert [one.state.value for one in party.reservations] == ["offered"] * 3
        assert len({one.offer_until for one in party.reservations}) == 1
        waiting.accept(party, party.reservations[2])
        assert [one.state.value for one in party.reservations] == ["confirmed"] * 3
        assert told(party) == ["waiting", "offered", "booked"]

    def test_no_thanks_to_all(self, parts: list[Occurrence]) -> None:
        booked = make.booking(parts[0], adults=2)
        party, later = make.waiting(parts[1]), make.waiting(parts[2])
        give_up(booked)
        waiting.decline(party, party.reservations[0])
        assert {one.state.value for one in party.reservations} == {"declined"}
        assert {one.state.value for one in later.reservations} == {"offered"}

    def test_unanswered(self, parts: list[Occurrence], at: At) -> None:
        booked = make.booking(parts[0], adults=2)
        party = make.waiting(parts[1])
        give_up(booked)
        at(party.reservations[0].offer_until or START)
        settle(parts[2])
        assert {(one.state.value, one.passed_over) for one in party.reservations} == {
            ("waiting", True)
        }
        assert told(party).count("offer_over") == 1

    def test_the_list_ends_with_the_first_part(self, parts: list[Occurrence], at: At) -> None:
        make.booking(parts[0], adults=2)
        party = make.waiting(parts[0])
        at(parts[0].starts_at)
        read = capacity.availabilities(parts, clock.now())
        assert {(one.reason, one.places, one.waiting) for one in read.values()} == {
            ("closed", 0, 0)
        }
        assert capacity.due_to_settle(clock.now()) == [parts[0].id]
        settle(parts[0])
        assert {one.state.value for one in party.reservations} == {"closed"}
        assert capacity.availabilities(parts, clock.now()) == read
        assert capacity.due_to_settle(clock.now()) == []

    @pytest.fixture
    def offer(self, parts: list[Occurrence]) -> Booking:
        """Offered, and then the first part is called off."""
        booked = make.booking(parts[0], adults=2)
        party = make.waiting(parts[1])
        give_up(booked)
        running.cancel_occurrence(parts[0].id, "The roof leaks.", actor=None)
        assert [one.state.value for one in party.reservations] == [
            "withdrawn",
            "offered",
            "offered",
        ]
        return party

    def test_yes_to_the_parts_that_are_left(self, offer: Booking) -> None:
        waiting.accept(offer, offer.reservations[1])
        assert [one.state.value for one in offer.reservations] == [
            "withdrawn",
            "confirmed",
            "confirmed",
        ]

    def test_no_to_the_parts_that_are_left(self, offer: Booking) -> None:
        waiting.decline(offer, offer.reservations[2])
        assert [one.state.value for one in offer.reservations] == [
            "withdrawn",
            "declined",
            "declined",
        ]

    def test_the_part_that_was_full_is_called_off(self, parts: list[Occurrence]) -> None:
        """Who waited only because of it is offered the others."""
        make.booking(parts[0], adults=2)
        for part in parts[1:]:
            running.set_capacity(part.id, 4, actor=None)
        party = make.waiting(parts[0], adults=2)
        running.cancel_occurrence(parts[0].id, "The roof leaks.", actor=None)
        assert [one.state.value for one in party.reservations] == [
            "withdrawn",
            "offered",
            "offered",
        ]
        assert told(party) == ["waiting", "withdrawn", "offered"]

    def test_a_turn_outlives_that_a_part_is_on_again(self, parts: list[Occurrence], at: At) -> None:
        booked = make.booking(parts[0], adults=2)
        party, other = make.waiting(parts[0]), make.waiting(parts[0])
        running.cancel_occurrence(parts[0].id, "The roof leaks.", actor=None)
        running.reinstate(parts[0].id, actor=None)
        claim = next(one for one in bookings.standing(booked))
        bookings.give_up(booked, claim, [claim.attendees[0].id])
        assert [one.state.value for one in party.reservations] == [
            "withdrawn",
            "offered",
            "offered",
        ]
        assert availability(parts[0], clock.now()).places == 0  # the series is full
        at(parts[0].starts_at)
        settle(parts[0])
        assert {one.state.value for one in other.reservations[1:]} == {"closed"}
        assert capacity.due_to_settle(clock.now()) == []


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
