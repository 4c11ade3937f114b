"""Changes of mind about one session of a booking: R2, R3, R4 and R8 of the stories."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.delivery.addresses import manage_path
from festival.domain import bookings
from festival.domain.parties import party_of
from festival.extensions import db
from festival.models import (
    AttendeeKind,
    Booking,
    Edition,
    Message,
    Occurrence,
    ReservationState,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of
from tests.support.bookings import change_page, fill, kinds, states
from tests.support.client import FestivalClient

State = ReservationState


@pytest.fixture
def occurrence(edition: Edition) -> Occurrence:
    return occurrence_of(factories.session(title="Sing Together"))


@pytest.fixture
def family_run(edition: Edition) -> Occurrence:
    """E30: ages 7 to 11, an adult stays and takes no place, three children for each adult."""
    session = factories.session(
        title="Sing Together",
        age_min=7,
        age_max=11,
        accompaniment="adult-stays",
        accompanying_adults_take_places=False,
        children_per_adult=3,
    )
    return occurrence_of(session)


# --- more people


def test_r2_a_third_child_added_when_full_waits_and_the_rest_keep_their_places(
    client: FestivalClient, family_run: Occurrence
) -> None:
    booked = factories.booking(family_run, 1, 2)
    fill(family_run)
    page = change_page(client, booked, "More people want to come")
    page = client.submit(page, "Book for them too", ages="9")
    assert "Sorry, all the places have just been taken." in page.page.error_summary
    assert page.page.form("Try again").controls["ages"].values() == ["9"]
    page = client.submit(page, "Put the others on the waiting list", ages="9")
    assert "You keep your places. The others are on the waiting list now." in page.words
    assert states(booked) == [(State.confirmed, 3), (State.waiting, 1)]
    assert "You are 1st in line." in page.words
    assert page.h1 == "Your places are booked"


def test_r2_a_third_child_comes_where_there_is_room(
    client: FestivalClient, family_run: Occurrence
) -> None:
    booked = factories.booking(family_run, 1, 2)
    page = change_page(client, booked, "More people want to come")
    assert "adults" in page.page.form("Book for them too").names
    client.submit(page, "Book for them too", ages="9")
    assert states(booked) == [(State.confirmed, 4)]
    assert (family_run.places_taken, family_run.people_expected) == (3, 4)
    assert kinds() == ["booked", "changed"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"ages": "6"}, "This session is for people aged 7 and over."),
        ({"ages": "8, 9"}, "Each adult can bring 3 children at most."),
        ({"ages": "nine"}, "Type each age as a number, like this: 7, 10"),
        ({}, "Say how many more people are coming."),
        ({"adults": "-1"}, "Type a number from 0 to 255."),
        ({"companions": "9"}, "Each person can bring 2 companions."),
    ],
)
def test_what_the_rules_refuse_is_said_and_kept(
    client: FestivalClient, family_run: Occurrence, typed: dict[str, str], told: str
) -> None:
    booked = factories.booking(family_run, 1, 2)
    page = change_page(client, booked, "More people want to come")
    page = client.submit(page, "Book for them too", **typed)
    assert told in page.page.error_summary[0]
    for name, value in typed.items():
        assert page.page.form("Book for them too").controls[name].values() == [value]
    assert states(booked) == [(State.confirmed, 3)]


def test_r3_the_companion_is_added_to_a_full_session(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    """A full session has no place for one more, but the room has for who supports somebody."""
    booked = factories.booking(occurrence)
    fill(occurrence)
    page = change_page(client, booked, "More people want to come")
    client.submit(page, "Book for them too", companions="1")
    assert states(booked) == [(State.confirmed, 2)]
    assert occurrence.places_taken == 10


def test_r3_another_companion_comes_on_the_day(
    client: FestivalClient, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    booked = factories.booking(occurrence)
    client.submit(
        change_page(client, booked, "More people want to come"),
        "Book for them too",
        companions="1",
    )
    at(occurrence.starts_at - timedelta(minutes=30))
    page = change_page(client, booked, "Write or change names")
    companion = next(
        one for one in reservation_of(booked).attendees if one.kind == AttendeeKind.companion
    )
    client.submit(page, "Save the names", **{f"name_{companion.id}": "Olu"})
    assert "Olu" in client.get(manage_path(booked)).words


# --- fewer


def test_r2_one_child_cannot_come_and_the_other_place_stays(
    client: FestivalClient, family_run: Occurrence
) -> None:
    booked = factories.booking(family_run, 1, 2)
    page = change_page(client, booked, "Somebody cannot come")
    ids = page.page.form("Give these places back").controls["people"].options
    client.submit(page, "Give these places back", people=[ids[2]])
    assert states(booked) == [(State.confirmed, 2)]
    assert family_run.places_taken == 1


@pytest.fixture
def group(occurrence: Occurrence) -> Booking:
    """R4: twelve women of a community centre, of whom nobody is named."""
    occurrence.room.legal_capacity = occurrence.legal_capacity = 40
    occurrence.capacity = 30
    occurrence.allocations[0].places = 30
    return bookings.book(
        edition=occurrence.session.edition,
        wishes=[bookings.Wish(occurrence.id, party_of(0, 0, 0, 12))],
        contact=bookings.Contact(name="Ada Lovelace", email="ada@example.org"),
        rules=bookings.Rules(timedelta(minutes=15), 10, "festival.example"),
        who=bookings.Who(),
    )


def test_r4_three_places_released_the_day_before_go_to_the_waiting_list_at_once(
    client: FestivalClient, group: Booking, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    fill(occurrence)
    waits = factories.waiting(occurrence, 3)
    db.session.commit()
    at(occurrence.starts_at - timedelta(days=1))
    page = change_page(client, group, "Somebody cannot come")
    ids = page.page.form("Give these places back").controls["people"].options
    page = client.submit(page, "Give these places back", people=ids[:3])
    assert "somebody else can come now" in page.words
    assert reservation_of(group).people == 9
    offered = reservation_of(waits)
    assert (offered.state, offered.places) == (State.offered, 3)
    assert occurrence.places_taken == 30


def test_r4_some_of_the_group_are_named_later(client: FestivalClient, group: Booking) -> None:
    page = change_page(client, group, "Write or change names")
    ids = [one.id for one in reservation_of(group).attendees]
    names = {f"name_{ids[0]}": "Parveen", f"name_{ids[4]}": "ਗੁਰਪ੍ਰੀਤ"}
    page = client.submit(page, "Save the names", **names)
    assert "Parveen; Person 2; Person 3; Person 4; ਗੁਰਪ੍ਰੀਤ; Person 6" in page.words
    assert reservation_of(group).people == 12
    assert kinds() == ["booked"]


def test_r4_the_group_grows_by_unnamed_people(client: FestivalClient, group: Booking) -> None:
    page = change_page(client, group, "More people want to come")
    client.submit(page, "Book for them too", unnamed="2")
    assert reservation_of(group).people == 14


# --- what helps


def test_r3_what_helps_is_told_later_and_the_provider_hears_that_it_changed(
    client: FestivalClient, occurrence: Occurrence, lead: Somebody
) -> None:
    assert lead.user is not None
    occurrence.session.provider_id = lead.user.memberships[0].provider_id
    booked = factories.booking(occurrence)
    db.session.commit()
    page = change_page(client, booked, "What would help you take part")
    assert "Only the people of Penn Fields Makers who run this session" in page.words
    typed = {"adjustments": ["hearing loop"], "note": "Please face me when you speak."}
    refused = client.submit(page, "Save", **typed)
    assert "Tick this box" in refused.page.error_summary[0]
    assert reservation_of(booked).access_request is None
    page = client.submit(page, "Save", **typed, consent=True)
    assert "The people who run the session are told." in page.words
    kept = reservation_of(booked).access_request
    assert kept is not None
    assert (kept.adjustments, kept.note) == (["hearing loop"], "Please face me when you speak.")
    assert kept.consented_at is not None
    message = db.session.scalars(sa.select(Message).where(Message.kind == "asked")).one()
    assert message.recipient == "lead@example.org"
    assert "face me" not in str(message.facts)
    again = change_page(client, booked, "What would help you take part")
    client.submit(again, "Save")  # nothing is new
    assert kinds().count("asked") == 1
    client.submit(again, "Save", adjustments=[], note="", consent=False)
    assert reservation_of(booked).access_request is None


def test_the_sessions_own_question_can_be_answered_later(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    occurrence.session.question = "Do you have any food allergies?"
    booked = factories.booking(occurrence)
    page = change_page(client, booked, "What would help you take part")
    assert "Do you have any food allergies?" in page.words
    client.submit(page, "Save", answer="Nuts")
    kept = reservation_of(booked).access_request
    assert kept is not None
    assert (kept.answer, kept.consented_at) == ("Nuts", None)


# --- two tickets, and to somebody else


def test_r8_one_party_gets_two_tickets(client: FestivalClient, occurrence: Occurrence) -> None:
    booked = factories.booking(occurrence, 3)
    old = factories.code_of(booked)
    page = change_page(client, booked, "Make two tickets")
    ids = page.page.form("Make two tickets").controls["people"].options
    page = client.submit(page, "Make two tickets", people=[ids[0]])
    assert states(booked) == [(State.confirmed, 2), (State.confirmed, 1)]
    codes = [factories.code_of(one) for one in booked.reservations]
    assert old not in codes
    assert len(page.page.with_class("ticket")) == 2
    assert occurrence.places_taken == 3


@pytest.mark.parametrize(
    ("ticked", "told"),
    [([], "Tick at least one person who gets a ticket"), ([0, 1], "Leave at least one person")],
)
def test_a_ticket_for_nobody_is_refused(
    client: FestivalClient, occurrence: Occurrence, ticked: list[int], told: str
) -> None:
    booked = factories.booking(occurrence, 2)
    page = change_page(client, booked, "Make two tickets")
    ids = page.page.form("Make two tickets").controls["people"].options
    page = client.submit(page, "Make two tickets", people=[ids[one] for one in ticked])
    assert told in page.page.error_summary[0]
    assert len(booked.reservations) == 1


def test_r8_somebody_else_gets_the_places_and_the_old_ticket_dies(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    booked = factories.booking(occurrence, 2)
    old = factories.code_of(booked)
    page = change_page(client, booked, "Give the places to somebody else")
    refused = client.submit(page, "Give these 2 places to them")
    assert refused.page.error_summary == ["Type their name."]
    page = client.submit(
        page, "Give these 2 places to them", name="Grace Hopper", email="grace@example.org"
    )
    made = db.session.scalars(sa.select(Booking).where(Booking.name == "Grace Hopper")).one()
    assert str(made.reference) in page.words
    assert "Your ticket for this session does not work any more." in page.words
    assert page.h1 == f"Nothing is left in your booking {booked.reference}"
    assert factories.code_of(made) != old
    assert occurrence.places_taken == 2
    assert client.get(manage_path(made)).h1 == "Your places are booked"
    told = db.session.execute(sa.select(Message.kind, Message.recipient).order_by(Message.id))
    assert [tuple(row) for row in told][1:] == [
        ("passed_on", "ada@example.org"),
        ("booked", "grace@example.org"),
    ]
