"""A waiting family of three is offered places, says no thanks, and the next in line says yes: by
the links in their mail, on phones without JavaScript."""

import re
import time
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from festival.domain import check
from festival.extensions import db, write
from festival.models import Booking, Occurrence, ReservationState
from tests import factories
from tests.support.browser import PHONE, Pages
from tests.support.live import LiveServer
from tests.support.smtp import SmtpServer

pytestmark = pytest.mark.browser


@pytest.fixture
def full(committed_app: Flask) -> Occurrence:
    """Three places, and Ada's party has them; a family of three waits, then a couple."""
    with write():
        factories.edition()
        session = factories.session(title="Sing Together", run=False)
        run = factories.occurrence(session, capacity=3)
        factories.booking(run, 3)
        factories.waiting(run, 1, 2, name="Gurpreet Kaur", email="gurpreet@example.org")
        factories.waiting(run, 2, name="Grace Hopper", email="grace@example.org")
    return run


def mail_to(smtp: SmtpServer, address: str, subject: str) -> EmailMessage:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for one in list(smtp.messages):
            if address in one.recipients and subject in one.message["Subject"]:
                return one.message
        time.sleep(0.05)
    raise AssertionError(f"mail about {subject!r} to {address} did not come")


def link_in(mail: EmailMessage, part: str) -> str:
    words = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.findall(rf"http\S+/{part}/\S+", words)
    assert len(found) == 1, words
    return str(found[0])


def states(name: str) -> list[ReservationState]:
    db.session.rollback()
    booking = db.session.query(Booking).filter_by(name=name).one()
    return [one.state for one in booking.reservations]


@pytest.mark.parametrize("scripts", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_r9_a_family_says_no_thanks_and_the_next_says_yes(
    full: Occurrence,
    live_server: Callable[..., LiveServer],
    smtp_server: SmtpServer,
    new_page: Pages,
    looked_at: Callable[[Page], None],
    scripts: bool,
) -> None:
    server = live_server(**smtp_server.settings)

    def follow(mail: EmailMessage, part: str) -> Page:
        page = new_page(server.url, viewport=PHONE, java_script_enabled=scripts)
        link = link_in(mail, part)
        assert urlsplit(link).netloc == urlsplit(server.url).netloc
        page.goto(link)
        if scripts:
            looked_at(page)
        return page

    page = follow(mail_to(smtp_server, "ada@example.org", "Your booking"), "cannot-come")
    page.get_by_role("button", name="We cannot come: give all 3 places back").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is cancelled")

    offered = mail_to(smtp_server, "gurpreet@example.org", "Places for you, please answer")
    page = follow(offered, "offers")
    expect(page.get_by_role("heading", level=1)).to_have_text("There are places for you")
    assert states("Gurpreet Kaur") == [ReservationState.offered]
    assert states("Grace Hopper") == [ReservationState.waiting]
    page.get_by_role("button", name="No thanks").click()
    expect(page.get_by_text("The places go to whoever is next.")).to_be_visible()

    offered = mail_to(smtp_server, "grace@example.org", "Places for you, please answer")
    page = follow(offered, "offers")
    page.get_by_role("button", name="Yes, book it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your places are booked")
    if scripts:
        looked_at(page)
    mail_to(smtp_server, "grace@example.org", "Your booking")

    assert states("Gurpreet Kaur") == [ReservationState.declined]
    assert states("Grace Hopper") == [ReservationState.confirmed]
    assert check.broken_rules() == []
