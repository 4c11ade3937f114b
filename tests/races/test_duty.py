"""Booking is stopped and goes on while many people book, cancel and answer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, check, clock, duty, waiting
from festival.domain.bookings import new_secret
from festival.extensions import db, write
from festival.models import Booking, Edition, Occurrence, Reservation, ReservationState
from tests import factories as make
from tests.factories import occurrence_of
from tests.support.at_once import all_at_once, one_after_the_other

pytestmark = pytest.mark.races
HOUR = timedelta(hours=1)


@pytest.fixture
def run(committed_app: Flask) -> int:
    with write():
        return occurrence_of(make.session(capacity=6)).id


def edition() -> Edition:
    db.session.rollback()
    return make.the_edition()


def stopped_an_hour_ago(run: int) -> tuple[int, datetime]:
    """A hold that had five minutes left then: its id, and its end."""
    with write():
        basket = make.held(db.session.get_one(Occurrence, run))
        claim = make.reservation_of(basket)
        claim.held_until = clock.now() - HOUR + timedelta(minutes=5)
        found = make.the_edition()
        found.booking_paused_at, found.paused_because = clock.now() - HOUR, "A burst pipe."
    return claim.id, claim.held_until


def go_on() -> int:
    return duty.go_on(edition_again(), "booking", actor=None)


def edition_again() -> Edition:
    return make.the_edition()


def test_two_who_let_booking_go_on_give_the_time_back_once(committed_app: Flask, run: int) -> None:
    claim, before = stopped_an_hour_ago(run)
    with write():
        db.session.get_one(Reservation, claim).held_until = before + HOUR
    assert one_after_the_other(committed_app, go_on, go_on) == [1, 0]
    db.session.rollback()
    given = db.session.get_one(Reservation, claim).held_until
    assert given is not None
    assert timedelta(hours=2) <= given - before < timedelta(hours=2, minutes=1)


def test_without_the_lock_it_would_be_given_twice(
    committed_app: Flask, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race is real: both have read that booking is stopped."""
    claim, before = stopped_an_hour_ago(run)
    with write():
        db.session.get_one(Reservation, claim).held_until = before + HOUR
    monkeypatch.setattr(duty, "_lock", lambda _edition: None)
    since = edition().booking_paused_at

    def as_read_before() -> int:
        found = edition_again()
        found.booking_paused_at = since  # what the page had read
        return duty.go_on(found, "booking", actor=None)

    assert one_after_the_other(committed_app, go_on, as_read_before) == [1, 1]
    db.session.rollback()
    given = db.session.get_one(Reservation, claim).held_until
    assert given is not None
    assert given - before >= timedelta(hours=3)


def test_stopping_and_going_on_among_many_who_book(committed_app: Flask, run: int) -> None:
    """Nobody is booked twice, no lock waits for another in a ring, every rule holds."""
    with write():
        occurrence = db.session.get_one(Occurrence, run)
        ids = [make.booking(occurrence).id for _ in range(6)]
        ids += [make.waiting(occurrence).id for _ in range(6)]

    def work(place: int) -> Any:
        if place % 3 == 0:
            return _toggle(place)
        if place % 3 == 1:
            with write():
                booking = db.session.get_one(Booking, ids[place // 3])
                bookings.cancel_all(booking)
            return "cancelled"
        return _book_or_answer(run, ids[place // 3 + 6])

    all_at_once(committed_app, work, 18)
    with write():
        go_on()
    assert check.broken_rules() == []
    waits = [db.session.get_one(Booking, one).reservations[0].state for one in ids[6:]]
    assert set(waits) <= {
        ReservationState.offered,
        ReservationState.confirmed,
        ReservationState.waiting,
    }


def _toggle(place: int) -> str:
    for _again in range(3):
        with write():
            duty.stop(edition_again(), "booking", f"Reason {place}", actor=None)
        with write():
            go_on()
    return "went on"


def _book_or_answer(run: int, waits: int) -> str:
    with write():
        booking = db.session.get_one(Booking, waits)
        if booking.reservations[0].state == ReservationState.offered:
            waiting.accept(booking, booking.reservations[0])
            return "accepted"
    with write():
        bookings.hold(
            edition=edition_again(),
            secret=new_secret(),
            occurrence=db.session.get_one(Occurrence, run),
            party=make.party(1),
            rules=booking_rules(),
        )
    return "held"
