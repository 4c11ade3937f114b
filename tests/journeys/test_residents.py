"""A resident finds, books, keeps and gives back: with JavaScript, and without."""

from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO
from urllib.parse import urlsplit

import icalendar
import pytest
import vobject
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from festival.delivery import printed, ticket_keys
from festival.domain import check
from festival.domain.tickets import code_of
from festival.extensions import db
from festival.models import Booking
from tests.journeys.conftest import Festival
from tests.support.mail import tickets_in
from tests.support.printing import codes_on, sheets

pytestmark = pytest.mark.browser
GRACE = "grace@example.org"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_resident_books_and_gives_one_place_back(
    festival: Festival,
    person: Callable[..., Page],
    looked_at: Callable[[Page], None],
    scripts: bool,
) -> None:
    page = person(java_script_enabled=scripts)
    look = looked_at if scripts else _do_not_look  # axe needs scripts
    _find(page, look)
    _book(page, look)
    reference = _keep(page, look)
    booked = festival.mail_to(GRACE, "Your booking")
    _read_mail(booked, reference, "REQUEST", sequence=0)
    _tickets(page, look, reference)
    _calendar(page, reference)
    _find_again(page, look, reference)
    _give_one_back(page, look)
    festival.a_minute_passes()
    changed = festival.mail_to(GRACE, "CHANGED")
    _read_mail(changed, reference, "REQUEST", sequence=1)
    _give_all_back(page, look)
    festival.a_minute_passes()
    cancelled = festival.mail_to(GRACE, "CANCELLED")
    _read_mail(cancelled, reference, "CANCEL", sequence=2)
    db.session.rollback()
    assert check.broken_rules() == []


def _do_not_look(_page: Page) -> None:
    """Nothing: for pages without scripts."""


def _find(page: Page, look: Callable[[Page], None]) -> None:
    page.goto("/")
    expect(page.get_by_text("Demonstration data: not a real programme")).to_be_visible()
    look(page)
    page.get_by_label("What would you like to try?").fill("chemistry")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#said")).to_have_text("1 session")
    page.get_by_label("Has places").check()
    if (show := page.locator(".finder__go").get_by_role("button")).is_visible():
        show.click()  # without a script
    expect(page.locator(".chip", has_text="Has places")).to_be_visible()
    expect(page.locator("#said")).to_have_text("1 session")
    page.get_by_role("link", name="Kitchen Chemistry", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kitchen Chemistry")
    look(page)


def _book(page: Page, look: Callable[[Page], None]) -> None:
    page.get_by_role("button", name="Book places").click()
    look(page)
    page.get_by_label("How many adults").fill("1")
    page.get_by_label("How many children").fill("2")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("We are holding your places until")).to_be_visible()
    look(page)
    page.get_by_label("Your full name").fill("Grace Åse O’Hopper ਕੌਰ 🎈")
    page.get_by_label("Email address").fill("grace@homtail.com")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Did you mean grace@hotmail.com?")
    look(page)
    page.get_by_label("Email address", exact=False).first.fill(GRACE)
    page.get_by_role("button", name="Continue").click()
    look(page)
    page.get_by_label("Child 1: first name").fill("B")
    page.get_by_label("Child 1: age").fill("10")
    page.get_by_label("Child 2: age").fill("6")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("aged 7 and over")
    expect(page.get_by_label("Child 1: first name")).to_have_value("B")
    page.get_by_label("Child 2: age").fill("7")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    page.get_by_role("button", name="I need more time").click()
    look(page)
    page.get_by_role("button", name="Book 2 places").click()


def _keep(page: Page, look: Callable[[Page], None]) -> str:
    expect(page.get_by_role("heading", level=1)).to_have_text("Your places are booked")
    look(page)
    booking = db.session.query(Booking).order_by(Booking.confirmed_at.desc()).first()
    assert booking is not None
    assert booking.reference is not None
    expect(page.locator("main")).to_contain_text(booking.reference)
    return booking.reference


def _tickets(page: Page, look: Callable[[Page], None], reference: str) -> None:
    page.get_by_role("button", name="Show my tickets").click()
    expect(page.get_by_text(reference)).to_be_visible()
    look(page)
    shot = Image.open(BytesIO(page.screenshot(full_page=True)))
    read = zxingcpp.read_barcodes(shot)
    assert [code.text for code in read] == [_code(reference)]
    if printed.can_print():
        file = page.get_by_role("link", name="PDF", exact=True).get_attribute("href")
        assert file is not None
        assert codes_on(sheets(page.request.get(file).body())) == [_code(reference)]


def _code(reference: str) -> str:
    db.session.rollback()
    booking = db.session.query(Booking).filter_by(reference=reference).one()
    standing = next(one for one in booking.reservations if one.state == "confirmed")
    assert standing.ticket is not None
    return code_of(standing.ticket, ticket_keys())


def _calendar(page: Page, reference: str) -> None:
    page.get_by_text("Add to your calendar").click()
    href = page.get_by_role("link", name="Save to my calendar").get_attribute("href")
    assert href is not None
    raw = page.request.get(href).body()
    event = icalendar.Calendar.from_ical(raw).events[0]
    assert "Kitchen Chemistry" in event["SUMMARY"]
    assert reference not in event["DESCRIPTION"]  # people share calendars
    other = vobject.readOne(raw.decode()).vevent
    assert other.uid.value == event["UID"]
    assert other.dtstart.value == event["DTSTART"].dt


def _read_mail(mail: EmailMessage, reference: str, method: str, *, sequence: int) -> None:
    assert reference in mail["Subject"]
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert reference in parts["text/plain"].get_content()
    assert reference in parts["text/html"].get_content()
    assert parts["text/calendar"].get_param("method") == method
    event = icalendar.Calendar.from_ical(parts["text/calendar"].get_payload(decode=True)).events[0]
    assert event["SEQUENCE"] == sequence
    if method == "REQUEST":
        assert tickets_in(mail) == [_code(reference)]


def _find_again(page: Page, look: Callable[[Page], None], reference: str) -> None:
    page.goto("/bookings/")
    look(page)
    page.get_by_label("Booking reference").fill(reference.lower().replace("-", " "))
    page.get_by_label("Any one word").fill("åse")
    page.get_by_role("button", name="Find my booking").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your places are booked")
    assert reference in urlsplit(page.url).path


def _give_one_back(page: Page, look: Callable[[Page], None]) -> None:
    page.get_by_role("link", name="Somebody cannot come").click()
    look(page)
    page.get_by_role("button", name="Give these places back").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick at least one person")
    look(page)
    page.get_by_label("B, 10 years old").check()
    page.get_by_role("button", name="Give these places back").click()
    expect(page.get_by_text("Thank you for telling us")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("10 years old")


def _give_all_back(page: Page, look: Callable[[Page], None]) -> None:
    page.get_by_role("link", name="Somebody cannot come").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Give these places back").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is cancelled")
    look(page)
