"""R2: a parent with two children books three sessions in one basket, on a phone, no JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from festival.domain import check
from festival.extensions import db
from festival.models import Booking
from tests.journeys.conftest import Festival
from tests.support.browser import PHONE

pytestmark = pytest.mark.browser
PRIYA = "priya@example.org"


def test_a_parent_with_two_children_books_three_sessions(
    festival: Festival, person: Callable[..., Page]
) -> None:
    page = person(viewport=PHONE, java_script_enabled=False)
    _first(page)
    _second(page)
    _third(page)
    expect(page.get_by_role("heading", level=2, name="Kitchen Chemistry")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.get_by_role("button", name="Book 6 places").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your places are booked")
    db.session.rollback()
    booking = db.session.query(Booking).filter_by(email=PRIYA).one()
    parties = [
        [(one.person, one.name, one.age) for one in claim.attendees]
        for claim in booking.reservations
    ]
    priya, jas, kim = (1, "Priya Kaur", None), (2, "Jas", 7), (3, "Kim", 10)
    assert parties == [[priya, jas, kim], [priya, jas, kim], [priya, jas]]
    festival.mail_to(PRIYA, "Your booking")
    db.session.rollback()
    assert check.broken_rules() == []


def _first(page: Page) -> None:
    """Everything is typed once."""
    page.goto("/sessions/E30")
    page.get_by_role("button", name="Book places").click()
    page.get_by_label("How many adults").fill("1")
    page.get_by_label("How many children").fill("2")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Your full name").fill("Priya Kaur")
    page.get_by_label("Email address").fill(PRIYA)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Child 1: first name").fill("Jas")
    page.get_by_label("Child 1: age").fill("7")
    page.get_by_label("Child 2: first name").fill("Kim")
    page.get_by_label("Child 2: age").fill("10")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")


def _second(page: Page) -> None:
    """The same people, already ticked."""
    page.get_by_role("link", name="Add another session").click()
    expect(page.get_by_role("link", name="Your basket: 1 session")).to_be_visible()
    page.get_by_label("What would you like to try?").fill("Bike Fix")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Bike Fix Drop-in", exact=True).click()
    page.get_by_role("button", name="Book places").first.click()
    expect(page.get_by_label("Jas, 7 years old")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")


def _third(page: Page) -> None:
    """For 5 to 8: who is too old is not ticked."""
    page.goto("/sessions/E29")
    page.get_by_role("button", name="Book places").click()
    expect(page.get_by_label("Jas, 7 years old")).to_be_checked()
    expect(page.get_by_label("Kim, 10 years old")).not_to_be_checked()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
