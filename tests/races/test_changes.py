"""Two windows change one booking at the same moment: the second one acts on what the first left."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, check, clock
from festival.domain.bookings import BasketChanged, Contact
from festival.domain.errors import NotFound
from festival.domain.parties import RuleBroken
from festival.extensions import db, write
from festival.models import Booking, Message, Occurrence, Reservation, Ticket
from tests import factories
from tests.factories import occurrence_of
from tests.support.at_once import one_after_the_other

pytestmark = pytest.mark.races


@pytest.fixture
def three(committed_app: Flask) -> int:
    """The id of a booking of three places; its booker cannot be written to."""
    with write():
        run = occurrence_of(factories.session(capacity=9))
        return factories.booking(run, adults=3, email="").id


def read(booking_id: int) -> Booking:
    """The booking and all of it, as a page has read it before it acts."""
    booking = db.session.get_one(Booking, booking_id)
    for claim in booking.reservations:
        assert claim.ticket is not None
        assert claim.attendees
    return booking


def give_one_back(booking_id: int, which: int = 0) -> str:
    booking = read(booking_id)
    claim = booking.reservations[0]
    bookings.give_up(booking, claim, [claim.attendees[which].id])
    return "gave"


def test_a_reservation_that_was_read_by_itself_is_cancelled_once(
    committed_app: Flask, three: int
) -> None:
    """The page of one reservation does not read the others of its booking."""
    claim_id = read(three).reservations[0].id
    with write():
        factories.booking(read(three).reservations[0].occurrence, adults=4)

    def cancel() -> str:
        claim = db.session.get_one(Reservation, claim_id)
        bookings.cancel_reservation(claim.booking, claim)
        return "cancelled"

    done, refusal = one_after_the_other(committed_app, cancel, cancel)
    assert done == "cancelled"
    assert isinstance(refusal, NotFound | RuleBroken)
    assert check.broken_rules() == []


def test_a_ticket_rises_with_every_change(committed_app: Flask, three: int) -> None:
    """Of two codes with one generation the older one would still be good."""
    answers = one_after_the_other(
        committed_app, lambda: give_one_back(three), lambda: give_one_back(three, -1)
    )
    assert answers == ["gave", "gave"]
    claim = read(three).reservations[0]
    assert claim.ticket is not None
    assert (claim.people, claim.ticket.people, claim.ticket.generation) == (1, 1, 2)
    assert check.broken_rules() == []


def test_without_the_guard_a_ticket_says_what_was_true_before(
    committed_app: Flask, three: int
) -> None:
    """A new ticket made of what was read before the other window wrote."""
    with write():
        booking = read(three)
        people = booking.reservations[0].people
    with write():
        give_one_back(three)
    with write():
        table = Ticket.__table__
        db.session.execute(sa.update(table).values(people=people, generation=1))
    (broken,) = check.broken_rules()
    assert "is for 2, its ticket admits 3" in broken


def test_another_address_while_somebody_is_taken_out(committed_app: Flask, three: int) -> None:
    def change() -> str:
        bookings.change_contact(read(three), Contact("Ada Lovelace", "ada@example.org"))
        return "changed"

    answers = one_after_the_other(committed_app, lambda: give_one_back(three), change)
    assert answers == ["gave", "changed"]
    claim = read(three).reservations[0]
    assert claim.ticket is not None
    assert (claim.people, claim.ticket.people, claim.ticket.generation) == (2, 2, 2)
    assert check.broken_rules() == []


def test_somebody_is_named_who_was_just_taken_out(committed_app: Flask, three: int) -> None:
    def rename() -> str:
        booking = read(three)
        claim = booking.reservations[0]
        names = {one.id: f"Person {number}" for number, one in enumerate(claim.attendees)}
        bookings.rename(booking, claim, names)
        return "named"

    answers = one_after_the_other(committed_app, lambda: give_one_back(three), rename)
    assert answers == ["gave", "named"]
    names = [one.name for one in read(three).reservations[0].attendees]
    assert all(names)
    assert len(names) == 2


def test_the_first_booker_cancels_nothing_that_was_passed_on(
    committed_app: Flask, three: int
) -> None:
    def pass_on() -> int:
        booking = read(three)
        contact = Contact("Grace Hopper", "grace@example.org")
        return bookings.pass_on(booking, booking.reservations[0], contact).id

    def cancel() -> str:
        booking = read(three)
        if not booking.reservations:  # SQLite's writers wait before they read
            return "nothing left"
        bookings.cancel_reservation(booking, booking.reservations[0])
        return "cancelled"

    made, answer = one_after_the_other(committed_app, pass_on, cancel)
    assert answer == "nothing left" or isinstance(answer, NotFound)
    assert [one.state for one in read(made).reservations] == ["confirmed"]
    assert check.broken_rules() == []


def test_a_basket_that_is_forgotten_while_somebody_comes_back_to_it(committed_app: Flask) -> None:
    with write():
        basket = factories.held(occurrence_of(factories.session()))
        basket.created_at = clock.now() - timedelta(hours=25)
        basket_id = basket.id

    def come_back() -> str:
        basket = db.session.get(Booking, basket_id)
        if basket is None:  # SQLite's writers wait before they read
            raise BasketChanged
        bookings.name_people(basket, bookings.household(basket))
        return "named"

    forgotten, refusal = one_after_the_other(
        committed_app, lambda: bookings.purge_baskets(clock.now()), come_back
    )
    assert forgotten == 1
    assert isinstance(refusal, BasketChanged)
    assert check.broken_rules() == []


def test_all_is_cancelled_while_it_moves_elsewhere(committed_app: Flask, three: int) -> None:
    """What it moved to is not locked by who did not know of it."""
    with write():
        target = occurrence_of(factories.session(capacity=3)).id

    def swap() -> str:
        booking = read(three)
        bookings.swap(booking, booking.reservations[0], target, booking_rules())
        return "moved"

    def cancel() -> str:
        bookings.cancel_all(read(three))
        return "cancelled"

    answers = one_after_the_other(committed_app, swap, cancel)
    assert answers[0] == "moved"
    if isinstance(answers[1], BasketChanged):
        with write():
            cancel()
    assert db.session.get_one(Occurrence, target).places_taken == 0
    assert db.session.scalars(sa.select(Message)).all() == []
    assert check.broken_rules() == []
