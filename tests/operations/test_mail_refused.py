"""What a mail server says no to, at which step, and what becomes of the person it was for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from festival.delivery.transport import SmtpTransport
from festival.domain import clock, contacts, outbox
from festival.extensions import db, write
from festival.models import Message, MessageState
from festival.tasks.deliver import deliver_due
from tests import factories
from tests.support.mail import book, the_message
from tests.support.smtp import SmtpServer

# What it says and sends does not depend on the database; other commands are tried on both.
pytestmark = pytest.mark.databases("sqlite")

At = Callable[..., None]
START = "2027-05-25T10:00+01:00"
PHONE = "01902 550000"


def first_message() -> Message:
    db.session.rollback()
    return db.session.scalars(sa.select(Message).order_by(Message.id)).first()  # type: ignore[return-value]


@pytest.mark.usefixtures("mailing_app")
@pytest.mark.parametrize(
    "answer",
    [
        "550 No such person",
        "553 <relay@a.example> unknown",
        "550 5.1.1 Unknown",
        "550 5.2.1 Closed",
    ],
)
def test_an_address_that_is_refused_is_remembered(
    smtp_server: SmtpServer, at: At, answer: str
) -> None:
    at(START)
    booking = book(mobile=PHONE)
    smtp_server.behave(answer, at="RCPT")
    assert deliver_due() == 1
    mail, call = first_message(), the_message()
    assert (mail.state, mail.attempts, mail.last_error) == (MessageState.failed, 1, answer)
    assert (call.channel, call.recipient, call.follows_id) == (outbox.CALL, PHONE, mail.id)
    contact = contacts.of_email("ada@example.org")
    assert contact is not None
    assert (contact.refused_at, contact.refused_why) == (clock.now(), answer)
    # The next message makes no attempt, and comes onto the call list when it cannot be undone.
    smtp_server.behave("accept")
    attempts = smtp_server.attempts
    with write():
        outbox.tell_booker(booking, "reinstated", booking.reservations)
    at(clock.now() + timedelta(minutes=2))
    assert deliver_due() == 1
    assert (smtp_server.attempts, smtp_server.messages) == (attempts, [])
    assert (the_message().kind, the_message().channel) == ("reinstated", outbox.CALL)


@pytest.mark.usefixtures("mailing_app")
@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("MAIL", "550 5.1.8 Your address is unknown"),
        ("MAIL", "451 4.3.0 Try later"),
        ("RCPT", "451 4.2.0 Greylisted"),
        ("RCPT", "421 4.7.0 Too many"),
        ("RCPT", "554 5.7.1 Relay access denied"),
        ("RCPT", "550 Relaying denied"),
        ("RCPT", "550 Blocked: see our policy"),
        ("RCPT", "553 Sender address rejected"),
        ("RCPT", "550 Mailbox over quota"),
        ("RCPT", "554 Refused"),
        ("RCPT", "550 5.1.8 Your domain is unknown"),
        ("RCPT", "552 5.2.2 Full"),
        ("RCPT", "550 5.3.0 Not today"),
        ("RCPT", "550 5.4.1 No way there"),
        ("RCPT", "503 5.5.1 Bad sequence"),
        ("RCPT", "530 5.7.0 Sign in first"),
        ("DATA", "452 4.3.1 Disk full"),
        ("DATA", "421 4.3.2 Going down"),
        ("DATA", "550 5.7.26 Not authenticated"),
        ("DATA", "554 5.3.0 Not today"),
        ("DATA", "552 5.2.2 Full"),
    ],
)
def test_what_is_no_fault_of_the_address_is_tried_again(
    smtp_server: SmtpServer, at: At, command: str, answer: str
) -> None:
    """A relay that forgot who we are must not strike out everybody's address."""
    at(START)
    book(mobile=PHONE)
    smtp_server.behave(answer, at=command)
    assert deliver_due() == 1
    message = the_message()
    assert (message.state, message.last_error) == (MessageState.queued, answer)
    assert contacts.of_email("ada@example.org") is None
    smtp_server.behave("accept")
    at(message.next_attempt_at)
    assert deliver_due() == 1
    assert the_message().state == MessageState.sent


@pytest.mark.usefixtures("mailing_app")
@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ("554 This looks like spam", False),
        ("554 5.6.1 We take no such content", False),
        ("550 5.1.1 No such mailbox", True),
    ],
)
def test_what_is_refused_with_its_words_is_told_otherwise(
    smtp_server: SmtpServer, at: At, answer: str, refused: bool
) -> None:
    at(START)
    book(mobile=PHONE)
    smtp_server.behave(answer)
    assert deliver_due() == 1
    assert first_message().state == MessageState.failed
    assert the_message().channel == outbox.CALL
    assert (contacts.of_email("ada@example.org") is not None) is refused


@pytest.mark.usefixtures("mailing_app")
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_line_that_is_cut(smtp_server: SmtpServer, at: At, command: str) -> None:
    at(START)
    book()
    smtp_server.behave("drop", at=command)
    assert deliver_due() == 1
    message = the_message()
    assert message.state == MessageState.queued
    assert message.last_error.startswith("SMTPServerDisconnected")
    smtp_server.behave("accept")
    at(message.next_attempt_at)
    assert deliver_due() == 1
    (arrived,) = smtp_server.messages
    assert arrived.message["Message-ID"] == f"<{message.message_id}@festival.example>"


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs(
    mailing_app: Flask, smtp_server: SmtpServer, at: At, command: str
) -> None:
    """The next message does not wait for it for ever, and has a conversation of its own."""
    settings = {**mailing_app.config, "SMTP_TIMEOUT": 1}
    mailing_app.extensions["mail_transport"] = SmtpTransport.of(settings)
    at(START, tick=True)
    book()
    smtp_server.behave("hang", at=command)
    assert deliver_due() == 1
    message = the_message()
    assert message.state == MessageState.queued
    assert "timed out" in message.last_error
    smtp_server.behave("accept")
    at(message.next_attempt_at)
    assert deliver_due() == 1
    assert len(smtp_server.messages) == 1


# --- one conversation for several messages


@pytest.mark.usefixtures("mailing_app")
def test_one_greeting_for_many(smtp_server: SmtpServer, at: At) -> None:
    """One in which something went wrong is not gone on with; nor is one kept without need."""
    at(START)
    for number in range(3):
        book(email=f"person{number}@example.org")
    smtp_server.behave("550 5.1.1 Unknown", at="RCPT")
    assert deliver_due(1) == 1
    smtp_server.behave("accept")
    assert deliver_due() == 2
    assert len(smtp_server.messages) == 2
    assert smtp_server.conversations == 2
    book()
    assert deliver_due() == 1
    assert smtp_server.conversations == 3


class ImpatientServer(SmtpServer):
    """Ends the conversation before the second message, as some do."""

    async def handle_NOOP(  # noqa: N802 - the library's name
        self, server: SMTP, _session: Session, _envelope: Envelope, _arg: str
    ) -> str:
        assert server.transport is not None
        server.transport.abort()
        return "421 That was it"


def test_a_server_that_ends_the_conversation_gets_another(committed_app: Flask) -> None:
    server = ImpatientServer()
    server.start()
    settings = {**committed_app.config, **server.settings}
    committed_app.extensions["mail_transport"] = SmtpTransport.of(settings)
    with write():
        occurrence = factories.occurrence_of(factories.session(capacity=9))
        for number in range(3):
            factories.booking(occurrence, email=f"person{number}@example.org")
    assert deliver_due() == 3
    assert len(server.messages) == 3
    states = set(db.session.scalars(sa.select(Message.state)))
    assert states == {MessageState.sent}
    assert server.conversations == 3
    server.stop()
