"""The map as people meet it: with and without JavaScript, by keyboard, by night, on a phone."""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests.support.browser import PHONE, Pages, axe
from tests.support.maps import add_map, make_city
from tests.support.on_a_page import served

pytestmark = pytest.mark.browser
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LIBRARY = "3: 3 sessions at Central Library"
Arrive = Callable[..., Page]


@pytest.fixture
def site(committed_app: Flask) -> Iterator[str]:
    make_city()
    add_map(committed_app)
    with served(committed_app) as address:
        yield address


@pytest.fixture
def arrive(site: str, new_page: Pages) -> Arrive:
    """``arrive(viewport=PHONE)``: somebody at the page with the map."""

    def come(**options: Any) -> Page:
        page = new_page(site, **options)
        page.goto("/map")
        return page

    return come


def pins(page: Page) -> Any:
    return page.locator(".leaflet-marker-icon")


# --- without JavaScript


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_without_scripts_the_drawing_leads_to_each_place(arrive: Arrive, width: int) -> None:
    """Works without JavaScript; what is pressed is 24 pixels at least, and nothing sticks out."""
    page = arrive(java_script_enabled=False, viewport=(width, 800))
    marks = page.locator(".map__mark")
    assert marks.count() == 4
    for number in range(4):
        box = marks.nth(number).locator("circle").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    sheet = page.locator(".map").bounding_box()
    assert sheet is not None
    assert sheet["x"] + sheet["width"] <= width
    expect(page.get_by_role("button", name="Near me")).to_be_hidden()
    page.get_by_role("link", name=LIBRARY).click()
    expect(page).to_have_url(re.compile(r"/\?venue="))


def test_the_keyboard_reaches_each_mark_or_goes_past_them(arrive: Arrive) -> None:
    page = arrive(java_script_enabled=False)
    page.locator("#near").focus()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip the map, go to the list")
    expect(skip).to_be_focused()
    for number in range(1, 5):
        page.keyboard.press("Tab")
        name = re.compile(rf"^{number}: ")
        expect(page.locator(".map__drawing").get_by_role("link", name=name)).to_be_focused()
    skip.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Art Gallery", exact=True)).to_be_focused()


def test_where_leaflet_does_not_come_the_drawing_stays(site: str, new_page: Pages) -> None:
    page = new_page(site)
    page.route("**/vendor/leaflet.js*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.goto("/map")
    expect(page.locator(".map__drawing")).to_be_visible()
    expect(page.locator(".map__live")).to_be_hidden()
    expect(page.get_by_role("link", name=LIBRARY)).to_be_visible()


# --- with JavaScript


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_in_anybodys_way(arrive: Arrive, width: int, scheme: str) -> None:
    """axe finds no barrier before and after a pin is pressed; nothing sticks out at 320 pixels."""
    page = arrive(viewport=(width, 844), color_scheme=scheme)
    expect(pins(page)).to_have_count(4)
    picture = page.locator(".leaflet-image-layer")
    expect(picture).to_have_attribute(
        "src", "/city.svg" + ("?dark=yes" if scheme == "dark" else "")
    )
    assert axe(page) == []
    page.get_by_role("button", name=LIBRARY).click()
    expect(page.get_by_role("link", name="Show these sessions")).to_be_visible()
    expect(page.locator(".leaflet-popup")).to_have_css("opacity", "1")  # it fades in
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_by_keyboard_a_pin_opens_closes_and_leads_on(arrive: Arrive) -> None:
    page = arrive()
    pin = page.get_by_role("button", name=LIBRARY)
    for key in ("Enter", "Space"):
        pin.focus()
        page.keyboard.press(key)
        link = page.get_by_role("link", name="Show these sessions")
        expect(link).to_be_focused()
        expect(page.locator(".leaflet-popup")).to_contain_text("Central Library 3 sessions")
        page.keyboard.press("Escape")
        expect(link).to_have_count(0)
        expect(pin).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Show these sessions")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?venue="))


def test_each_pin_and_button_is_reached_by_tab(arrive: Arrive) -> None:
    page = arrive()
    expect(pins(page)).to_have_count(4)
    page.get_by_role("link", name="Skip the map, go to the list").focus()
    reached = []
    for _ in range(7):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.ariaLabel"))
    assert [name[:2] for name in reached[1:5]] == ["1:", "2:", "3:", "4:"]
    assert (reached[0], reached[5]) == ("Map", "Larger")


def test_the_buttons_make_it_larger_and_smaller(arrive: Arrive) -> None:
    """Close places stand where they are once there is room; never is it smaller than the city."""
    page = arrive(reduced_motion="reduce")
    expect(page.get_by_role("button", name="Smaller")).to_have_attribute("aria-disabled", "true")
    assert page.locator(".leaflet-overlay-pane path.map__stem").count() > 0
    before = page.locator(".leaflet-image-layer").bounding_box()
    page.get_by_role("button", name="Larger").click()
    after = page.locator(".leaflet-image-layer").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(2 * before["width"], rel=0.01)
    expect(page.get_by_role("button", name="Smaller")).to_have_attribute("aria-disabled", "false")


def test_pins_do_not_cover_one_another(arrive: Arrive) -> None:
    page = arrive(viewport=PHONE)
    expect(pins(page)).to_have_count(4)
    boxes = [pins(page).nth(number).bounding_box() for number in range(4)]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box]
    for number, (x, y) in enumerate(middles):
        for u, v in middles[:number]:
            assert ((x - u) ** 2 + (y - v) ** 2) ** 0.5 >= 36


def test_it_lies_exactly_over_the_drawing(arrive: Arrive) -> None:
    """Nothing jumps when the script comes."""
    page = arrive()
    expect(page.locator(".leaflet-image-layer")).to_be_visible()
    drawn = page.locator(".map__drawing").bounding_box()
    laid = page.locator(".leaflet-image-layer").bounding_box()
    assert drawn is not None
    assert laid is not None
    for side in ("x", "y", "width", "height"):
        assert laid[side] == pytest.approx(drawn[side], abs=3)


def test_pages_that_go_from_right_to_left(arrive: Arrive, site: str, new_page: Pages) -> None:
    page = new_page(site, viewport=(320, 700))

    def turned(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('dir="ltr"', 'dir="rtl"', 1))

    page.route("**/map", turned)
    page.goto("/map")
    expect(pins(page)).to_have_count(4)
    assert page.locator(".leaflet-top.leaflet-right .leaflet-control-zoom").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert axe(page) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_with_the_persons_own_colours(arrive: Arrive, scripts: bool) -> None:
    page = arrive(forced_colors="active", java_script_enabled=scripts)
    if scripts:
        expect(pins(page)).to_have_count(4)
    else:
        fill = page.locator(".map__dot").first.evaluate("dot => getComputedStyle(dot).fill")
        assert fill == page.locator("body").evaluate(
            "body => getComputedStyle(body).backgroundColor"
        )


# --- with pictures of a map server


def test_a_map_server_that_is_set_is_asked_and_named(
    committed_app: Flask, site: str, new_page: Pages
) -> None:
    """The policy lets its pictures in, and it is told no more than which site asks."""
    committed_app.config.update(
        MAP_TILES="https://tiles.example.org/{z}/{x}/{y}.png",
        MAP_CREDIT="© Everybody <who> mapped",
        MAP_HOST="https://tiles.example.org",
    )
    asked: list[tuple[str, str | None]] = []

    def answer(route: Route) -> None:
        asked.append((route.request.url, route.request.headers.get("referer")))
        route.fulfill(body=DOT, content_type="image/png")

    page = new_page(site)
    page.route("https://tiles.example.org/**", answer)
    page.goto("/map")
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    expect(page.get_by_text("© Everybody <who> mapped")).to_be_visible()
    expect(page.get_by_text("This is a sketch")).to_be_hidden()
    assert all(re.search(r"/\d+/\d+/\d+\.png$", url) for url, _ in asked)
    assert {referer for _, referer in asked} <= {f"{site}/", None}
    assert axe(page) == []


# --- near me


def test_near_me_searches_where_the_device_is(arrive: Arrive) -> None:
    """To about a kilometre, and nothing of it is kept."""
    here = {"latitude": 52.58471, "longitude": -2.12664}
    page = arrive(geolocation=here, permissions=["geolocation"])
    page.get_by_role("button", name="Near me").click()
    expect(page).to_have_url(re.compile(r"/\?near=52\.58(%2C|,)-2\.13$"))
    assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]


def test_near_me_says_what_to_do_where_it_may_not_know(arrive: Arrive) -> None:
    page = arrive(permissions=[])
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_role("status")).to_contain_text(
        "Your device did not let us see where you are."
    )
    expect(page.get_by_label("Near")).to_have_value("")
    assert axe(page) == []


@pytest.mark.parametrize(
    ("code", "words"), [(2, "Your device does not know where it is"), (3, "It took too long")]
)
def test_near_me_says_what_to_do_where_it_does_not_know(
    site: str, new_page: Pages, code: int, words: str
) -> None:
    page = new_page(site)
    page.add_init_script(
        f"navigator.geolocation.getCurrentPosition = (_found, failed) => failed({{ code: {code} }})"
    )
    page.goto("/map")
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_role("status")).to_contain_text(words)
    expect(page.get_by_role("button", name="Near me")).not_to_have_attribute(
        "aria-disabled", "true"
    )
