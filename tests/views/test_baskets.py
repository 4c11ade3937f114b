"""Booking, step by step, and everything that can be typed wrong on the way."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check, clock
from festival.extensions import db
from festival.models import (
    Accompaniment,
    Attendee,
    Booking,
    Edition,
    Message,
    Occurrence,
    Reservation,
    ReservationState,
    SessionState,
)
from tests import factories
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, PageResponse


def _start(client: FestivalClient, occurrence: Occurrence) -> PageResponse:
    return client.get(f"/sessions/{occurrence.session.code}/book/{occurrence.id}")  # type: ignore[return-value]


def _to_contact(client: FestivalClient, occurrence: Occurrence, **people: str) -> PageResponse:
    return client.submit(_start(client, occurrence), "Continue", **(people or {"adults": "1"}))


def _to_check(client: FestivalClient, occurrence: Occurrence, **contact: str) -> PageResponse:
    typed = {"name": "Ada Lovelace", "email": "ada@example.org"} | contact
    return client.submit(_to_contact(client, occurrence), "Continue", **typed)


def _only(kind: type) -> object:
    return db.session.scalars(sa.select(kind)).one()


@pytest.fixture
def occurrence(edition: Edition) -> Occurrence:
    """Ten places, for anybody."""
    return occurrence_of(factories.session(title="Sing Together"))


@pytest.fixture
def family(edition: Edition) -> Occurrence:
    """For children of 7 to 11 whose adults stay and take no place; three children an adult."""
    return occurrence_of(
        factories.session(
            title="Kitchen Chemistry",
            age_min=7,
            age_max=11,
            accompaniment=Accompaniment.adult_stays,
            accompanying_adults_take_places=False,
            children_per_adult=3,
            most_accompanying_adults=1,
        )
    )


def test_one_person_books(client: FestivalClient, occurrence: Occurrence) -> None:
    page = _to_check(client, occurrence)
    assert page.h1 == "Check your answers"
    assert "ada@example.org" in page.words
    page = client.submit(page, "Book 1 place")
    assert page.h1 == "Your places are booked"
    booking = _only(Booking)
    assert isinstance(booking, Booking)
    assert booking.reference is not None
    assert booking.reference in page.words
    assert (booking.name, booking.email, booking.answers) == ("Ada Lovelace", "ada@example.org", {})
    assert occurrence.places_taken == 1
    message = _only(Message)
    assert isinstance(message, Message)
    assert message.kind == "booked"
    assert check.broken_rules() == []


def test_a_party_gives_ages_and_may_give_names(client: FestivalClient, family: Occurrence) -> None:
    page = _to_contact(client, family, adults="1", children="2")
    page = client.submit(page, "Continue", name="Gurpreet ਕੌਰ 🎈", mobile="07700 900 982")
    assert page.h1 == "Who is coming?"
    page = client.submit(page, "Continue", name_2="Jas", age_2="7", age_3="10")
    assert "Jas, 7 years old" in page.words
    page = client.submit(page, "Book 2 places")
    assert page.h1 == "Your places are booked"
    ages = db.session.scalars(
        sa.select(Attendee.age)
        .join(Reservation, Attendee.reservation_id == Reservation.id)
        .where(Reservation.state == ReservationState.confirmed)
        .order_by(Attendee.id)
    ).all()
    assert ages == [None, 7, 10]
    assert (family.places_taken, family.people_expected) == (2, 3)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"adults": "", "children": ""}, "Say how many people are coming."),
        ({"adults": "0", "children": "0"}, "Say how many people are coming."),
        ({"adults": "one"}, "Type a whole number, like 2."),
        ({"adults": "-1"}, "Type a number from 0 to 300."),
        ({"adults": "2.5"}, "Type a whole number, like 2."),
        ({"adults": "99999999999"}, "Type a whole number, like 2."),
        ({"adults": "5"}, "You can book 4 places at most"),
        ({"adults": "1\0x"}, "Type a whole number, like 2."),
    ],
)
def test_a_wrong_number_is_told_and_kept(
    client: FestivalClient, occurrence: Occurrence, typed: dict[str, str], said: str
) -> None:
    page = client.submit(_start(client, occurrence), "Continue", **typed)
    assert page.h1 == "How many people are coming?"
    assert page.page.title.startswith("Error: ")
    assert any(said in line for line in page.page.error_summary)
    field = page.page.by_id("adults")
    assert field is not None
    assert field.get("value", "") == typed.get("adults", "0").replace("\0", "")
    assert db.session.scalar(sa.select(sa.func.count(Reservation.id))) == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"adults": "1", "children": "0"}, "This session is for children."),
        ({"adults": "0", "children": "1"}, "An adult must come with the children."),
        ({"adults": "1", "children": "4"}, "Each adult can bring 3 children at most."),
        ({"adults": "2", "children": "2"}, "Only 1 adult can stay"),
    ],
)
def test_a_rule_of_the_session_is_explained(
    client: FestivalClient, family: Occurrence, typed: dict[str, str], said: str
) -> None:
    page = client.submit(_start(client, family), "Continue", **typed)
    assert any(said in line for line in page.page.error_summary)


def test_a_wrong_age_is_told_at_that_child(client: FestivalClient, family: Occurrence) -> None:
    page = _to_contact(client, family, adults="1", children="2")
    page = client.submit(page, "Continue", name="Ada")
    page = client.submit(page, "Continue", name_3="Kim", age_2="8", age_3="6")
    assert page.page.error_summary == ["This session is for people aged 7 and over."]
    assert page.page.link("This session is for people aged 7 and over.").endswith("#age_3")
    assert page.page.form("Continue").controls["name_3"].values() == ["Kim"]
    page = client.submit(page, "Continue", age_3="")
    assert page.page.error_summary == ["Type a whole number, like 2."]


def test_children_without_ages_cannot_be_booked(client: FestivalClient, family: Occurrence) -> None:
    page = _to_contact(client, family, adults="1", children="1")
    client.submit(page, "Continue", name="Ada")
    page = client.submit(client.get("/basket/check"), "Book 1 place")
    assert page.h1 == "Check your answers"
    assert page.page.error_summary == ["Tell us how old each child is."]


def test_fewer_places_than_asked_for_are_offered(client: FestivalClient, edition: Edition) -> None:
    occurrence = occurrence_of(factories.session(capacity=3))
    factories.booking(occurrence)
    page = client.submit(_start(client, occurrence), "Continue", adults="3")
    assert page.page.error_summary == ["Only 2 places are left. You can book up to 2."]
    page = client.submit(page, "Continue", adults="2")
    assert page.h1 == "Who is booking?"


def test_a_full_session_cannot_be_begun(client: FestivalClient, edition: Edition) -> None:
    occurrence = occurrence_of(factories.session(capacity=1))
    page = _start(client, occurrence)
    factories.booking(occurrence)
    page = client.submit(page, "Continue", adults="1")
    assert page.page.error_summary == ["Sorry, all the places have just been taken."]
    assert "Find something like it" in _start(client, occurrence).words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Type your name."),
        ({"name": "x" * 101}, "This is 101 characters long. Make it 100 or fewer."),
        ({"name": "Ada\x07"}, "We took a hidden character out of this."),
        ({"email": "ada"}, "Type an email address like name@example.org."),
        ({"email": "x.@example.org"}, "Type an email address like name@example.org."),
        ({"email": ".x@example.org"}, "Type an email address like name@example.org."),
        ({"email": "a..b@example.org"}, "Type an email address like name@example.org."),
        ({"email": "ada@example"}, "Type an email address like name@example.org."),
        ({"email": "jos\u00e9@example.org"}, "Type it without accents, or type another one."),
        ({"email": "ada@ex\u00e4mple.org"}, "Type it without accents, or type another one."),
        ({"email": "ada\u202e@example.org"}, "There is a hidden character in this email"),
        ({"email": "ada@exam\u200bple.org"}, "There is a hidden character in this email"),
        ({"email": "ada@homtail.com"}, "Did you mean ada@hotmail.com?"),
        ({"email": "ada@gmial.com"}, "Did you mean ada@gmail.com?"),
        ({"mobile": "call me"}, "Type a phone number, like 07700 900 982."),
        ({"mobile": "123"}, "Type a phone number, like 07700 900 982."),
    ],
)
def test_wrong_contacts_are_told_and_kept(
    client: FestivalClient, occurrence: Occurrence, typed: dict[str, str], said: str
) -> None:
    all_typed = {"name": "Ada Lovelace", "email": "", "mobile": ""} | typed
    page = client.submit(_to_contact(client, occurrence), "Continue", **all_typed)
    assert page.h1 == "Who is booking?"
    assert any(said in line for line in page.page.error_summary)
    controls = page.page.form("Continue").controls
    shown = {name: controls[name].values()[0] for name in all_typed}
    assert shown == all_typed | {"name": all_typed["name"].replace("\x07", "")}


def test_an_unusual_address_is_asked_about_not_refused(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    page = client.submit(
        _to_contact(client, occurrence), "Continue", name="Ada", email="ada@homtail.com"
    )
    page = client.submit(page, "Continue", email_is_right=True)
    assert page.h1 == "Check your answers"
    assert "ada@homtail.com" in page.words


def test_neither_email_nor_mobile_warns_to_note_the_reference(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    page = _to_check(client, occurrence, email="")
    assert "We cannot send you anything. Write down the booking reference" in page.words
    page = client.submit(page, "Book 1 place")
    assert "Write down your reference now." in page.words
    assert db.session.scalars(sa.select(Message)).all() == []


def test_pressing_twice_is_one_booking(client: FestivalClient, occurrence: Occurrence) -> None:
    page = _to_check(client, occurrence)
    first = client.submit(page, "Book 1 place")
    second = client.submit(page, "Book 1 place")
    assert first.request.url == second.request.url
    assert occurrence.places_taken == 1
    assert len(db.session.scalars(sa.select(Message)).all()) == 1
    # And going back leads to the booking, not to a second one.
    assert client.get("/basket/contact", follow_redirects=True).h1 == "Your places are booked"


def test_choosing_again_replaces_what_was_held(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    _to_contact(client, occurrence, adults="3")
    assert occurrence.places_taken == 3
    page = _start(client, occurrence)
    assert page.h1 == "Who is coming?"
    assert page.page.form("Continue").controls["people"].values() == ["1", "2", "3"]
    client.submit(page, "Continue", people=["1", "3"])
    assert occurrence.places_taken == 2
    client.submit(_start(client, occurrence), "Continue", people=["3"], adults="1")
    assert occurrence.places_taken == 2
    people = db.session.scalars(sa.select(Attendee.person).order_by(Attendee.id)).all()
    assert len(set(people)) == 2


def test_a_hold_that_ran_out_is_taken_again_if_it_can(
    client: FestivalClient, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    page = _to_check(client, occurrence)
    at(clock.now() + timedelta(minutes=16))
    again = client.get("/basket/check")
    assert "The time to book ran out. What you typed is still here." in again.words
    assert "Ada Lovelace" in again.words
    page = client.submit(page, "Book 1 place")
    assert page.h1 == "Your places are booked"
    assert occurrence.places_taken == 1


def test_a_stale_form_after_the_places_went(
    app: Flask, client: FestivalClient, edition: Edition, at: Callable[..., None]
) -> None:
    occurrence = occurrence_of(factories.session(capacity=1))
    page = _to_check(client, occurrence)
    at(clock.now() + timedelta(minutes=16))
    factories.booking(occurrence, name="Somebody Quicker")
    page = client.submit(page, "Book 1 place")
    assert page.h1 == "Check your answers"
    assert page.page.error_summary == ["Sorry, all the places have just been taken."]
    assert "What you typed is kept." in page.words
    assert "Ada Lovelace" in page.words
    assert "Find another session with places" in page.words
    assert page.page.form("Continue").controls["instead_0"].options == [
        "wait",
        "leave",
    ]


def test_more_time_ten_times(
    client: FestivalClient, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    page = _to_contact(client, occurrence)
    for _ in range(10):
        at(clock.now() + timedelta(minutes=14))
        page = client.submit(client.get("/basket/contact"), "I need more time")
        assert "We are holding your places for longer." in page.words
    assert "I need more time" not in page.words
    assert occurrence.places_taken == 1


def test_leaving_gives_the_places_back(client: FestivalClient, occurrence: Occurrence) -> None:
    page = _to_contact(client, occurrence, adults="3")
    page = client.submit(page, "Stop and give the places back")
    assert "You have not booked anything." in page.words
    assert occurrence.places_taken == 0
    booking = _only(Booking)
    assert isinstance(booking, Booking)
    assert booking.answers == {}


@pytest.mark.parametrize("step", ["", "/contact", "/people", "/check"])
def test_an_empty_basket_leads_to_the_programme(
    client: FestivalClient, edition: Edition, step: str
) -> None:
    page = client.get(f"/basket{step}", follow_redirects=True)
    assert page.request.path == "/"
    assert "You have not chosen a session yet." in page.words


def test_a_series_is_booked_as_one(client: FestivalClient, edition: Edition) -> None:
    parts = factories.series(3, title="Maths for Mums")
    page = _to_check(client, parts[0])
    page = client.submit(page, "Book 1 place")
    assert page.h1 == "Your places are booked"
    assert [part.places_taken for part in parts] == [1, 1, 1]
    claims = {one.series_claim for one in db.session.scalars(sa.select(Reservation))}
    assert len(claims) == 1
    assert None not in claims


def test_somebody_elses_basket_is_not_shown(
    client: FestivalClient, new_client: Callable[[], FestivalClient], occurrence: Occurrence
) -> None:
    _to_check(client, occurrence)
    page = new_client().get("/basket/check", follow_redirects=True)
    assert "Ada" not in page.words
    assert page.request.path == "/"


def test_a_form_without_its_token_is_refused_in_words(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    answer = client.post(
        f"/sessions/{occurrence.session.code}/book/{occurrence.id}", data={"adults": "1"}
    )
    assert answer.status_code == 400
    assert answer.h1 == "We could not read that"
    assert occurrence.places_taken == 0


def test_a_page_of_another_basket_books_nothing(
    client: FestivalClient, occurrence: Occurrence, family: Occurrence
) -> None:
    """Two windows: what the first one shows is no longer what is held."""
    first_window = _to_check(client, occurrence)
    another = occurrence_of(factories.session(title="Another"))
    client.submit(_start(client, another), "Continue")
    page = client.submit(first_window, "Book 1 place")
    assert page.h1 == "Check your answers"
    assert "was changed in another window" in page.page.error_summary[0]
    assert "Another" in page.words
    page = client.submit(page, "Book 2 places")
    assert page.h1 == "Your places are booked"
    assert (occurrence.places_taken, another.places_taken) == (1, 1)


def test_an_old_form_leads_to_what_it_booked(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    """Back to the page of the first booking, while a second one is in the basket."""
    old_form = _to_check(client, occurrence)
    first = client.submit(old_form, "Book 1 place")
    _to_check(client, occurrence)
    again = client.submit(old_form, "Book 1 place")
    assert again.request.url == first.request.url
    assert occurrence.places_taken == 2  # one booked, one held


@pytest.mark.parametrize("key", ["", "x" * 70, "\0", "none of ours"])
def test_a_key_that_is_none_of_ours_books_nothing(
    client: FestivalClient, occurrence: Occurrence, key: str
) -> None:
    page = client.submit(_to_check(client, occurrence), "Book 1 place", confirm_key=key)
    assert page.h1 == "Check your answers"
    assert client.submit(page, "Book 1 place").h1 == "Your places are booked"


def test_names_are_kept_when_the_places_are_gone(
    client: FestivalClient, edition: Edition, at: Callable[..., None]
) -> None:
    run = occurrence_of(factories.session(capacity=2))
    client.submit(_to_contact(client, run, adults="2"), "Continue", name="Ada")
    page = client.get("/basket/people")
    at(clock.now() + timedelta(minutes=16))
    factories.booking(run, name="Somebody Quicker")
    page = client.submit(page, "Continue", name_2="Grace Hopper")
    page = client.submit(page, "Book 2 places")
    assert page.page.error_summary == [
        "Only 1 place is left. You can book 1 place, or look for another session."
    ]
    assert "Grace Hopper" in client.get("/basket/people").get_data(as_text=True)


def test_starting_again_does_not_hold_for_longer(
    client: FestivalClient, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    start = clock.now()
    at(start)
    _to_contact(client, occurrence)
    at(start + timedelta(minutes=10))
    _to_contact(client, occurrence, adults="2")
    held = db.session.scalars(sa.select(Reservation.held_until)).one()
    assert held == start + timedelta(minutes=15)


def test_a_session_that_was_withdrawn_meanwhile(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    page = _to_check(client, occurrence)
    occurrence.session.state = SessionState.withdrawn
    page = client.submit(page, "Book 1 place")
    assert page.h1 == "Check your answers"
    assert "Booking for this session has closed." in page.page.error_summary[0]
    assert db.session.scalars(sa.select(Booking.reference)).all() == [None]


def test_a_file_where_words_are_asked_for(client: FestivalClient, edition: Edition) -> None:
    form = client.get("/bookings/").page.form("Find my booking")
    token = form.controls["csrf_token"].values()[0]
    fields = {"csrf_token": token, "reference": (BytesIO(b"x"), "x.txt"), "name": "Ada"}
    answer = client.post("/bookings/", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert answer.page.error_summary == ["Type your booking reference."]


def test_a_name_without_letters(client: FestivalClient, occurrence: Occurrence) -> None:
    page = client.submit(_to_contact(client, occurrence), "Continue", name="🎈…")
    assert page.page.error_summary == ["Type your name with letters, so that we can find it."]


def test_left_in_one_window_while_the_other_goes_on(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    page = _to_contact(client, occurrence)
    client.submit(page, "Stop and give the places back")
    answer = client.submit(page, "Continue", name="Ada")
    assert answer.status_code == 200
    assert answer.request.path == "/"
