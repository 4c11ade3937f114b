"""Finding something to learn: by keyboard alone, without scripts, on a narrow screen, and as it is
read out."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from festival.extensions import db
from festival.models import FestivalSession, Occurrence
from festival.views.choices import short_day
from tests.journeys.conftest import Festival
from tests.support.browser import PHONE, axe
from tests.support.live import LiveServer

pytestmark = pytest.mark.browser
Look = Callable[[Page], None]
MOST_TABS = 120
ROLES = ("link", "button", "textbox", "searchbox", "checkbox", "combobox", "spinbutton")


def last_saturday(app: Flask) -> date:
    """The day of E26, in the festival's zone."""
    query = sa.select(Occurrence).join(Occurrence.session).where(FestivalSession.code == "E26")
    with app.app_context():
        run = db.session.scalars(query).one()
        return run.starts_at.astimezone(run.session.edition.zone).date()


# --- as it is read out


def read_out(page: Page) -> None:
    """The accessibility tree: one heading first, a title that says where one is, and a name for
    everything that can be used."""
    tree = page.locator("body").aria_snapshot()
    assert tree.count("[level=1]") == 1, tree
    assert " - " in page.title()
    nameless = [
        line
        for line in tree.splitlines()
        for role in ROLES
        if line.strip().removeprefix("- ").rstrip(":") == role
    ]
    assert nameless == [], tree
    assert axe(page) == []


# --- by keyboard


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus, and see that it shows."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"{wanted} is not reached by Tab")
    shows = "one => one.matches(':focus-visible')"
    assert wanted.evaluate(shows), f"{wanted} has the focus and does not show it"


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def type_in(page: Page, wanted: Locator, text: str) -> None:
    tab_to(page, wanted)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def test_e26_is_found_and_booked_by_keyboard_alone(
    festival: Festival, person: Callable[..., Page]
) -> None:
    """R7: "something on the last Saturday for children of 4 and 9 near Low Hill, step-free"."""
    page, day = person(), last_saturday(festival.app)
    page.goto("/")
    read_out(page)
    said = page.locator("#said")

    def drawer(name: str) -> Locator:
        return page.locator("summary", has_text=name)

    press(page, drawer("When"))
    press(page, page.get_by_label(short_day(day), exact=True), "Space")
    expect(said).to_have_text("2 sessions")
    press(page, drawer("Who comes"))
    type_in(page, page.get_by_label("How old is everyone who comes?"), "4 and 9")
    page.keyboard.press("Tab")
    expect(page.locator(".chip", has_text="For ages 4 and 9")).to_be_visible()
    press(page, drawer("Where"))
    type_in(page, page.get_by_label("Near which place?"), "Low Hill")
    page.keyboard.press("Tab")
    expect(page.locator(".chip", has_text="Within 2 miles of Bushbury")).to_be_visible()
    press(page, drawer("Access"))
    press(page, page.get_by_label("Step-free", exact=True), "Space")
    expect(said).to_have_text("1 session")
    expect(page.get_by_text("There is 1 more session where nobody knows yet")).to_be_visible()
    query = f"day={day.isoformat()}&access=step-free&ages=4,9&near=bushbury-south-and-low-hill"
    expect(page).to_have_url(f"{festival.url}/?{query}")
    read_out(page)
    press(page, page.get_by_role("link", name="Mend It, Don't Bin It", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Mend It, Don't Bin It")
    read_out(page)
    press(page, page.get_by_role("button", name="Book places").first)
    expect(page.get_by_role("heading", level=1)).to_contain_text("How many people are coming?")
    read_out(page)
    type_in(page, page.get_by_label("How many adults"), "1")
    type_in(page, page.get_by_label("How many children"), "2")
    press(page, page.get_by_role("button", name="Continue"))
    read_out(page)
    type_in(page, page.get_by_label("Full name"), "Grace Hopper")
    type_in(page, page.get_by_label("Email address"), "grace@example.org")
    press(page, page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who is coming?")
    read_out(page)
    ages = page.get_by_label("Age", exact=False)
    for place, age in enumerate(("4", "9")):
        type_in(page, ages.nth(place), age)
    press(page, page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check")
    read_out(page)
    press(page, page.get_by_role("button", name="Book 3 places"))
    expect(page.get_by_text("WLF-").first).to_be_visible()
    read_out(page)


@pytest.mark.parametrize("width", [1280, 320])
def test_e26_is_found_without_scripts(
    shown: LiveServer, visitor: Callable[..., Page], width: int
) -> None:
    """The same without JavaScript; 320 px is also a window of 1280 made four times as large."""
    page = visitor(java_script_enabled=False, viewport=(width, 256 if width == 320 else 900))
    day = last_saturday(shown.app)
    page.goto("/")

    def show() -> None:
        fits(page)
        page.locator(".drawer[open]").get_by_role("button", name="Show sessions").click()
        fits(page)

    page.locator("summary", has_text="When").click()
    page.get_by_label(short_day(day), exact=True).check()
    show()
    page.locator("summary", has_text="Who comes").click()
    page.get_by_label("How old is everyone who comes?").fill("4 and 9")
    show()
    page.locator("summary", has_text="Where").click()
    page.get_by_label("Near which place?").fill("Low Hill")
    show()
    page.locator("summary", has_text="Access").click()
    page.get_by_label("Step-free", exact=True).check()
    show()
    expect(page.locator(".results__count")).to_have_text("1 session")
    page.get_by_role("link", name="Mend It, Don't Bin It", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mend It, Don't Bin It")
    fits(page)


def fits(page: Page) -> None:
    """Nothing sticks out sideways."""
    wide = page.locator("html").bounding_box()
    last = page.locator("main").bounding_box()
    assert wide is not None
    assert last is not None
    assert last["width"] <= page.viewport_size["width"]  # type: ignore[index]


def test_every_way_to_look_is_without_barriers(
    visitor: Callable[..., Page], looked_at: Look
) -> None:
    page = visitor()
    for path in (
        "/",
        "/?q=tablit",
        "/?q=bread+xyzzy",
        "/?q=zeppelin&theme=food",
        "/?access=step-free",
        "/?access=step-free&unsure=yes&near=penn",
        "/?ages=four",
        "/?view=week",
        "/?view=day",
        "/?view=map",
        "/saved",
        "/saved/E05-E26",
        "/saved/E26?by=me",
    ):
        page.goto(path)
        for title in page.locator(".drawer summary").all():
            title.click()
        looked_at(page)


WALK = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
    return [one === document.body ? "" : one.outerHTML.slice(0, 120), seen];
}"""


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/?view=week", "/?view=map", "/?q=zeppelin", "/sessions/E22", "/saved/E05-E26"),
        *("/help", "/accessibility", "/privacy", "/cookies", "/wishes", "/bookings/"),
    ],
)
def test_a_walk_by_keyboard_ends_and_is_seen_at_each_step(
    shown: LiveServer, visitor: Callable[..., Page], path: str
) -> None:
    """Tab goes on from one thing to the next, each in view, through all of the page and out."""
    page = visitor()
    page.goto(path)
    steps: list[str] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        what, seen = page.evaluate(WALK)
        if not what or (steps and what == steps[0]):
            break
        assert seen, what
        steps.append(what)
    else:
        raise AssertionError(f"no end after {steps[-1]}")
    assert len(steps) > 10
    assert "govuk-skip-link" in steps[0]


def test_suggestions_come_while_typing(shown: LiveServer, visitor: Callable[..., Page]) -> None:
    page = visitor()
    page.goto("/")
    field = page.get_by_label("What would you like to try?")
    field.press_sequentially("panj")
    found = page.locator("#suggestions").get_by_role("link", name="Panjabi for Beginners")
    expect(found).to_be_visible()
    assert axe(page) == []
    press(page, found)
    expect(page.get_by_role("heading", level=1)).to_have_text("Panjabi for Beginners")


def test_a_choice_changes_the_list_and_its_address_without_a_new_page(
    shown: LiveServer, visitor: Callable[..., Page]
) -> None:
    page = visitor()
    page.goto("/")
    page.evaluate("window.same = true")
    page.locator("summary", has_text="What about").click()
    page.get_by_label("Digital", exact=True).check()
    expect(page.locator("#said")).to_have_text("5 sessions")
    expect(page).to_have_url(f"{shown.url}/?theme=digital")
    page.get_by_label("Food", exact=True).check()
    expect(page).to_have_url(f"{shown.url}/?theme=digital,food")
    page.go_back()
    expect(page.locator(".results__count")).to_have_text("5 sessions")
    assert page.locator(".drawer__inside:visible").count() <= 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_sessions_are_put_by_from_the_list(
    shown: LiveServer, visitor: Callable[..., Page], scripts: bool
) -> None:
    """With a script without leaving the list; what it does then stands on the next page too."""
    page = visitor(viewport=PHONE, java_script_enabled=scripts)
    for title in ("Panjabi for Beginners", "Interview Practice"):
        page.goto("/?q=" + title)
        card = page.locator(".card", has=page.get_by_role("heading", name=title, exact=True)).first
        card.get_by_role("link", name="Put on my list").click()
        if not scripts:
            page.get_by_role("button", name="Put on my list", exact=True).click()
            page.goto("/?q=" + title)
        expect(card.locator(".keep__link--on")).to_contain_text("On my list")
    expect(page.get_by_role("navigation", name="Main")).to_contain_text("My list (2)")
    if scripts:
        expect(page.locator("#said")).to_have_text(f"On my list: {title}")
        assert axe(page) == []
    card.locator(".keep__link--on").click()
    expect(page).to_have_url(f"{shown.url}/saved")
    for title in ("Panjabi for Beginners", "Interview Practice"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()


def test_several_pressed_at_once_are_all_put_by(
    shown: LiveServer, visitor: Callable[..., Page]
) -> None:
    """A session of several days is on the list with each of them."""
    page = visitor()
    page.goto("/")
    pressed = page.evaluate(
        """() => {
            const links = [...document.querySelectorAll("a[data-keep]")];
            const codes = links.map((one) => one.dataset.keep);
            const several = codes.find((one, place) => codes.indexOf(one) !== place);
            const wanted = [...new Set([several, ...codes])].slice(0, 4);
            for (const code of wanted) {
                document.querySelector(`a[data-keep="${code}"]`).click();
            }
            return [wanted.length, codes.filter((one) => wanted.includes(one)).length];
        }"""
    )
    expect(page.get_by_role("navigation", name="Main")).to_contain_text("My list (4)")
    assert pressed[0] == 4
    expect(page.locator(".keep__link--on")).to_have_count(pressed[1])
    assert pressed[1] > 4


def test_what_cannot_be_put_by_at_once_is_asked_on_its_page(
    shown: LiveServer, visitor: Callable[..., Page]
) -> None:
    page = visitor()
    page.goto("/?q=E26")
    page.route("**/saved", lambda route: route.abort())
    page.get_by_role("link", name="Put on my list").first.click()
    expect(page).to_have_url(f"{shown.url}/saved/E26?by=me")
    expect(page.get_by_role("heading", level=1)).to_have_text("Put this on your list?")
    page.unroute("**/saved")
    page.get_by_role("button", name="Put on my list", exact=True).click()
    expect(page).to_have_url(f"{shown.url}/saved")


def test_where_i_am_is_a_place_with_a_name(shown: LiveServer, visitor: Callable[..., Page]) -> None:
    """The device says a point; people read the name of an area, also in the field, and stay where
    they are with the next choice. Titles say how much is chosen behind them."""
    here = {"latitude": 52.611, "longitude": -2.113}
    page = visitor(permissions=["geolocation"], geolocation=here)
    page.goto("/")
    page.locator("#drawer-where summary").click()
    page.get_by_role("button", name="Near me").click()
    field = page.get_by_label("Near which place?")
    expect(field).to_have_value("Bushbury South and Low Hill")
    expect(page.locator("#chosen-where")).to_be_visible()
    expect(page).to_have_url(f"{shown.url}/?near=52.61,-2.11")
    page.locator("#drawer-access summary").click()
    page.get_by_label("Step-free", exact=True).check()
    expect(page).to_have_url(f"{shown.url}/?access=step-free&near=52.61,-2.11")
    expect(page.locator("#chosen-access")).to_contain_text("1")


def test_what_is_not_understood_is_said_without_a_new_page(
    shown: LiveServer, visitor: Callable[..., Page]
) -> None:
    page = visitor()
    page.goto("/")
    page.locator("#drawer-who summary").click()
    field = page.get_by_label("How old is everyone who comes?")
    field.fill("four")
    field.press("Tab")
    wrong = "Type ages as numbers, like 4 and 9."
    expect(page.locator("#find-ages-error")).to_contain_text(wrong)
    expect(page.get_by_role("alert")).to_contain_text(wrong)
    assert axe(page) == []
    field.fill("4")
    field.press("Tab")
    expect(page.locator("#find-ages-error")).to_be_hidden()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_r7_each_page_is_its_question_and_a_mistake_gets_the_focus(
    festival: Festival, person: Callable[..., Page]
) -> None:
    """R7: page title = question; error summary focused; autofill; voice control says what it sees;
    the hold's warning is reachable."""
    page = person()
    page.goto("/sessions/E05")
    page.get_by_role("button", name="Book places").first.click()
    expect(page).to_have_title(f"How many people are coming? - {name_of(page)}")
    page.get_by_label("How many adults").fill("none")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page).to_have_title(f"Error: How many people are coming? - {name_of(page)}")
    page.get_by_label("How many adults").fill("1")
    page.get_by_role("button", name="Continue").click()
    for label, kind in (("Full name", "name"), ("Email address", "email")):
        expect(page.get_by_label(label)).to_have_attribute("autocomplete", kind)
    page.get_by_label("Full name").fill("Grace Hopper")
    page.get_by_label("Email address").fill("grace@example.org")
    expect(page.locator(".hold [aria-live]")).to_have_attribute("aria-live", "polite")
    more_time = page.locator(".hold").get_by_role("button")
    tab_to(page, more_time)
    page.get_by_role("button", name="Continue").click()
    book = page.get_by_role("button", name="Book 1 place")
    assert book.inner_text().strip() == "Book 1 place"  # "click Book 1 place"


def name_of(page: Page) -> str:
    return page.locator(".top__name span").inner_text().replace("\n", " ")


def test_r7_with_a_persons_own_colours_and_without_motion(
    shown: LiveServer, visitor: Callable[..., Page]
) -> None:
    """R7: Windows high contrast; what is chosen, where the focus is and how full it is can be seen
    without colours."""
    page = visitor(forced_colors="active", reduced_motion="reduce")
    for path in ("/?theme=digital", "/?view=week", "/?view=map", "/sessions/E05"):
        page.goto(path)
        # The browser sets the colours; axe reads those that it has replaced.
        assert axe(page, without=("color-contrast",)) == [], path
    page.goto("/?theme=digital")
    chosen = page.locator(".views__link[aria-current]")
    assert chosen.evaluate("one => getComputedStyle(one).borderTopWidth") != "0px"
    summary = page.locator("summary", has_text="What about")
    tab_to(page, summary)
    assert summary.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
    assert page.locator(".places .icon").count() >= page.locator(".card").count()
    moving = "() => [...document.getAnimations()].filter(one => one.playState === 'running').length"
    assert page.evaluate(moving) == 0


def test_r7_places_are_said_once_and_the_map_is_a_list_too(
    shown: LiveServer, visitor: Callable[..., Page]
) -> None:
    """R7: places-left politely, not repeatedly; filters change results with a status message; map
    has list."""
    page = visitor()
    page.goto("/?view=map")
    places = page.locator(".map__list li")
    expect(places.first).to_be_visible()
    assert places.count() == page.locator(".map__list li a").count() > 10
    assert page.locator("[role=alert], [aria-live=assertive]").count() == 0
    said: list[str] = page.evaluate(
        """() => {
            window.said = [];
            new MutationObserver(() => said.push(document.getElementById("said").textContent))
                .observe(document.getElementById("said"), {childList: true, characterData: true});
            return [];
        }"""
    )
    page.locator("summary", has_text="What about").click()
    page.get_by_label("Digital", exact=True).check()
    expect(page.locator("#said")).to_have_text("5 sessions")
    said = page.evaluate("said")
    assert said == ["5 sessions"]
