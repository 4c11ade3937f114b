"""Mail as it arrives: over real SMTP, read by other people's parsers."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar

import pytest
import sqlalchemy as sa
import vobject
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from festival.delivery import printed
from festival.delivery.transport import SmtpTransport
from festival.domain import bookings, clock, sending
from festival.extensions import db, write
from festival.models import Message, MessageState, Office
from festival.tasks.deliver import deliver_due
from tests import factories
from tests.support import databases
from tests.support.client import make_client
from tests.support.databases import Database
from tests.support.live import free_port
from tests.support.mail import (
    a_minute_later,
    attached,
    book,
    delivered,
    event_of,
    invitation,
    the_message,
    tickets_in,
)
from tests.support.smtp import SmtpServer

At = Callable[..., None]
START = "2027-05-25T10:00+01:00"


@pytest.mark.usefixtures("mailing_app")
def test_a_booking_arrives_whole(smtp_server: SmtpServer) -> None:
    booking = book(2, name="Ada Lovelace", email="ada@example.org")
    mail = delivered(smtp_server)
    assert mail["Subject"] == f"Your booking {booking.reference}: Stitch a Story"
    assert mail["To"] == "ada@example.org"
    assert mail["From"] == "Learning festival bookings <bookings@festival.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    tree = [part.get_content_type() for part in mail.walk()]
    assert tree == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
        "application/pdf" if printed.can_print() else "image/png",
    ]
    for kind in ("plain", "html"):
        words = mail.get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert booking.reference in words
        assert "Ada Lovelace" in words
        assert "Stitch a Story" in words
        assert f"/bookings/{booking.reference}" in words
        assert "Declining there does not give up your places." in words
    raw = smtp_server.messages[-1].raw
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert the_message().state == MessageState.sent


@pytest.mark.usefixtures("mailing_app")
def test_the_file_is_the_ticket(smtp_server: SmtpServer) -> None:
    booking = book(2)
    mail = delivered(smtp_server)
    names = [part.get_filename() for part in attached(mail, "application/pdf")]
    assert names == ([f"tickets-{booking.reference}.pdf"] if printed.can_print() else [])
    assert tickets_in(mail) == [factories.code_of(booking)]


@pytest.mark.usefixtures("mailing_app")
def test_the_calendar_is_read_by_others(smtp_server: SmtpServer) -> None:
    booking = book(2)
    claim = factories.reservation_of(booking)
    mail = delivered(smtp_server)
    part = invitation(mail)
    assert part.get_param("method") == "REQUEST"
    calendar, event = event_of(part)
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == claim.calendar_uid
    assert event["SEQUENCE"] == 0
    assert event["SUMMARY"] == "Stitch a Story"
    assert event.start == claim.occurrence.starts_at
    assert event.end == claim.occurrence.ends_at
    assert event["ATTENDEE"] == "mailto:ada@example.org"
    (file,) = attached(mail, "application/ics")
    assert file.get_filename() == "booking.ics"
    assert file.get_payload(decode=True) == part.get_payload(decode=True)
    other = vobject.readOne(file.get_payload(decode=True).decode())  # type: ignore[union-attr]
    assert other.method.value == "REQUEST"
    assert other.vevent.uid.value == claim.calendar_uid
    assert other.vevent.dtstart.value == claim.occurrence.starts_at
    assert other.vevent.dtend.value == claim.occurrence.ends_at


@pytest.mark.usefixtures("mailing_app")
def test_a_series_has_a_file_for_each_part(smtp_server: SmtpServer) -> None:
    with write():
        runs = factories.series(3)
        booking = factories.booking(runs[0])
    mail = delivered(smtp_server)
    assert "text/calendar" not in [part.get_content_type() for part in mail.walk()]
    files = attached(mail, "application/ics")
    assert [file.get_filename() for file in files] == [f"booking-{n}.ics" for n in (1, 2, 3)]
    uids = [event_of(file)[1]["UID"] for file in files]
    assert uids == [claim.calendar_uid for claim in booking.reservations]
    assert len(tickets_in(mail)) == 3


@pytest.mark.usefixtures("mailing_app")
def test_giving_up_some_places_raises_the_sequence(
    smtp_server: SmtpServer, at: Callable[..., None]
) -> None:
    booking = book(3)
    before = tickets_in(delivered(smtp_server))
    claim = factories.reservation_of(booking)
    with write():
        bookings.give_up(booking, claim, [claim.attendees[0].id])
    a_minute_later(at)
    mail = delivered(smtp_server)
    assert mail["Subject"].startswith("CHANGED: ")
    for kind in ("plain", "html"):
        words = mail.get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert "Declining there does not give up your places." in words
    calendar, event = event_of(invitation(mail))
    assert (calendar["METHOD"], event["SEQUENCE"], event["STATUS"]) == ("REQUEST", 1, "CONFIRMED")
    assert len(before) == 1
    assert tickets_in(mail) == [factories.code_of(booking)] != before


@pytest.mark.usefixtures("mailing_app")
def test_giving_up_all_places_cancels_the_entry(
    smtp_server: SmtpServer, at: Callable[..., None]
) -> None:
    booking = book(2)
    uid = event_of(invitation(delivered(smtp_server)))[1]["UID"]
    claim = factories.reservation_of(booking)
    with write():
        bookings.give_up(booking, claim, [one.id for one in claim.attendees])
    a_minute_later(at)
    mail = delivered(smtp_server)
    assert mail["Subject"].startswith("CANCELLED: ")
    assert invitation(mail).get_param("method") == "CANCEL"
    calendar, event = event_of(invitation(mail))
    assert (calendar["METHOD"], event["UID"], event["SEQUENCE"]) == ("CANCEL", uid, 1)
    assert event["STATUS"] == "CANCELLED"
    assert tickets_in(mail) == []


@pytest.mark.usefixtures("mailing_app")
def test_what_is_no_longer_true_is_not_sent(
    smtp_server: SmtpServer, at: Callable[..., None]
) -> None:
    booking = book()
    claim = factories.reservation_of(booking)
    with write():
        bookings.give_up(booking, claim, [claim.attendees[0].id])
    a_minute_later(at)
    assert deliver_due() == 2
    assert [one.message["Subject"].split(":")[0] for one in smtp_server.messages] == ["CANCELLED"]
    states = db.session.scalars(sa.select(Message.state).order_by(Message.id)).all()
    assert states == [MessageState.dropped, MessageState.sent]


@pytest.mark.usefixtures("mailing_app")
@pytest.mark.parametrize(
    "name", ["ਗੁਰਪ੍ਰੀਤ ਕੌਰ", "Zoë O’Neill 🎈", 'Ann "Nan" <nan@evil.example>', "A" * 120]
)
def test_any_name_arrives_as_it_is(smtp_server: SmtpServer, name: str) -> None:
    book(name=name)
    mail = delivered(smtp_server)
    assert smtp_server.messages[-1].recipients == ["ada@example.org"]
    assert name in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    vobject.readOne(invitation(mail).get_payload(decode=True).decode())  # type: ignore[union-attr]


@pytest.mark.usefixtures("mailing_app")
def test_a_title_cannot_write_headers(smtp_server: SmtpServer) -> None:
    with write():
        session = factories.session(title="Bread\r\nBcc: all@evil.example")
        factories.booking(factories.occurrence_of(session))
    mail = delivered(smtp_server)
    assert mail["Bcc"] is None
    assert mail["Subject"].endswith("Bread Bcc: all@evil.example")
    assert smtp_server.messages[-1].recipients == ["ada@example.org"]


# --- when it does not go well


@pytest.mark.usefixtures("mailing_app")
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_says_later_is_asked_later(
    smtp_server: SmtpServer, at: At, command: str
) -> None:
    at(START)
    book()
    smtp_server.behave("451 Try later", at=command)
    assert deliver_due() == 1
    message = the_message()
    assert (message.state, message.attempts) == (MessageState.queued, 1)
    assert message.last_error == "451 Try later"
    assert message.next_attempt_at == clock.now() + timedelta(seconds=sending.BACK_OFF[0])
    smtp_server.behave("accept")
    at(clock.now() + timedelta(seconds=sending.BACK_OFF[0] - 1))
    assert deliver_due() == 0
    at(clock.now() + timedelta(seconds=1))
    mail = delivered(smtp_server)
    message = the_message()
    assert (message.state, message.attempts) == (MessageState.sent, 2)
    assert (message.last_error, mail["Message-ID"]) == (
        "",
        f"<{message.message_id}@festival.example>",
    )


@pytest.mark.usefixtures("mailing_app")
def test_waits_grow_and_end(smtp_server: SmtpServer, at: At) -> None:
    at(START)
    book()
    smtp_server.behave("421 Not today", at="MAIL")
    waits = []
    while (message := the_message()).state == MessageState.queued:
        waits.append((message.next_attempt_at - clock.now()).total_seconds())
        at(message.next_attempt_at)
        assert deliver_due() == 1
    assert waits == [0, *sending.BACK_OFF]
    assert message.state == MessageState.failed
    assert message.last_error == "421 Not today"


@pytest.mark.usefixtures("mailing_app")
@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_server_that_says_never_is_believed(smtp_server: SmtpServer, command: str) -> None:
    book()
    smtp_server.behave("550 No such person", at=command)
    assert deliver_due() == 1
    assert deliver_due() == 0
    message = the_message()
    assert (message.state, message.attempts) == (MessageState.failed, 1)
    assert [one.id for one in sending.newest(MessageState.failed, 10)] == [message.id]
    assert message.last_error == "550 No such person"


class Refusing(socketserver.StreamRequestHandler):
    """A mail server that says no to one command, and yes to every other."""

    no: ClassVar[dict[str, str]] = {}
    talks: ClassVar[list[str]] = []

    def handle(self) -> None:
        self.say(self.no.get("greeting", "220 Hello"))
        for line in self.rfile:
            command = line.split()[0].decode().upper()
            self.talks.append(command)
            yes = {"EHLO": "250-Hello\r\n250 AUTH PLAIN", "AUTH": "235 Hello", "DATA": "354 Go on"}
            self.say(self.no.get(command, yes.get(command, "250 Yes")))
            if command == "DATA" and command not in self.no:
                while self.rfile.readline() != b".\r\n":
                    pass
                self.say("250 Taken")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def refusing_server(committed_app: Flask) -> Iterator[type[Refusing]]:
    """A server that asks for a sign-in, to which committed_app sends. ``.no["AUTH"] = "535 No"``"""
    handler = type("Handler", (Refusing,), {"no": {}, "talks": []})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        reached = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": server.server_address[1]}
        user = {"SMTP_USER": "festival", "SMTP_PASSWORD": "secret"}
        settings = {**committed_app.config, **reached, **user}
        committed_app.extensions["mail_transport"] = SmtpTransport.of(settings)
        yield handler
        server.shutdown()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("no", "told"),
    [
        ({"greeting": "554 No service"}, "554 No service"),
        ({"EHLO": "501 Who?", "HELO": "501 Who?"}, "501 Who?"),
        ({"AUTH": "535 Wrong password"}, "535 Wrong password"),
        ({"MAIL": "553 Not your address"}, "553 Not your address"),
        ({"RCPT": "530 Sign in first"}, "530 Sign in first"),
    ],
)
def test_what_is_wrong_with_us_is_no_fault_of_the_message(
    refusing_server: type[Refusing], at: At, no: dict[str, str], told: str
) -> None:
    """Wrong credentials would else fail for good whatever is tried before somebody mends them."""
    at(START)
    book()
    refusing_server.no.update(no)
    assert deliver_due() == 1
    message = the_message()
    assert (message.state, message.last_error) == (MessageState.queued, told)
    refusing_server.no.clear()
    at(message.next_attempt_at)
    assert deliver_due() == 1
    assert the_message().state == MessageState.sent
    assert "AUTH" in refusing_server.talks


@pytest.mark.databases("sqlite")
def test_a_rude_goodbye_makes_no_copy(refusing_server: type[Refusing]) -> None:
    book()
    refusing_server.no["QUIT"] = "421 Whatever"
    assert deliver_due() == 1
    assert the_message().state == MessageState.sent


class SlowServer(SmtpServer):
    """Takes the message, but so late that ``meanwhile`` has happened before it says so."""

    meanwhile: Callable[[], None]

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.meanwhile()
        return await super().handle_DATA(server, session, envelope)


def test_a_slow_server_gets_no_copies(database: Database, tmp_path: Path) -> None:
    """Another worker has leased the message since; what has left is sent all the same."""
    server = SlowServer()
    server.start()
    address = database.copy()
    app = databases.make_app(address, tmp_path, {**server.settings, "SMTP_TIMEOUT": 30})
    leased_for: list[timedelta] = []

    def another_takes_it() -> None:
        with app.app_context(), write():
            message = db.session.scalars(sa.select(Message)).one()
            leased_for.append(message.leased_until - clock.now())  # type: ignore[operator]
            assert sending.lease_next(message.next_attempt_at) is message

    server.meanwhile = another_takes_it
    with app.app_context():
        book()
        assert deliver_due() == 1
        message = the_message()
        assert (message.state, message.attempts) == (MessageState.sent, 2)
        assert (message.lease, message.leased_until) == (None, None)
        assert deliver_due() == 0
    # A conversation has about ten steps, and each may take as long as the setting says.
    assert timedelta(seconds=290) < leased_for[0] <= timedelta(seconds=300)
    server.stop()
    databases.close(app)
    database.drop(address)


def test_the_office_sees_what_failed_and_sends_it_again(
    mailing_app: Flask, smtp_server: SmtpServer
) -> None:
    book()
    smtp_server.behave("550 No such person")
    deliver_due()
    with write():
        administrator = factories.user(offices=[Office.administrator])
    somebody = make_client(mailing_app)
    somebody.sign_in(administrator)
    page = somebody.get("/office/outbox")
    assert "550 No such person" in page.words
    assert "ada@example.org" in page.words
    smtp_server.behave("accept")
    with write():
        sending.try_again(db.session.get_one(Message, the_message().id))
    delivered(smtp_server)
    assert "550 No such person" not in somebody.get("/office/outbox").words


@pytest.mark.usefixtures("mailing_app")
@pytest.mark.parametrize("trouble", ["drop", "lose the answer"])
def test_a_repeat_carries_the_same_message_id(
    smtp_server: SmtpServer, at: At, trouble: str
) -> None:
    at(START)
    book()
    smtp_server.behave(trouble)
    assert deliver_due() == 1
    arrived = 1 if trouble == "lose the answer" else 0
    assert len(smtp_server.messages) == arrived
    assert the_message().state == MessageState.queued
    smtp_server.behave("accept")
    at(the_message().next_attempt_at)
    delivered(smtp_server)
    identifiers = [one.message["Message-ID"] for one in smtp_server.messages]
    assert len(identifiers) == arrived + 1
    assert set(identifiers) == {f"<{the_message().message_id}@festival.example>"}


def test_no_server_at_all(committed_app: Flask, at: At) -> None:
    """Booking goes on; mail waits."""
    at(START)
    settings = {**committed_app.config, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": free_port()}
    committed_app.extensions["mail_transport"] = SmtpTransport.of(settings)
    booking = book()
    assert booking.reference
    assert deliver_due() == 1
    message = the_message()
    assert message.state == MessageState.queued
    assert message.last_error.startswith("ConnectionRefusedError")


# --- without a mail server: files


def test_without_a_server_mail_is_written_to_files(committed_app: Flask) -> None:
    booking = book()
    assert deliver_due() == 1
    (file,) = (committed_app.config["VAR"] / "mail").iterdir()
    assert file.name == f"{the_message().message_id}.eml"
    mail = message_from_bytes(file.read_bytes(), policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    assert mail["Subject"] == f"Your booking {booking.reference}: Stitch a Story"
    assert len(tickets_in(mail)) == 1
    assert the_message().state == MessageState.sent


@pytest.mark.databases("sqlite")
def test_a_folder_that_cannot_be_written_is_tried_again(committed_app: Flask, at: At) -> None:
    at(START)
    (committed_app.config["VAR"] / "mail").write_text("a file where a folder should be")
    book()
    assert deliver_due() == 1
    assert the_message().state == MessageState.queued
    (committed_app.config["VAR"] / "mail").unlink()
    at(the_message().next_attempt_at)
    assert deliver_due() == 1
    assert the_message().state == MessageState.sent
