"""Tickets as people hold them: on a phone, without signal, on paper, at the door."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page

from festival.delivery.addresses import manage_path
from festival.extensions import db, write
from festival.models import Booking
from tests import factories
from tests.support import damage
from tests.support.browser import PHONE, Pages
from tests.support.decoders import all_three
from tests.support.live import LiveServer
from tests.support.printing import codes_on, needs_pango, sheets

pytestmark = pytest.mark.browser
POINTS = 96 / 72


@pytest.fixture
def booked(committed_app: Flask) -> Booking:
    wording = {"meeting_point": "The front desk", "what_to_bring": "Nothing but yourself."}
    with write():
        run = factories.occurrence_of(factories.session(title="Sing Together", wording=wording))
        return factories.booking(run, 3, name="Ada Lovelace")


@pytest.fixture
def series(committed_app: Flask) -> Booking:
    with write():
        return factories.booking(factories.series(3, title="Start to Code")[0], 2)


def page_of(booking: Booking) -> str:
    return manage_path(booking, "bookings.show_tickets")


def picture_of_code(page: Page) -> Image.Image:
    """What a camera in front of the screen sees of the code."""
    return Image.open(BytesIO(page.locator(".ticket__qr").screenshot())).convert("L")


def on_sheet(pdf: bytes) -> Image.Image:
    """The code with its margin, cut out of the first sheet at 300 dots an inch: it is found by the
    corners that a reader saw."""
    (sheet, *_) = sheets(pdf, dots=damage.DOTS)
    return damage.cut_out(sheet)


def looks_at(picture: Image.Image) -> Iterator[Image.Image]:
    """What a camera sees in a moment: the same, and from a little further away."""
    yield picture
    yield picture.resize((picture.width * 9 // 10, picture.height * 9 // 10))


@needs_pango
def test_codes_are_read_by_three_readers_whatever_happened_to_them(
    booked: Booking, live_server: Callable[..., LiveServer], new_page: Pages
) -> None:
    """From the page, from the PDF and from what a browser prints; blurred, in noise, folded, and
    printed at 25 and at 20 mm. How strong each damage is stands with it."""
    readers = all_three(new_page())
    page = new_page(live_server().url, viewport=PHONE, device_scale_factor=2)
    page.goto(page_of(booked))
    file = page.get_by_role("link", name="PDF", exact=True).get_attribute("href")
    assert file is not None
    pictures = {
        "page": picture_of_code(page),
        "PDF": on_sheet(page.request.get(file).body()),
        "print": on_sheet(page.pdf(prefer_css_page_size=True)),
    }
    code = factories.code_of(booked)
    wrong = [
        (source, harm, reader)
        for source, picture in pictures.items()
        for harm, done_to in damage.ALL.items()
        for reader, read in readers.items()
        if not any(read(look) == [code] for look in looks_at(done_to(picture)))
    ]
    assert wrong == []
    assert code.isalnum()
    assert code.isascii()
    for word in ("ADA", "LOVELACE", str(booked.reference), "HTTP"):
        assert word not in code


def test_a_ticket_that_was_opened_stays_without_signal(
    booked: Booking, live_server: Callable[..., LiveServer], new_page: Pages
) -> None:
    server = live_server()
    page = new_page(server.url, viewport=PHONE, java_script_enabled=False)
    page.goto(page_of(booked))
    before = page.screenshot(full_page=True)
    page.goto("about:blank")
    page.context.set_offline(True)
    server.stop()
    page.go_back()
    assert page.screenshot(full_page=True) == before  # its styles too
    (code,) = codes_on([Image.open(BytesIO(before)).convert("L")])
    assert code == factories.code_of(booked)
    other = page.context.new_page()
    with pytest.raises(Exception, match="ERR_"):  # nothing else is there
        other.goto(server.url + "/")
    page.goto("about:blank")
    page.go_back()
    assert page.screenshot(full_page=True) == before


def test_the_page_has_no_barriers_and_fits(
    booked: Booking,
    live_server: Callable[..., LiveServer],
    new_page: Pages,
    looked_at: Callable[[Page], None],
) -> None:
    with write():
        booking = db.session.get_one(Booking, booked.id)
        booking.language, booking.name = "ur", "عائشہ خان " * 9
    page = new_page(live_server().url)
    for more in ("", "&print=large"):
        page.goto(page_of(booked) + more)
        looked_at(page)
    page.goto(page_of(booked))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    box = skip.bounding_box()
    assert box is not None
    assert box["height"] > 20  # to be seen once it has the focus


def test_large_print_is_large_on_the_screen_too(
    booked: Booking, live_server: Callable[..., LiveServer], new_page: Pages
) -> None:
    page = new_page(live_server().url, viewport=PHONE)
    page.goto(page_of(booked) + "&print=large")
    smallest = page.evaluate(
        """() => Math.min(...[...document.body.querySelectorAll("*")]
          .filter((one) => one.checkVisibility() && one.clientWidth > 1
            && [...one.childNodes].some((kid) => kid.nodeType === 3 && kid.data.trim()))
          .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
    )
    assert smallest >= 18 * POINTS


def test_each_ticket_is_a_sheet_of_a5(
    series: Booking, live_server: Callable[..., LiveServer], new_page: Pages
) -> None:
    page = new_page(live_server().url)
    page.goto(page_of(series))
    codes = [factories.code_of(one) for one in series.reservations]
    for more, width, height in (("", 148, 210), ("&print=large", 210, 297)):
        page.goto(page_of(series) + more)
        printed_sheets = sheets(page.pdf(prefer_css_page_size=True), dots=254)  # 10 a millimetre
        assert codes_on(printed_sheets) == codes
        for sheet in printed_sheets:
            assert abs(sheet.width / 10 - width) < 1
            assert abs(sheet.height / 10 - height) < 1
            code = damage.cut_out(sheet)
            assert code.width / 10 * 45 / 53 >= 30
