"""The whole of it in one go: an offer becomes a session, a booking, a ticket, and a scan."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from festival.delivery import ticket_keys
from festival.domain import check, words
from festival.domain.tickets import code_of
from festival.extensions import db
from festival.models import AuditEntry, Booking, Edition, FestivalSession, Occurrence
from tests.journeys.conftest import Festival

pytestmark = pytest.mark.browser
TITLE = "Darn a Sock with Nani"
LEAD, REVIEWER, DUTY = "lead@example.org", "reviewer@example.org", "duty@example.org"
GRACE = "grace.hopper@example.org"
Look = Callable[[Page], None]


def test_from_an_offer_to_the_door(
    festival: Festival, person: Callable[..., Page], looked_at: Look
) -> None:
    lead, reviewer, resident = person(LEAD), person(REVIEWER), person()
    duty = person(DUTY)
    day = db.session.query(Edition).one().starts_on + timedelta(days=1)
    code = _offer(lead, looked_at, day)
    _return_it(reviewer, looked_at)
    _put_it_right(lead, looked_at, code)
    _approve(reviewer)
    festival.mail_to(LEAD, f"Your session is approved: {TITLE}")
    reference = _book(resident, looked_at)
    festival.mail_to(GRACE, f"Your booking {reference}")
    _look_at_the_outbox(duty, looked_at)
    _give_one_back(resident)
    festival.a_minute_passes()
    festival.mail_to(GRACE, f"CHANGED: your booking {reference}")
    _stand_at_the_door(festival, person, looked_at, reference)
    db.session.rollback()
    assert _audit(code) == [
        "session.started",
        "session.submitted",
        "session.returned",
        "session.submitted",
        "session.approved",
    ]
    assert check.broken_rules() == []


def _offer(page: Page, look: Look, day: date) -> str:
    """Step 1: a draft, come back, go on with a mistake, put it right, send in."""
    page.get_by_role("link", name="Our sessions").first.click()
    look(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/preview*", hold, times=1)  # a slow line: the script comes after the typing
    page.get_by_role("button", name="Offer a session").click()
    page.get_by_label("Title").fill(TITLE)
    held[0].continue_()
    expect(page.locator(".preview__title")).to_have_text(TITLE)  # while it is typed
    look(page)
    page.get_by_role("button", name="Save and stop for now").click()
    expect(page.get_by_text("Your draft is kept.")).to_be_visible()
    look(page)
    code = page.url.rstrip("/").split("/")[5]
    page.get_by_role("link", name="What it is").click()
    expect(page.get_by_label("Title")).to_have_value(TITLE)
    page.get_by_label("In one sentence").fill("Mend a sock, keep a sock.")
    page.get_by_label("Theme").select_option(label="Repair")
    _continue(page)
    page.get_by_label("What will people do?").fill("You learn two stitches. 🧦 ਜੁਰਾਬਾਂ")
    expect(page.get_by_role("heading", level=1)).to_have_text("What people will do")
    look(page)
    _continue(page)
    page.get_by_label("Venue and room").select_option(index=3)
    page.get_by_label("Day", exact=True).select_option(label=words.day(day))
    page.get_by_label("Start time").fill("2pm")
    page.get_by_label("End time").fill("1pm")
    _continue(page)
    expect(page.get_by_role("alert")).to_contain_text("The end must be after the start.")
    expect(page.get_by_label("Start time")).to_have_value("2pm")
    look(page)
    page.get_by_label("End time").fill("3:30 pm")
    _continue(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who it is for")
    look(page)
    _continue(page)
    page.get_by_role("group", name="Can people sit all the time?").get_by_label("Yes").check()
    look(page)
    _continue(page)
    page.get_by_label("How many places are there?").fill("8")
    _continue(page)
    expect(page.get_by_text("All of it is there.")).to_be_visible()
    look(page)
    _send(page)
    return code


def _continue(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


def _send(page: Page) -> None:
    page.get_by_role("button", name="Send in").click()
    expect(page.get_by_text("The festival team looks at it next.")).to_be_visible()


def _return_it(page: Page, look: Look) -> None:
    """Step 2: the reviewer asks for a change, with words."""
    _to_the_queue(page)
    look(page)
    page.get_by_role("link", name=TITLE, exact=True).click()
    page.get_by_label("Return it with a comment").check()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what to change")
    look(page)
    page.get_by_label("Comment for the provider").fill("Please say what to bring.")
    page.get_by_role("button", name="Send the answer").click()


def _put_it_right(page: Page, look: Look, code: str) -> None:
    page.goto(f"/provider/sessions/{code}")
    expect(page.get_by_text("Please say what to bring.")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Change this session").click()
    page.get_by_role("link", name="What people will do").click()
    page.get_by_label("What should people bring?").fill("A sock with a hole")
    page.get_by_role("button", name="Save and stop for now").click()
    page.get_by_role("button", name="Check it and send it in").click()
    _send(page)


def _approve(page: Page) -> None:
    _to_the_queue(page)
    page.get_by_role("link", name=TITLE, exact=True).click()
    page.get_by_label("Approve: publish it").check()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("link", name=TITLE, exact=True)).to_have_count(0)


def _to_the_office(page: Page) -> None:
    main = page.get_by_role("navigation", name="Main")
    main.get_by_role("link", name="Festival team").click()


def _to_the_queue(page: Page) -> None:
    _to_the_office(page)
    page.get_by_role("link", name="Offers to review").click()


def _book(page: Page, look: Look) -> str:
    """Steps 3 to 5, for three adults."""
    page.goto("/?q=darn")
    page.get_by_role("link", name=TITLE, exact=True).click()
    expect(page.get_by_text("A sock with a hole")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Book places").click()
    page.get_by_label("How many adults").fill("3")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Your full name").fill("Grace Hopper")
    page.get_by_label("Email address (if you have one)").fill(GRACE)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Book 3 places").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your places are booked")
    booking = _booking()
    assert booking.reference is not None
    return booking.reference


def _booking() -> Booking:
    db.session.rollback()
    return db.session.query(Booking).filter_by(email=GRACE).one()


def _look_at_the_outbox(page: Page, look: Look) -> None:
    _to_the_office(page)
    look(page)
    page.get_by_role("link", name="Messages", exact=True).click()
    expect(page.locator("main")).to_contain_text(GRACE)
    look(page)


def _give_one_back(page: Page) -> None:
    """Step 6."""
    page.get_by_role("link", name="Somebody cannot come").click()
    page.get_by_label("Adult 3").check()
    page.get_by_role("button", name="Give these places back").click()
    expect(page.get_by_text("Thank you for telling us")).to_be_visible()
    db.session.rollback()
    assert _run().places_taken == 2


def _run() -> Occurrence:
    standing = [one for one in _booking().reservations if one.state == "confirmed"]
    return standing[0].occurrence


def _stand_at_the_door(
    festival: Festival, person: Callable[..., Page], look: Look, reference: str
) -> None:
    """Step 7, on the day."""
    run = _run()
    festival.move_to(run.starts_at - timedelta(minutes=30))
    office = person(DUTY)
    link, pin = _make_a_pass(office, look, run)
    page = person()
    page.goto(link)
    look(page)
    page.get_by_label("PIN").fill("99999")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the PIN.")
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("List of")).to_be_visible()  # the scanner, which other tests try
    page.goto("/scan/plain")
    expect(page.locator("main")).to_contain_text(TITLE)
    look(page)
    _let_them_in(page, look, reference)
    _refuse_what_is_wrong(page, look)
    _to_the_office(office)
    office.get_by_role("link", name="Scan log").click()
    expect(office.locator("main")).to_contain_text(reference)
    look(office)


def _make_a_pass(page: Page, look: Look, run: Occurrence) -> tuple[str, str]:
    _to_the_office(page)
    page.get_by_role("link", name="Door passes").click()
    look(page)
    page.get_by_label("Venue").select_option(label=run.room.venue.name)
    page.get_by_label("Which door?").fill("Front")
    page.get_by_label("Day").fill(f"{run.starts_at:%d/%m/%Y}")
    page.get_by_label("From").fill("9am")
    page.get_by_label("Until").fill("5pm")
    page.get_by_role("button", name="Make the pass").click()
    look(page)
    link = page.locator("main a[href*='/scan/open/']").get_attribute("href")
    assert link is not None
    pin = page.locator("main p", has_text="PIN").locator("bdi").first.inner_text()
    return link, pin


def _let_them_in(page: Page, look: Look, reference: str) -> None:
    """By the code, as a wedge scanner types it; then the rest of the party by its reference."""
    code = page.get_by_label("Ticket code or booking reference")
    expect(code).to_be_focused()
    page.keyboard.type(_code())
    page.keyboard.press("Enter")
    expect(page.get_by_label("How many are here now?")).to_have_value("2")
    look(page)
    page.get_by_label("How many are here now?").fill("1")
    page.get_by_role("button", name="Let them in").click()
    expect(page.get_by_role("button", name="Undo this")).to_be_visible()
    look(page)
    code.fill(reference.lower().replace("-", " "))
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_label("How many are here now?")).to_have_value("1")
    page.get_by_role("button", name="Let them in").click()
    code.fill(reference)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("already in")
    look(page)


def _code() -> str:
    standing = next(one for one in _booking().reservations if one.state == "confirmed")
    assert standing.ticket is not None
    return code_of(standing.ticket, ticket_keys())


def _refuse_what_is_wrong(page: Page, look: Look) -> None:
    code = page.get_by_label("Ticket code or booking reference")
    for typed in ("a" * 40, _code()[:-1], _code()[:-2] + ("00" if _code()[-2:] != "00" else "11")):
        code.fill(typed)
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.locator(".verdict--no")).to_be_visible()
    look(page)


def _audit(code: str) -> list[str]:
    session = db.session.query(FestivalSession).filter_by(code=code).one()
    entries = db.session.query(AuditEntry).filter_by(thing="festival_session", thing_id=session.id)
    return [entry.action for entry in entries.order_by(AuditEntry.id)]
