"""Offers, swaps, answers and organisers at the same moment as everybody else.

Each race is first run as one would write it without its guard, to show that it happens: in two
transactions where one belongs, or on what was read before somebody else wrote.
"""

from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, capacity, check, clock, outbox, running, waiting
from festival.domain.bookings import Contact, NotAllHad, Who, Wish
from festival.domain.capacity import BookingClosed, NoPlacesLeft
from festival.domain.states import move
from festival.extensions import db, write
from festival.models import (
    Booking,
    Message,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
)
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.at_once import all_at_once

pytestmark = pytest.mark.races
PUBLIC = 12


def book(run_id: int, places: int = 1) -> str:
    """Somebody books as the public does."""
    with write():
        made = bookings.book(
            wishes=[Wish(run_id, factories.party(places))],
            contact=Contact("Somebody Else"),
            rules=booking_rules(),
            who=Who(),
        )
        return str(made.id)


def state_of(claim_id: int) -> ReservationState:
    db.session.rollback()
    return db.session.get_one(Reservation, claim_id).state


def claim_of(claim_id: int) -> tuple[Booking, Reservation]:
    claim = db.session.get_one(Reservation, claim_id)
    return claim.booking, claim


def refusals_of(answers: list[object]) -> set[type]:
    """Why those were refused who were."""
    return {
        type(problem)
        for one in answers
        if isinstance(one, NotAllHad)
        for problem in one.problems.values()
    }


@pytest.fixture
def full(committed_app: Flask) -> dict[str, int]:
    """A run of one place that is booked, and somebody who waits for it."""
    with write():
        run = occurrence_of(factories.session(capacity=1))
        has, waits = factories.booking(run), factories.waiting(run)
        return {
            "run": run.id,
            "has": reservation_of(has).id,
            "waits": reservation_of(waits).id,
        }


class TestTheLastPlaceAgainstAnOffer:
    def test_without_the_guard_the_public_is_quicker_than_the_line(
        self, committed_app: Flask, full: dict[str, int]
    ) -> None:
        """The place is given back in one transaction and offered in the next one."""
        freed = Barrier(2)
        taken = Barrier(2)

        def work(place: int) -> str:
            if place == 0:
                with write():
                    _booking, claim = claim_of(full["has"])
                    capacity.lock([full["run"]])
                    move(claim, ReservationState.cancelled)
                    capacity.give_all_back(claim)
                freed.wait(60)
                taken.wait(60)
                with write():
                    capacity.lock_and_settle([full["run"]], clock.now())
                return "offered too late"
            freed.wait(60)
            with write():  # as if nobody had to look at the line first
                run = db.session.get_one(Occurrence, full["run"])
                share = capacity.public_share(run)
                capacity.take(run, share, 1, 1, clock.now())
            taken.wait(60)
            return "booked"

        assert all_at_once(committed_app, work, 2) == ["offered too late", "booked"]
        assert state_of(full["waits"]) == ReservationState.waiting

    def test_a_freed_place_goes_to_who_waits(
        self, committed_app: Flask, full: dict[str, int]
    ) -> None:
        def work(place: int) -> str:
            if place == 0:
                with write():
                    bookings.cancel_reservation(*claim_of(full["has"]))
                return "gave"
            return book(full["run"])

        answers = all_at_once(committed_app, work, 1 + PUBLIC)
        assert answers[0] == "gave"
        assert refusals_of(answers) == {NoPlacesLeft}
        assert len([one for one in answers if isinstance(one, str)]) == 1
        assert state_of(full["waits"]) == ReservationState.offered
        assert check.broken_rules() == []


class TestSwapAgainstSwap:
    @pytest.fixture
    def two(self, committed_app: Flask) -> list[tuple[int, int]]:
        """Two full runs of one place, with who has it: (run, reservation)."""
        with write():
            runs = [occurrence_of(factories.session(capacity=1)) for _ in range(2)]
            return [(run.id, reservation_of(factories.booking(run)).id) for run in runs]

    def test_without_the_guard_the_old_place_is_lost(
        self, committed_app: Flask, two: list[tuple[int, int]]
    ) -> None:
        """First give up the old place, then look for the new one."""
        (first, mine), (second, _theirs) = two
        with write():
            bookings.cancel_reservation(*claim_of(mine))
        book(first)  # somebody was waiting for just that
        with pytest.raises(NotAllHad):
            book(second)
        assert state_of(mine) == ReservationState.cancelled

    def test_nobody_loses_a_place_by_wanting_another(
        self, committed_app: Flask, two: list[tuple[int, int]]
    ) -> None:
        def swap(place: int) -> str:
            (_run, mine), (target, _other) = two[place % 2], two[1 - place % 2]
            with write():
                bookings.swap(*claim_of(mine), target, booking_rules())
            return "moved"

        answers = all_at_once(committed_app, swap, 8)
        assert {type(one) for one in answers} == {NoPlacesLeft}
        assert [state_of(claim) for _run, claim in two] == [ReservationState.confirmed] * 2
        assert check.broken_rules() == []

    def test_both_ways_at_once_block_nobody(self, committed_app: Flask) -> None:
        with write():
            runs = [occurrence_of(factories.session(capacity=20)) for _ in range(2)]
            ids = [run.id for run in runs]
            claims = [
                reservation_of(factories.booking(runs[number % 2])).id for number in range(12)
            ]

        def swap(place: int) -> str:
            with write():
                target = ids[1 - place % 2]
                bookings.swap(*claim_of(claims[place]), target, booking_rules())
            return "moved"

        assert all_at_once(committed_app, swap, 12) == ["moved"] * 12
        assert [db.session.get_one(Occurrence, one).places_taken for one in ids] == [6, 6]
        assert check.broken_rules() == []


class TestTwoAcceptances:
    @pytest.fixture
    def offered(self, committed_app: Flask, full: dict[str, int]) -> int:
        with write():
            bookings.cancel_reservation(*claim_of(full["has"]))
        assert state_of(full["waits"]) == ReservationState.offered
        return full["waits"]

    def test_without_the_guard_each_books_it(self, committed_app: Flask, offered: int) -> None:
        """Both have read that it is offered, and act on that."""
        have_read = Barrier(2)

        def accept(_press: int) -> str:
            booking, claim = claim_of(offered)
            state, booking_id = claim.state, booking.id
            db.session.rollback()
            have_read.wait(60)
            assert state == ReservationState.offered
            with write():
                booking, claim = claim_of(offered)
                claim.state = ReservationState.confirmed
                outbox.tell_booker(booking, "booked", [claim])
            return str(booking_id)

        all_at_once(committed_app, accept, 2)
        assert _told("booked", offered) == 2

    def test_one_yes_is_one_booking(self, committed_app: Flask, offered: int) -> None:
        def accept(_press: int) -> str:
            with write():
                line = waiting.accept(*claim_of(offered))
                return line.first.state.value

        assert all_at_once(committed_app, accept, 8) == ["confirmed"] * 8
        assert _told("booked", offered) == 1
        claim = db.session.get_one(Reservation, offered)
        assert claim.ticket is not None
        assert claim.ticket.generation == 0
        assert check.broken_rules() == []

    def test_yes_and_no_at_once_is_one_of_them(self, committed_app: Flask, offered: int) -> None:
        def answer(press: int) -> str:
            with write():
                if press % 2:
                    waiting.accept(*claim_of(offered))
                else:
                    waiting.decline(*claim_of(offered))
            return "yes" if press % 2 else "no"

        answers = [one for one in all_at_once(committed_app, answer, 8) if isinstance(one, str)]
        assert len(set(answers)) == 1
        said = {"yes": ReservationState.confirmed, "no": ReservationState.declined}
        assert state_of(offered) == said[answers[0]]
        assert check.broken_rules() == []


def _told(kind: str, claim_id: int) -> int:
    """How many messages of this kind tell of this reservation."""
    db.session.rollback()
    sent = db.session.scalars(sa.select(Message).where(Message.kind == kind))
    return sum(claim_id in one.facts["reservations"] for one in sent)


class TestRaiseAgainstBook:
    def test_without_the_guard_the_new_place_is_public_first(
        self, committed_app: Flask, full: dict[str, int]
    ) -> None:
        """The number is raised in one transaction, the line asked in the next one."""
        with write():
            run = db.session.get_one(Occurrence, full["run"])
            run.capacity += 1
            capacity.public_share(run).places += 1
        with write():
            run = db.session.get_one(Occurrence, full["run"])
            capacity.take(run, capacity.public_share(run), 1, 1, clock.now())
        with write():
            capacity.lock_and_settle([full["run"]], clock.now())
        assert state_of(full["waits"]) == ReservationState.waiting

    def test_what_is_added_goes_to_who_waits(
        self, committed_app: Flask, full: dict[str, int]
    ) -> None:
        def work(place: int) -> str:
            if place == 0:
                with write():
                    running.set_capacity(full["run"], 2, actor=None)
                return "raised"
            return book(full["run"])

        answers = all_at_once(committed_app, work, 1 + PUBLIC)
        assert answers[0] == "raised"
        assert refusals_of(answers) == {NoPlacesLeft}
        assert len([one for one in answers if isinstance(one, str)]) == 1
        assert state_of(full["waits"]) == ReservationState.offered
        assert check.broken_rules() == []


class TestCancelAgainstBook:
    def test_without_the_guard_somebody_is_booked_on_nothing(self, committed_app: Flask) -> None:
        """It was on when they looked, and called off when they wrote."""
        with write():
            run_id = occurrence_of(factories.session()).id
        have_looked, is_off = Barrier(2), Barrier(2)

        def work(place: int) -> str:
            if place == 0:
                have_looked.wait(60)
                with write():
                    running.cancel_occurrence(run_id, "The speaker is ill.", actor=None)
                is_off.wait(60)
                return "off"
            run = db.session.get_one(Occurrence, run_id)
            assert run.state == OccurrenceState.scheduled
            db.session.rollback()
            have_looked.wait(60)
            is_off.wait(60)
            with write():
                table = Occurrence.__table__
                db.session.execute(sa.update(table).values(state="scheduled"))
                run = db.session.get_one(Occurrence, run_id)
                factories.booking(run)  # as the verb would without its look under the lock
                db.session.execute(sa.update(table).values(state="cancelled"))
            return "booked"

        assert all_at_once(committed_app, work, 2) == ["off", "booked"]
        db.session.rollback()
        (broken,) = check.broken_rules()
        assert "stands although its occurrence is cancelled" in broken

    def test_who_is_booked_is_told_and_nobody_comes_after(self, committed_app: Flask) -> None:
        with write():
            run_id = occurrence_of(factories.session(capacity=20)).id

        def work(place: int) -> str:
            if place == 0:
                with write():
                    running.cancel_occurrence(run_id, "The speaker is ill.", actor=None)
                return "off"
            return book(run_id)

        answers = all_at_once(committed_app, work, 1 + PUBLIC)
        assert answers[0] == "off"
        assert refusals_of(answers) <= {BookingClosed}
        standing = sa.select(sa.func.count(Reservation.id)).where(
            Reservation.state != ReservationState.withdrawn
        )
        db.session.rollback()
        assert db.session.scalar(standing) == 0
        assert db.session.get_one(Occurrence, run_id).places_taken == 0
        assert check.broken_rules() == []


def test_many_answer_offers_while_places_come_and_go(committed_app: Flask) -> None:
    """Ten wait, five give up, everybody answers: as many are booked as there are places."""
    with write():
        run = occurrence_of(factories.session(capacity=5))
        have = [reservation_of(factories.booking(run)).id for _ in range(5)]
        wait = [reservation_of(factories.waiting(run)).id for _ in range(10)]
        run_id = run.id

    def work(place: int) -> str:
        with write():
            if place < 5:
                bookings.cancel_reservation(*claim_of(have[place]))
                return "gave"
            if place % 2:
                waiting.accept(*claim_of(wait[place - 5]))
                return "yes"
            waiting.decline(*claim_of(wait[place - 5]))
            return "no"

    answers = all_at_once(committed_app, work, 15)
    assert answers[:5] == ["gave"] * 5
    db.session.rollback()
    run = db.session.get_one(Occurrence, run_id)
    assert run.places_taken == 5  # booked or offered, for there are more who wait
    assert check.broken_rules() == []
