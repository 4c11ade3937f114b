"""F8: the duty manager stops booking, stops every change, gives everybody more time."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, capacity, check, clock, duty, waiting
from festival.domain.bookings import Contact, NotAllHad, Who, Wish
from festival.domain.capacity import BookingClosed, availability
from festival.domain.finding import may_have_places
from festival.extensions import db
from festival.models import AuditEntry, Channel, Edition, Occurrence, ReservationState
from tests import factories as make
from tests.support.refusals import refused
from tests.support.turns import HOUR, START, At, claim_of, full, give_up, run, settle, state, told

MINUTE = timedelta(minutes=1)
ADA = Contact("Ada Lovelace", "ada@example.org")


@pytest.fixture(autouse=True)
def _all_is_well_after(app: Flask, at: At) -> Iterator[None]:
    at(START)
    yield
    db.session.flush()
    assert check.broken_rules() == []


def of(occurrence: Occurrence) -> Edition:
    return occurrence.session.edition


def stop(occurrence: Occurrence, what: duty.What = "booking") -> None:
    duty.stop(of(occurrence), what, "We are mending something.", actor=None)


def go_on(occurrence: Occurrence, what: duty.What = "booking") -> int:
    return duty.go_on(of(occurrence), what, actor=None)


def why(refusal: NotAllHad) -> list[str]:
    return [str(getattr(one, "why", one)) for one in refusal.problems.values()]


class TestBookingIsStopped:
    @pytest.mark.parametrize("what", ["booking", "changes"])
    def test_nobody_can_book_by_web_or_phone(self, what: duty.What) -> None:
        occurrence = run()
        stop(occurrence, what)
        assert availability(occurrence, clock.now()).reason == "paused"
        with refused(BookingClosed):
            make.held(occurrence)
        for channel in (Channel.web, Channel.phone):
            wish = Wish(occurrence.id, make.party(1))
            with pytest.raises(NotAllHad) as told_why:
                bookings.book(wishes=[wish], contact=ADA, rules=booking_rules(), who=Who(channel))
            assert why(told_why.value) == ["paused"]

    def test_what_was_chosen_cannot_be_confirmed_and_is_booked_afterwards(self, at: At) -> None:
        occurrence = run()
        basket = make.held(occurrence)
        stop(occurrence)
        at(clock.now() + HOUR)
        assert not bookings.is_over(basket, clock.now())
        with pytest.raises(NotAllHad) as told_why:
            bookings.confirm(basket, ADA, "once", booking_rules())
        assert why(told_why.value) == ["paused"]
        go_on(occurrence)
        bookings.confirm(basket, ADA, "once", booking_rules())
        assert state(basket) == "confirmed"

    def test_who_looks_for_places_is_still_shown_what_has_some(self) -> None:
        occurrence, _booked = full()
        free = run()
        stop(occurrence)
        shown = [may_have_places(availability(one, clock.now())) for one in (occurrence, free)]
        assert shown == [False, True]

    def test_people_can_still_cancel_and_the_waiting_list_is_served_afterwards(self) -> None:
        occurrence, booked = full()
        first, second = make.waiting(occurrence), make.waiting(occurrence)
        stop(occurrence)
        give_up(booked)
        settle(occurrence)
        assert (state(first), state(second)) == ("waiting", "waiting")
        assert go_on(occurrence) == 0
        assert (state(first), state(second)) == ("offered", "waiting")
        assert told(first) == ["waiting", "offered"]

    def test_an_offer_cannot_be_accepted_but_it_stands(self, at: At) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence)
        give_up(booked)
        stop(occurrence)
        with pytest.raises(BookingClosed):
            waiting.accept(party, claim_of(party))
        at(clock.now() + 30 * HOUR)  # an offer stands for 24 hours at most
        settle(occurrence)
        assert state(party) == "offered"
        go_on(occurrence)
        waiting.accept(party, claim_of(party))
        assert state(party) == "confirmed"

    def test_a_list_whose_time_is_over_ends_all_the_same(self, at: At) -> None:
        occurrence, booked = full()
        party = make.waiting(occurrence)
        give_up(booked)
        stop(occurrence)
        at(occurrence.starts_at + MINUTE)
        settle(occurrence)
        assert state(party) == "closed"

    def test_another_years_festival_is_not_stopped(self) -> None:
        occurrence = run()
        stop(occurrence)
        of(occurrence).is_current = False
        assert availability(occurrence, clock.now()).reason == "open"


class TestItGoesOn:
    def test_holds_have_the_time_they_had_left(self, at: At) -> None:
        occurrence = run()
        basket = make.held(occurrence)
        before = claim_of(basket).held_until
        assert before is not None
        at(clock.now() + MINUTE)
        stop(occurrence)
        at(clock.now() + 3 * HOUR)
        settle(occurrence)
        assert state(basket) == "held"
        assert go_on(occurrence) == 1
        assert claim_of(basket).held_until == before + 3 * HOUR

    def test_who_had_no_time_left_has_ten_minutes_to_notice(self, at: At) -> None:
        occurrence = run()
        basket = make.held(occurrence)
        at(clock.now() + 14 * MINUTE)
        stop(occurrence)
        at(clock.now() + MINUTE)
        go_on(occurrence)
        assert claim_of(basket).held_until == clock.now() + 10 * MINUTE

    def test_an_offer_never_outlasts_the_booking_of_any_part(self, at: At) -> None:
        parts = make.series(2, capacity=1)
        booked = make.booking(parts[0])
        party = make.waiting(parts[0])
        bookings.cancel_all(booked)
        stop(parts[0])
        at(parts[0].starts_at - 10 * MINUTE)
        go_on(parts[0])
        ends = {one.offer_until for one in party.reservations}
        assert ends == {parts[0].starts_at}

    def test_each_minute_counts_once_when_both_were_stopped(self, at: At) -> None:
        occurrence = run()
        basket = make.held(occurrence)
        before = claim_of(basket).held_until
        assert before is not None
        began = clock.now()
        stop(occurrence)
        at(began + 5 * MINUTE)
        stop(occurrence, "changes")
        at(began + 30 * MINUTE)
        go_on(occurrence)
        assert availability(occurrence, clock.now()).reason == "paused"
        at(began + 40 * MINUTE)
        go_on(occurrence, "changes")
        assert claim_of(basket).held_until == before + 40 * MINUTE

    def test_again_changes_nothing(self) -> None:
        occurrence = run()
        make.held(occurrence)
        stop(occurrence)
        assert go_on(occurrence) == 1
        assert go_on(occurrence) == 0
        actions = list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))
        assert actions[-2:] == ["edition.booking_stopped", "edition.booking_goes_on"]


class TestStopping:
    def test_again_only_changes_the_reason(self, at: At) -> None:
        edition = of(run())
        duty.stop(edition, "booking", "A burst pipe.", actor=None)
        since = edition.booking_paused_at
        at(clock.now() + HOUR)
        duty.stop(edition, "booking", "Two burst pipes.", actor=None)
        assert (edition.booking_paused_at, edition.paused_because) == (since, "Two burst pipes.")

    def test_people_must_be_told_why(self) -> None:
        edition = of(run())
        with refused(duty.NoReason, field="because"):
            duty.stop(edition, "booking", "  ", actor=None)
        assert not edition.stands_still


class TestMoreTime:
    def test_all_holds_end_later_and_nothing_else(self, at: At) -> None:
        """F8: extend hold."""
        occurrence, other = run(), run()
        mine, theirs, late = make.held(occurrence), make.held(other), make.held(other)
        claim_of(late).held_until = clock.now()
        before = claim_of(mine).held_until
        assert before is not None
        assert duty.extend_holds(of(occurrence), 20, actor=None) == 2
        assert {claim_of(mine).held_until, claim_of(theirs).held_until} == {before + 20 * MINUTE}
        assert claim_of(late).state == ReservationState.lapsed

    @pytest.mark.parametrize("minutes", [0, -5, 121, 10**9])
    def test_within_reason(self, minutes: int) -> None:
        with refused(duty.TooLong, field="minutes"):
            duty.extend_holds(of(run()), minutes, actor=None)


def test_who_is_booking_is_counted() -> None:
    occurrence, booked = full(3)
    make.waiting(occurrence, adults=2)
    make.waiting(occurrence)
    give_up(booked)  # one place, for the second in line
    basket = make.held(run(), adults=2)
    found = duty.standing(of(occurrence), clock.now())
    held_until = claim_of(basket).held_until
    assert found == duty.Standing(1, 2, held_until, offers=1, waiting=1)
    nothing = duty.standing(of(occurrence), clock.now() + 60 * HOUR)
    assert (nothing.baskets, nothing.places, nothing.offers) == (0, 0, 0)


def test_reading_and_settling_agree_on_what_stands_still(at: At) -> None:
    occurrence, booked = full()
    make.waiting(occurrence)
    give_up(booked)
    stop(occurrence)
    at(clock.now() + 30 * HOUR)
    read = availability(occurrence, clock.now())
    settle(occurrence)
    assert availability(occurrence, clock.now()) == read
    assert capacity.due_to_settle(clock.now()) == []
