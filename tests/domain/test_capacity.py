"""Places: reading and settling agree; nothing is ever sold twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, capacity, check, clock
from festival.domain.capacity import (
    BookingClosed,
    NoPlacesLeft,
    RoomFull,
    availability,
    settle,
    take,
)
from festival.domain.occurrences import Share
from festival.extensions import db
from festival.models import (
    AllocationKind,
    BookingMode,
    Channel,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
)
from tests import factories as make
from tests.support.refusals import refused
from tests.support.statements import recorded

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)


def run(**facts: object) -> Occurrence:
    return make.occurrence_of(make.session(**facts))  # type: ignore[arg-type]


def settled(occurrence: Occurrence, now: datetime) -> Occurrence:
    (locked,) = capacity.lock_and_settle([occurrence.id], now)
    return locked


def assert_reading_is_what_settling_makes(occurrence: Occurrence, now: datetime) -> None:
    read = availability(occurrence, now)
    settled(occurrence, now)
    assert availability(occurrence, now) == read
    assert occurrence.places_taken + read.places <= occurrence.capacity
    assert check.broken_rules() == []


def test_a_new_run_offers_all_its_places() -> None:
    free = availability(run(capacity=7), clock.now())
    assert (free.places, free.people, free.capacity, free.reason) == (
        7,
        28,
        7,
        "open",
    )  # two more are kept for companions
    assert free.is_open


def test_held_and_confirmed_places_are_taken() -> None:
    occurrence = run(capacity=7)
    make.held(occurrence, adults=2)
    make.booking(occurrence, adults=1, children=2)
    assert availability(occurrence, clock.now()).places == 2
    assert occurrence.places_taken == 5
    assert occurrence.people_expected == 5


def test_a_full_run_is_full() -> None:
    occurrence = run(capacity=2)
    make.held(occurrence, adults=2)
    assert availability(occurrence, clock.now()).reason == "full"
    with refused(NoPlacesLeft, field="adults") as refusal:
        make.held(occurrence)
    assert refusal.value.left == 0
    assert "have just been taken" in str(refusal.value)


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        (1, "Only 1 place is left. You can book 1 place, or look for another session."),
        (2, "Only 2 places are left. You can book up to 2."),
    ],
)
def test_who_asks_for_too_many_hears_how_many_are_left(left: int, sentence: str) -> None:
    occurrence = run(capacity=left)
    with refused(NoPlacesLeft, field="adults") as refusal:
        make.held(occurrence, adults=left + 1)
    assert str(refusal.value) == sentence
    assert refusal.value.left == left
    assert occurrence.places_taken == 0


def test_a_hold_that_ran_out_counts_for_nobody_before_it_is_settled(
    at: Callable[..., None],
) -> None:
    at("2027-06-01T10:00+01:00")
    occurrence = run(capacity=2)
    claim = make.reservation_of(make.held(occurrence, adults=2))
    at("2027-06-01T10:14:59+01:00")
    assert availability(occurrence, clock.now()).places == 0
    at("2027-06-01T10:15+01:00")
    assert availability(occurrence, clock.now()).places == 2
    assert claim.state == ReservationState.held  # reading changed nothing
    assert_reading_is_what_settling_makes(occurrence, clock.now())
    assert claim.state == ReservationState.lapsed
    assert claim.ended_at == clock.now()
    assert occurrence.places_taken == 0


def test_settling_comes_first_in_a_hold(at: Callable[..., None]) -> None:
    at("2027-06-01T10:00+01:00")
    occurrence = run(capacity=1)
    make.held(occurrence)
    at("2027-06-01T10:20+01:00")
    make.held(occurrence)
    assert occurrence.places_taken == 1
    assert check.broken_rules() == []


def test_settling_again_changes_nothing(at: Callable[..., None]) -> None:
    at("2027-06-01T10:00+01:00")
    occurrence = run()
    make.held(occurrence)
    now = clock.now() + HOUR
    (locked,) = capacity.lock([occurrence.id])
    assert settle([locked], now)
    assert not settle([locked], now)


def test_places_kept_back_are_not_public_until_they_are_released(at: Callable[..., None]) -> None:
    at("2027-06-01T10:00+01:00")
    release = clock.now() + HOUR
    occurrence = run(
        capacity=10,
        shares=[
            Share(AllocationKind.phone, 3, release),
            Share(AllocationKind.partner, 2),
            Share(AllocationKind.phase, 1, release + HOUR),
        ],
    )
    assert availability(occurrence, clock.now()).places == 4
    assert_reading_is_what_settling_makes(occurrence, release - timedelta(seconds=1))
    assert availability(occurrence, release).places == 7
    assert_reading_is_what_settling_makes(occurrence, release)
    assert capacity.public_share(occurrence).places == 7
    assert availability(occurrence, release + HOUR).places == 8
    assert_reading_is_what_settling_makes(occurrence, release + HOUR)
    assert [share.places for share in occurrence.allocations] == [8, 0, 2, 0, 2]


def test_the_public_can_take_what_was_released(at: Callable[..., None]) -> None:
    at("2027-06-01T10:00+01:00")
    release = clock.now() + HOUR
    occurrence = run(capacity=3, shares=[Share(AllocationKind.phone, 2, release)])
    with refused(NoPlacesLeft, field="adults") as refusal:
        make.held(occurrence, adults=2)
    assert refusal.value.left == 1
    at(release)
    make.held(occurrence, adults=3)
    assert check.broken_rules() == []


def test_places_go_back_to_the_share_they_came_from(at: Callable[..., None]) -> None:
    at("2027-06-01T10:00+01:00")
    release = clock.now() + HOUR
    occurrence = run(capacity=4, shares=[Share(AllocationKind.phone, 2, release)])
    phone = occurrence.allocations[1]
    claim = make.reservation_of(make.held(occurrence))
    capacity.give_all_back(claim)
    claim.allocation_id = phone.id  # as somebody on the phone line would
    claim.own_places = take(occurrence, phone, 1, 1, clock.now())
    claim.held_until = clock.now() + 2 * HOUR
    db.session.flush()
    db.session.expire(claim)
    assert availability(occurrence, release).places == 3
    assert_reading_is_what_settling_makes(occurrence, release)
    assert shares(occurrence) == [(3, 0), (1, 1)]
    # The phone's hold runs out after its share was released: its place is public then.
    assert_reading_is_what_settling_makes(occurrence, release + 2 * HOUR)
    assert shares(occurrence) == [(4, 0), (0, 0)]


def shares(occurrence: Occurrence) -> list[tuple[int, int]]:
    """Places and taken places of each share but the access reserve, which stands beside them."""
    return [
        (one.places, one.places_taken)
        for one in occurrence.allocations
        if one.kind != AllocationKind.access
    ]


def test_accompanying_adults_fill_the_room_and_not_the_session() -> None:
    """An adult who only stays with children takes no place here, but stands in the room."""
    occurrence = run(
        capacity=4,
        room=make.room(5),
        accompaniment="with-adult",
        accompanying_adults_take_places=False,
        most_places=4,
    )
    occurrence.allocations[1].places = 0  # no reserve here
    db.session.flush()
    make.booking(occurrence, adults=1, children=2)
    assert (occurrence.places_taken, occurrence.people_expected) == (2, 3)
    free = availability(occurrence, clock.now())
    assert (free.places, free.people) == (2, 2)
    with refused(RoomFull, field="adults") as refusal:
        make.held(occurrence, adults=1, children=2)
    assert refusal.value.left == 2
    make.held(occurrence, adults=1, children=1)
    assert availability(occurrence, clock.now()).reason == "full"  # by law, with a place free
    assert occurrence.places_taken == 3


def test_a_stale_reader_cannot_oversell() -> None:
    """Conditional updates hold even when somebody forgot the lock."""
    occurrence = run(capacity=5)
    share = capacity.public_share(occurrence)
    assert (occurrence.places_taken, share.places_taken) == (0, 0)  # read, and now stale
    table = Occurrence.__table__
    db.session.execute(sa.update(table).where(table.c.id == occurrence.id).values(places_taken=4))
    with refused(NoPlacesLeft, field="adults") as refusal:
        take(occurrence, share, 2, 2, clock.now())
    assert refusal.value.left == 1


def test_a_share_that_is_too_small_gives_the_occurrence_its_places_back() -> None:
    occurrence = run(capacity=5, shares=[Share(AllocationKind.phone, 4)])
    with pytest.raises(NoPlacesLeft):
        take(occurrence, capacity.public_share(occurrence), 2, 2, clock.now())
    assert (occurrence.places_taken, occurrence.people_expected) == (0, 0)


def test_nothing_is_taken_of_a_run_that_was_cancelled_meanwhile() -> None:
    occurrence = run()
    table = Occurrence.__table__
    db.session.execute(
        sa.update(table).where(table.c.id == occurrence.id).values(state="cancelled")
    )
    with pytest.raises(NoPlacesLeft):
        take(occurrence, capacity.public_share(occurrence), 1, 1, clock.now())


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("cancelled", "has been cancelled"),
        ("closed", "Booking for this session has closed"),
        ("drop_in", "do not need to book"),
        ("not_open", "has not opened yet"),
    ],
)
def test_why_a_run_cannot_be_booked(reason: str, words: str) -> None:
    now = clock.now()
    occurrence = run(booking_mode=BookingMode.none if reason == "drop_in" else BookingMode.required)
    if reason == "cancelled":
        occurrence.state = OccurrenceState.cancelled
    if reason == "closed":
        occurrence.bookings_close_at = now
    if reason == "not_open":
        occurrence.bookings_open_at = now + HOUR
    db.session.flush()
    free = availability(occurrence, now)
    assert (free.reason, free.places) == (reason, 0)
    with refused(BookingClosed) as refusal:
        make.held(occurrence)
    assert words in str(refusal.value)


def test_booking_opens_at_its_moment_and_closes_at_the_start(at: Callable[..., None]) -> None:
    at("2027-06-01T09:59:59+01:00")
    edition = make.edition(bookings_open_at=clock.now() + timedelta(seconds=1))
    starts_at = clock.now() + timedelta(days=5)
    occurrence = run(edition=edition, starts_at=starts_at)
    assert availability(occurrence, clock.now()).reason == "not_open"
    assert availability(occurrence, clock.now() + timedelta(seconds=1)).reason == "open"
    assert availability(occurrence, starts_at - timedelta(seconds=1)).reason == "open"
    assert availability(occurrence, starts_at).reason == "closed"


def test_no_opening_time_means_not_yet() -> None:
    occurrence = run(edition=make.edition(bookings_open_at=None))
    assert availability(occurrence, clock.now()).reason == "not_open"


def test_a_run_of_its_own_opening_time_does_not_wait_for_the_festival() -> None:
    occurrence = run(edition=make.edition(bookings_open_at=None))
    occurrence.bookings_open_at = clock.now() - HOUR
    assert availability(occurrence, clock.now()).is_open


def test_what_is_due_to_settle(at: Callable[..., None]) -> None:
    at("2027-06-01T10:00+01:00")
    quiet = run()
    make.booking(quiet)
    holding = run()
    make.held(holding)
    releasing = run(shares=[Share(AllocationKind.phone, 2, clock.now() + HOUR)])
    now = clock.now()
    assert capacity.due_to_settle(now) == []
    assert capacity.due_to_settle(now + timedelta(minutes=15)) == [holding.id]
    assert capacity.due_to_settle(now + HOUR) == [holding.id, releasing.id]
    capacity.lock_and_settle([holding.id, releasing.id], now + HOUR)
    assert capacity.due_to_settle(now + HOUR) == []


def test_many_are_read_with_one_question(app: Flask) -> None:
    runs = [run() for _ in range(5)]
    for one in runs:
        make.held(one)
    for one in runs:  # as the programme loads them
        assert one.places_taken == sum(share.places_taken for share in one.allocations)
        assert one.session.edition.bookings_open_at
    with recorded(app) as asked:
        free = capacity.availabilities(runs, clock.now())
    assert [free[one.id].places for one in runs] == [9] * 5
    assert asked.count == 1


def test_leaving_a_basket_frees_its_places_at_once() -> None:
    occurrence = run(capacity=2)
    basket = make.held(occurrence, adults=2)
    bookings.leave(basket)
    assert availability(occurrence, clock.now()).places == 2
    assert db.session.scalars(sa.select(Reservation.state)).all() == []
    bookings.hold(
        edition=occurrence.session.edition,
        secret="another",
        occurrence=occurrence,
        party=make.party(2),
        rules=booking_rules(),
    )
    assert check.broken_rules() == []


class TestSharesAndReserve:
    """R3, R5: what is kept for the phone line, and for who comes to support somebody."""

    def test_r5_a_share_is_drawn_on_first_and_the_public_one_after(self) -> None:
        occurrence = run(capacity=5, shares=[Share(AllocationKind.phone, 2)])
        claim = make.reservation_of(make.waiting(occurrence, 3, channel=Channel.phone))
        assert (claim.places, claim.own_places) == (3, 2)
        assert [one.places_taken for one in occurrence.allocations] == [1, 2, 0]
        bookings.give_up(claim.booking, claim, [claim.attendees[0].id])
        # The public place comes home first: everybody waits for it.
        assert [one.places_taken for one in occurrence.allocations] == [0, 2, 0]
        assert claim.own_places == 2

    def test_r5_the_phone_has_places_when_the_public_has_none(self) -> None:
        occurrence = run(capacity=3, shares=[Share(AllocationKind.phone, 1)])
        make.booking(occurrence, 2)
        assert availability(occurrence, clock.now()).reason == "full"
        assert availability(occurrence, clock.now(), AllocationKind.phone).places == 1
        make.waiting(occurrence, 1, channel=Channel.phone)
        assert availability(occurrence, clock.now(), AllocationKind.phone).places == 0

    def test_r3_companions_cost_no_public_place(self) -> None:
        """The room holds ten, eight may book: with two companions it is still eight."""
        occurrence = run(capacity=8, room=make.room(10), most_places=8)
        supported(occurrence, companions=2)
        assert (occurrence.places_taken, occurrence.people_expected) == (1, 3)
        assert availability(occurrence, clock.now()).places == 7
        make.booking(occurrence, 7)
        assert occurrence.people_expected == 10

    def test_r3_a_full_session_still_has_room_for_a_companion(self) -> None:
        occurrence = run(capacity=2, room=make.room(4))
        booking = make.booking(occurrence, 2)
        claim = make.reservation_of(booking)
        rules = booking_rules()
        for _ in range(2):
            bookings.add_people(booking, claim, make.party(0, companions=1), rules)
        assert (claim.places, claim.people, claim.companions) == (2, 4, 2)
        with refused(RoomFull, field="adults"):
            bookings.add_people(booking, claim, make.party(0, companions=1), rules)

    def test_the_reserve_is_kept_from_others(self) -> None:
        """Adults who take no place fill a room, but not the part of it that is kept."""
        occurrence = run(
            capacity=3,
            room=make.room(5),
            accompaniment="with-adult",
            accompanying_adults_take_places=False,
        )
        with refused(RoomFull, field="adults"):
            make.held(occurrence, 2, 2)
        make.held(occurrence, 1, 2)
        assert occurrence.people_expected == 3

    def test_staff_may_give_places_of_the_reserve(self) -> None:
        occurrence = run(capacity=2, room=make.room(4))
        make.booking(occurrence, 2)
        made = bookings.book(
            wishes=[bookings.Wish(occurrence.id, make.party(1))],
            contact=bookings.Contact("Grace Hopper"),
            rules=booking_rules(),
            who=bookings.Who(Channel.phone, kind=AllocationKind.access),
        )
        claim = make.reservation_of(made)
        assert (claim.places, claim.own_places) == (1, 1)
        assert (occurrence.places_taken, occurrence.people_expected) == (2, 3)
        assert check.broken_rules() == []
        bookings.cancel_reservation(made, claim)
        assert (occurrence.places_taken, occurrence.people_expected) == (2, 2)


def supported(occurrence: Occurrence, companions: int) -> None:
    """Somebody comes with companions."""
    bookings.book(
        wishes=[bookings.Wish(occurrence.id, make.party(1, companions=companions))],
        contact=bookings.Contact("Ada Lovelace"),
        rules=booking_rules(),
        who=bookings.Who(),
    )
