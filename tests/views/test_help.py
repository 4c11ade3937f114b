"""Help, and asking for a page in another way; and that the standing pages tell the truth."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery.addresses import manage_path
from festival.domain import statements
from festival.domain.observations import OTHER_FORMS, tries
from festival.domain.offers.reading import reading_of
from festival.extensions import db
from festival.models import AuditEntry, Edition, FormRequest, OtherForm
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.page import words as words_of

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

At = Callable[..., None]
ASK = "Ask for this in another way"


def kept() -> list[FormRequest]:
    return list(db.session.scalars(sa.select(FormRequest).order_by(FormRequest.id)))


def ask(client: FestivalClient, about: str = "", **typed: str) -> PageResponse:
    typed = {"way": "large print", "contact": "07700 900123"} | typed
    page = client.get("/help", query_string={"about": about})
    return client.submit(page, "Send", **typed)


def said(page: PageResponse) -> str:
    """What the page itself says, without what every page has."""
    (main,) = page.page.all("main")
    return words_of(main)


# --- the pages


def test_help_says_how_to_book_and_how_to_reach_us(
    client: FestivalClient, edition: Edition
) -> None:
    edition.help_hours, edition.help_email = "Monday to Friday", "help@example.org"
    page = client.get("/help")
    assert page.h1 == "Help"
    for words in ("How to book", "no email", "library", "tickets", "plans change", "waiting list"):
        assert words in said(page)
    for words in ("take part", "children", "01902 550000", "Monday to Friday", "help@example.org"):
        assert words in said(page)
    assert page.page.link("My booking") == "/bookings/"
    assert len(page.page.all("ol")) == 1


def test_help_without_a_festival_has_no_form(client: FestivalClient) -> None:
    page = client.get("/help")
    assert page.page.forms == []
    assert "How to book" in page.words


@pytest.mark.parametrize("address", ["/help", "/accessibility", "/cookies"])
def test_a_child_of_nine_can_read_it(
    client: FestivalClient, edition: Edition, address: str
) -> None:
    """By the formula that providers' words are measured with, which gives an age of ten to what
    the laws are called; the sentences count."""
    reading = reading_of(_as_sentences(client.get(address)))
    assert reading is not None
    assert reading.age <= 10, reading


def _as_sentences(page: PageResponse) -> str:
    (main,) = page.page.all("main")
    parts = page.page.all("h1", "h2", "p", "li", inside=main)
    return "\n".join(words_of(one) for one in parts)


def test_the_accessibility_statement_says_all_that_the_law_asks_for(
    client: FestivalClient, edition: Edition
) -> None:
    statement = statements.accessibility()
    page = client.get("/accessibility")
    for words in (
        "WCAG 2.2, level AA",
        "partially compliant",
        "What does not work yet",
        "How we tested it",
        "01902 550000",
        f"We answer within {statement.answer_days} working days.",
        "Equality Advisory and Support Service",
        "Public Sector Bodies (Websites and Mobile Applications)",
    ):
        assert words in page.words
    for gap in statement.gaps:
        assert gap.what in page.words
        assert gap.instead in page.words
    assert page.words.count("Instead:") == len(statement.gaps)
    assert str(statement.reviewed_on.year) in page.words
    assert page.page.link("Ask for it in another way") == "/help?about=/accessibility#another-way"


def test_the_only_cookie_is_the_one_that_is_told_of(
    client: FestivalClient, edition: Edition
) -> None:
    run = occurrence_of(factories.session())
    page = client.get(f"/sessions/{run.session.code}/book/{run.id}")
    client.submit(page, "Continue", adults="1")
    assert {cookie.key for cookie in client._cookies.values()} == {"festival"}  # type: ignore[union-attr]
    assert "Its name is “festival”." in client.get("/cookies").words


def test_pictures_of_maps_from_elsewhere_are_told_of(
    app: Flask, client: FestivalClient, edition: Edition
) -> None:
    assert "Nothing on this site comes from anybody else." in client.get("/cookies").words
    app.config["MAP_HOST"] = "https://tiles.example.org"
    for address in ("/cookies", "/privacy"):
        assert "come from tiles.example.org." in client.get(address).words
    assert "Nothing on this site comes from anybody else." not in client.get("/cookies").words


# --- the link on every page


@pytest.mark.parametrize("address", ["/", "/privacy", "/bookings/", "/sign-in"])
def test_every_public_page_can_be_asked_for_in_another_way(
    client: FestivalClient, edition: Edition, address: str
) -> None:
    page = client.get(address)
    assert page.page.link("Help") == "/help"
    assert page.page.link(ASK) == f"/help?about={address}#another-way"


def test_a_session_is_named_and_what_was_searched_for_is_not(
    client: FestivalClient, edition: Edition
) -> None:
    code = factories.session(title="Sing Together").code
    assert (
        client.get(f"/sessions/{code}").page.link(ASK)
        == f"/help?about=/sessions/{code}#another-way"
    )
    page = client.get("/?q=diabetes")
    assert page.page.link(ASK) == "/help?about=/#another-way"


def test_pages_of_somebodys_own_are_not_named(
    operator: Somebody, edition: Edition, app: Flask
) -> None:
    """A page behind a secret link, or for who has signed in, never stands in an address."""
    booking = factories.booking(occurrence_of(factories.session()))
    manage = manage_path(booking)
    tickets = operator.client.get(manage).page.link("Show my tickets")
    for address in (manage, tickets, "/office/", "/office/calls"):
        page = operator.client.get(address)
        assert page.status_code == 200
        assert page.page.link(ASK) == "/help#another-way"


def test_a_door_has_the_link_too_without_its_secret(volunteer: Somebody) -> None:
    page = volunteer.client.get(f"/scan/open/{volunteer.secret}")  # type: ignore[attr-defined]
    assert page.page.link(ASK) == "/help#another-way"


def test_a_page_that_is_not_there_can_be_helped_with(
    client: FestivalClient, edition: Edition
) -> None:
    assert client.get("/nothing-here").page.link(ASK) == "/help#another-way"


# --- asking


def test_what_is_asked_for_is_kept_with_its_page_and_its_day(
    client: FestivalClient, edition: Edition, at: At
) -> None:
    """A page is asked for in another way, and the team has a task with a day."""
    at("2027-05-03T10:00+01:00")  # a Monday
    code = factories.session(title="Sing Together").code
    page = client.get(f"/help?about=/sessions/{code}")
    assert page.page.link(f"/sessions/{code}") == f"/sessions/{code}"
    done = client.submit(
        page,
        "Send",
        way="another language",
        language="Panjabi",
        words="The page.\r\nAnd the map.",
        name="Ada",
        contact="1 Low Hill\r\nWV10",
    )
    assert done.h1 == "Thank you"
    assert "You hear from us by Monday 10 May 2027." in done.words
    assert "01902 550000" in said(done)
    (asked,) = kept()
    assert (asked.form, asked.language, asked.about) == (
        OtherForm.language,
        "Panjabi",
        f"/sessions/{code}",
    )
    assert (asked.words, asked.name) == ("The page.\nAnd the map.", "Ada")
    assert (asked.contact, asked.due_on) == ("1 Low Hill\nWV10", date(2027, 5, 10))
    assert (asked.edition_id, asked.done_at) == (edition.id, None)
    (entry,) = db.session.scalars(sa.select(AuditEntry))
    assert (entry.action, entry.actor_id, entry.facts) == ("other_form.asked", None, {})


def test_only_how_and_a_way_to_reach_them_are_needed(
    client: FestivalClient, edition: Edition
) -> None:
    page = client.submit(client.get("/help"), "Send")
    assert page.page.error_summary == [
        "Choose how you would like it.",
        "Type a phone number, an email address, or where you live, so that we can reach you.",
    ]
    assert client.submit(page, "Send", way="braille", contact="1 Low Hill").h1 == "Thank you"


def test_nothing_that_was_typed_is_lost(client: FestivalClient, edition: Edition) -> None:
    page = ask(client, about="/privacy", contact="", name="Ada", words="All of it")
    (refusal,) = page.page.error_summary
    assert refusal.startswith("Type a phone number")
    done = client.submit(page, "Send", contact="ada@example.org")
    assert done.h1 == "Thank you"
    (asked,) = kept()
    assert (asked.form, asked.about) == (OtherForm.large_print, "/privacy")
    assert (asked.name, asked.words, asked.contact) == ("Ada", "All of it", "ada@example.org")


def test_a_language_and_something_else_are_named(client: FestivalClient, edition: Edition) -> None:
    page = ask(client, way="another language")
    assert page.page.error_summary == ["Type the name of the language."]
    page = ask(client, way="something else")
    assert page.page.error_summary == ["Tell us what you need."]
    page = ask(client, words="x" * 1001, name="n" * 121)
    assert [one.split(".")[0] for one in page.page.error_summary] == [
        "This is 1001 characters long",
        "This is 121 characters long",
    ]
    assert kept() == []


def test_a_way_that_there_is_not(client: FestivalClient, edition: Edition) -> None:
    page = client.get("/help")
    token = page.page.form("Send").controls["csrf_token"].values()[0]
    data = {"csrf_token": token, "way": "by pigeon", "contact": "Ada"}
    assert "Choose how you would like it." in client.post("/help", data=data).words
    assert client.post("/help", data=data | {"csrf_token": ""}).status_code == 400
    assert kept() == []


@pytest.mark.parametrize(
    "about",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "sessions/E05",
        "/nothing-here",
        "/sign-out",
        "/static/css/festival.css",
        "/office/calls",
        "/bookings/WLF-7K4-92M",
        "/scan/open/secret",
        "/sessions/E05?secret=1",
        "/sessions/" + "E" * 300,
        "/sessions/E05\u202e",
        "javascript:alert(1)",
        "/sessions/E05/",
        "//sessions/E05",
    ],
)
def test_what_is_no_public_page_of_ours_is_dropped(
    client: FestivalClient, edition: Edition, about: str
) -> None:
    page = client.get("/help", query_string={"about": about})
    assert "You ask about this page" not in page.words
    token = page.page.form("Send").controls["csrf_token"].values()[0]
    data = {"csrf_token": token, "way": "audio", "contact": "Ada", "about": about}
    assert client.post("/help", data=data).status_code == 302
    assert [one.about for one in kept()] == [""]


def test_two_quick_presses_are_one_request(
    client: FestivalClient, edition: Edition, at: At
) -> None:
    at("2027-05-03T10:00+01:00")
    ask(client)
    ask(client)
    assert len(kept()) == 1
    ask(client, way="audio")
    at("2027-05-03T12:00+01:00")
    ask(client)
    assert len(kept()) == 3


def test_a_language_is_kept_only_where_it_was_asked_for(
    client: FestivalClient, edition: Edition
) -> None:
    ask(client, way="audio", language="Panjabi")
    assert [one.language for one in kept()] == [""]


def test_too_many_from_one_place(client: FestivalClient, edition: Edition) -> None:
    tries.allow(OTHER_FORMS, "127.0.0.1", OTHER_FORMS.tries)
    page = ask(client, name="Ada")
    assert page.status_code == 429
    assert "We have been asked a lot from here." in page.words
    assert page.page.form("Send").controls["name"].values() == ["Ada"]
    assert kept() == []


def test_a_thank_you_without_a_day(client: FestivalClient, edition: Edition) -> None:
    for address in ("/help/thanks", "/help/thanks?by=soon"):
        assert "You hear from us within 5 working days." in client.get(address).words
