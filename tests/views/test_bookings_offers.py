"""The waiting list by link: the turn, the offer, yes and no thanks, staying in line. R9."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings, capacity, running
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Booking,
    Edition,
    Message,
    Occurrence,
    Reservation,
    ReservationState,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of
from tests.support.bookings import fill
from tests.support.client import FestivalClient, PageResponse

At = Callable[..., None]
State = ReservationState
NOW = "2027-05-25T10:00+01:00"


@pytest.fixture(autouse=True)
def _a_morning(at: At) -> None:
    at(NOW)


@pytest.fixture
def occurrence(edition: Edition) -> Occurrence:
    """Ten places, all of them booked."""
    run = occurrence_of(factories.session(title="Sing Together"))
    fill(run)
    return run


def somebody_cancels(occurrence: Occurrence, places: int = 3) -> None:
    query = sa.select(Reservation).where(
        Reservation.occurrence_id == occurrence.id,
        Reservation.state == State.confirmed,
        Reservation.places == places,
    )
    claim = db.session.scalars(query).first()
    assert claim is not None
    bookings.cancel_reservation(claim.booking, claim)
    db.session.commit()


def offer_path(booking: Booking) -> str:
    claim = reservation_of(booking)
    return manage_path(booking, "bookings.offer", reservation_id=claim.id)


def offer_page(client: FestivalClient, booking: Booking) -> PageResponse:
    return client.get(offer_path(booking))  # type: ignore[return-value]


def deadline(booking: Booking) -> datetime:
    until = reservation_of(booking).offer_until
    assert until is not None
    return until


def kinds(booking: Booking) -> list[str]:
    query = sa.select(Message.kind).where(Message.booking_id == booking.id)
    return list(db.session.scalars(query.order_by(Message.id)))


# --- the turn


def test_r9_the_position_is_an_honest_range(client: FestivalClient, occurrence: Occurrence) -> None:
    factories.waiting(occurrence, 1)
    for _ in range(2):
        factories.waiting(occurrence, 4)
    family = factories.waiting(occurrence, 3)
    page = client.get(manage_path(family))
    assert page.h1 == "You are on the waiting list"
    assert "You are between 2nd and 4th in line." in page.words
    assert "Smaller groups may be asked before you. You keep your turn." in page.words
    assert "We write to grace@example.org." in page.words
    first = factories.waiting(occurrence, 1, least=1, email="", mobile="07700 900982")
    page = client.get(manage_path(first))
    assert "You are between 2nd and 5th in line." in page.words
    assert "We call you on 07700 900982." in page.words


def test_a_turn_is_given_up(client: FestivalClient, occurrence: Occurrence) -> None:
    waits = factories.waiting(occurrence, 2)
    page = client.submit(client.get(manage_path(waits)), "Leave the waiting list")
    assert "You have left the waiting list." in page.words
    assert reservation_of(waits).state == State.cancelled
    somebody_cancels(occurrence)
    assert reservation_of(waits).state == State.cancelled


def test_r9_who_has_booked_the_repeat_is_asked_whether_to_drop(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    repeat = factories.occurrence(
        occurrence.session, starts_at=occurrence.starts_at + timedelta(days=1)
    )
    booking = bookings.book(
        edition=occurrence.session.edition,
        wishes=[
            bookings.Wish(occurrence.id, factories.party(2), wait=True),
            bookings.Wish(repeat.id, factories.party(2)),
        ],
        contact=bookings.Contact(name="Grace Hopper", email="grace@example.org"),
        rules=booking_rules(),
        who=bookings.Who(),
    )
    page = client.get(manage_path(booking))
    assert "You have places on another date" in page.words
    assert "Do you still want to wait for this one?" in page.words
    client.submit(page, "Leave the waiting list")
    assert [one.state for one in booking.reservations] == [State.cancelled, State.confirmed]


# --- the offer


def test_r9_an_offer_with_its_deadline_is_accepted_without_signing_in(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    family = factories.waiting(occurrence, 3)
    somebody_cancels(occurrence)
    page = offer_page(client, family)
    assert page.h1 == "There are places for you"
    assert "Please answer by Wednesday 26 May 2027" in page.words
    assert reservation_of(family).state == State.offered  # looking at it has answered nothing
    page = client.submit(page, "Yes, book it")
    assert page.h1 == "Your places are booked"
    assert reservation_of(family).state == State.confirmed
    assert occurrence.places_taken == 10
    assert kinds(family) == ["waiting", "offered", "booked"]


def test_r9_it_is_answered_on_the_page_of_the_booking_too(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    family = factories.waiting(occurrence, 3)
    somebody_cancels(occurrence)
    page = client.get(manage_path(family))
    assert page.h1 == "There is a place for you"
    client.submit(page, "Yes, book it")
    assert reservation_of(family).state == State.confirmed


def test_r9_no_thanks_gives_the_places_to_the_next_at_once(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    family, couple = factories.waiting(occurrence, 3), factories.waiting(occurrence, 2)
    somebody_cancels(occurrence)
    assert reservation_of(couple).state == State.waiting
    page = client.submit(offer_page(client, family), "No thanks")
    assert "The places go to whoever is next." in page.words
    assert reservation_of(family).state == State.declined
    assert reservation_of(couple).state == State.offered


def test_an_offer_accepted_twice_is_one_booking(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    family = factories.waiting(occurrence, 3)
    somebody_cancels(occurrence)
    page = offer_page(client, family)
    for _ in range(2):
        assert client.submit(page, "Yes, book it").h1 == "Your places are booked"
    assert occurrence.places_taken == 10
    assert kinds(family) == ["waiting", "offered", "booked"]
    assert offer_page(client, family).h1 == "Your places are booked"


def test_a_forwarded_link_after_a_decline_says_so_plainly(
    client: FestivalClient, new_client: Callable[[], FestivalClient], occurrence: Occurrence
) -> None:
    family = factories.waiting(occurrence, 3)
    somebody_cancels(occurrence)
    friend = new_client()
    before = offer_page(friend, family)
    client.submit(offer_page(client, family), "No thanks")
    page = friend.submit(before, "Yes, book it")
    assert page.page.error_summary == ["This offer is not there any more. Look at your booking."]
    assert page.h1 == "You said no thanks"
    assert "The places went to whoever was next." in offer_page(friend, family).words
    assert occurrence.places_taken == 7


def test_no_after_yes_says_how_to_cancel(client: FestivalClient, occurrence: Occurrence) -> None:
    family = factories.waiting(occurrence, 3)
    somebody_cancels(occurrence)
    page = offer_page(client, family)
    client.submit(page, "Yes, book it")
    page = client.submit(page, "No thanks")
    assert "You have said yes already." in page.page.error_summary[0]
    assert reservation_of(family).state == State.confirmed


@pytest.mark.parametrize("answer", ["", "maybe", "yes\0"])
def test_an_answer_that_is_none(
    client: FestivalClient, occurrence: Occurrence, answer: str
) -> None:
    family = factories.waiting(occurrence, 3)
    somebody_cancels(occurrence)
    address, pairs = offer_page(client, family).page.form("Yes, book it").filled({})
    page = client.post(address, data={**dict(pairs), "answer": answer})
    assert page.page.error_summary == ["Press one of the buttons."]
    assert reservation_of(family).state == State.offered


# --- fewer places than asked for


def test_r9_two_are_free_and_the_party_is_three_two_now(
    client: FestivalClient, edition: Edition
) -> None:
    run = occurrence_of(factories.session(title="Sing Together"))
    pair = factories.booking(run, 2)
    fill(run)
    family = factories.waiting(run, 3, least=2)
    bookings.cancel_reservation(pair, reservation_of(pair))
    page = client.get(manage_path(family))
    assert "2 places are free now. You asked for 3." in page.words
    page = client.get(page.page.link("Choose who comes"))
    people = page.page.form("Yes, book it").controls["people"].options
    nobody = client.submit(page, "Yes, book it")
    assert nobody.page.error_summary == ["Tick who comes."]
    too_many = client.submit(page, "Yes, book it", people=people)
    assert too_many.page.error_summary == ["There are 2 places for you. Choose who comes."]
    page = client.submit(page, "Yes, book it", people=people[1:], keep_waiting=True)
    assert [(one.state, one.people) for one in family.reservations] == [
        (State.confirmed, 2),
        (State.waiting, 1),
    ]
    assert "You are 1st in line." in page.words


def test_the_others_need_not_wait(client: FestivalClient, edition: Edition) -> None:
    run = occurrence_of(factories.session(title="Sing Together"))
    pair = factories.booking(run, 2)
    fill(run)
    family = factories.waiting(run, 3, least=2)
    bookings.cancel_reservation(pair, reservation_of(pair))
    page = offer_page(client, family)
    people = page.page.form("Yes, book it").controls["people"].options
    client.submit(page, "Yes, book it", people=people[:2], keep_waiting=False)
    assert [(one.state, one.people) for one in family.reservations] == [(State.confirmed, 2)]


# --- no answer


@pytest.mark.parametrize("settled", [True, False], ids=["settled", "no worker ran"])
@pytest.mark.parametrize(
    ("button", "state", "asked_again"),
    [
        ("Yes, stay in line", State.offered, True),
        ("No, leave the waiting list", State.cancelled, False),
    ],
)
def test_r9_an_offer_that_ran_out_asks_stay_in_line(
    client: FestivalClient,
    occurrence: Occurrence,
    at: At,
    settled: bool,
    button: str,
    state: ReservationState,
    asked_again: bool,
) -> None:
    family = factories.waiting(occurrence, 3)
    somebody_cancels(occurrence)
    before = offer_page(client, family)
    at(deadline(family) + timedelta(seconds=1))
    if settled:
        capacity.lock_and_settle({occurrence.id}, deadline(family) + timedelta(seconds=1))
        db.session.commit()
    page = offer_page(client, family)
    assert page.h1 == "Do you want to stay in line?"
    assert "Stay in line?" in client.get(manage_path(family)).words
    page = client.submit(page, button)
    assert reservation_of(family).state == state
    assert kinds(family).count("offered") == (2 if asked_again else 1)
    assert before.h1 == "There are places for you"


def test_accepted_after_the_deadline_it_says_so(
    client: FestivalClient, occurrence: Occurrence, at: At
) -> None:
    family, couple = factories.waiting(occurrence, 3), factories.waiting(occurrence, 2)
    somebody_cancels(occurrence)
    until = deadline(family)
    at(until - timedelta(minutes=1))
    page = offer_page(client, family)
    at(until)
    page = client.submit(page, "Yes, book it")
    assert "The time to answer is over" in page.page.error_summary[0]
    assert page.h1 == "Do you want to stay in line?"
    assert reservation_of(family).state != State.confirmed
    capacity.lock_and_settle({occurrence.id}, until)
    assert reservation_of(couple).state == State.offered


def test_r9_accepted_then_cancelled_is_never_offered_again(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    family = factories.waiting(occurrence, 3)
    somebody_cancels(occurrence)
    client.submit(offer_page(client, family), "Yes, book it")
    claim = reservation_of(family)
    page = client.get(manage_path(family, "bookings.cannot_come", reservation_id=claim.id))
    client.submit(page, "We cannot come: give all 3 places back")
    assert (claim.state, occurrence.places_taken) == (State.cancelled, 7)
    somebody_cancels(occurrence)
    assert claim.state == State.cancelled
    assert kinds(family).count("offered") == 1


def test_r9_more_capacity_goes_to_the_waiting_list_first(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    family = factories.waiting(occurrence, 3)
    running.set_capacity(occurrence.id, 20, actor=None)
    assert offer_page(client, family).h1 == "There are places for you"
    assert occurrence.places_taken == 13


def test_r9_the_list_closes_with_the_session(
    client: FestivalClient, occurrence: Occurrence, at: At
) -> None:
    family = factories.waiting(occurrence, 3)
    at(occurrence.starts_at + timedelta(minutes=1))
    page = offer_page(client, family)
    assert page.h1 == "This offer is over"
    assert "There is nothing to answer any more." in page.words


def test_a_turn_of_a_series_is_one_line(client: FestivalClient, edition: Edition) -> None:
    course = factories.series(3, capacity=2, title="Sing Together")
    first = factories.booking(course[0], 2)
    waits = factories.waiting(course[0], 2)
    bookings.cancel_reservation(first, first.reservations[0])
    page = client.get(manage_path(waits))
    assert len(page.page.with_class("claim")) == 1
    client.submit(page, "Yes, book it")
    assert {one.state for one in waits.reservations} == {State.confirmed}


def test_whoever_of_the_team_answers_for_them_is_named_in_the_log(
    occurrence: Occurrence, administrator: Somebody
) -> None:
    family = factories.waiting(occurrence, 3)
    somebody_cancels(occurrence)
    administrator.client.submit(offer_page(administrator.client, family), "Yes, book it")
    query = sa.select(AuditEntry).where(AuditEntry.action == "waiting.accepted")
    entry = db.session.scalars(query).one()
    assert entry.actor is not None
    assert (entry.actor.name, entry.thing_id) == ("Amir Admin", family.id)
