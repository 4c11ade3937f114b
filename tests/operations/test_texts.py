"""Texts as they leave: over HTTP to a server that speaks GOV.UK Notify's API, or into files."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import sms, texts
from festival.delivery.notify import NotifyTransport
from festival.domain import clock, contacts, outbox, refused, sending
from festival.extensions import db, write
from festival.models import Booking, ContactKind, Message, MessageState
from festival.tasks.deliver import deliver_due
from tests import factories
from tests.support import databases, notify
from tests.support.databases import Database
from tests.support.mail import the_message
from tests.support.notify import NotifyServer

# What is written does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

At = Callable[..., None]
START = "2027-05-25T10:00+01:00"
MOBILE = "07700 900123"


@pytest.fixture
def notify_server() -> Iterator[NotifyServer]:
    server = NotifyServer().start()
    yield server
    server.stop()


@pytest.fixture
def texting_app(database: Database, notify_server: NotifyServer, tmp_path: Path) -> Iterator[Flask]:
    """An application that commits for real and sends its texts to that server."""
    address = database.copy()
    app = databases.make_app(address, tmp_path, notify_server.settings)
    with app.app_context():
        yield app
    databases.close(app)
    database.drop(address)


def book(**facts: str) -> Booking:
    """A booking by somebody with a mobile and no email, in a festival that sends texts."""
    with write():
        edition = factories.the_edition()
        edition.sends_texts = True
        occurrence = factories.occurrence_of(factories.session(title="Stitch a Story"))
        return factories.booking(occurrence, **({"email": "", "mobile": MOBILE} | facts))


def messages() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def the_text() -> Message:
    return next(one for one in messages() if one.channel == outbox.SMS)


def the_call() -> Message:
    (call,) = [one for one in messages() if one.channel == outbox.CALL]
    return call


@pytest.mark.usefixtures("texting_app")
def test_a_booking_is_told_by_text(notify_server: NotifyServer, at: At) -> None:
    at(START)
    book()
    assert deliver_due() == 1
    (sent,) = notify_server.texts
    message = the_message()
    assert (message.state, message.channel) == (MessageState.sent, outbox.SMS)
    assert sent == {
        "phone_number": "+447700900123",
        "template_id": notify.TEMPLATE,
        "personalisation": {"body": texts.render(message)},
        "reference": message.message_id,
    }
    assert "Stitch a Story" in sent["personalisation"]["body"]
    assert notify_server.asked == []


@pytest.mark.usefixtures("texting_app")
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, notify.WRONG_KEY),
        (429, notify.NO_MORE_TODAY),
        (400, notify.NO_TEMPLATE),
        (500, ("InternalServerError", "Internal server error")),
        (503, ("Unavailable", "Service unavailable")),
    ],
)
def test_what_is_no_fault_of_the_number_is_tried_again(
    notify_server: NotifyServer, at: At, status: int, error: tuple[str, str]
) -> None:
    at(START)
    book()
    notify_server.refuse(status, error)
    assert deliver_due() == 1
    message = the_message()
    assert (message.state, message.attempts) == (MessageState.queued, 1)
    assert message.last_error == f"{status} {error[1]}"
    notify_server.behave("accept")
    at(message.next_attempt_at)
    assert deliver_due() == 1
    assert the_message().state == MessageState.sent
    assert len(notify_server.texts) == 1
    assert refused.refused_addresses() == []


@pytest.mark.usefixtures("texting_app")
def test_a_number_that_cannot_have_texts_is_rung_up(notify_server: NotifyServer, at: At) -> None:
    at(START)
    book()
    notify_server.refuse(400, notify.BAD_NUMBER)
    assert deliver_due() == 1
    text, call = the_text(), the_call()
    assert (text.state, text.attempts) == (MessageState.failed, 1)
    assert (call.kind, call.recipient, call.follows_id) == ("booked", MOBILE, text.id)
    contact = contacts.known(ContactKind.phone, MOBILE)
    assert contact is not None
    assert contact.refused_why == "400 phone_number Not a valid phone number"
    # The next one is not even tried, but comes onto the call list when it cannot be undone.
    with write():
        claim = db.session.scalars(sa.select(Booking)).one().reservations[0]
        outbox.tell_booker(claim.booking, "withdrawn", [claim])
    at(clock.now() + timedelta(minutes=2))
    notify_server.behave("accept")
    assert deliver_due() == 1
    assert notify_server.texts == []
    failed, call = messages()[-2:]
    assert (failed.channel, failed.state) == (outbox.SMS, MessageState.failed)
    assert (call.kind, call.channel, call.follows_id) == ("withdrawn", outbox.CALL, failed.id)


@pytest.mark.usefixtures("texting_app")
def test_a_text_that_is_too_long_is_no_fault_of_the_number(
    notify_server: NotifyServer, at: At
) -> None:
    at(START)
    book()
    notify_server.refuse(400, notify.TOO_LONG)
    assert deliver_due() == 1
    assert the_text().state == MessageState.failed
    assert the_call().follows_id == the_text().id
    assert contacts.of_phone(MOBILE) is None


@pytest.mark.usefixtures("texting_app")
@pytest.mark.parametrize("trouble", ["drop", "lose the answer", "hang"])
def test_nobody_gets_a_text_twice(
    notify_server: NotifyServer,
    texting_app: Flask,
    at: At,
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether the first one was taken is asked before it is sent again."""
    if trouble == "hang":
        monkeypatch.setattr(sms, "TIMEOUT", 0.3)
        texting_app.extensions["sms_transport"] = NotifyTransport.of(texting_app.config)
    at(START, tick=True)
    book()
    notify_server.behave(trouble)
    assert deliver_due() == 1
    message = the_message()
    assert message.state == MessageState.queued
    assert message.last_error == "Notify: Request failed"
    notify_server.behave("accept")
    at(message.next_attempt_at, tick=True)
    assert deliver_due() == 1
    assert the_message().state == MessageState.sent
    assert notify_server.asked == [message.message_id]
    assert len(notify_server.texts) == 1


@pytest.mark.usefixtures("texting_app")
def test_while_notify_cannot_say_nothing_is_sent_again(notify_server: NotifyServer, at: At) -> None:
    at(START)
    book()
    notify_server.behave("lose the answer")
    assert deliver_due() == 1
    notify_server.refuse(500, ("InternalServerError", "Internal server error"))
    at(the_message().next_attempt_at)
    assert deliver_due() == 1
    assert (the_message().state, the_message().attempts) == (MessageState.queued, 2)
    assert len(notify_server.texts) == 1


@pytest.mark.usefixtures("texting_app")
def test_a_worker_killed_before_it_wrote_it_down(notify_server: NotifyServer, at: At) -> None:
    at(START)
    book()
    with write():
        message = sending.lease_next(sending.clock.now())
        assert message is not None
    text = texts.render(message)
    NotifyTransport.of(notify_server.settings).send(MOBILE, text, message.message_id)
    at(the_message().next_attempt_at)
    assert deliver_due() == 1
    assert the_message().state == MessageState.sent
    assert len(notify_server.texts) == 1


def test_without_a_key_texts_are_files(committed_app: Flask, at: At) -> None:
    at(START)
    booking = book()
    assert deliver_due() == 1
    message = the_message()
    file = committed_app.config["VAR"] / "sms" / f"{message.message_id}.txt"
    assert file.read_text() == f"To: +447700900123\n\n{texts.render(message)}\n"
    assert booking.reference is not None
    assert message.state == MessageState.sent


def test_a_folder_that_cannot_be_written(committed_app: Flask, at: At) -> None:
    at(START)
    (committed_app.config["VAR"] / "sms").write_text("in the way")
    book()
    assert deliver_due() == 1
    assert the_message().state == MessageState.queued
    assert the_message().last_error.startswith("FileExistsError")
