"""A resident's booking, from the first hold to giving it up."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules, ticket_keys
from festival.domain import bookings, capacity, check, clock, door
from festival.domain.bookings import Contact, HoldOver
from festival.domain.capacity import BookingClosed, NoPlacesLeft, RoomFull, availability
from festival.domain.errors import NotAllowed, NotFound
from festival.domain.parties import RuleBroken, party_of
from festival.extensions import db
from festival.models import (
    Attendee,
    AuditEntry,
    Booking,
    Edition,
    Message,
    Occurrence,
    Reservation,
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


def confirm(basket: Booking, key: str = "once", contact: Contact = ADA) -> Booking:
    return bookings.confirm(basket, contact, key, booking_rules())


@pytest.fixture(autouse=True)
def _all_is_well_after(app: Flask) -> Iterator[None]:
    yield
    assert check.broken_rules() == []


class TestHolding:
    def test_places_are_held_for_fifteen_minutes(self, at: Callable[..., None]) -> None:
        at(START)
        basket = make.held(run(), adults=2)
        assert bookings.held_until(basket) == clock.now() + timedelta(minutes=15)
        assert basket.reference is None
        assert states(basket) == ["held"]

    def test_the_secret_is_not_stored(self) -> None:
        basket = make.held(run(), secret="open sesame")
        assert basket.secret_hash == bookings.hash_secret("open sesame")
        assert bookings.basket_of("open sesame") is basket
        assert bookings.basket_of("open says me") is None

    def test_a_second_hold_replaces_the_first(self) -> None:
        bread, knots = run(capacity=2), run()
        first = make.held(bread, adults=2, secret="mine")
        second = make.held(knots, secret="mine")
        assert second is first
        assert states(second) == ["held"]  # who was to come before is forgotten
        assert db.session.scalar(sa.select(sa.func.count(Attendee.id))) == 1
        assert availability(bread, clock.now()).places == 2

    def test_holding_more_of_the_same_first_gives_up_the_old(self) -> None:
        bread = run(capacity=3)
        make.held(bread, adults=2, secret="mine")
        make.held(bread, adults=3, secret="mine")
        assert bread.places_taken == 3

    def test_a_refused_hold_leaves_the_old_one(self) -> None:
        bread, knots = run(capacity=2), run(capacity=1)
        basket = make.held(bread, adults=2, secret="mine")
        with refused(NoPlacesLeft, field="adults"):
            make.held(knots, adults=2, secret="mine")
        assert states(basket) == ["held"]
        assert (bread.places_taken, knots.places_taken) == (2, 0)

    def test_a_booked_basket_takes_no_more(self) -> None:
        bread = run()
        confirm(make.held(bread, secret="mine"))
        with refused(NotAllowed):
            make.held(bread, secret="mine")

    def test_the_party_must_fit_the_rules_first(self) -> None:
        bread = run(most_places=2)
        with refused(RuleBroken, field="adults"):
            make.held(bread, adults=3)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Booking)) == 0


class TestNamingTheParty:
    def test_ages_move_the_places(self) -> None:
        bread = run(under_twos_take_places=False)
        basket = make.held(bread, adults=1, children=1)
        assert bread.places_taken == 2
        bookings.name_party(basket, make.party(1, ages=[1]), booking_rules())
        assert (bread.places_taken, bread.people_expected) == (1, 2)
        assert states(basket) == ["held"]

    def test_the_hold_does_not_grow_by_naming(self, at: Callable[..., None]) -> None:
        at(START)
        basket = make.held(run())
        until = bookings.held_until(basket)
        at("2027-06-01T10:10+01:00")
        bookings.name_party(basket, make.party(1), booking_rules())
        assert bookings.held_until(basket) == until

    def test_a_bigger_party_needs_places(self) -> None:
        bread = run(capacity=2)
        basket = make.held(bread, adults=2)
        with refused(NoPlacesLeft, field="adults") as refusal:
            bookings.name_party(basket, make.party(3), booking_rules())
        assert refusal.value.left == 2  # those it holds itself
        assert bread.places_taken == 2

    def test_a_hold_that_ran_out_is_taken_anew(self, at: Callable[..., None]) -> None:
        at(START)
        basket = make.held(run())
        at("2027-06-01T10:30+01:00")
        bookings.name_party(basket, make.party(2), booking_rules())
        assert states(basket) == ["held"]
        assert bookings.held_until(basket) == clock.now() + timedelta(minutes=15)

    def test_a_hold_that_ran_out_may_be_gone(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run(capacity=1)
        basket = make.held(bread)
        at("2027-06-01T10:30+01:00")
        make.booking(bread)
        with refused(NoPlacesLeft, field="adults"):
            bookings.name_party(basket, make.party(1), booking_rules())

    def test_a_child_whose_age_breaks_the_rule(self) -> None:
        basket = make.held(run(age_min=7), adults=1, children=1)
        with refused(RuleBroken, field="age_1"):
            bookings.name_party(basket, make.party(1, ages=[5]), booking_rules())

    def test_nothing_moves_once_it_is_booked(self) -> None:
        bread = run()
        booking = make.booking(bread)
        bookings.name_party(booking, make.party(3), booking_rules())
        assert bread.places_taken == 1

    def test_an_empty_basket_names_nobody(self) -> None:
        basket = make.held(run())
        bookings.leave(basket)
        with refused(NotFound):
            bookings.name_party(basket, make.party(1), booking_rules())


class TestExtending:
    def test_each_time_for_as_long_again(self, at: Callable[..., None]) -> None:
        at(START)
        basket = make.held(run())
        at("2027-06-01T10:14+01:00")
        bookings.extend(basket, booking_rules())
        assert bookings.held_until(basket) == clock.now() + timedelta(minutes=15)

    def test_ten_times_at_most(self) -> None:
        basket = make.held(run())
        for _ in range(10):
            bookings.extend(basket, booking_rules())
        with refused(RuleBroken):
            bookings.extend(basket, booking_rules())
        assert basket.extensions == 10

    def test_not_after_it_ran_out(self, at: Callable[..., None]) -> None:
        at(START)
        basket = make.held(run())
        at("2027-06-01T10:15+01:00")
        assert bookings.is_over(basket, clock.now())
        with refused(HoldOver):
            bookings.extend(basket, booking_rules())


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
        with refused(NoPlacesLeft, field="adults") as refusal:
            confirm(basket)
        assert refusal.value.left == 1
        assert basket.answers == {"name": "Ada"}  # nothing typed is lost
        assert basket.confirmed_at is None

    def test_ages_are_asked_before_it_is_booked(self) -> None:
        bread = run(age_min=7)
        basket = bookings.hold(
            edition=bread.session.edition,
            secret="mine",
            occurrence=bread,
            party=party_of(1, 1),
            rules=booking_rules(),
        )
        with refused(RuleBroken, field="age_1"):
            confirm(basket)

    def test_not_after_the_start(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run(starts_at=clock.now() + timedelta(minutes=5))
        basket = make.held(bread)
        at("2027-06-01T10:06+01:00")
        with refused(BookingClosed):
            confirm(basket)

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
        capacity.take(second, capacity.public_share(second), 0, 29, clock.now())  # the room is full
        with refused(RoomFull, field="adults"):
            make.held(first, adults=2)
        assert first.places_taken == 0
        capacity.take(second, capacity.public_share(second), 0, -29, clock.now())

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
        assert states(basket) == ["held", "lapsed", "held"]
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


class TestGivingUp:
    def test_one_of_three_stays_booked_with_a_newer_ticket(self) -> None:
        bread = run()
        booking = make.booking(bread, adults=1, children=2)
        claim = make.reservation_of(booking)
        old, uid = make.code_of(booking), claim.calendar_uid
        bookings.give_up(booking, claim, [claim.attendees[2].id])
        assert (claim.state.value, claim.places, claim.people) == ("confirmed", 2, 2)
        assert (claim.calendar_sequence, claim.calendar_uid) == (1, uid)
        facts = ticket_keys().read(make.code_of(booking))
        assert (facts.people, facts.generation) == (2, 1)
        assert facts.number == ticket_keys().read(old).number
        assert availability(bread, clock.now()).places == 8
        assert db.session.scalars(sa.select(Message.kind).order_by(Message.id)).all() == [
            "booked",
            "changed",
        ]

    def test_all_of_them_cancels(self) -> None:
        bread = run(capacity=2)
        booking = make.booking(bread, adults=2)
        claim = make.reservation_of(booking)
        bookings.give_up(booking, claim, [one.id for one in claim.attendees])
        assert claim.state == ReservationState.cancelled
        assert claim.ended_at is not None
        assert claim.calendar_sequence == 1
        assert availability(bread, clock.now()).places == 2
        assert db.session.scalars(sa.select(AuditEntry.action)).all() == [
            "booking.confirmed",
            "booking.cancelled",
        ]
        make.booking(bread, adults=2)

    def test_cancelled_once_is_cancelled(self) -> None:
        booking = make.booking(run())
        claim = make.reservation_of(booking)
        ids = [one.id for one in claim.attendees]
        bookings.give_up(booking, claim, ids)
        with refused(NotFound):
            bookings.give_up(booking, claim, ids)
        assert claim.calendar_sequence == 1

    def test_somebody_must_be_named(self) -> None:
        booking, other = make.booking(run(), adults=2), make.booking(run())
        claim = make.reservation_of(booking)
        with refused(RuleBroken, field="people"):
            bookings.give_up(booking, claim, [])
        with refused(RuleBroken, field="people"):
            bookings.give_up(booking, claim, [make.reservation_of(other).attendees[0].id])

    def test_children_do_not_stay_alone(self) -> None:
        booking = make.booking(run(accompaniment="with-adult"), adults=1, children=1)
        claim = make.reservation_of(booking)
        with refused(RuleBroken, field="adults"):
            bookings.give_up(booking, claim, [claim.attendees[0].id])
        assert claim.people == 2

    def test_who_takes_no_place_gives_none_back(self) -> None:
        bread = run(accompaniment="with-adult", accompanying_adults_take_places=False)
        booking = make.booking(bread, adults=1, children=2)
        claim = make.reservation_of(booking)
        bookings.give_up(booking, claim, [claim.attendees[2].id])
        assert (bread.places_taken, bread.people_expected) == (1, 2)

    def test_without_its_child_an_adult_begins_to_count(self) -> None:
        bread = run(accompaniment="with-adult", accompanying_adults_take_places=False)
        booking = make.booking(bread, adults=2, children=1)
        claim = make.reservation_of(booking)
        assert bread.places_taken == 1
        bookings.give_up(booking, claim, [claim.attendees[2].id])
        assert (bread.places_taken, bread.people_expected) == (2, 2)

    def test_not_after_the_start(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run()
        booking = make.booking(bread)
        claim = make.reservation_of(booking)
        at(bread.starts_at)
        with refused(BookingClosed):
            bookings.give_up(booking, claim, [claim.attendees[0].id])


class TestFinding:
    def test_by_reference_and_any_one_word_of_the_name(self) -> None:
        booking = make.booking(run(), name="Zoë O'Hara-Singh")
        reference = str(booking.reference)
        for word in ("zoe", "ZOË", "ohara", "O’Hara", "singh", "Singh, Zoë"):
            assert bookings.find(reference, word) is booking, word
        for word in ("", " ", "zo", "hara", "%", "-", "Smith Jones Singh"):
            assert bookings.find(reference, word) is None, word
        assert bookings.find("WLF-222-222", "zoe") is None

    def test_in_their_own_letters(self) -> None:
        booking = make.booking(run(), name="ਗੁਰਪ੍ਰੀਤ ਕੌਰ")
        assert bookings.find(str(booking.reference), "ਗੁਰਪ੍ਰੀਤ") is booking

    def test_a_basket_is_not_found(self) -> None:
        basket = make.held(run())
        basket.reference, basket.name_folded = "WLF-234-234", "ada"
        db.session.flush()
        assert bookings.find("WLF-234-234", "ada") is None
        assert bookings.by_reference("WLF-234-234") is None

    def test_lost_references_go_to_their_own_address(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run()
        mine = [make.booking(bread, email="Ada@Example.org"), make.booking(bread)]
        make.booking(bread, email="grace@example.org")
        gone = make.booking(bread)
        claim = make.reservation_of(gone)
        bookings.give_up(gone, claim, [one.id for one in claim.attendees])
        db.session.execute(sa.delete(Message))
        assert bookings.send_references("ada@example.ORG") == 2
        sent = db.session.scalars(sa.select(Message)).all()
        assert {(one.kind, one.booking_id) for one in sent} == {
            ("reminded", booking.id) for booking in mine
        }
        assert {one.recipient.lower() for one in sent} == {"ada@example.org"}
        at(bread.ends_at)
        assert bookings.send_references("ada@example.org") == 0


class TestForgetting:
    def test_baskets_are_forgotten_after_a_day(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run()
        kept = make.booking(bread)
        old = make.held(bread, adults=1, children=1)
        bookings.remember(old, {"name": "Ada"})
        at("2027-06-02T10:00:00+01:00")
        assert bookings.purge_baskets(clock.now()) == 0
        young = make.held(bread)
        at("2027-06-02T10:00:01+01:00")
        assert bookings.purge_baskets(clock.now()) == 1
        db.session.flush()
        assert set(db.session.scalars(sa.select(Booking))) == {kept, young}
        assert len(db.session.scalars(sa.select(Reservation)).all()) == 2
        assert len(db.session.scalars(sa.select(Attendee)).all()) == 2
        assert bread.places_taken == 2

    def test_a_hold_of_many_hours_gives_its_places_back(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run()
        long = replace(booking_rules(), hold=timedelta(days=3))
        bookings.hold(
            edition=bread.session.edition,
            secret="mine",
            occurrence=bread,
            party=make.party(2),
            rules=long,
        )
        at("2027-06-02T11:00+01:00")
        assert bookings.purge_baskets(clock.now()) == 1
        db.session.flush()
        assert availability(bread, clock.now()).places == 10


def test_who_is_in_the_room_keeps_the_place() -> None:
    """Let in before the start, a party cannot be given up below those who are inside."""
    occurrence = run()
    booking = make.booking(occurrence, adults=3)
    claim = make.reservation_of(booking)
    door_pass, _secret, _pin = make.door_pass(
        occurrence.room.venue, until_at=occurrence.ends_at + timedelta(hours=1)
    )
    door.admit(
        door_pass=door_pass, reservation_id=claim.id, people=2, scan_id="a-scan", source="typed"
    )
    bookings.give_up(booking, claim, [claim.attendees[0].id])
    with refused(RuleBroken, field="people"):
        bookings.give_up(booking, claim, [claim.attendees[0].id])
    assert claim.people == 2
    assert check.broken_rules() == []


def test_somebody_new_never_takes_the_number_of_somebody_who_comes(edition: Edition) -> None:
    """The line is replaced: who was in it keeps their number, who joins gets another."""
    one = run()
    secret = bookings.new_secret()
    booking = make.held(one, 1, secret=secret)
    known = bookings.household(booking)
    bookings.hold(
        edition=edition,
        secret=secret,
        occurrence=one,
        party=[*known, *party_of(1, 0)],
        rules=booking_rules(),
    )
    assert [person.number for person in bookings.household(booking)] == [1, 2]
    assert one.places_taken == 2
