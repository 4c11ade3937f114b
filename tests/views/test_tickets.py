"""The page of tickets, its files and pictures: what is on them, who sees them, how big they are."""

import re
import sys
from collections.abc import Callable
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pypdf
import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from festival.delivery import printed
from festival.delivery.addresses import manage_path
from festival.extensions import db
from festival.models import Booking, ReservationState
from festival.paths import STATIC
from tests import factories
from tests.support.client import FestivalClient, PageResponse
from tests.support.printing import codes_on, needs_pango, sheets
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

NAME = "Ada Lovelace"
KB = 1000
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def booked(app: Flask) -> Booking:
    wording = {
        "meeting_point": "Ask at the front desk. The room is on the ground floor, on the left.",
        "what_to_bring": "Your tablet and its charger if you have one; we have some to lend.",
    }
    session = factories.session(
        title="Tablets and phones for beginners", wording=wording, most_places=12, capacity=20
    )
    made = factories.booking(factories.occurrence_of(session), 10, name=NAME)
    db.session.commit()
    return made


def page_of(booking: Booking, **more: str) -> str:
    return manage_path(booking, "bookings.show_tickets", **more)


def file_of(booking: Booking, **more: str) -> str:
    return manage_path(booking, "bookings.tickets_file", **more)


def for_others(client: FestivalClient, booking: Booking) -> str:
    """The link that shows tickets alone."""
    return client.get(manage_path(booking)).page.link("Tickets only")


# --- the page


def test_the_page_is_whole_and_small(client: FestivalClient, booked: Booking) -> None:
    page = client.get(page_of(booked))
    assert page.status_code == 200
    assert page.page.all("script", "img", "iframe", "object") == []
    (sheet,) = re.findall(r'<link rel="stylesheet" href="/static/([^?"]+)', page.text)
    size = len(page.data) + (STATIC / sheet).stat().st_size
    assert size < 20 * KB, size
    assert "style=" not in page.text
    loaded = [one.get("href", "") for one in page.page.all("link")]
    assert [address for address in loaded if "//" in address] == []
    assert "src=" not in page.text


def test_a_group_has_one_code_with_its_number(client: FestivalClient, booked: Booking) -> None:
    page = client.get(page_of(booked))
    assert len(page.page.with_class("ticket__qr")) == 1
    assert "10 people" in page.words
    assert NAME in page.words


def test_the_code_has_a_text_and_the_reference_beside_it(
    client: FestivalClient, booked: Booking
) -> None:
    page = client.get(page_of(booked)).page
    (code,) = page.with_class("ticket__code")
    (picture,) = page.with_class("ticket__qr")
    (title,) = page.all(f"{SVG}title", inside=picture)
    assert picture.get("role") == "img"
    assert title.text == "QR code of this ticket. The booking reference works as well."
    (reference,) = page.all("bdi", inside=code)
    assert reference.text == booked.reference


@needs_pango
def test_a_phone_may_keep_it(client: FestivalClient, booked: Booking) -> None:
    for address in (page_of(booked), file_of(booked)):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        etag = answer.headers["ETag"]
        again = client.get(address, headers={"If-None-Match": etag})
        if address == page_of(booked):  # a PDF has a number of its own each time
            assert (again.status_code, again.data) == (304, b"")
    booked.reservations[0].ticket.generation += 1  # type: ignore[union-attr]
    changed = client.get(page_of(booked), headers={"If-None-Match": etag})
    assert changed.status_code == 200


@needs_pango
def test_what_was_called_off_shows_no_code(client: FestivalClient, booked: Booking) -> None:
    claim = booked.reservations[0]
    code, number = factories.code_of(claim), claim.id
    for state in (ReservationState.cancelled, ReservationState.withdrawn):
        claim = db.session.get_one(factories.Reservation, number)
        claim.state = state
        page = client.get(page_of(booked))
        assert page.page.with_class("ticket__qr") == []
        assert code[:24] not in page.words.replace(" ", "")
        assert "Cancelled. This ticket does not let you in." in page.words
        assert str(booked.reference) in page.words
        for kind in ("svg", "png"):
            picture = page_of(booked).replace("/tickets?", f"/tickets/{number}.{kind}?")
            assert client.get(picture).status_code == 404
        assert codes_on(sheets(client.get(file_of(booked)).data)) == []


@needs_pango
def test_large_print_is_a_link_away(client: FestivalClient, booked: Booking) -> None:
    page = client.get(page_of(booked))
    large = client.get(page.page.link("This page in large print"))
    assert len(large.page.with_class("large")) == 1
    back = client.get(large.page.link("This page in normal print"))
    assert back.data == page.data
    file = client.get(page.page.link("PDF in large print"))
    width = pypdf.PdfReader(BytesIO(file.data)).pages[0].mediabox.width
    assert round(float(width) * 25.4 / 72) == 210


@pytest.mark.parametrize("language", ["pa", "ur", "pl"])
def test_another_language_has_english_beside_it(
    client: FestivalClient, booked: Booking, language: str
) -> None:
    booked.language = language
    page = client.get(page_of(booked)).page
    (beside,) = page.with_class("beside")  # of the day; labels have no translation yet
    assert beside.get("lang") == "en"
    day = page.parent(beside)
    assert day is not None
    assert page.all("span", inside=day)[0].get("lang") == language
    assert page.all("span", inside=day)[0].get("dir") == ("rtl" if language == "ur" else "ltr")
    assert all(one.get("lang") == "en" for one in page.all("dt"))


@pytest.mark.parametrize(
    "name", ["Zoë 🎉", "N" * 100, "\u202eAda\u202c", "عائشہ خان", "<b>Ada</b> & Co"]
)
def test_any_name_can_stand_there(client: FestivalClient, booked: Booking, name: str) -> None:
    booked.name = name
    page = client.get(page_of(booked))
    assert name in page.words
    assert len(page.data) < 15 * KB


# --- the file


@needs_pango
def test_the_file_has_all_tickets(client: FestivalClient, edition: object) -> None:
    booking = factories.booking(factories.series(3)[0], 2)
    codes = [factories.code_of(one) for one in booking.reservations]
    page = client.get(page_of(booking))
    assert len(page.page.with_class("ticket__qr")) == 3
    file = client.get(page.page.link("PDF"))
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert file.headers["Content-Disposition"] == (
        f'inline; filename="tickets-{booking.reference}.pdf"'
    )
    assert file.headers["X-Robots-Tag"] == "noindex"
    assert codes_on(sheets(file.data)) == codes


def test_where_no_pdf_can_be_made_the_page_says_so(
    client: FestivalClient, booked: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # as where it is not installed
    printed._weasyprint.cache_clear()
    try:
        page = client.get(page_of(booked))
        assert "We cannot make PDFs here. Please print this page" in page.words
        assert "PDF" not in page.page.links
        large = client.get(file_of(booked, print="large"))
        assert large.status_code == 302
        assert len(client.get(large.location).page.with_class("large")) == 1
    finally:
        monkeypatch.undo()
        printed._weasyprint.cache_clear()


# --- who sees it


@needs_pango
def test_the_link_for_others_shows_tickets_and_nothing_else(
    client: FestivalClient, booked: Booking
) -> None:
    link = for_others(client, booked)
    token = parse_qs(urlsplit(link).query)["t"][0]
    own = parse_qs(urlsplit(page_of(booked)).query)["t"][0]
    page = client.get(link)
    assert NAME not in page.text
    assert own not in page.text
    assert "Back to your booking" not in page.page.links
    file = client.get(page.page.link("PDF"))
    assert file.status_code == 200
    text = pypdf.PdfReader(BytesIO(file.data)).pages[0].extract_text()
    assert str(booked.reference) in text
    assert NAME not in text
    assert "Lovelace" not in text
    assert f"t={token}" in page.page.link("PDF")


@needs_pango
@pytest.mark.parametrize("address", ["tickets", "tickets.pdf"])
def test_a_wrong_link_opens_nothing(client: FestivalClient, booked: Booking, address: str) -> None:
    other = factories.booking(booked.reservations[0].occurrence, name="Grace Hopper")
    theirs = parse_qs(urlsplit(page_of(other)).query)["t"][0]
    own = parse_qs(urlsplit(page_of(booked)).query)["t"][0]
    here = f"/bookings/{booked.reference}/{address}"
    changed = own[:-1] + ("a" if own[-1] != "a" else "b")
    for token in ("", f"?t={theirs}", f"?t={changed}", "?t=", f"?t={own[:-1]}"):
        assert client.get(here + token).status_code == 404
    assert client.get(f"{here}?t={own}").status_code == 200


# --- pictures


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_pictures_stand_on_white_with_a_margin(
    client: FestivalClient, booked: Booking, kind: str
) -> None:
    claim = booked.reservations[0]
    picture = client.get(page_of(booked).replace("/tickets?", f"/tickets/{claim.id}.{kind}?"))
    assert picture.status_code == 200
    if kind == "svg":
        assert b'<path fill="#fff" d="M0 0h53v53H0z"/>' in picture.data
        return
    image = Image.open(BytesIO(picture.data)).convert("L")
    assert image.width == image.height
    assert image.width % 53 == 0
    module = image.width // 53
    assert module >= 4
    assert image.crop((0, 0, image.width, 4 * module)).getextrema() == (255, 255)
    (read,) = zxingcpp.read_barcodes(image)
    assert (read.text, read.ec_level) == (factories.code_of(claim), "Q")


# --- how much it asks of the database


def questions(app: Flask, ask: Callable[[], PageResponse]) -> int:
    ask()
    with recorded(app) as statements:
        assert ask().status_code == 200
    return statements.count


@needs_pango
@pytest.mark.parametrize("address", [page_of, file_of])
def test_three_tickets_ask_as_often_as_one(
    app: Flask, client: FestivalClient, edition: object, address: Callable[[Booking], str]
) -> None:
    counts = []
    for parts in (1, 3):
        link = address(factories.booking(factories.series(parts)[0], 2))
        counts.append(questions(app, lambda link=link: client.get(link)))  # type: ignore[misc]
    assert counts[0] == counts[1]
    assert counts[0] <= 12, counts
