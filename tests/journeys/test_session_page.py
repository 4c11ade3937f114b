"""The page of a session in a browser: read on a phone, passed on with a script and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE

pytestmark = pytest.mark.browser
# One date; many times; a series; online; with another language, by name.
PAGES = {
    "one date": "E08",
    "many times": "E22",
    "series": "E38",
    "online": "E06",
    "no steps": "E28",
}


def test_every_kind_of_page_is_for_everybody(
    visitor: Callable[..., Page], looked_at: Callable[[Page], None]
) -> None:
    page = visitor()
    for code in PAGES.values():
        page.goto(f"/sessions/{code}")
        looked_at(page)
        if page.get_by_text("Add to your calendar").count():
            page.get_by_text("Add to your calendar").click()
            looked_at(page)


def test_by_night_too(visitor: Callable[..., Page], looked_at: Callable[[Page], None]) -> None:
    page = visitor(color_scheme="dark")
    page.goto("/sessions/E08")
    looked_at(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_on_a_phone_the_way_to_a_place_is_in_view_at_once(
    visitor: Callable[..., Page], scripts: bool
) -> None:
    page = visitor(viewport=PHONE, java_script_enabled=scripts)
    for code, button in (("E08", "Book places"), ("E22", "Choose a time"), ("E38", "Book places")):
        page.goto(f"/sessions/{code}")
        expect(page.get_by_role("button", name=button, exact=True)).to_be_in_viewport(ratio=1)


def test_the_address_is_copied_at_a_press(visitor: Callable[..., Page]) -> None:
    page = visitor(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/sessions/E08")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Or copy this address:").input_value()
    assert copied.endswith("/sessions/E08")


def test_the_phone_shares_what_the_page_says(visitor: Callable[..., Page]) -> None:
    page = visitor(viewport=PHONE)
    page.add_init_script("navigator.share = async (what) => { window.shared = what; };")
    page.goto("/sessions/E08")
    page.get_by_role("button", name="Share").click()
    shared = page.evaluate("window.shared")
    assert shared["title"] == "Panjabi for Beginners"
    assert shared["url"].endswith("/sessions/E08")
    assert shared["text"].startswith("Panjabi for Beginners · ")


def test_who_thinks_better_of_it_sees_no_fault(visitor: Callable[..., Page]) -> None:
    page = visitor()
    page.add_init_script("navigator.share = async () => { throw new Error('AbortError'); };")
    page.goto("/sessions/E08")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Share")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_where_there_is_no_such_thing_the_buttons_are_not_there(
    visitor: Callable[..., Page], scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts)
    if scripts:
        page.add_init_script(
            "delete Navigator.prototype.share;"
            "Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined});"
        )
    page.goto("/sessions/E08")
    expect(page.get_by_role("button", name="Share")).to_have_count(0)
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    expect(page.get_by_role("link", name="Send by WhatsApp")).to_be_visible()
    expect(page.get_by_label("Or copy this address:")).to_be_visible()


def test_from_right_to_left_nothing_sticks_out(visitor: Callable[..., Page]) -> None:
    page = visitor(viewport=(320, 700))
    page.goto("/sessions/E08")
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    card = page.locator(".glance").bounding_box()
    icon = page.locator(".glance .icon").first.bounding_box()
    assert card is not None
    assert icon is not None
    assert icon["x"] > card["x"] + card["width"] / 2
