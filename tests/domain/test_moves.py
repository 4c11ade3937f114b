"""A reservation moves (story R8): to another date, into two tickets, to somebody else, to another
address."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules, ticket_keys
from festival.domain import bookings, capacity, check, clock, running
from festival.domain.bookings import Asked, Contact, Who, Wish
from festival.domain.capacity import BookingClosed, NoPlacesLeft
from festival.domain.errors import NotFound
from festival.domain.occurrences import Share
from festival.domain.parties import RuleBroken
from festival.extensions import db
from festival.models import AllocationKind, Booking, Channel, Message, Occurrence
from tests import factories as make
from tests.factories import reservation_of
from tests.support.refusals import refused

START = "2027-06-01T10:00+01:00"
HOUR = timedelta(hours=1)
GRACE = Contact("Grace Hopper", "grace@example.org")
At = Callable[..., None]


@pytest.fixture(autouse=True)
def _all_is_well_after(app: Flask, at: At) -> Iterator[None]:
    at(START)
    yield
    db.session.flush()
    assert check.broken_rules() == []


def run(**facts: object) -> Occurrence:
    return make.occurrence_of(make.session(**facts))  # type: ignore[arg-type]


def states(booking: Booking) -> list[str]:
    return [claim.state.value for claim in booking.reservations]


def told(booking: Booking) -> list[str]:
    query = sa.select(Message.kind).where(Message.booking_id == booking.id).order_by(Message.id)
    return list(db.session.scalars(query))


def by_phone(occurrence: Occurrence, adults: int) -> Booking:
    return make.waiting(occurrence, adults, channel=Channel.phone)


def asking(occurrence: Occurrence, adults: int = 2) -> Booking:
    """A party that has said what it needs and answered the session's question."""
    wish = Wish(
        occurrence.id,
        make.party(adults),
        answer="Nuts",
        asked=Asked(["step-free"], "By the door", consent=True),
    )
    return bookings.book(wishes=[wish], contact=GRACE, rules=booking_rules(), who=Who())


class TestSwap:
    def test_the_new_places_are_had_and_the_old_ones_are_free(self) -> None:
        bread, knots = run(), run()
        booking = make.booking(bread, adults=1, children=1)
        old = reservation_of(booking)
        line = bookings.swap(booking, old, knots.id, booking_rules())
        assert states(booking) == ["cancelled", "confirmed"]
        assert (bread.places_taken, knots.places_taken) == (0, 2)
        assert [one.number for one in line.party] == [1, 2]
        assert told(booking) == ["booked", "swapped"]

    def test_a_full_target_leaves_everything_as_it_was(self) -> None:
        bread, knots = run(), run(capacity=1)
        booking = make.booking(bread, adults=2)
        with refused(NoPlacesLeft, field="adults"):
            bookings.swap(booking, reservation_of(booking), knots.id, booking_rules())
        assert states(booking) == ["confirmed"]
        assert (bread.places_taken, knots.places_taken) == (2, 0)

    def test_the_new_sessions_rules_hold(self) -> None:
        booking = make.booking(run(), adults=1, ages=[6])
        with refused(RuleBroken, field="age_1"):
            bookings.swap(booking, reservation_of(booking), run(age_min=7).id, booking_rules())

    def test_not_to_what_has_started_is_hidden_or_is_had_already(self, at: At) -> None:
        bread = run()
        early = run(starts_at=clock.now() + HOUR)
        hidden = run(publish_at=clock.now() + 2 * HOUR)
        booking = make.booking(bread)
        at(clock.now() + HOUR)
        claim = reservation_of(booking)
        with refused(BookingClosed):
            bookings.swap(booking, claim, early.id, booking_rules())
        with refused(NotFound):
            bookings.swap(booking, claim, hidden.id, booking_rules())
        with refused(NotFound):
            bookings.swap(booking, claim, 999_999, booking_rules())
        with refused(RuleBroken, field="target"):
            bookings.swap(booking, claim, bread.id, booking_rules())

    def test_a_series_moves_as_a_whole(self) -> None:
        first, second = make.series(2), make.series(3)
        booking = make.booking(first[0])
        line = bookings.swap(booking, booking.reservations[1], second[2].id, booking_rules())
        assert [one.occurrence_id for one in line.claims] == [one.id for one in second]
        assert states(booking) == ["cancelled"] * 2 + ["confirmed"] * 3

    def test_what_was_asked_for_goes_along_the_answer_only_to_another_date(self) -> None:
        bread = run(question="Any allergies?")
        again = make.occurrence(bread.session, starts_at=bread.starts_at + timedelta(days=1))
        knots = run(question="Are you left-handed?")
        booking = asking(bread)
        line = bookings.swap(booking, reservation_of(booking), again.id, booking_rules())
        request = line.first.access_request
        assert request is not None
        assert (request.adjustments, request.note, request.answer) == (
            ["step-free"],
            "By the door",
            "Nuts",
        )
        line = bookings.swap(booking, line.first, knots.id, booking_rules())
        request = line.first.access_request
        assert request is not None
        assert (request.adjustments, request.answer) == (["step-free"], "")

    def test_an_answer_alone_goes_along_to_another_date(self) -> None:
        bread = run(question="Any allergies?")
        again = make.occurrence(bread.session, starts_at=bread.starts_at + timedelta(days=1))
        wish = Wish(bread.id, make.party(1), answer="Nuts")
        booking = bookings.book(wishes=[wish], contact=GRACE, rules=booking_rules(), who=Who())
        line = bookings.swap(booking, reservation_of(booking), again.id, booking_rules())
        request = line.first.access_request
        assert request is not None
        assert (request.answer, request.consented_at) == ("Nuts", None)


class TestSplit:
    def test_two_tickets_of_one_party(self) -> None:
        bread = run()
        booking = make.booking(bread, adults=2, children=1)
        claim = reservation_of(booking)
        line = bookings.split(booking, claim, [claim.attendees[0].id], booking_rules())
        assert (claim.people, line.first.people, bread.places_taken) == (2, 1, 3)
        numbers = {ticket_keys().read(make.code_of(one)).number for one in booking.reservations}
        assert len(numbers) == 2

    def test_somebody_stays_and_nobody_is_left_alone(self) -> None:
        booking = make.booking(run(accompaniment="with-adult"), adults=1, children=1)
        claim = reservation_of(booking)
        adult, child = claim.attendees
        with refused(RuleBroken, field="people"):
            bookings.split(booking, claim, [adult.id, child.id], booking_rules())
        for one in (adult, child):
            with refused(RuleBroken, field="adults"):
                bookings.split(booking, claim, [one.id], booking_rules())

    def test_a_full_session_can_be_split(self) -> None:
        bread = run(capacity=2)
        booking = make.booking(bread, adults=2)
        waits = make.waiting(bread)
        claim = reservation_of(booking)
        bookings.split(booking, claim, [claim.attendees[0].id], booking_rules())
        assert states(booking) == ["confirmed"] * 2
        assert states(waits) == ["waiting"]

    def test_places_of_a_share_that_was_released_since(self, at: At) -> None:
        release = clock.now() + HOUR
        bread = run(capacity=3, shares=[Share(AllocationKind.phone, 2, release)])
        booking = by_phone(bread, 2)
        make.booking(bread)
        waits = make.waiting(bread)
        at(release)
        claim = reservation_of(booking)
        bookings.split(booking, claim, [claim.attendees[0].id], booking_rules())
        assert states(booking) == ["confirmed"] * 2
        assert (bread.places_taken, states(waits)) == (3, ["waiting"])

    def test_a_series_is_split_in_every_part(self) -> None:
        booking = make.booking(make.series(3)[0], adults=2)
        claim = booking.reservations[0]
        line = bookings.split(booking, claim, [claim.attendees[1].id], booking_rules())
        assert [one.people for one in booking.reservations] == [1] * 6
        assert len({one.series_claim for one in booking.reservations}) == 2
        assert len(line.claims) == 3

    def test_both_halves_are_looked_after(self) -> None:
        """An allergy that was told belongs to both tickets: nobody knows whose it is."""
        booking = asking(run(question="Any allergies?"))
        claim = reservation_of(booking)
        line = bookings.split(booking, claim, [claim.attendees[0].id], booking_rules())
        for one in (claim, line.first):
            assert one.access_request is not None
            assert (one.access_request.answer, one.access_request.note) == ("Nuts", "By the door")


class TestPassingOn:
    def test_the_old_ticket_dies_and_the_new_booking_is_somebody_elses(self) -> None:
        booking = asking(run(question="Any allergies?"))
        claim = reservation_of(booking)
        old, uid = make.code_of(booking), claim.calendar_uid
        made = bookings.pass_on(booking, claim, Contact("Ada Lovelace", "ada@example.org"))
        assert made.reference not in (None, booking.reference)
        assert booking.reservations == []
        assert reservation_of(made) is claim
        assert claim.access_request is None  # what the first party asked for is not told on
        assert [one.name for one in claim.attendees] == ["Ada Lovelace", ""]
        facts = ticket_keys().read(make.code_of(made))
        assert facts.generation == ticket_keys().read(old).generation + 1
        assert claim.calendar_uid != uid
        assert told(booking) == ["booked", "passed_on"]
        assert told(made) == ["booked"]

    def test_a_series_goes_whole(self) -> None:
        booking = make.booking(make.series(3)[0])
        made = bookings.pass_on(booking, booking.reservations[1], GRACE)
        assert states(made) == ["confirmed"] * 3
        assert states(booking) == []

    def test_once(self) -> None:
        booking = make.booking(run())
        claim = reservation_of(booking)
        bookings.pass_on(booking, claim, GRACE)
        with refused(NotFound):
            bookings.pass_on(booking, claim, GRACE)


class TestAnotherAddress:
    def test_a_mistyped_address_ends_its_links_and_tickets(self) -> None:
        booking = make.booking(run(), email="adda@example.org")
        old, version = ticket_keys().read(make.code_of(booking)), booking.link_version
        bookings.change_contact(booking, Contact("Ada Lovelace", "ada@example.org"))
        new = ticket_keys().read(make.code_of(booking))
        assert (new.number, new.generation) == (old.number, old.generation + 1)
        assert booking.link_version == version + 1
        recipients = sa.select(Message.recipient).order_by(Message.id)
        assert db.session.scalars(recipients).all() == ["adda@example.org", "ada@example.org"]

    @pytest.mark.parametrize("email", ["ada@example.org", "Ada@Example.org"])
    def test_another_name_or_number_ends_nothing(self, email: str) -> None:
        booking = make.booking(run())
        old, version = make.code_of(booking), booking.link_version
        bookings.change_contact(booking, Contact("Countess Lovelace", email, "07700 900123"))
        assert (make.code_of(booking), booking.link_version) == (old, version)
        assert (booking.name_folded, booking.mobile) == ("countess lovelace", "07700 900123")
        assert told(booking) == ["booked"]


class TestAPartThatWasCalledOff:
    """Of a series of three the first part is called off, and later takes place after all."""

    @pytest.fixture
    def parts(self) -> list[Occurrence]:
        return make.series(3, capacity=4)

    @pytest.fixture
    def booking(self, parts: list[Occurrence]) -> Booking:
        booked = make.booking(parts[0], adults=2)
        running.cancel_occurrence(parts[0].id, "The roof leaks.", actor=None)
        return booked

    def test_nobody_books_it_by_booking_the_others(
        self, parts: list[Occurrence], booking: Booking
    ) -> None:
        with refused(BookingClosed):
            make.held(parts[0])
        assert states(make.booking(parts[1])) == ["confirmed"] * 2

    def test_who_kept_the_others_has_it_again(
        self, parts: list[Occurrence], booking: Booking
    ) -> None:
        assert running.reinstate(parts[0].id, actor=None) == 1
        assert states(booking) == ["confirmed"] * 3

    def test_who_gave_up_the_others_does_not(
        self, parts: list[Occurrence], booking: Booking
    ) -> None:
        bookings.cancel_reservation(booking, booking.reservations[1])
        assert running.reinstate(parts[0].id, actor=None) == 0
        assert states(booking) == ["withdrawn", "cancelled", "cancelled"]

    def test_nor_who_gave_up_everything(self, parts: list[Occurrence], booking: Booking) -> None:
        bookings.cancel_all(booking)
        assert running.reinstate(parts[0].id, actor=None) == 0
        assert parts[0].places_taken == 0

    def test_who_moved_elsewhere_does_not(self, parts: list[Occurrence], booking: Booking) -> None:
        bookings.swap(booking, booking.reservations[1], run().id, booking_rules())
        assert running.reinstate(parts[0].id, actor=None) == 0
        assert parts[0].places_taken == 0

    def test_who_come_fewer_have_fewer_of_it(
        self, parts: list[Occurrence], booking: Booking
    ) -> None:
        claim = booking.reservations[1]
        bookings.give_up(booking, claim, [claim.attendees[0].id])
        running.reinstate(parts[0].id, actor=None)
        assert [one.people for one in booking.reservations] == [1, 1, 1]
        left = {one.person for claim in booking.reservations for one in claim.attendees}
        assert len(left) == 1

    def test_who_got_the_others_passed_on_has_it(
        self, parts: list[Occurrence], booking: Booking
    ) -> None:
        made = bookings.pass_on(booking, booking.reservations[1], GRACE)
        running.reinstate(parts[0].id, actor=None)
        assert states(booking) == []
        assert states(made) == ["confirmed"] * 3
        assert told(made) == ["booked", "reinstated"]


def test_nobody_hears_of_what_was_only_chosen(app: Flask) -> None:
    """Baskets that ask for a turn are not booked: they are told by their own page."""
    bread = run(capacity=1)
    make.booking(bread)
    bookings.wish_to_wait(
        edition=bread.session.edition,
        secret="mine",
        occurrence=bread,
        party=make.party(1),
        rules=booking_rules(),
    )
    told = running.who_is_told(bread)
    assert (told.booked, told.waiting) == (1, 0)
    assert capacity.availability(bread, clock.now()).waiting == 0
