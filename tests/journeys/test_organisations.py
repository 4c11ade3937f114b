"""An organisation comes in, says what it has, is checked, and changes hands; venues are kept."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Festival
from tests.support.browser import PHONE
from tests.support.mail import both_texts

pytestmark = pytest.mark.browser
Look = Callable[[Page], None]
NEW, FRIEND = "shanice.new@example.org", "joan.new@example.org"
PASSWORD = "teapot umbrella seven"


def test_a_new_organisation_from_its_name_to_the_teams_yes(
    festival: Festival, person: Callable[..., Page], looked_at: Look
) -> None:
    """P1: self-registers, can finish on a phone; no insurance -> "talk to us"."""
    page, reviewer = person(viewport=PHONE), person("reviewer@example.org")
    _register(page, looked_at)
    _come_in(page, _link_in(festival, NEW, "One more step"), looked_at)
    _declare(page, looked_at)
    _check(reviewer, looked_at)
    festival.mail_to(NEW, "We have checked your organisation")
    page.get_by_role("link", name="Our organisation").click()
    expect(page.get_by_text("Checked", exact=True).first).to_be_visible()
    _hand_over(festival, page, person(), looked_at)


def _register(page: Page, look: Look) -> None:
    page.goto("/")
    page.get_by_role("link", name="Offer a session").click()
    look(page)
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.get_by_role("alert")).to_contain_text("Type the name of your organisation.")
    look(page)
    page.get_by_label("What is your organisation called?").fill("Penn Road Quilters")
    page.get_by_label("Your name").fill("Shanice Bright")
    page.get_by_label("Your email address").fill(NEW)
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.get_by_role("heading", name="Look at your email")).to_be_visible()
    look(page)


def _link_in(festival: Festival, address: str, subject: str) -> str:
    plain = both_texts(festival.mail_to(address, subject))[0]
    found = re.search(r"/provider/join/\S+", plain)
    assert found is not None
    return found[0]


def _come_in(page: Page, link: str, look: Look, name: str | None = None) -> None:
    page.goto(link)
    look(page)
    if name:
        page.get_by_label("Your name").fill(name)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("Welcome. Your sessions stand here.")).to_be_visible()


def _declare(page: Page, look: Look) -> None:
    page.get_by_role("link", name="Our organisation").click()
    look(page)
    page.get_by_role("link", name=re.compile("^Tell us.*Public liability insurance$")).click()
    look(page)
    page.get_by_role("button", name="We do not have this").click()
    expect(page.get_by_role("heading", name="Talk to us")).to_be_visible()
    look(page)
    page.goto("/provider/organisation")
    page.get_by_role("link", name=re.compile("^Tell us.*Risk assessment$")).click()
    page.get_by_label("Who made it?").fill("Shanice Bright")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Kept. The festival team checks it.")).to_be_visible()
    page.get_by_role("link", name="Change what is said about us").click()
    look(page)
    page.get_by_label("What do you do?").fill("We sew quilts and talk.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("We sew quilts and talk.")).to_be_visible()


def _check(page: Page, look: Look) -> None:
    page.goto("/office/organisations?show=waiting")
    look(page)
    page.get_by_role("link", name="Penn Road Quilters").click()
    look(page)
    page.get_by_role("button", name="I have checked this: Risk assessment").click()
    expect(page.get_by_text("Checked.", exact=True)).to_be_visible()
    page.get_by_label("We know them").check()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Done. We tell them by email.")).to_be_visible()
    page.get_by_role("link", name="People: who leads, who has left").click()
    look(page)


def _hand_over(festival: Festival, page: Page, friend: Page, look: Look) -> None:
    page.goto("/provider/people")
    look(page)
    page.get_by_role("button", name="Invite somebody").click()
    look(page)
    page.get_by_label("Their email address").fill(FRIEND)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("We have mailed them an invitation.")).to_be_visible()
    look(page)
    link = _link_in(festival, FRIEND, "You are invited: Penn Road Quilters")
    page.goto(link)
    expect(page.get_by_role("heading", name="This invitation is for somebody else")).to_be_visible()
    look(page)
    _come_in(friend, link, look, "Joan Newcomer")
    friend.goto(link)
    expect(friend.get_by_role("heading", name="This invitation was used already")).to_be_visible()
    look(friend)
    page.goto("/provider/people")
    page.get_by_role("link", name="Hand the organisation over to somebody else").click()
    look(page)
    page.get_by_label("Joan Newcomer").check()
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("You have handed the organisation over.")).to_be_visible()
    friend.goto("/provider/people")
    friend.get_by_role("link", name=re.compile("^Change.*Shanice Bright$")).click()
    look(friend)


def test_the_register_of_venues(
    festival: Festival, person: Callable[..., Page], looked_at: Look
) -> None:
    """P1 edge: venue not on list -> proposes one; the team looks at it."""
    page = person("reviewer@example.org")
    page.goto("/office/venues")
    looked_at(page)
    page.get_by_role("link", name="St Jude's Church Hall").click()
    looked_at(page)
    page.get_by_role("link", name="It is on the list already: make them one").click()
    looked_at(page)
    page.goto("/office/venues")
    page.get_by_role("link", name="St Jude's Church Hall").click()
    page.get_by_role("link", name=re.compile("^Change.*Hall$")).click()
    looked_at(page)
    page.get_by_label("How many people may be in it by law?").fill("55")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("55 people by law")).to_be_visible()
    page.get_by_role("button", name="Put it on the list").click()
    expect(page.get_by_text("On the list", exact=True)).to_be_visible()
    page.get_by_role("button", name="Change the venue").click()
    looked_at(page)
