"""A booking afterwards: its links, its tickets, finding it, giving places back."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask
from PIL import Image

from festival.delivery.addresses import manage_path
from festival.domain import clock
from festival.domain.observations import FIND_BOOKING
from festival.extensions import db
from festival.models import Booking, Edition, Message, Occurrence
from tests import factories
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, PageResponse


@pytest.fixture
def occurrence(edition: Edition) -> Occurrence:
    return occurrence_of(factories.session(title="Sing Together"))


@pytest.fixture
def booked(occurrence: Occurrence) -> Booking:
    made = factories.booking(occurrence, adults=3, name="Ada Åse O’Lovelace ਕੌਰ")
    db.session.commit()
    return made


def _tickets_only(page: PageResponse) -> str:
    return page.page.link("Tickets only")


# --- by link


def test_the_signed_link_opens_it(client: FestivalClient, booked: Booking) -> None:
    page = client.get(manage_path(booked))
    assert page.h1 == "Your places are booked"
    assert "Sing Together" in page.words
    assert page.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("token", ["", "?t=", "?t=wrong", "?t=%F0%9F%8E%88", "?t=" + "A" * 24])
def test_without_its_token_it_cannot_be_told_from_none(
    client: FestivalClient, booked: Booking, token: str
) -> None:
    real = client.get(f"/bookings/{booked.reference}{token}")
    none = client.get(f"/bookings/WLF-222-222{token}")
    assert real.status_code == none.status_code == 302
    assert urlsplit(real.location).path == urlsplit(none.location).path == "/bookings/"
    for address in ("tickets", "calendar.ics", "cancel/1", "tickets/1.svg", "tickets/1.png"):
        assert client.get(f"/bookings/{booked.reference}/{address}{token}").status_code == 404


def test_the_other_link_shows_tickets_and_nothing_else(
    client: FestivalClient, booked: Booking
) -> None:
    share = _tickets_only(client.get(manage_path(booked)))
    token = parse_qs(urlsplit(share).query)["t"][0]
    page = client.get(share)
    assert page.status_code == 200
    assert booked.reference is not None
    assert booked.reference in page.words
    assert "Lovelace" not in page.words
    assert client.get(f"/bookings/{booked.reference}?t={token}").status_code == 302
    claim = booked.reservations[0]
    cancel = f"/bookings/{booked.reference}/cancel/{claim.id}?t={token}"
    assert client.get(cancel).status_code == 404
    assert client.post(cancel).status_code in (400, 404)


def test_one_bookings_token_opens_no_other(client: FestivalClient, booked: Booking) -> None:
    other = factories.booking(booked.reservations[0].occurrence, name="Grace Hopper")
    token = parse_qs(urlsplit(manage_path(booked)).query)["t"][0]
    assert client.get(f"/bookings/{other.reference}?t={token}").status_code == 302
    mine, theirs = booked.reservations[0].id, other.reservations[0].id
    address = f"/bookings/{booked.reference}/cancel/{theirs}?t={token}"
    assert client.get(address).status_code == 404
    address = f"/bookings/{booked.reference}/tickets/{theirs}.svg?t={token}"
    assert client.get(address).status_code == 404
    address = f"/bookings/{booked.reference}/tickets/{mine}.svg?t={token}"
    assert client.get(address).status_code == 200


# --- the ticket and the calendar


def test_the_codes_are_the_tickets(client: FestivalClient, booked: Booking) -> None:
    token = parse_qs(urlsplit(manage_path(booked)).query)["t"][0]
    claim = booked.reservations[0]
    address = f"/bookings/{booked.reference}/tickets/{claim.id}"
    png = client.get(f"{address}.png?t={token}")
    assert png.mimetype == "image/png"
    assert zxingcpp.read_barcodes(Image.open(BytesIO(png.data)))[0].text == factories.code_of(claim)
    svg = client.get(f"{address}.svg?t={token}")
    assert svg.mimetype == "image/svg+xml"
    page = client.get(manage_path(booked, "bookings.show_tickets"))
    assert factories.code_of(claim) in page.words.replace(" ", "")
    assert "3 people" in page.words


def test_the_calendar_has_the_booking(client: FestivalClient, booked: Booking) -> None:
    answer = client.get(manage_path(booked, "bookings.calendar"))
    event = icalendar.Calendar.from_ical(answer.data).events[0]
    assert event["UID"] == booked.reservations[0].calendar_uid
    assert booked.reference is not None
    # With the name, which a mailed entry has, it would open the booking to who sees a calendar.
    assert booked.reference not in answer.text.replace("\r\n ", "")
    assert "t=" not in answer.text.replace("\r\n ", "")  # whoever sees a calendar opens nothing


# --- finding it again


@pytest.mark.parametrize("word", ["ada", "ÅSE", "ase", "olovelace", "ਕੌਰ", "ada ase"])
def test_reference_and_one_word_of_the_name(
    client: FestivalClient, booked: Booking, word: str
) -> None:
    assert booked.reference is not None
    for typed in (
        booked.reference,
        booked.reference.lower(),
        booked.reference.replace("-", " "),
        booked.reference.removeprefix("WLF-").replace("-", ""),
    ):
        page = client.submit(
            client.get("/bookings/"), "Find my booking", reference=typed, name=word
        )
        assert page.h1 == "Your places are booked"


def test_a_wrong_answer_does_not_tell_which(client: FestivalClient, booked: Booking) -> None:
    form = client.get("/bookings/")
    wrong_name = client.submit(form, "Find my booking", reference=booked.reference, name="Grace")
    wrong_reference = client.submit(form, "Find my booking", reference="WLF-222-222", name="Ada")
    no_reference = client.submit(form, "Find my booking", reference="a cat", name="Ada")
    summaries = [page.page.error_summary for page in (wrong_name, wrong_reference, no_reference)]
    assert summaries[0] == summaries[1] == summaries[2]
    assert "We cannot find a booking with this reference and name." in summaries[0][0]
    assert wrong_name.page.form("Find my booking").controls["name"].values() == ["Grace"]


def test_many_wrong_tries_slow_down(
    client: FestivalClient, new_client: Callable[[], FestivalClient], booked: Booking
) -> None:
    form = client.get("/bookings/")
    for _ in range(FIND_BOOKING.tries):
        client.submit(form, "Find my booking", reference=booked.reference, name="Grace")
    page = client.submit(form, "Find my booking", reference=booked.reference, name="Ada")
    assert page.status_code == 429
    assert "There were too many tries." in page.page.error_summary[0]
    again = new_client()  # another browser of the same person is no way round
    page = again.submit(again.get("/bookings/"), "Find my booking", reference="x", name="y")
    assert page.status_code == 429


def test_right_answers_do_not_count_as_tries(client: FestivalClient, booked: Booking) -> None:
    for _ in range(FIND_BOOKING.tries + 2):
        page = client.submit(
            client.get("/bookings/"), "Find my booking", reference=booked.reference, name="Ada"
        )
        assert page.h1 == "Your places are booked"


def test_a_lost_reference_is_sent_without_telling(client: FestivalClient, booked: Booking) -> None:
    db.session.execute(sa.delete(Message))
    form = client.get("/bookings/lost-reference")
    known = client.submit(form, "Send it again", email="ADA@example.org")
    unknown = client.submit(form, "Send it again", email="grace@example.org")
    assert known.h1 == unknown.h1 == "Look in your email"
    assert known.words == unknown.words
    messages = db.session.scalars(sa.select(Message)).all()
    assert [(one.kind, one.recipient) for one in messages] == [("reminded", "ada@example.org")]


def test_a_whole_library_may_have_lost_its_references(client: FestivalClient) -> None:
    """Few tries for each email, and many more for the address that everybody there shares."""
    form = client.get("/bookings/lost-reference")
    for number in range(12):
        page = client.submit(form, "Send it again", email=f"reader{number}@example.org")
        assert page.h1 == "Look in your email"
    answers = [
        client.submit(form, "Send it again", email="reader0@example.org").status_code
        for _ in range(5)
    ]
    assert answers == [200, 200, 200, 200, 429]


# --- giving places back


def _cancel_page(client: FestivalClient, booked: Booking) -> PageResponse:
    page = client.get(manage_path(booked))
    address = next(
        link.get("href", "") for link in page.page.all("a") if "/cancel/" in link.get("href", "")
    )
    return client.get(address)  # type: ignore[return-value]


def test_one_of_three_does_not_come(
    client: FestivalClient, booked: Booking, occurrence: Occurrence
) -> None:
    claim = booked.reservations[0]
    page = _cancel_page(client, booked)
    ids = page.page.form("Give these places back").controls["people"].options
    page = client.submit(page, "Give these places back", people=[ids[1]])
    assert "Thank you for telling us" in page.words
    assert occurrence.places_taken == 2
    assert (claim.ticket is not None and claim.ticket.generation, claim.calendar_sequence) == (1, 1)
    kinds = db.session.scalars(sa.select(Message.kind).order_by(Message.id)).all()
    assert kinds == ["booked", "changed"]


def test_nobody_comes(client: FestivalClient, booked: Booking, occurrence: Occurrence) -> None:
    page = _cancel_page(client, booked)
    ids = page.page.form("Give these places back").controls["people"].options
    page = client.submit(page, "Give these places back", people=ids)
    assert "is cancelled" in page.h1
    assert occurrence.places_taken == 0
    kinds = db.session.scalars(sa.select(Message.kind).order_by(Message.id)).all()
    assert kinds == ["booked", "cancelled"]
    tickets = client.get(manage_path(booked, "bookings.show_tickets"))
    assert "This ticket does not let you in" in tickets.words


def test_who_is_asked(client: FestivalClient, booked: Booking, occurrence: Occurrence) -> None:
    page = client.submit(_cancel_page(client, booked), "Give these places back")
    assert page.page.error_summary == ["Tick at least one person who cannot come."]
    assert occurrence.places_taken == 3


def test_an_old_form_of_a_changed_booking(client: FestivalClient, booked: Booking) -> None:
    page = _cancel_page(client, booked)
    ids = page.page.form("Give these places back").controls["people"].options
    client.submit(page, "Give these places back", people=[ids[0]])
    page = client.submit(page, "Give these places back", people=[ids[0]])
    assert page.page.error_summary == ["Your booking has changed. Look at the list again."]


def test_it_is_too_late_once_it_has_begun(
    app: Flask, client: FestivalClient, booked: Booking, at: Callable[..., None]
) -> None:
    page = _cancel_page(client, booked)
    at(booked.reservations[0].occurrence.starts_at + timedelta(minutes=1))
    page = client.get(page.request.full_path)
    ids = page.page.form("Give these places back").controls["people"].options
    page = client.submit(page, "Give these places back", people=ids)
    assert "This session has started" in page.page.error_summary[0]
    assert clock.now() > booked.reservations[0].occurrence.starts_at
    assert "Somebody cannot come" not in client.get(manage_path(booked)).words


def test_the_rules_still_hold_for_who_is_left(client: FestivalClient, edition: Edition) -> None:
    session = factories.session(
        age_max=11, accompaniment="adult-stays", accompanying_adults_take_places=False
    )
    booked = factories.booking(occurrence_of(session), adults=1, children=1)
    db.session.commit()
    page = _cancel_page(client, booked)
    ids = page.page.form("Give these places back").controls["people"].options
    page = client.submit(page, "Give these places back", people=[ids[0]])
    assert page.page.error_summary == ["An adult must come with the children. Add an adult."]
