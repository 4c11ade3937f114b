"""A resident asks for a code, sees all she booked, says how she wants to be told, and gives a place
back; another joins online; a third says how it was. On phones, with JavaScript and without."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from festival.delivery.addresses import feedback_address, join_address
from festival.domain import clock
from festival.extensions import db, write
from festival.models import Booking, Contact, Feedback, Prefers, Reservation, ReservationState
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.browser import PHONE, Pages
from tests.support.live import LiveServer
from tests.support.smtp import SmtpServer

pytestmark = pytest.mark.browser
SCRIPTS = pytest.mark.parametrize(
    "scripts", [False, True], ids=["without JavaScript", "with JavaScript"]
)
ADA = "ada@example.org"
MEETING = "https://meet.example/j/123?pwd=s3cret"


def code_in_mail(smtp: SmtpServer) -> str:
    """The code of the one mail about it, once it is there."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for one in list(smtp.messages):
            if one.recipients == [ADA] and one.message["Subject"].startswith("Your code: "):
                return str(one.message["Subject"].removeprefix("Your code: "))
        time.sleep(0.05)
    raise AssertionError("the mail with the code did not come")


def turned_around(page: Page) -> None:
    """The page as readers of Urdu see it sticks out nowhere."""
    before = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 700})
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.evaluate("document.documentElement.dir = 'ltr'")
    assert before is not None
    page.set_viewport_size(before)


@pytest.fixture
def bookings(committed_app: Flask) -> list[Booking]:
    """Two sessions she comes to, one she waits for."""
    with write():
        factories.edition()
        sing = occurrence_of(factories.session(title="Sing Together", capacity=5))
        full = occurrence_of(factories.session(title="Bread from nothing", capacity=1))
        factories.booking(full, email="grace@example.org", name="Grace Hopper")
        online = factories.room(90, venue=factories.venue("Online", is_online=True))
        soon = clock.now() + timedelta(minutes=20)
        trees = occurrence_of(factories.session(title="Trees", room=online, starts_at=soon))
        trees.joining_url = MEETING
        return [
            factories.booking(sing, 2, ages=[7]),
            factories.waiting(full, name="Ada Lovelace", email=ADA),
            factories.booking(trees),
        ]


@SCRIPTS
def test_r8_all_bookings_by_a_code_a_preference_and_a_place_given_back(
    bookings: list[Booking],
    live_server: Callable[..., LiveServer],
    smtp_server: SmtpServer,
    new_page: Pages,
    looked_at: Callable[[Page], None],
    scripts: bool,
) -> None:
    server = live_server(**smtp_server.settings)
    page = new_page(server.url, viewport=PHONE, java_script_enabled=scripts)

    def look() -> None:
        if scripts:
            looked_at(page)
            turned_around(page)

    page.goto("/bookings/")
    page.get_by_role("link", name="See all my bookings").click()
    look()
    page.get_by_label("Your email address").fill(ADA)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your email")
    look()
    page.get_by_label("Code from our email").fill("12")
    page.get_by_role("button", name="Show my bookings").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look()
    code = code_in_mail(smtp_server)
    page.get_by_label("Code from our email").fill(f"{code[:3]} {code[3:]}")
    page.get_by_role("button", name="Show my bookings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My bookings")
    expect(page.get_by_text("You are 1st in line.")).to_be_visible()
    look()

    page.get_by_role("link", name="Change how we write to you").click()
    look()
    page.get_by_label("Which language do you read best?").select_option("ur")
    page.get_by_label("By phone call, and by email").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("By phone call, and by email")).to_be_visible()

    page.get_by_role("link", name="Show my bookings in my calendar").click()
    look()
    page.get_by_role("link", name="My bookings", exact=True).click()

    page.get_by_role("link", name=re.compile("Cannot come ?: Sing Together")).click()
    page.get_by_role("button", name=re.compile("give all 3 places back")).click()
    page.goto("/bookings/mine")
    expect(page.get_by_text("Cancelled by you")).to_be_visible()
    page.get_by_role("button", name="Sign out of my bookings").click()
    page.goto("/bookings/mine")
    expect(page.get_by_role("heading", level=1)).to_have_text("See all my bookings")

    db.session.rollback()
    (contact,) = db.session.query(Contact)
    assert (contact.language, contact.prefers) == ("ur", Prefers.call)
    given_up = db.session.get_one(Booking, bookings[0].id)
    assert reservation_of(given_up).state == ReservationState.cancelled
    assert ADA not in server.output
    assert code not in server.output


@SCRIPTS
def test_r11_the_button_leads_to_the_meeting(
    bookings: list[Booking],
    live_server: Callable[..., LiveServer],
    new_page: Pages,
    looked_at: Callable[[Page], None],
    scripts: bool,
) -> None:
    server = live_server()
    page = new_page(server.url, viewport=PHONE, java_script_enabled=scripts)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    parts = urlsplit(join_address(reservation_of(bookings[2])))
    page.goto(f"{parts.path}?{parts.query}")
    if scripts:
        looked_at(page)
        turned_around(page)
    page.get_by_role("button", name="I’m joining").click(no_wait_after=True)
    until = time.monotonic() + 10
    while MEETING not in asked and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert MEETING in asked  # the browser goes there, whatever our policy says of forms
    db.session.rollback()
    claim = db.session.get_one(Reservation, reservation_of(bookings[2]).id)
    assert claim.joined_at is not None


@SCRIPTS
def test_somebody_says_how_it_was(
    bookings: list[Booking],
    live_server: Callable[..., LiveServer],
    new_page: Pages,
    looked_at: Callable[[Page], None],
    scripts: bool,
) -> None:
    run = reservation_of(bookings[2]).occurrence
    link = urlsplit(feedback_address(run)).path
    server = live_server(NOW=(run.ends_at + timedelta(minutes=5)).isoformat())
    page = new_page(server.url, viewport=PHONE, java_script_enabled=scripts)
    page.goto(link)
    if scripts:
        looked_at(page)
        turned_around(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    page.get_by_label("Very good").check()
    page.get_by_label("Do you want to say more?").fill("Lovely.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    if scripts:
        looked_at(page)
    db.session.rollback()
    assert [(one.rating, one.words) for one in db.session.query(Feedback)] == [(5, "Lovely.")]
