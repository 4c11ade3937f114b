"""The office changes what messages say, through its pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import get_babel, get_domain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from festival.delivery import composing, samples, texts
from festival.delivery.wordings import shipped, typed
from festival.domain import wordings
from festival.domain.wordings import EMAIL, KINDS, SHIPPED
from festival.extensions import db
from festival.models import AuditEntry, Edition, Message, Wording
from tests.cast import Somebody
from tests.support.client import PageResponse
from tests.support.page_check import PageChecker

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

BOOKED = "/office/wordings/booked/email/en"
OFFERED_SMS = "/office/wordings/offered/sms/en"


def save(person: Somebody, address: str, **typed: str) -> PageResponse:
    return person.client.submit(person.client.get(address), "Save", **typed)


# --- the list, and who may see it


def test_every_kind_leads_to_its_words(administrator: Somebody) -> None:
    page = administrator.client.get("/office/wordings")
    table = page.page.table()
    assert [row[0] for row in table[1:]] == [kind.label for kind in KINDS.values()]
    home = administrator.client.get("/office/")
    assert home.page.link("What messages say") == "/office/wordings"
    for kind, channel in SHIPPED:
        answer = administrator.client.get(f"/office/wordings/{kind}/{channel}/en")
        assert answer.h1 == KINDS[kind].label


def test_the_list_names_the_languages_that_have_words(administrator: Somebody) -> None:
    for language in ("en", "pa"):
        wordings.save("booked", EMAIL, language, subject="Hi", body="{details}", actor=None)
    db.session.commit()
    row = administrator.client.get("/office/wordings").page.table()[1]
    assert row[2] == "Email: Booked Your own words: English, ਪੰਜਾਬੀ"
    assert row[3] == "Text message: Booked Shipped words"


@pytest.mark.parametrize(
    "address",
    [
        "/office/wordings/nothing/email/en",
        "/office/wordings/booked/call/en",
        "/office/wordings/booked/email/xx",
        "/office/wordings/thanks/sms/en",
        "/office/wordings/password_reset/email/en",
    ],
)
def test_what_there_is_not_is_not_there(administrator: Somebody, address: str) -> None:
    assert administrator.client.get(address).status_code == 404


def test_only_administrators_change_words(
    reviewer: Somebody, manager: Somebody, operator: Somebody
) -> None:
    for person in (reviewer, manager, operator):
        assert person.client.get("/office/wordings").status_code == 404
        assert person.client.get(BOOKED).status_code == 404
        assert "What messages say" not in person.client.get("/office/").words


# --- saving


def test_saved_words_are_kept_and_noted(administrator: Somebody) -> None:
    page = save(administrator, BOOKED, subject="See you, {name}", body="Hi {name}\n\n{details}")
    assert "Saved. Messages that leave from now on say this." in page.words
    assert "Your own words" in page.words
    assert "Subject: See you, Gurpreet Kaur Sandhu" in page.words
    row = db.session.scalars(sa.select(Wording)).one()
    assert (row.kind, row.channel, row.language) == ("booked", "email", "en")
    assert row.body == "Hi {name}\n\n{details}"
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.actor) == ("wording.changed", administrator.user)
    log = administrator.client.get("/office/audit").words
    assert f"Changed the words of a message: wording number {row.id}" in log
    back = administrator.client.submit(page, "Use the shipped words again")
    assert "Done. The shipped words are used again." in back.words
    assert "Your own words" not in back.words
    assert db.session.scalars(sa.select(Wording)).all() == []


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"body": "{foo}\n\n{details}"}, "There is no {foo} here. You can use: {name}"),
        ({"body": "Hello {name}"}, "{details} is missing."),
        ({"body": "Hello {name\n\n{details}"}, "Line 1 has a brace"),
        ({"body": ""}, "Type the words of the message."),
        ({"subject": ""}, "Type a subject."),
        ({"subject": "{details}"}, "{details} does not fit into a subject."),
    ],
)
@pytest.mark.parametrize("button", ["Save", "See how it looks", "Send a test to me"])
def test_a_refusal_lands_on_its_field_and_nothing_typed_is_lost(
    administrator: Somebody, fields: dict[str, str], says: str, button: str
) -> None:
    page = administrator.client.submit(administrator.client.get(BOOKED), button, **fields)
    (line,) = page.page.error_summary
    assert line.startswith(says)
    (name,) = fields
    assert page.page.form("Save").controls[name].values() == list(fields.values())
    assert page.page.title.startswith("Error: ")
    assert db.session.scalars(sa.select(Wording)).all() == []
    assert db.session.scalars(sa.select(Message)).all() == []


def test_an_sms_that_is_too_long_is_refused(administrator: Somebody) -> None:
    page = save(administrator, OFFERED_SMS, body="{answer} " + "word " * 120)
    (line,) = page.page.error_summary
    assert line.startswith("This takes 5 text messages")


def test_the_word_that_begins_a_subject_cannot_be_edited_away(administrator: Somebody) -> None:
    address = "/office/wordings/withdrawn/email/en"
    body = "{details}\n\n{alternatives}"
    page = save(administrator, address, subject="Nothing happened", body=body)
    assert 'We put "CANCELLED:" before your subject' in page.words
    assert "Subject: CANCELLED: Nothing happened" in page.words
    page = save(administrator, address, subject="cancelled - sorry", body=body)
    assert "Subject: CANCELLED: sorry" in page.words


# --- looking


def test_looking_saves_nothing(administrator: Somebody) -> None:
    page = administrator.client.get(BOOKED)
    body = "Hi <b>{name}</b>\n\n- one\n- two\n\n{details}\n\n{tickets: My <i>tickets</i>}"
    page = administrator.client.submit(page, "See how it looks", subject="<x>", body=body)
    assert "Subject: <x>" in page.words
    assert "Hi <b>Gurpreet Kaur Sandhu</b>" in page.words
    assert "My <i>tickets</i>" in page.words
    assert db.session.scalars(sa.select(Wording)).all() == []


def test_words_of_a_language_are_shown_in_its_direction(administrator: Somebody) -> None:
    address = "/office/wordings/booked/email/ur"
    assert "Shipped words" in administrator.client.get(address).words
    save(administrator, BOOKED, subject="Hi", body="In English\n\n{details}")
    page = administrator.client.get(address)
    assert "Your English words are sent instead." in page.words
    page = save(administrator, address, subject="سلام", body="سلام {name}\n\n{details}")
    html = page.get_data(as_text=True)
    assert '<div class="mail-preview" lang="ur" dir="rtl">' in html
    assert '<div lang="en" dir="ltr">' in html  # what is not translated says so
    assert "<bdi>Gurpreet Kaur Sandhu</bdi>" in html


def test_an_sms_shows_what_it_takes(administrator: Somebody) -> None:
    page = administrator.client.get(OFFERED_SMS)
    assert "It takes 1 text message:" in page.words
    assert "of the alphabet GSM-7." in page.words
    page = administrator.client.submit(page, "See how it looks", body="ਸਤ {answer}")
    assert "It takes 2 text messages:" in page.words
    assert "of the alphabet UCS-2." in page.words


# --- a test to oneself


def test_a_test_goes_to_who_asked_for_it(administrator: Somebody) -> None:
    page = administrator.client.get(BOOKED)
    page = administrator.client.submit(page, "Send a test to me", subject="Hi {name}")
    assert f"The test is on its way to {administrator.email}." in page.words
    message = db.session.scalars(sa.select(Message)).one()
    assert (message.kind, message.channel) == ("test", "email")
    assert (message.recipient, message.booking) == (administrator.email, None)


def test_an_sms_goes_to_a_number_where_the_festival_sends_texts(
    administrator: Somebody, edition: Edition
) -> None:
    assert "Send a test" not in administrator.client.get(OFFERED_SMS).page.form("Save").buttons
    edition.sends_texts = True
    db.session.commit()
    page = administrator.client.get(OFFERED_SMS)
    page = administrator.client.submit(page, "Send a test", number="12")
    assert page.page.error_summary == ["Type a mobile number, like 07700 900123."]
    page = administrator.client.submit(page, "Send a test", number="07700 900123")
    assert "The test is on its way to 07700 900123." in page.words
    message = db.session.scalars(sa.select(Message)).one()
    assert (message.channel, message.recipient) == ("sms", "07700 900123")
    assert texts.render(message).startswith("Sing Together: places for you.")


# --- everything that is shipped, looked at


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ur"])
def test_every_kind_is_whole_in_text_html_and_sms(
    edition: Edition, kind: str, language: str
) -> None:
    letter = samples.letter_about_nothing(kind, edition, language)
    written = composing.compose(letter)
    assert PageChecker().problems(_as_page(written.html)) == []
    for text in (written.subject, written.text, written.html.split("</style>")[1]):
        assert not set("{}%") & set(text)
        assert "None" not in text
        assert "Undefined" not in text
    assert "<style" in written.html
    assert "src=" not in written.html
    assert "url(" not in written.html
    if KINDS[kind].texts is not None:
        text = texts.compose(letter)
        assert not set("{}%") & set(text)
        assert texts.segments(text)[::2] == ("GSM-7", 1)
    assert not db.session.new  # what is shown is in no database


def _as_page(html: str) -> str:
    """A mail has neither a heading nor a main part of its own: a mail reader brings those. Unlike a
    page it brings its style along."""
    html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return html.replace("<body>", "<body><main><h1>Mail</h1>").replace("</body>", "</main></body>")


@pytest.mark.parametrize("kind", [kind for kind, one in KINDS.items() if one.texts is not None])
def test_long_titles_are_shortened_to_fit_one_part(edition: Edition, kind: str) -> None:
    letter = samples.letter_about_nothing(kind, edition, "en")
    title = "Learn to read music and sing with other people of all ages in the choir"
    for item in (*letter.items, *letter.gone):
        item.text.title = title
        item.room.name = "The large conference room behind the café"
    text = texts.compose(letter)
    assert texts.segments(text).segments == 1
    assert "..." in text or title in text


def test_what_cannot_fit_is_not_shortened_for_nothing(edition: Edition) -> None:
    letter = samples.letter_about_nothing("offered", edition, "pa")
    title = "ਨਵੇਂ ਸਿੱਖਣ ਵਾਲਿਆਂ ਲਈ ਪੰਜਾਬੀ"
    letter.items[0].text.title = title
    text = texts.compose(letter)
    assert texts.segments(text).alphabet == "UCS-2"
    assert texts.segments(text).segments >= 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_typed_is_words_and_never_markup(
    edition: Edition, subject: str, body: str
) -> None:
    """What passes the check is shown as it was typed, in a page that is whole."""
    body = f"<script>{body}</script>\n\n{{details}}"
    try:
        wordings.check("booked", EMAIL, subject, body)
    except wordings.BadWording:
        return
    letter = samples.letter_about_nothing("booked", edition, "en")
    written = composing.compose(letter, typed("en", subject, body))
    assert "<script" not in written.html
    assert "&lt;script&gt;" in written.html
    assert "\n" not in written.subject


def test_names_and_titles_are_words_too(edition: Edition) -> None:
    letter = samples.letter_about_nothing("booked", edition, "en")
    assert letter.booking is not None
    letter.booking.name = '<img src=x onerror="alert(1)">'
    letter.items[0].text.title = "Bread & <b>butter</b> {name}"
    html = composing.compose(letter).html
    assert "<img" not in html
    assert "Bread &amp; &lt;b&gt;butter&lt;/b&gt; {name}" in html


def test_shipped_words_without_a_catalogue_are_english(edition: Edition) -> None:
    assert shipped("booked", EMAIL, "pa").language == "en"
    written = composing.compose(samples.letter_about_nothing("booked", edition, "pa"))
    assert '<html lang="en-GB" dir="ltr">' in written.html


@pytest.fixture
def some_urdu(app: Flask, tmp_path: Path) -> Iterator[None]:
    """A catalogue in which most is not translated yet."""
    catalogue = Catalog(locale="ur")
    catalogue.add(wordings.HELLO, "سلام {name}،")
    catalogue.add("Your booking {reference}: {title}", "آپ کی بکنگ {reference}: {title}")
    catalogue.add("{tickets: Show my tickets}", "{tickets: میرے ٹکٹ دکھائیں}")
    folder = tmp_path / "ur" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    directories = get_babel(app).translation_directories
    before = [*directories]
    directories[:] = [str(tmp_path)]
    get_domain().cache.clear()
    yield
    directories[:] = before
    get_domain().cache.clear()


@pytest.mark.usefixtures("some_urdu")
def test_r6_what_is_not_translated_yet_is_marked_as_english(edition: Edition) -> None:
    written = composing.compose(samples.letter_about_nothing("booked", edition, "ur"))
    assert written.subject == "آپ کی بکنگ LOO-KSL-1KE: Sing Together"
    assert '<html lang="ur" dir="rtl">' in written.html
    assert "<p>سلام <bdi>Gurpreet Kaur Sandhu</bdi>،</p>" in written.html
    assert '<p lang="en" dir="ltr">Your places are booked.</p>' in written.html
    assert ">میرے ٹکٹ دکھائیں</a>" in written.html
    assert '<span lang="en" dir="ltr">Sing Together</span>' in written.html
    assert "سلام \u2068Gurpreet Kaur Sandhu\u2069،" in written.text
    assert PageChecker().problems(_as_page(written.html)) == []
