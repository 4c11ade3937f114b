"""The office's outbox: what is waiting, what did not arrive, and whom nobody can tell."""

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import contacts, outbox, refused, sending
from festival.extensions import db
from festival.models import AuditEntry, Booking, Edition, Message, MessageState, Office
from tests import factories as make
from tests.cast import Somebody
from tests.support.client import FestivalClient
from tests.support.statements import recorded

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")

LANDLINE, MOBILE = "01902 550000", "07700 900123"
WHY = "550 5.1.1 No such person"


@pytest.fixture
def duty_manager(client: FestivalClient, edition: Edition) -> FestivalClient:
    client.sign_in(make.user(offices=[Office.duty_manager]))
    return client


def booked(**facts: str) -> Booking:
    return make.booking(make.occurrence_of(make.session()), **facts)


def the_mail(booking: Booking) -> Message:
    query = sa.select(Message).where(Message.booking_id == booking.id).order_by(Message.id)
    return db.session.scalars(query).first()  # type: ignore[return-value]


def sent(booking: Booking) -> Message:
    mail = the_mail(booking)
    mail.state, mail.attempts = MessageState.leased, 1
    sending.mark_sent(mail)
    db.session.flush()
    return mail


def refuse(booking: Booking) -> Message:
    mail = the_mail(booking)
    mail.state, mail.attempts = MessageState.leased, 1
    sending.mark_failed(mail, WHY, refused=True)
    db.session.flush()
    return mail


def numbers(page_words: list[list[str]]) -> set[str]:
    return {row[0] for row in page_words[1:]}


def test_by_way_and_by_state(duty_manager: FestivalClient) -> None:
    rows = {}
    for channel, to in (("email", "ada@example.org"), ("sms", MOBILE), ("call", LANDLINE)):
        for state in (MessageState.queued, MessageState.failed):
            message = outbox.queue("withdrawn", to, channel=channel)
            message.state = state
            db.session.flush()
            rows[channel, state.value] = str(message.id)

    def shown(query: str) -> set[str]:
        return numbers(duty_manager.get(f"/office/outbox?{query}").page.table())

    assert shown("") == set(rows.values())
    assert shown("channel=sms") == {rows["sms", "queued"], rows["sms", "failed"]}
    assert shown("state=failed&channel=call") == {rows["call", "failed"]}
    assert shown("state=failed") == {rows[one, "failed"] for one in ("email", "sms", "call")}
    assert shown("channel=pigeon&state=lost&page=x") == set(rows.values())
    page = duty_manager.get("/office/outbox?channel=sms")
    assert "Failed (1)" in page.words
    assert "Called off by us Text" in page.words


@pytest.mark.parametrize("state", list(MessageState))
def test_a_state_without_messages_can_be_asked_for(
    duty_manager: FestivalClient, state: MessageState
) -> None:
    assert "Nothing here yet." in duty_manager.get(f"/office/outbox?state={state}").words


def test_it_came_back(duty_manager: FestivalClient) -> None:
    booking = booked(mobile=LANDLINE)
    mail = sent(booking)
    page = duty_manager.get("/office/outbox")
    page = duty_manager.submit(page, f"It came back: number {mail.id}")
    assert page.h1 == "Addresses that do not work"
    assert "We do not write to this address until you say so." in page.words
    assert "ada@example.org" in page.words
    assert f"Ada Lovelace, {booking.reference} On the call list" in page.words
    db.session.refresh(mail)
    assert mail.state == MessageState.bounced
    assert "Our email to them did not arrive" in duty_manager.get("/office/calls").words
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.thing_id) == ("message.came_back", mail.id)


def test_what_was_not_sent_cannot_have_come_back(duty_manager: FestivalClient) -> None:
    booking = booked()
    assert "It came back" not in duty_manager.get("/office/outbox").words
    mail = sent(booking)
    page = duty_manager.get("/office/outbox")
    sending.mark_bounced(mail, WHY)  # somebody else was quicker
    page = duty_manager.submit(page, f"It came back: number {mail.id}")
    assert "Only an email that was sent can come back." in page.words
    assert page.h1 == "Messages"


def test_whom_nobody_can_tell(duty_manager: FestivalClient) -> None:
    refuse(booked())
    refuse(booked(name="Grace Hopper", email="grace@example.org", mobile=LANDLINE))
    page = duty_manager.get("/office/outbox")
    assert "2 addresses do not work" in page.words
    page = duty_manager.get(page.page.link("See the addresses that do not work"))
    assert "1 booking has no other way to be told." in page.words
    assert "Nobody can tell them" in page.words
    assert page.words.index("grace@example.org") < page.words.index("ada@example.org")
    assert WHY in page.words


def test_put_right_from_there(duty_manager: FestivalClient) -> None:
    booking = booked()
    refuse(booking)
    page = duty_manager.get("/office/addresses")
    page = duty_manager.get(
        page.page.link(f"Put the address of Ada Lovelace right {booking.reference}")
    )
    page = duty_manager.submit(page, "Save", email="ada@new.example")
    assert "We are sending your tickets there." in page.words
    assert "Every address works." in duty_manager.get("/office/addresses").words
    newest = db.session.scalars(sa.select(Message).order_by(Message.id.desc())).first()
    assert newest is not None
    assert (newest.kind, newest.recipient) == ("booked", "ada@new.example")


def test_it_works_again(duty_manager: FestivalClient) -> None:
    mail = refuse(booked(mobile=LANDLINE))
    page = duty_manager.get("/office/addresses")
    page = duty_manager.submit(page, "ada@example.org works again")
    assert "We write to this address again. 1 message is sent again." in page.words
    assert "Every address works." in page.words
    again = db.session.scalars(sa.select(Message).order_by(Message.id.desc())).first()
    assert again is not None
    assert (again.follows_id, again.channel, again.state) == (mail.id, "email", "queued")
    assert "Nobody is to be called now." in duty_manager.get("/office/calls").words


def test_a_number_that_takes_no_texts(duty_manager: FestivalClient, edition: Edition) -> None:
    edition.sends_texts = True
    booking = booked(email="", mobile=MOBILE)
    text = the_mail(booking)
    assert text.channel == "sms"
    refuse(booking)
    page = duty_manager.get("/office/addresses")
    assert "+447700900123" in page.words
    assert f"{booking.reference} On the call list" in page.words


def test_the_team_may_put_its_own_address_right(duty_manager: FestivalClient) -> None:
    staff = make.user(email="staff@example.org")
    told = outbox.queue("session_approved", staff.email)
    db.session.flush()
    refused.refuse(told, WHY)
    page = duty_manager.get("/office/addresses")
    assert "Somebody signs in here with this address." in page.words
    page = duty_manager.submit(page, "staff@example.org works again")
    assert "We write to this address again." in page.words
    contact = contacts.of_email("staff@example.org")
    assert contact is not None
    assert contact.refused_at is None


def test_no_address_stands_in_an_address(duty_manager: FestivalClient) -> None:
    refuse(booked(mobile=MOBILE))
    sent(booked(name="Grace Hopper", email="grace@example.org"))
    for path in ("/office/outbox", "/office/addresses"):
        page = duty_manager.get(path).page
        links = [one.get("href") or one.get("action") or "" for one in page.all("a", "form")]
        own = [one for one in links if one != "mailto:help@festival.example"]
        assert own
        assert not [one for one in own if "example.org" in one or "@" in one or "7700" in one]


@pytest.mark.parametrize("path", ["/office/outbox", "/office/addresses"])
def test_others_do_not_see_it(reviewer: Somebody, path: str) -> None:
    assert reviewer.client.get(path).status_code == 404


def test_many_addresses_are_no_more_questions(duty_manager: FestivalClient, app: Flask) -> None:
    def asked() -> int:
        with recorded(app) as statements:
            duty_manager.get("/office/addresses")
        return statements.count

    refuse(booked(mobile=MOBILE))
    one = asked()
    for number in range(3):
        refuse(booked(email=f"p{number}@example.org", mobile=MOBILE))
    assert asked() == one
