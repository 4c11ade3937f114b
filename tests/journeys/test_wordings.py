"""An administrator writes the words of a message: with JavaScript, and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Festival
from tests.support.mail import both_texts

pytestmark = pytest.mark.browser
ADMINISTRATOR = "administrator@example.org"
BODY = "Dear {name},\n\nsorry.\n\n{details}\n\n- call us\n- or write\n\n{alternatives}"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_administrator_writes_words_and_tries_them(
    festival: Festival,
    person: Callable[..., Page],
    looked_at: Callable[[Page], None],
    scripts: bool,
) -> None:
    page = person(ADMINISTRATOR, java_script_enabled=scripts)
    look = looked_at if scripts else (lambda _page: None)  # axe needs scripts
    page.goto("/office/")
    page.get_by_role("link", name="What messages say").click()
    look(page)
    page.locator('a[href="/office/wordings/withdrawn/email/en"]').click()
    look(page)
    page.get_by_label("Words", exact=True).fill("Dear {name}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("{details} is missing.")
    look(page)
    page.get_by_label("Subject").fill("Sorry, {name}")
    page.get_by_label("Words", exact=True).fill(BODY)
    page.get_by_role("button", name="See how it looks").click()
    expect(page.get_by_text("CANCELLED: Sorry, Gurpreet Kaur Sandhu")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Send a test to me").click()
    expect(page.get_by_text("The test is on its way")).to_be_visible()
    mail = festival.mail_to(ADMINISTRATOR, "Test: CANCELLED: Sorry, Gurpreet Kaur Sandhu")
    assert "- or write" in both_texts(mail)[0]
    assert "<li>or write</li>" in both_texts(mail)[1]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your own words", exact=True)).to_be_visible()
    look(page)
    page.get_by_role("link", name="Text message").click()
    expect(page.get_by_text("It takes 1 text message")).to_be_visible()
    look(page)
    page.get_by_role("link", name="اردو").click()
    expect(page.get_by_label("Words", exact=True)).to_have_attribute("dir", "rtl")
    look(page)
