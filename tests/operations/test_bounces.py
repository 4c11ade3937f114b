"""Mail that came back, as other people's servers write it, read by the command."""

import subprocess
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import bounces
from festival.domain import contacts, outbox
from festival.extensions import db
from festival.models import Message, MessageState
from festival.tasks.deliver import deliver_due
from tests.operations.conftest import Command
from tests.support.live import ROOT, environment
from tests.support.mail import book, the_message
from tests.support.starter import Starter

# What is written does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

OURS = "festival.example"
NESTED = b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n"
POSTFIX = """\
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: bookings@festival.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B/mx"

--B/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<ada@example.org>: host mx.example.org said: 550 5.1.1 User unknown

--B/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4Q1

Final-Recipient: rfc822; ada@example.org
Original-Recipient: rfc822;ada@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: Recipient address
    rejected: User unknown

--B/mx
Content-Description: Undelivered Message
Content-Type: {kind}

From: bookings@festival.example
To: ada@example.org
Subject: Your booking
Message-ID: <{message_id}@festival.example>

Hello

--B/mx--
"""


def bounce(message: Message | None = None, **facts: str) -> bytes:
    number = message.message_id if message else "0" * 36
    told = {"action": "failed", "status": "5.1.1", "kind": "message/rfc822", "message_id": number}
    return POSTFIX.format(**(told | facts)).encode()


def sent(**facts: str) -> Message:
    """A message that has left."""
    book(**facts)
    assert deliver_due() == 1
    message = the_message()
    assert message.state == MessageState.sent
    return message


@pytest.fixture
def pipe(committed_app: Flask, starter: Starter) -> Callable[[bytes], str]:
    """What the command prints of mail that is piped to it."""

    def run(raw: bytes) -> str:
        code, out, err = starter.run(["bounces"], environment(committed_app), piped=raw)
        assert (code, err) == (0, "")
        return out

    return run


def test_what_came_back_is_marked_and_told_otherwise(pipe: Callable[[bytes], str]) -> None:
    message = sent(mobile="01902 550000")
    assert pipe(bounce(message)) == f"Message {message.id} came back: 5.1.1.\n"
    db.session.rollback()
    message = db.session.get_one(Message, message.id)
    assert message.state == MessageState.bounced
    assert (
        message.last_error
        == "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown"
    )
    contact = contacts.of_email("ada@example.org")
    assert contact is not None
    assert contact.refused_at is not None
    call = the_message()
    assert (call.channel, call.recipient, call.follows_id) == (
        outbox.CALL,
        "01902 550000",
        message.id,
    )
    # Again it is no news.
    assert pipe(bounce(message)) == f"Known: {message.id}.\n"
    assert the_message().id == call.id


def test_a_mailbox_of_several(command: Command, committed_app: Flask, tmp_path: Path) -> None:
    first, second, third = sent(email="a@a.example"), sent(email="b@b.example"), sent()
    late = bounce(third, action="delayed", status="4.4.1")
    box = tmp_path / "box"
    line = b"From MAILER-DAEMON Tue Jun  1 10:00:00 2027\n"
    answer = b"Subject: I am on holiday\n\nFrom Monday on I am back.\n"
    parts = (bounce(first), answer, late, bounce(), bounce(second))
    box.write_bytes(b"\n".join(line + part for part in parts))
    done = command("bounces", str(box))
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"Message {first.id} came back: 5.1.1.",
        "Ignored: it tells of no message of ours.",
        f"Ignored: message {third.id} is late, and is still being tried.",
        "Ignored: it tells of a message that is not here.",
        f"Message {second.id} came back: 5.1.1.",
    ]
    db.session.rollback()
    states = db.session.scalars(sa.select(Message.state).order_by(Message.id))
    assert list(states) == [MessageState.bounced, MessageState.bounced, MessageState.sent]
    assert committed_app.config["CALENDAR_DOMAIN"] == OURS


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n\n",
        b"garbage",
        bytes(range(256)) * 50,
        (
            b"Content-Type: multipart/report; boundary=x\n\n"
            b"--x\nContent-Type: message/delivery-status\n"
        ),
        b"Content-Type: multipart/report; report-type=delivery-status\n\nno boundary",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(2000)
        ),
        b"Content-Type: message/rfc822\n\nMessage-ID: <no@festival.example>\n\nAction: failed\n",
    ],
)
def test_garbage_is_ignored(raw: bytes) -> None:
    assert [bounces.read(one, OURS).message_id for one in bounces.split(raw)] in ([], [""])


@pytest.mark.parametrize(
    "kind", ["message/rfc822", "text/rfc822-headers", "message/global-headers"]
)
def test_the_returned_headers_are_enough(kind: str) -> None:
    report = bounces.read(bounce(message_id="a" * 36, kind=kind), OURS)
    assert (report.message_id, report.failed, report.refused) == ("a" * 36, True, True)


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        ("5.1.1", True),
        ("5.2.1", True),
        ("5.4.4", True),  # no such host
        ("5.2.2", False),  # a full mailbox
        ("5.3.4", False),  # too big
        ("5.6.1", False),
        ("5.7.1", False),
        ("4.4.7", False),
    ],
)
def test_what_is_given_up_is_not_always_the_addresss_fault(
    pipe: Callable[[bytes], str], status: str, refused: bool
) -> None:
    """Given up is given up: it is told otherwise. But the next message is tried."""
    message = sent(mobile="01902 550000")
    assert pipe(bounce(message, status=status)) == f"Message {message.id} came back: {status}.\n"
    assert the_message().channel == outbox.CALL
    assert (contacts.of_email("ada@example.org") is not None) is refused


@pytest.mark.parametrize(
    ("said", "refused"),
    [("550 No such user here", True), ("550 Blocked by policy", False), ("554 Failed", False)],
)
def test_without_a_status_the_words_say_it(said: str, refused: bool) -> None:
    raw = bounce(message_id="a" * 36, status="5.0.0").decode()
    told = raw.replace("550 5.1.1 <ada@example.org>: Recipient address\n    rejected", said)
    assert bounces.read(told.encode(), OURS).refused is refused


def test_another_houses_message_is_not_ours() -> None:
    theirs = bounce(message_id="a" * 36).replace(b"@festival.example>", b"@elsewhere.example>")
    assert bounces.read(theirs, OURS) == bounces.Report()


def test_one_that_has_not_left_is_left_alone(pipe: Callable[[bytes], str]) -> None:
    book()
    message = the_message()
    assert pipe(bounce(message)) == f"Ignored: message {message.id} is not out.\n"
    assert the_message().state == MessageState.queued


def test_a_holiday_reply_that_quotes_us(pipe: Callable[[bytes], str]) -> None:
    message = sent()
    reply = EmailMessage()
    reply["Subject"] = "Out of office"
    reply["In-Reply-To"] = f"<{message.message_id}@{OURS}>"
    reply.set_content("Action: failed\nStatus: 5.1.1\n")
    assert pipe(bytes(reply)) == "Ignored: it tells of no message of ours.\n"


def test_without_its_database_the_mail_server_is_to_keep_it(
    committed_app: Flask, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "festival", "bounces"],
        cwd=ROOT,
        env=environment(committed_app, {"DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite"}),
        input=bounce(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 75  # EX_TEMPFAIL
    assert b"db upgrade" in done.stderr
