"""Somebody asks for a session in another way, by keyboard and on a phone, with JavaScript and
without; the access lead sees to it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from festival.extensions import db
from festival.models import FestivalSession
from tests.journeys.conftest import Festival
from tests.journeys.test_mine import turned_around
from tests.support.browser import PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_session_in_large_print(
    festival: Festival,
    person: Callable[..., Page],
    looked_at: Callable[[Page], None],
    scripts: bool,
) -> None:
    """From the page of a session to the team's list, with a day."""
    code = db.session.scalars(sa.select(FestivalSession.code).limit(1)).one()
    db.session.rollback()
    page = person(java_script_enabled=scripts, viewport=PHONE)
    page.goto(f"/sessions/{code}")
    link = page.get_by_role("link", name="Ask for this in another way")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You ask about this page:")).to_be_in_viewport()
    if scripts:  # axe needs them
        looked_at(page)
        turned_around(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose how you would like it.")
    if scripts:
        looked_at(page)
    page.get_by_label("In large print").check()
    page.get_by_label("How do we reach you?").fill("01902 555 123")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    for address in ("/accessibility", "/cookies", "/privacy") if scripts else ():
        page.goto(address)
        looked_at(page)
        turned_around(page)
    lead = person("access@example.org", java_script_enabled=scripts)
    lead.get_by_role("link", name="Asked for in another way").click()
    if scripts:
        looked_at(lead)
    lead.get_by_role("link", name="In large print").click()
    expect(lead.get_by_role("link", name=f"/sessions/{code}")).to_be_visible()
    if scripts:
        looked_at(lead)
    lead.get_by_label("What did you do?").fill("Posted in large print")
    lead.get_by_role("button", name="It is done").click()
    expect(lead.get_by_role("cell", name="Posted in large print")).to_be_visible()
