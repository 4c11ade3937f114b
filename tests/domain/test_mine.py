"""The code that opens all bookings under an address, and what is remembered of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, contacts, links, mine
from festival.domain.contacts import CODE_LASTS, CODE_TRIES
from festival.domain.joining import BadAddress, read_address
from festival.domain.links import FEED
from festival.extensions import db
from festival.models import AuditEntry, Contact, ContactKind, Message
from tests import factories
from tests.factories import occurrence_of

SECRET = "a secret of tests"
ADA = "ada@example.org"


@pytest.fixture
def asked(app: Flask) -> Contact:
    """Who has booked, and asked for a code."""
    factories.booking(occurrence_of(factories.session()))
    assert mine.ask_code(" ADA@example.org ")
    found = contacts.of_email(ADA)
    assert found is not None
    return found


def test_the_code_is_six_digits_of_the_nonce_and_the_secret(asked: Contact) -> None:
    code = contacts.code_of(SECRET, asked)
    assert len(code) == 6
    assert code.isdecimal()
    others = {contacts.code_of(f"{SECRET} {number}", asked) for number in range(50)}
    assert len(others) > 40
    asked.code_nonce = "another"
    assert contacts.code_of(SECRET, asked) != code


def test_nothing_is_asked_where_nothing_is_booked(app: Flask) -> None:
    factories.held(occurrence_of(factories.session()))
    assert not mine.ask_code(ADA)
    assert contacts.of_email(ADA) is None
    assert db.session.scalars(sa.select(Message)).all() == []
    assert mine.enter(SECRET, ADA, "000000") is None


def test_only_five_are_looked_at(asked: Contact) -> None:
    code = contacts.code_of(SECRET, asked)
    for _ in range(CODE_TRIES + 3):
        assert mine.enter(SECRET, ADA, "no" + code) is None
    assert asked.code_tries == CODE_TRIES
    assert mine.enter(SECRET, ADA, code) is None
    before = asked.code_nonce
    mine.ask_code(ADA)
    assert asked.code_nonce != before
    assert mine.enter(SECRET, ADA, contacts.code_of(SECRET, asked)) is asked


def test_the_fifth_may_be_the_right_one(asked: Contact) -> None:
    for _ in range(CODE_TRIES - 1):
        mine.enter(SECRET, ADA, "wrong")
    assert mine.enter(SECRET, ADA, contacts.code_of(SECRET, asked)) is asked


def test_no_code_opens_anything_where_none_was_asked_for(asked: Contact) -> None:
    code = contacts.code_of(SECRET, asked)
    assert mine.enter(SECRET, ADA, code) is asked
    assert (asked.code_nonce, asked.code_until, asked.code_tries) == ("", None, 0)
    for again in (code, contacts.code_of(SECRET, asked), ""):
        assert mine.enter(SECRET, ADA, again) is None


def test_time_ends_the_code_and_the_link(asked: Contact, at: Callable[..., None]) -> None:
    code, link = contacts.code_of(SECRET, asked), links.of_contact(SECRET, asked)
    at(clock.now() + CODE_LASTS - timedelta(seconds=5))
    assert mine.at_link(SECRET, link) is asked
    at(clock.now() + timedelta(seconds=6))
    assert mine.at_link(SECRET, link) is None
    assert mine.follow(SECRET, link) is None
    assert mine.enter(SECRET, ADA, code) is None


def test_the_link_does_not_count_wrong_codes(asked: Contact) -> None:
    """Whoever guesses codes cannot keep the reader of the mail out."""
    link = links.of_contact(SECRET, asked)
    for _ in range(CODE_TRIES):
        mine.enter(SECRET, ADA, "wrong")
    assert mine.follow(SECRET, link) is asked
    assert mine.follow(SECRET, link) is None


def test_the_address_of_a_calendar_opens_no_bookings(asked: Contact) -> None:
    feed = links.of_contact(SECRET, asked, FEED)
    assert mine.at_link(SECRET, feed) is None
    mine.enter(SECRET, ADA, contacts.code_of(SECRET, asked))
    assert links.opens_contact(SECRET, asked, feed, FEED)  # stays when the code is over
    mine.end_calendar(asked)
    assert not links.opens_contact(SECRET, asked, feed, FEED)


def test_what_the_team_knows_goes_before_the_names(app: Flask) -> None:
    run = occurrence_of(factories.session(capacity=20))
    for name in ("Ada", "Grace", "Mary", "Noor"):
        factories.booking(run, name=name)
    contact = contacts.remember(ContactKind.email, ADA)
    under = contacts.bookings_under(contact)
    assert contacts.is_shared(contact, under)
    contacts.mark_shared(contact, shared=False, actor=None)
    assert not contacts.is_shared(contact, under)
    contacts.mark_shared(contact, shared=True, actor=None)
    assert contacts.is_shared(contact, under[:1])
    contacts.mark_shared(contact, shared=True, actor=None)
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.thing == "contact"))
    assert [one.facts for one in entries] == [{"shared": False}, {"shared": True}]


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://meet.example/\u202e",
        "https://meet.example/\x00",
        "https://.example",
        "https://a@b.example",
        "https://b.example:port/",
    ],
)
def test_a_meeting_is_at_an_address_that_is_safe_to_follow(typed: str) -> None:
    with pytest.raises(BadAddress):
        read_address(typed)


@pytest.mark.parametrize(
    "typed", ["https://meet.example/j/1?pwd=a%20b#x", "https://münster.example:8443/r"]
)
def test_meetings_are_at_all_kinds_of_addresses(typed: str) -> None:
    assert read_address(f" {typed}\n") == typed
    assert read_address("  ") == ""
