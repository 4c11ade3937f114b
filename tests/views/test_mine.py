"""My bookings: everything under one email address, for whoever reads its mail: R8, R9."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from festival.delivery.addresses import manage_path, mine_address
from festival.domain import bookings, clock, running
from festival.extensions import db
from festival.models import AuditEntry, Edition, Message, Occurrence, Prefers, Reminders
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.bookings import fill, kinds
from tests.support.client import FestivalClient, PageResponse
from tests.support.mine import another_code, ask, code_for, contact_of, enter
from tests.support.page import words
from tests.support.statements import recorded

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")

NOT_RIGHT = "This code is not right, or it does not work any more."


@pytest.fixture
def occurrence(edition: Edition) -> Occurrence:
    return occurrence_of(factories.session(title="Sing Together", capacity=20))


def link_path(email: str = "ada@example.org") -> str:
    """The signed link as it stands in the mail, without its host."""
    return mine_address(contact_of(email)).partition("//")[2].partition("/")[2].join(("/", ""))


# --- the way in


def test_the_code_opens_everything_under_the_address(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    first = factories.booking(occurrence, 2)
    knots = occurrence_of(factories.session(title="Knots"))
    second = factories.booking(knots, name="Byron Lovelace", email="ADA@example.org")
    somebody_else = factories.booking(knots, name="Grace", email="grace@example.org")
    page = enter(client)
    assert page.h1 == "My bookings"
    for booking in (first, second):
        assert booking.reference in page.words
    assert "Sing Together" in page.words
    assert "Knots" in page.words
    assert "ada@example.org" in page.words
    assert somebody_else.reference not in page.words
    assert page.headers["Cache-Control"] == "no-store"


def test_only_confirmed_bookings_make_a_mail(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    basket = factories.held(occurrence)
    basket.email, basket.email_folded = "ada@example.org", "ada@example.org"
    ask(client)
    assert kinds() == []
    factories.booking(occurrence, email="grace@example.org")
    ask(client, "Grace@Example.org")
    (code,) = db.session.scalars(sa.select(Message).where(Message.kind == "bookings_code"))
    assert (code.recipient, code.booking_id) == ("grace@example.org", None)
    assert code.facts == {"contact": contact_of("grace@example.org").id}


def test_nothing_tells_whether_an_address_is_known(
    app: Flask, new_client: Callable[[], FestivalClient], occurrence: Occurrence
) -> None:
    """The same pages, the same words, the same cookie, whatever is typed and however often."""
    factories.booking(occurrence)
    seen = []
    for email in ("ada@example.org", "who@example.org"):
        client = new_client()
        pages = [ask(client, email)]
        wrong = another_code() if email.startswith("ada") else "123456"
        pages += [client.submit(pages[-1], "Show my bookings", code=wrong) for _ in range(7)]
        pages.append(ask(client, email))
        with client.session_transaction() as session:
            cookie = sorted(set(session) - {"csrf_token"})
        said = [one.words.replace(email, "ADDRESS") for one in pages]
        seen.append(([one.status_code for one in pages], said, cookie))
    assert seen[0] == seen[1]
    assert NOT_RIGHT in seen[0][1][3]


def test_after_five_wrong_codes_the_right_one_is_wrong_too_and_a_new_one_works(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    factories.booking(occurrence)
    page = ask(client)
    for _ in range(5):
        page = client.submit(page, "Show my bookings", code=another_code())
    old = code_for()
    page = client.submit(page, "Show my bookings", code=old)
    assert NOT_RIGHT in page.page.error_summary[0]
    assert enter(client).h1 == "My bookings"
    assert old != code_for()


def test_a_code_ends_after_a_quarter_of_an_hour(
    client: FestivalClient, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    factories.booking(occurrence)
    now = clock.now()
    at(now)
    page, code = ask(client), code_for()
    at(now + timedelta(minutes=15))
    assert NOT_RIGHT in client.submit(page, "Show my bookings", code=code).words


def test_a_code_works_once(
    new_client: Callable[[], FestivalClient], occurrence: Occurrence
) -> None:
    factories.booking(occurrence)
    first, second = new_client(), new_client()
    page, code = ask(second), code_for()
    assert first.submit(ask(first), "Show my bookings", code=code).h1 == "My bookings"
    assert NOT_RIGHT in second.submit(page, "Show my bookings", code=code).words


def test_asked_twice_it_is_the_same_code(client: FestivalClient, occurrence: Occurrence) -> None:
    factories.booking(occurrence)
    ask(client)
    code = code_for()
    ask(client)
    assert code_for() == code


@pytest.mark.parametrize("typed", ["{0}{1}{2} {3}{4}{5}", " {0}-{1}-{2}-{3}-{4}-{5}. "])
def test_a_code_is_read_as_people_write_it(
    client: FestivalClient, occurrence: Occurrence, typed: str
) -> None:
    factories.booking(occurrence)
    page = ask(client)
    assert (
        client.submit(page, "Show my bookings", code=typed.format(*code_for())).h1 == "My bookings"
    )


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "six", "１２３", "☃" * 20, "0" * 5000])
def test_what_is_no_code_is_said_at_its_field(
    client: FestivalClient, occurrence: Occurrence, typed: str
) -> None:
    factories.booking(occurrence)
    page = client.submit(ask(client), "Show my bookings", code=typed)
    assert page.h1 == "Look in your email"
    assert len(page.page.error_summary) == 1
    assert contact_of().code_tries == 0


def test_digits_of_another_script_are_digits(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    factories.booking(occurrence)
    page = ask(client)
    urdu = "".join(chr(ord("۰") + int(one)) for one in code_for())
    assert client.submit(page, "Show my bookings", code=urdu).h1 == "My bookings"


def test_the_link_in_the_mail_has_one_button_and_looking_uses_nothing_up(
    client: FestivalClient, new_client: Callable[[], FestivalClient], occurrence: Occurrence
) -> None:
    factories.booking(occurrence)
    ask(new_client())
    path = link_path()
    for _ in range(3):  # programs that look at mail
        page = client.get(path)
        assert page.h1 == "See all my bookings"
    assert "Sing Together" not in page.words
    assert client.submit(page, "Show my bookings").h1 == "My bookings"
    assert client.submit(page, "Show my bookings").h1 == "My bookings"  # pressed twice
    later = new_client().get(path)
    assert (later.status_code, later.h1) == (410, "This link does not work any more")


def test_a_link_is_over_with_its_time_and_with_the_code(
    client: FestivalClient,
    new_client: Callable[[], FestivalClient],
    occurrence: Occurrence,
    at: Callable[..., None],
) -> None:
    factories.booking(occurrence)
    now = clock.now()
    at(now)
    ask(client)
    path = link_path()
    page = client.get(path)
    at(now + timedelta(minutes=15))
    assert new_client().get(path).status_code == 410
    ask(client)
    assert client.submit(page, "Show my bookings").status_code == 410
    other = new_client()
    assert other.submit(other.get(link_path()), "Show my bookings").h1 == "My bookings"


@pytest.mark.parametrize(
    "token", ["1", "1.", "0.x", "9" * 30 + ".x", "é.x", "1." + "A" * 24, "-1.x"]
)
def test_a_link_that_is_wrong_is_over(
    client: FestivalClient, occurrence: Occurrence, token: str
) -> None:
    factories.booking(occurrence)
    ask(client)
    assert client.get(f"/bookings/mine/link/{token}").status_code == 410
    assert client.get("/bookings/mine").status_code == 302


def test_a_booking_that_is_open_does_not_open_the_others(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    page = client.get(manage_path(factories.booking(occurrence)))
    page = client.get(page.page.link("See all my bookings"))
    assert page.h1 == "See all my bookings"
    assert client.get("/bookings/mine").status_code == 302


def test_who_has_no_email_is_told_what_to_do(client: FestivalClient, edition: Edition) -> None:
    page = client.get("/bookings/mine/ask")
    assert "Then find each booking by its reference and your name." in page.words
    assert "01902 550000" in page.words


def test_codes_are_not_sent_without_end(client: FestivalClient, occurrence: Occurrence) -> None:
    factories.booking(occurrence)
    for email in ("ada@example.org", "who@example.org"):
        assert [ask(client, email).status_code for _ in range(6)] == [200] * 5 + [429]
    assert kinds().count("bookings_code") == 5


@pytest.mark.parametrize("typed", ["", "ada", "ada@", "a@b.c\r\nBcc: x@y.org", "é@example.org"])
def test_what_is_no_address_is_said_at_its_field(
    client: FestivalClient, edition: Edition, typed: str
) -> None:
    page = ask(client, typed)
    assert page.h1 == "See all my bookings"
    assert len(page.page.error_summary) == 1


# --- how long it stays open


def test_it_closes_after_an_hour_without_a_press_and_after_a_day(
    client: FestivalClient, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    factories.booking(occurrence)
    now = clock.now()
    at(now)
    enter(client)
    for step in range(1, 26):
        at(now + step * 55 * timedelta(minutes=1))
        assert client.get("/bookings/mine").status_code == 200
    at(now + timedelta(hours=23, minutes=50))
    assert client.get("/bookings/mine").status_code == 200
    at(now + timedelta(days=1, minutes=1))
    page = client.get("/bookings/mine", follow_redirects=True)
    assert "we closed this page" in page.words
    enter(client)
    at(now + timedelta(days=1, hours=1, minutes=2))
    assert client.get("/bookings/mine").location == "/bookings/mine/ask"


def test_another_address_with_the_same_number_is_not_let_in(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    """The number of a row that was deleted is given away again."""
    factories.booking(occurrence)
    enter(client)
    row = contact_of()
    row.address, row.created_at = "eve@example.org", clock.now() + timedelta(minutes=1)
    factories.booking(occurrence, email="eve@example.org", name="Eve")
    assert client.get("/bookings/mine").status_code == 302


def test_sign_out(client: FestivalClient, occurrence: Occurrence) -> None:
    factories.booking(occurrence)
    page = client.submit(enter(client), "Sign out of my bookings")
    assert "You have signed out." in page.words
    assert client.get("/bookings/mine").status_code == 302
    assert client.get("/bookings/mine/code").status_code == 302


@pytest.mark.parametrize("page", ["", "/preferences", "/calendar"])
def test_nobody_is_in_without_a_code(client: FestivalClient, edition: Edition, page: str) -> None:
    assert client.get(f"/bookings/mine{page}").location == "/bookings/mine/ask"


# --- what it shows


def test_each_line_says_how_it_stands(client: FestivalClient, edition: Edition) -> None:
    def run(title: str) -> Occurrence:
        return occurrence_of(factories.session(title=title, capacity=2))

    booked, full, offered, off, given_up = map(
        run, ("Booked one", "Full one", "Offered one", "Called off", "Given up")
    )
    factories.booking(booked, 2, name="Ada Lovelace")
    fill(full)
    factories.waiting(full, 2, email="other@example.org")
    factories.waiting(full, email="ada@example.org")
    theirs = factories.booking(offered, 2, email="rest@example.org")
    factories.waiting(offered, email="ada@example.org")
    bookings.cancel_reservation(theirs, reservation_of(theirs))
    factories.booking(off)
    running.cancel_occurrence(off.id, "The teacher is ill.", actor=None)
    gone = factories.booking(given_up)
    bookings.cancel_reservation(gone, reservation_of(gone))

    page = enter(client)
    found = [words(one) for one in page.page.with_class("claim")]
    sections = {one.split(" ")[0]: one for one in found}
    assert next(iter(sections)) == "Offered"
    assert "A place is free" in sections["Offered"]
    assert "Answer now" in sections["Offered"]
    assert "You are between 1st and 2nd in line." in sections["Full"]
    assert "Adult 1; Adult 2" in sections["Booked"]
    assert "Show my ticket" in sections["Booked"]
    assert "Cannot come" in sections["Booked"]
    assert "Cancelled by us" in sections["Called"]
    assert "Show my ticket" not in sections["Called"]
    assert "Given" not in sections
    assert (
        client.get(page.page.link("Given up")).h1 == f"Your booking {gone.reference} is cancelled"
    )
    assert f"{gone.reference} Cancelled by you" in page.words
    instead = client.get(page.page.link("Look for another date: Called off"))
    assert instead.status_code == 200


def test_what_is_over_is_past(
    client: FestivalClient, occurrence: Occurrence, at: Callable[..., None]
) -> None:
    factories.booking(occurrence)
    at(occurrence.starts_at + timedelta(minutes=5))
    page = enter(client)
    assert "Show my ticket" in page.words  # late, but not too late
    assert "Cannot come" not in page.words
    at(occurrence.ends_at + timedelta(minutes=5))
    page = enter(client)
    assert "Show my ticket" not in page.words
    assert "What was, or was cancelled" in page.words
    assert "Nothing is booked that is still to come." in page.words


def test_from_the_page_one_can_cancel(client: FestivalClient, occurrence: Occurrence) -> None:
    factories.booking(occurrence)
    page = client.get(enter(client).page.link("Cannot come: Sing Together"))
    page = client.submit(page, "I cannot come: give my place back")
    assert page.h1.endswith("is cancelled")
    assert "Cancelled by you" in client.get("/bookings/mine").words


def test_six_bookings_ask_the_database_as_often_as_one(
    app: Flask, client: FestivalClient, edition: Edition
) -> None:
    def add(number: int) -> None:
        run = occurrence_of(factories.session(title=f"Session {number}", capacity=4))
        factories.booking(run, 2)
        full = occurrence_of(factories.session(title=f"Full {number}", capacity=1))
        factories.booking(full, email="rest@example.org")
        factories.waiting(full, email="ada@example.org", name="Ada Lovelace")

    add(0)
    enter(client)
    counts = []
    for more in (0, 5):
        for number in range(more):
            add(number + 1)
        client.get("/bookings/mine")
        with recorded(app) as statements:
            assert client.get("/bookings/mine").status_code == 200
        counts.append(statements.count)
    assert counts[0] == counts[1]


# --- what can be changed


def test_preferences_are_kept(client: FestivalClient, occurrence: Occurrence) -> None:
    factories.booking(occurrence)
    page = client.get(enter(client).page.link("Change how we write to you"))
    page = client.submit(page, "Save", language="ur", prefers="call", reminders="day_before")
    for said in ("Saved.", "اردو", "By phone call, and by email", "Only the day before"):
        assert said in page.words
    contact = contact_of()
    assert (contact.language, contact.prefers) == ("ur", Prefers.call)
    assert contact.reminders == Reminders.day_before
    page = client.get(page.page.link("Change how we write to you"))
    client.submit(page, "Save", language="own")
    assert contact_of().language == ""


@pytest.mark.parametrize("field", ["language", "prefers", "reminders"])
def test_a_preference_that_is_none_is_refused_at_its_field(
    client: FestivalClient, occurrence: Occurrence, field: str
) -> None:
    factories.booking(occurrence)
    enter(client)
    form = client.get("/bookings/mine/preferences").page.form("Save")
    typed = {**dict(form.filled({}, "Save")[1]), field: "pigeon"}
    answer = client.post("/bookings/mine/preferences", data=typed)
    assert answer.h1 == "How we write to you"
    assert len(answer.page.error_summary) == 1


def test_the_calendar_follows_until_its_address_is_ended(
    client: FestivalClient, new_client: Callable[[], FestivalClient], occurrence: Occurrence
) -> None:
    factories.booking(occurrence)
    elsewhere = new_client()
    enter(elsewhere)
    page = client.get(enter(client).page.link("Show my bookings in my calendar"))
    old = _feed(page)
    assert "Sing Together" in new_client().get(old).get_data(as_text=True)
    page = client.submit(page, "End it and make a new one")
    assert "The old calendar address has ended." in page.words
    assert _feed(page) != old
    assert new_client().get(old).status_code == 404
    assert new_client().get(_feed(page)).status_code == 200
    assert client.get("/bookings/mine").status_code == 200
    assert elsewhere.get("/bookings/mine").status_code == 302


def _feed(page: PageResponse) -> str:
    box = page.page.by_id("calendar-address")
    assert box is not None
    return "/" + box.get("value", "").split("://", 1)[1].partition("/")[2]


# --- an address that several households share


@pytest.fixture
def hub(occurrence: Occurrence) -> str:
    for name in ("Ada Lovelace", "Grace Hopper", "Mary Seacole", "Noor Khan"):
        factories.booking(occurrence, name=name, email="hub@example.org")
    return "hub@example.org"


def test_on_a_shared_address_each_booking_stays_under_its_own_reference(
    client: FestivalClient, hub: str
) -> None:
    page = enter(client, hub)
    assert page.h1 == "Several people use this email address"
    for leaked in ("WLF-", "Sing Together", "Grace", "Noor"):
        assert leaked not in page.words.replace("looks like WLF-7K4-92M", "")
    for other in ("preferences", "calendar"):
        assert client.get(f"/bookings/mine/{other}").location == "/bookings/mine"
    booked = bookings.everything_under(hub)[1]
    page = client.submit(page, "Find my booking", reference=booked.reference, name="hopper")
    assert booked.reference in page.words


def test_a_shared_address_is_sent_its_references_again(client: FestivalClient, hub: str) -> None:
    page = client.submit(enter(client, hub), "Send the references again")
    assert "We are sending each reference" in page.words
    assert kinds().count("reminded") == 4
    for _ in range(5):
        page = client.submit(page, "Send the references again")
    assert "We have sent it several times." in page.words


def test_one_household_with_three_names_is_not_several(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    for name in ("Ada Lovelace", "Byron Lovelace", "Anne Lovelace", "ada LOVELACE"):
        factories.booking(occurrence, name=name)
    assert enter(client).h1 == "My bookings"


# --- what is written down


def test_who_was_let_in_is_in_the_log_without_an_address(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    factories.booking(occurrence)
    enter(client)
    (entry,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.thing == "contact"))
    assert (entry.action, entry.thing_id, entry.facts) == ("contact.entered", contact_of().id, {})


def test_no_address_of_the_page_holds_anything_about_a_person(
    client: FestivalClient, occurrence: Occurrence
) -> None:
    factories.booking(occurrence)
    page = enter(client)
    hrefs = [one.get("href", "") for one in page.page.all("a")]
    actions = [one.get("action", "") for one in page.page.all("form")]
    assert not [one for one in hrefs + actions if "ada" in one.lower() or "example.org" in one]
    assert current_app.config["SECRET_KEY"] not in page.get_data(as_text=True)
