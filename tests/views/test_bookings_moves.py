"""To another date or session in one step, out of it with one press, out of everything: R8."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings, running
from festival.models import Booking, Edition, Occurrence, ReservationState
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.bookings import change_page, fill, kinds, states
from tests.support.client import FestivalClient, PageResponse

State = ReservationState
SWAP = "Another date or another session"


@pytest.fixture
def occurrence(edition: Edition) -> Occurrence:
    return occurrence_of(factories.session(title="Sing Together"))


@pytest.fixture
def repeat(occurrence: Occurrence) -> Occurrence:
    """The same session a day later."""
    return factories.occurrence(
        occurrence.session, starts_at=occurrence.starts_at + timedelta(days=1), capacity=2
    )


@pytest.fixture
def booked(occurrence: Occurrence) -> Booking:
    return factories.booking(occurrence, 2)


# --- another date


def test_r8_another_date_of_the_same_session_in_one_step(
    client: FestivalClient, booked: Booking, occurrence: Occurrence, repeat: Occurrence
) -> None:
    page = change_page(client, booked, SWAP)
    assert "You keep these places until you have the new ones." in page.words
    assert page.page.form("Move there").controls["target"].options == [str(repeat.id)]
    page = client.submit(page, "Move there", target=str(repeat.id))
    assert "Done. You have moved." in page.words
    assert states(booked) == [(State.cancelled, 2), (State.confirmed, 2)]
    assert (occurrence.places_taken, repeat.places_taken) == (0, 2)
    assert kinds() == ["booked", "swapped"]
    tickets = client.get(manage_path(booked, "bookings.show_tickets"))
    assert len(tickets.page.with_class("ticket")) == 1  # the old one is not shown


def test_r8_the_old_places_are_not_lost_before_the_new_ones_are_had(
    client: FestivalClient, booked: Booking, occurrence: Occurrence, repeat: Occurrence
) -> None:
    page = change_page(client, booked, SWAP)
    factories.booking(repeat, 1, email="quick@example.org")
    page = client.submit(page, "Move there", target=str(repeat.id))
    assert "Only 1 place is left." in page.page.error_summary[0]
    assert states(booked) == [(State.confirmed, 2)]
    assert occurrence.places_taken == 2


def test_r8_another_session_is_found_by_its_code(
    client: FestivalClient, booked: Booking, occurrence: Occurrence
) -> None:
    other = occurrence_of(factories.session(title="Paint a Tile"))
    page = change_page(client, booked, SWAP)
    assert "We found no other date" in page.words
    page = client.submit(page, "Look for it", code=other.session.code.lower())
    assert "Paint a Tile" in page.words
    client.submit(page, "Move there", target=str(other.id))
    assert [one.occurrence_id for one in booked.reservations if one.state == State.confirmed] == [
        other.id
    ]


@pytest.mark.parametrize("code", ["ZZ99", "🎈", "x" * 300, "E 1"])
def test_a_code_that_leads_nowhere_is_said_plainly(
    client: FestivalClient, booked: Booking, code: str
) -> None:
    page = client.submit(change_page(client, booked, SWAP), "Look for it", code=code)
    assert "There are no places for all of you in a session with the code" in page.words


@pytest.mark.parametrize("target", ["", "0", "999999", "-1", "one", "9" * 40])
def test_a_target_that_is_not_there_is_refused_in_words(
    client: FestivalClient, booked: Booking, repeat: Occurrence, target: str
) -> None:
    address, pairs = change_page(client, booked, SWAP).page.form("Move there").filled({})
    page = client.post(address, data={**dict(pairs), "target": target})
    assert page.status_code == 200
    assert len(page.page.error_summary) == 1
    assert states(booked) == [(State.confirmed, 2)]


def test_no_swap_to_a_session_that_has_started(
    client: FestivalClient, booked: Booking, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    early = factories.occurrence(
        occurrence.session, starts_at=occurrence.starts_at - timedelta(hours=3)
    )
    at(early.starts_at - timedelta(minutes=1))
    page = change_page(client, booked, SWAP)
    at(early.starts_at + timedelta(minutes=1))
    page = client.submit(page, "Move there", target=str(early.id))
    assert "Booking for this session has closed." in page.page.error_summary[0]
    assert states(booked) == [(State.confirmed, 2)]


def test_a_freed_place_goes_to_who_waits(
    client: FestivalClient, booked: Booking, occurrence: Occurrence, repeat: Occurrence
) -> None:
    fill(occurrence)
    waits = factories.waiting(occurrence, 2)
    page = change_page(client, booked, SWAP)
    client.submit(page, "Move there", target=str(repeat.id))
    assert reservation_of(waits).state == State.offered


# --- one press


def test_r8_cannot_come_is_one_button(
    client: FestivalClient, booked: Booking, occurrence: Occurrence
) -> None:
    claim = reservation_of(booked)
    link = manage_path(booked, "bookings.cannot_come", reservation_id=claim.id)
    page = client.get(link)
    assert page.h1 == "You cannot come?"
    (form,) = [one for one in page.page.forms if "sign-out" not in one.action]
    assert form.buttons == ["We cannot come: give all 2 places back"]
    assert occurrence.places_taken == 2  # a program that follows links has changed nothing
    done = client.submit(page, form.buttons[0])
    assert "Thank you for telling us" in done.words
    assert occurrence.places_taken == 0
    again = client.submit(page, form.buttons[0])  # pressed twice
    assert again.h1 == "You do not have these places"
    assert client.get(link).h1 == "You do not have these places"
    assert kinds() == ["booked", "cancelled"]


def test_r8_it_is_too_late_for_one_press_once_it_has_begun(
    client: FestivalClient, booked: Booking, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    claim = reservation_of(booked)
    at(occurrence.starts_at - timedelta(minutes=1))
    page = client.get(manage_path(booked, "bookings.cannot_come", reservation_id=claim.id))
    at(occurrence.starts_at + timedelta(minutes=1))
    page = client.submit(page, "We cannot come: give all 2 places back")
    assert "This session has started" in page.page.error_summary[0]
    assert states(booked) == [(State.confirmed, 2)]


# --- a series


@pytest.fixture
def course(edition: Edition) -> list[Occurrence]:
    return factories.series(3, title="Sing Together")


@pytest.mark.parametrize(
    ("dates", "left", "told"),
    [
        ("one", [State.confirmed] * 3, "Then keep your places, and come to the other dates."),
        ("all", [State.cancelled] * 3, "Thank you for telling us"),
    ],
)
def test_r8_of_a_series_this_one_or_all(
    client: FestivalClient,
    course: list[Occurrence],
    dates: str,
    left: list[ReservationState],
    told: str,
) -> None:
    booked = factories.booking(course[0])
    page = change_page(client, booked, "Somebody cannot come")
    refused = client.submit(page, "Give these places back")
    assert refused.page.error_summary == ["Say if it is one date, or all of them."]
    page = client.submit(page, "Give these places back", dates=dates)
    assert told in page.words
    assert [one.state for one in booked.reservations] == left


def test_r8_only_the_dates_to_come_of_a_series_are_given_back(
    client: FestivalClient, course: list[Occurrence], at: Callable[..., None]
) -> None:
    booked = factories.booking(course[0])
    at(course[0].ends_at)
    page = change_page(client, booked, "Somebody cannot come")
    client.submit(page, "Give these places back", dates="all")
    assert [one.state for one in booked.reservations] == [
        State.confirmed,
        State.cancelled,
        State.cancelled,
    ]


def test_one_date_of_a_series_is_called_off_and_the_others_stand(
    client: FestivalClient, course: list[Occurrence]
) -> None:
    booked = factories.booking(course[0])
    running.cancel_occurrence(course[0].id, "No teacher.", actor=None)
    page = client.get(manage_path(booked))
    assert page.h1 == "Your places are booked"
    assert page.words.count("Cancelled by us") == 1
    page = change_page(client, booked, "Somebody cannot come")
    client.submit(page, "Give these places back", dates="all")
    assert [one.state for one in booked.reservations] == [
        State.withdrawn,
        State.cancelled,
        State.cancelled,
    ]


# --- everything


def two_sessions(occurrence: Occurrence) -> Booking:
    other = occurrence_of(factories.session(title="Paint a Tile"))
    full = occurrence_of(factories.session(title="Full House"))
    fill(full)
    wishes = [
        bookings.Wish(occurrence.id, factories.party(2)),
        bookings.Wish(other.id, factories.party(1)),
        bookings.Wish(full.id, factories.party(1), wait=True),
    ]
    return bookings.book(
        edition=occurrence.session.edition,
        wishes=wishes,
        contact=bookings.Contact(name="Grace Hopper", email="grace@example.org"),
        rules=booking_rules(),
        who=bookings.Who(),
    )


def show(client: FestivalClient, booking: Booking) -> PageResponse:
    return client.get(manage_path(booking))  # type: ignore[return-value]


def test_r8_cancel_one_of_several(client: FestivalClient, occurrence: Occurrence) -> None:
    booking = two_sessions(occurrence)
    page = client.get(show(client, booking).page.link("Somebody cannot come: Paint a Tile"))
    client.submit(page, "Give these places back")
    assert [one.state for one in booking.reservations] == [
        State.confirmed,
        State.cancelled,
        State.waiting,
    ]
    assert "What is over" in show(client, booking).words


def test_r8_cancel_everything(client: FestivalClient, occurrence: Occurrence) -> None:
    booking = two_sessions(occurrence)
    page = client.get(show(client, booking).page.link("Cancel everything"))
    for title in ("Sing Together", "Paint a Tile", "Full House"):
        assert title in page.words
    done = client.submit(page, "Cancel everything")
    assert done.h1 == f"Your booking {booking.reference} is cancelled"
    assert {one.state for one in booking.reservations} == {State.cancelled}
    again = client.submit(page, "Cancel everything")
    assert "There is nothing left to cancel in this booking." in again.page.error_summary


def test_the_page_shows_every_line_as_it_stands(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    booking = two_sessions(occurrence)
    page = show(client, booking)
    assert page.h1 == "Your places are booked"
    assert "You are 1st in line." in page.words
    assert "Smaller groups may be asked before you." in page.words
    running.cancel_occurrence(occurrence.id, "The piano is broken.", actor=None)
    page = show(client, booking)
    assert "Cancelled by us" in page.words
    assert "We are sorry. This session was called off." in page.words
    tickets = client.get(manage_path(booking, "bookings.show_tickets"))
    assert len(tickets.page.with_class("ticket")) == 2
    assert "This ticket does not let you in" in tickets.words
