"""The words of messages: how they are read, what is refused, how long an SMS is."""

from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from festival.domain import wordings
from festival.domain.errors import NotFound
from festival.domain.wordings import (
    EMAIL,
    KINDS,
    SHIPPED,
    SMS,
    BadWording,
    Items,
    Paragraph,
    Place,
    parse,
    parse_line,
)
from festival.extensions import db
from festival.models import AuditEntry, Office, Wording
from tests import factories

BOOKED = "Hello {name},\n\n{details}"


def refusal(kind: str, channel: str, subject: str, body: str) -> tuple[str | None, str]:
    """The field that is refused, and why."""
    with pytest.raises(BadWording) as caught:
        wordings.check(kind, channel, subject, body)
    return caught.value.field, str(caught.value)


# --- reading


def test_paragraphs_lists_and_blocks_are_told_apart() -> None:
    text = "Hello {name},\r\nwelcome.\r\n\r\n{details}\r\n- one\n* two\n\nBye { Reference }"
    assert parse(text) == [
        Paragraph((("Hello ", Place("name"), ","), ("welcome.",))),
        Place("details"),
        Items((("one",), ("two",))),
        Paragraph((("Bye ", Place("reference")),)),
    ]


def test_a_link_may_have_words_of_its_own() -> None:
    assert parse("{manage: See my booking }") == [Place("manage", "See my booking")]


def test_a_dash_within_a_line_is_no_list() -> None:
    assert parse("one - two\n-three") == [Paragraph((("one - two",), ("-three",)))]


@pytest.mark.parametrize(
    "text", ["{", "}", "{name", "name}", "{{name}}", "{a b}", "{}", "{name}}", "{na\nme}"]
)
def test_braces_that_do_not_match_are_refused_with_their_line(text: str) -> None:
    with pytest.raises(BadWording, match="Line 2 has a brace"):
        parse(f"Hello\n{text}")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse, parse_line):
        with suppress(BadWording):
            read(text)


@given(st.text(st.sampled_from("{}: \n-namedtilsrw"), max_size=60))
def test_any_braces_are_read_or_refused(text: str) -> None:
    with suppress(BadWording):
        wordings.check("booked", EMAIL, "Booked", text)


# --- what may be saved


@pytest.mark.parametrize(("kind", "channel"), SHIPPED)
def test_the_shipped_words_may_be_saved(kind: str, channel: str) -> None:
    shipped = SHIPPED[kind, channel]
    wordings.check(kind, channel, shipped.subject, shipped.body)


def test_every_kind_has_shipped_words_for_each_of_its_channels() -> None:
    wanted = {(kind, channel) for kind, one in KINDS.items() for channel in one.channels}
    assert set(SHIPPED) == wanted


@pytest.mark.parametrize(
    ("subject", "body", "field", "says"),
    [
        ("Hi", f"{BOOKED} {{foo}}", "body", "There is no {foo} here. You can use: {name}, "),
        ("{foo}", BOOKED, "subject", "There is no {foo} here. You can use: {name}, "),
        ("Hi {details}", BOOKED, "subject", "{details} does not fit into a subject."),
        ("Hi", "Hello {name}", "body", "{details} is missing."),
        ("Hi", "Look: {details}", "body", "Put {details} on a line of its own."),
        ("Hi", f"{BOOKED}\n- {{tickets}}", "body", "Put {tickets} on a line of its own."),
        ("Hi", "{details: Look}", "body", "{details} is no link"),
        ("Hi", f"{BOOKED}\n{{answer}}", "body", "There is no {answer} here."),
        ("Hi", "  \n ", "body", "Type the words of the message."),
        ("  ", BOOKED, "subject", "Type a subject."),
        ("{", BOOKED, "subject", "Line 1 has a brace"),
        ("x" * 201, BOOKED, "subject", "Make it 200 characters or fewer."),
        ("Hi", f"{BOOKED}{'x' * 6000}", "body", "Make it 6000 characters or fewer."),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_field(
    subject: str, body: str, field: str, says: str
) -> None:
    refused, sentence = refusal("booked", EMAIL, subject, body)
    assert refused == field
    assert sentence.startswith(says)


@pytest.mark.parametrize(
    ("kind", "channel", "needed"),
    [
        ("offered", EMAIL, "answer"),
        ("offered", SMS, "answer"),
        ("joining", EMAIL, "join"),
        ("withdrawn", EMAIL, "details"),
        ("changed_by_us", EMAIL, "change"),
        ("thanks", EMAIL, "feedback"),
        ("bookings_code", EMAIL, "code"),
    ],
)
def test_what_a_message_is_for_cannot_be_left_out(kind: str, channel: str, needed: str) -> None:
    field, says = refusal(kind, channel, "Hi", "Hello")
    assert field == "body"
    assert says.startswith(f"{{{needed}}} is missing.")


def test_an_sms_of_more_than_three_parts_is_refused_with_what_it_takes() -> None:
    body = "Booked. {reference} " + "x" * 440
    wordings.check("booked", SMS, "", body[:440])
    field, says = refusal("booked", SMS, "", body)
    assert field == "body"
    assert says.startswith("This takes 4 text messages (460 characters in the alphabet GSM-7).")
    field, says = refusal("booked", SMS, "", "{reference} " + "ਅ" * 200)
    assert "alphabet UCS-2" in says


# --- how long a text message is


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("", ("GSM-7", 0, 0)),
        ("a" * 160, ("GSM-7", 160, 1)),
        ("a" * 161, ("GSM-7", 161, 2)),
        ("a" * 306, ("GSM-7", 306, 2)),
        ("a" * 307, ("GSM-7", 307, 3)),
        ("€" * 80, ("GSM-7", 160, 1)),
        ("€" * 81, ("GSM-7", 162, 2)),
        # Two of an extended character's halves never stand in two parts: 152 + the next.
        ("a" * 152 + "€" + "a" * 152, ("GSM-7", 306, 3)),
        ("£@é\n", ("GSM-7", 4, 1)),
        ("ਅ" * 70, ("UCS-2", 70, 1)),
        ("ਅ" * 71, ("UCS-2", 71, 2)),
        ("ਅ" * 134, ("UCS-2", 134, 2)),
        ("ਅ" * 135, ("UCS-2", 135, 3)),
        ("🎈" * 35, ("UCS-2", 70, 1)),
        ("a" * 66 + "🎈" + "a" * 66, ("UCS-2", 134, 3)),
    ],
)
def test_characters_and_parts(text: str, taken: tuple[str, int, int]) -> None:
    assert wordings.count(text) == taken


@given(st.text(max_size=400))
def test_parts_are_enough_for_all_characters(text: str) -> None:
    alphabet, characters, parts = wordings.count(text)
    one, each = (160, 153) if alphabet == "GSM-7" else (70, 67)
    assert characters >= len(text)
    assert (parts == 0) == (text == "")
    assert (parts == 1) == (0 < characters <= one)
    assert characters <= max(one, parts * each)


def test_quotes_and_dashes_are_those_of_the_short_alphabet() -> None:
    text = wordings.plain("‘Zoë’s’ “choir” – 1 pm…  ž")
    assert text == "'Zoe's' \"choir\" - 1 pm...  z"
    assert wordings.count(text).alphabet == "GSM-7"
    for as_it_is in ("‘ਗੀਤ’", "می\u200cخواهم", "łąka"):
        assert wordings.plain(as_it_is) == as_it_is


# --- the rows


def test_the_teams_words_come_before_the_shipped_ones(app: Flask) -> None:
    actor = factories.user(offices=[Office.administrator])
    assert wordings.own_or_english("booked", EMAIL, "pa") is None
    english = wordings.save("booked", EMAIL, "en", subject=" Yes! ", body=BOOKED, actor=actor)
    assert wordings.own_or_english("booked", EMAIL, "pa") == english
    own = wordings.save("booked", EMAIL, "pa", subject="ਹਾਂ", body=BOOKED, actor=actor)
    assert wordings.own_or_english("booked", EMAIL, "pa") == own
    assert wordings.own_or_english("booked", EMAIL, "ur") == english
    assert english.subject == "Yes!"
    again = wordings.save("booked", EMAIL, "en", subject="Yes", body=BOOKED, actor=actor)
    assert again == english
    assert wordings.use_shipped("booked", EMAIL, "en", actor=actor)
    assert not wordings.use_shipped("booked", EMAIL, "en", actor=actor)
    assert wordings.all_own() == [own]
    done = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(one.action, one.facts["language"]) for one in done] == [
        ("wording.changed", "en"),
        ("wording.changed", "pa"),
        ("wording.changed", "en"),
        ("wording.shipped", "en"),
    ]


@pytest.mark.parametrize(
    "which",
    [
        ("nothing", EMAIL, "en"),
        ("booked", "call", "en"),
        ("thanks", SMS, "en"),
        ("booked", EMAIL, "xx"),
    ],
)
def test_what_there_is_not_has_no_words(app: Flask, which: tuple[str, str, str]) -> None:
    with pytest.raises(NotFound):
        wordings.save(*which, subject="Hi", body=BOOKED, actor=None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Wording)) == 0
