"""Several people after the same places at the same moment, each on a connection of their own."""

from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, check, clock, door, outbox, sending
from festival.domain.bookings import Contact
from festival.domain.capacity import NoPlacesLeft, public_share, take
from festival.domain.door import NothingToAdmit
from festival.domain.errors import NotAllowed
from festival.domain.parties import RuleBroken
from festival.extensions import db, write
from festival.models import (
    Booking,
    DoorPass,
    Edition,
    Message,
    Occurrence,
    Reservation,
    ReservationState,
    Scan,
)
from tests import factories
from tests.factories import occurrence_of
from tests.support.at_once import PEOPLE, all_at_once, one_after_the_other

pytestmark = pytest.mark.races
PLACES = 5


@pytest.fixture
def last_places(committed_app: Flask) -> int:
    """The id of a run with five places."""
    with write():
        run = occurrence_of(factories.session(capacity=PLACES))
        return run.id


def test_without_the_guard_more_get_in_than_there_are_places(committed_app: Flask) -> None:
    """The race is real: look, then write, as one would without locks and conditional updates."""
    with write():
        db.session.execute(sa.text("CREATE TABLE naive (taken INTEGER NOT NULL)"))
        db.session.execute(sa.text("INSERT INTO naive VALUES (0)"))
        db.session.execute(sa.text("CREATE TABLE naive_booking (person INTEGER NOT NULL)"))
    have_looked = Barrier(PEOPLE)

    def look_then_book(person: int) -> None:
        taken = db.session.scalar(sa.text("SELECT taken FROM naive"))
        db.session.rollback()
        have_looked.wait(60)
        if taken < PLACES:
            with write():
                db.session.execute(sa.text("UPDATE naive SET taken = :new"), {"new": taken + 1})
                db.session.execute(sa.text("INSERT INTO naive_booking VALUES (:p)"), {"p": person})

    all_at_once(committed_app, look_then_book)
    assert db.session.scalar(sa.text("SELECT count(*) FROM naive_booking")) == PEOPLE
    assert db.session.scalar(sa.text("SELECT taken FROM naive")) == 1


def test_exactly_as_many_hold_as_there_are_places(committed_app: Flask, last_places: int) -> None:
    def hold(_person: int) -> str:
        with write():
            run = db.session.get_one(Occurrence, last_places)
            factories.held(run)
        return "held"

    answers = all_at_once(committed_app, hold)
    assert answers.count("held") == PLACES
    refused = [answer for answer in answers if answer != "held"]
    assert {type(refusal) for refusal in refused} == {NoPlacesLeft}
    assert db.session.get_one(Occurrence, last_places).places_taken == PLACES
    assert check.broken_rules() == []


def test_conditional_updates_hold_without_the_lock(committed_app: Flask, last_places: int) -> None:
    """Somebody who forgets to lock still cannot take what is not there."""

    def take_one(_person: int) -> str:
        with write():
            run = db.session.get_one(Occurrence, last_places)
            take(run, public_share(run), 1, 1, clock.now())
        return "taken"

    answers = all_at_once(committed_app, take_one)
    assert answers.count("taken") == PLACES
    assert db.session.get_one(Occurrence, last_places).places_taken == PLACES


def test_one_basket_confirmed_many_times_is_one_booking(
    committed_app: Flask, last_places: int
) -> None:
    with write():
        basket_id = factories.held(db.session.get_one(Occurrence, last_places), adults=2).id

    def confirm(_press: int) -> str | None:
        with write():
            basket = db.session.get_one(Booking, basket_id)
            contact = Contact(name="Ada Lovelace", email="ada@example.org")
            return bookings.confirm(basket, contact, "the-key", booking_rules()).reference

    references = all_at_once(committed_app, confirm, 8)
    assert len(set(references)) == 1
    assert None not in references
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 1
    assert db.session.get_one(Occurrence, last_places).places_taken == 2
    assert check.broken_rules() == []


def test_two_tabs_of_one_person_are_one_basket(committed_app: Flask, last_places: int) -> None:
    secret = bookings.new_secret()

    def hold(_tab: int) -> str:
        with write():
            run = db.session.get_one(Occurrence, last_places)
            bookings.hold(
                edition=db.session.scalars(sa.select(Edition)).one(),
                secret=secret,
                occurrence=run,
                party=factories.party(2),
                rules=booking_rules(),
            )
        return "held"

    assert all_at_once(committed_app, hold, 6) == ["held"] * 6
    assert db.session.scalar(sa.select(sa.func.count(Booking.id))) == 1
    assert db.session.get_one(Occurrence, last_places).places_taken == 2
    assert check.broken_rules() == []


def test_places_given_back_are_taken_once(committed_app: Flask, last_places: int) -> None:
    """A full session: one party gives four places back while many others try to hold one."""
    with write():
        run = db.session.get_one(Occurrence, last_places)
        booking = factories.booking(run, adults=4)
        factories.booking(run, adults=1)
        booking_id = booking.id

    def give_or_take(person: int) -> str:
        with write():
            if person == 0:
                mine = db.session.get_one(Booking, booking_id)
                claim = mine.reservations[0]
                bookings.give_up(mine, claim, [one.id for one in claim.attendees])
                return "gave"
            factories.held(db.session.get_one(Occurrence, last_places))
        return "held"

    answers = all_at_once(committed_app, give_or_take)
    assert answers.count("gave") == 1
    held = answers.count("held")
    assert held <= 4
    run = db.session.get_one(Occurrence, last_places)
    assert run.places_taken == 1 + held
    assert check.broken_rules() == []


def test_baskets_that_want_each_others_sessions_do_not_block_each_other(
    committed_app: Flask,
) -> None:
    """Locks are taken in one order: who adds A to B meets who adds B to A."""
    with write():
        first = occurrence_of(factories.session(capacity=30)).id
        second = occurrence_of(factories.session(capacity=30)).id

    def move(person: int) -> str:
        secret = bookings.new_secret()
        there, back = (first, second) if person % 2 else (second, first)
        for target in (there, back, there):
            with write():
                factories.held(db.session.get_one(Occurrence, target), secret=secret)
        return "moved"

    assert all_at_once(committed_app, move, 12) == ["moved"] * 12
    standing = sa.select(sa.func.count(Reservation.id)).where(
        Reservation.state == ReservationState.held
    )
    assert db.session.scalar(standing) == 24
    assert check.broken_rules() == []


def test_two_doors_let_one_party_in_once(committed_app: Flask) -> None:
    with write():
        venue = factories.venue()
        run = occurrence_of(
            factories.session(
                room=factories.room(venue=venue), starts_at=clock.now() + timedelta(minutes=5)
            )
        )
        claim = factories.reservation_of(factories.booking(run, adults=3))
        passes = [factories.door_pass(venue, label=f"Door {n}")[0].id for n in range(2)]
        claim_id = claim.id

    def admit(phone: int) -> str:
        with write():
            door.admit(
                door_pass=db.session.get_one(DoorPass, passes[phone % 2]),
                reservation_id=claim_id,
                people=3,
                scan_id=f"scan-{phone}",
                source="typed",
            )
        return "in"

    answers = all_at_once(committed_app, admit, 8)
    assert answers.count("in") == 1
    assert {type(one) for one in answers if one != "in"} == {NothingToAdmit}
    assert db.session.scalar(sa.select(sa.func.sum(Scan.people))) == 3
    assert check.broken_rules() == []


def test_one_message_is_leased_by_one_worker(committed_app: Flask) -> None:
    with write():
        for number in range(5):
            outbox.queue("password_reset", f"person{number}@example.org", user=1)

    def lease(_worker: int) -> int | None:
        with write():
            message = sending.lease_next(clock.now())
            return message.id if message else None

    leased = [one for one in all_at_once(committed_app, lease, 12) if one is not None]
    assert sorted(leased) == sorted(set(leased))
    assert len(leased) == 5


def _booking(booking_id: int) -> Booking:
    return db.session.get_one(Booking, booking_id)


def _confirm(booking_id: int, key: str = "a-key") -> str | None:
    contact = Contact(name="Ada Lovelace", email="ada@example.org")
    return bookings.confirm(_booking(booking_id), contact, key, booking_rules()).reference


def test_what_was_just_booked_is_not_given_up_by_another_window(
    committed_app: Flask, last_places: int
) -> None:
    """Confirmed in one window while the other asks for another number of places."""
    with write():
        basket_id = factories.held(db.session.get_one(Occurrence, last_places), secret="mine").id

    def hold_more() -> str:
        factories.held(db.session.get_one(Occurrence, last_places), adults=2, secret="mine")
        return "held"

    reference, refusal = one_after_the_other(committed_app, lambda: _confirm(basket_id), hold_more)
    assert isinstance(refusal, NotAllowed)
    assert _booking(basket_id).reference == reference
    assert [one.state for one in _booking(basket_id).reservations] == ["confirmed"]
    assert check.broken_rules() == []


def test_giving_up_one_person_twice_takes_out_nobody_else(
    committed_app: Flask, last_places: int
) -> None:
    with write():
        booking = factories.booking(db.session.get_one(Occurrence, last_places), adults=3)
        claim = booking.reservations[0]
        booking_id, person = booking.id, claim.attendees[0].id

    def give_up() -> str:
        mine = _booking(booking_id)
        bookings.give_up(mine, mine.reservations[0], [person])
        return "gave"

    answers = one_after_the_other(committed_app, give_up, give_up)
    assert answers[0] == "gave"
    assert isinstance(answers[1], RuleBroken)
    assert _booking(booking_id).reservations[0].people == 2
    assert check.broken_rules() == []


def test_names_do_not_bring_back_what_was_taken_out(committed_app: Flask, last_places: int) -> None:
    """One window takes a session out while the other one says who comes."""
    with write():
        factories.held(db.session.get_one(Occurrence, last_places), secret="mine")
        kept = occurrence_of(factories.session()).id
        basket_id = factories.held(db.session.get_one(Occurrence, kept), secret="mine").id

    def take_out() -> str:
        basket = _booking(basket_id)
        bookings.remove_line(basket, bookings.lines_of(basket)[0].uid)
        return "out"

    def name() -> str:
        basket = _booking(basket_id)
        bookings.name_people(basket, bookings.household(basket))
        return "named"

    answers = one_after_the_other(committed_app, take_out, name)
    assert answers[0] == "out"
    lines = bookings.lines_of(_booking(basket_id))
    assert [one.first.occurrence_id for one in lines] == [kept]
    assert db.session.get_one(Occurrence, last_places).places_taken == 0
    assert check.broken_rules() == []


def test_a_basket_confirmed_while_old_ones_are_forgotten_stays(
    committed_app: Flask, last_places: int
) -> None:
    with write():
        basket = factories.held(db.session.get_one(Occurrence, last_places))
        basket.created_at = clock.now() - timedelta(hours=25)
        basket_id = basket.id

    reference, forgotten = one_after_the_other(
        committed_app, lambda: _confirm(basket_id), lambda: bookings.purge_baskets(clock.now())
    )
    assert forgotten == 0
    assert _booking(basket_id).reference == reference
    assert check.broken_rules() == []
