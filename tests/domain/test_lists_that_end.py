"""Waiting lists close to the start, at their end, and of series (story R9)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import bookings, capacity, check, clock, running, waiting
from festival.domain.capacity import availability
from festival.extensions import db
from festival.models import (
    Booking,
    Message,
    Occurrence,
    UnmetDemand,
)
from tests import factories as make
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
        assert [one.state.value for one in party.reservations] == ["offered"] * 3
        assert availability(parts[0], clock.now()).places == 0  # the series is full
        at(parts[0].starts_at)
        settle(parts[0])
        assert {one.state.value for one in other.reservations} == {"closed"}
        assert capacity.due_to_settle(clock.now()) == []
