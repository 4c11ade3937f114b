"""The calendar parts of mail as they arrive on a real server: a new, a moved and a cancelled
reservation, beside what their feed and file say at the same time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import permutations
from urllib.parse import urlsplit

import pytest
from flask import Flask

from festival.delivery.addresses import address, manage_path
from festival.domain import bookings, clock, links, running
from festival.domain.words import LONDON
from festival.extensions import db, write
from festival.models import Booking, Occurrence
from festival.tasks.deliver import deliver_due
from tests import factories
from tests.factories import occurrence_of
from tests.support.client import make_client
from tests.support.mail import attached, invitation
from tests.support.readers import Read, by_icalendar, check_bytes, read, unfolded
from tests.support.smtp import SmtpServer

# What is written does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

At = Callable[..., None]
SUNDAY = datetime(2026, 10, 25, 14, tzinfo=UTC)  # 2pm on the day the clocks went back
SATURDAY = datetime(2026, 10, 24, 13, tzinfo=UTC)  # 2pm on the day before


@pytest.fixture
def run(mailing_app: Flask, at: At) -> Occurrence:
    at("2026-10-05T10:00+01:00")
    with write():
        return occurrence_of(factories.session(title="Sing, together", starts_at=SATURDAY))


def now_in(app: Flask, booked: Booking) -> list[bytes]:
    """The feed and the file at this moment, over HTTP."""
    feed = address("feeds.mine", token=links.of_calendar(app.config["SECRET_KEY"], booked))
    paths = (urlsplit(feed).path, manage_path(booked, "bookings.calendar"))
    return [make_client(app).get(path).data for path in paths]


def arrived(smtp_server: SmtpServer, at: At) -> EmailMessage:
    """The next mail, when changes have waited for each other."""
    at(clock.now() + timedelta(minutes=10))
    before = len(smtp_server.messages)
    deliver_due()
    assert len(smtp_server.messages) == before + 1
    return smtp_server.messages[-1].message


def entry_of(mail: EmailMessage, method: str) -> bytes:
    """The calendar part, which is the same as the file that comes with it."""
    part = invitation(mail)
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    assert part["Content-Type"].params["method"] == method
    assert part["Content-Type"].params["charset"] == "utf-8"
    assert f"METHOD:{method}" in unfolded(raw)
    (file,) = attached(mail, "application/ics")
    assert file.get_payload(decode=True) == raw
    check_bytes(raw)
    return raw


def shown(raw: bytes) -> tuple[str, int, str]:
    """What stands in a calendar in London, as all three programs say."""
    (one,) = read(raw)
    return f"{one.starts.astimezone(LONDON):%a %H:%M}", one.sequence, one.status


def kept(files: list[bytes]) -> list[Read]:
    """What a program has that took these one after the other."""
    found: dict[str, Read] = {}
    for raw in files:
        for one in by_icalendar(raw):
            last = found.get(one.uid, one)
            if (one.sequence, one.stamp) >= (last.sequence, last.stamp):
                found[one.uid] = one
    return list(found.values())


def test_a_new_a_moved_and_a_cancelled_reservation(
    mailing_app: Flask, smtp_server: SmtpServer, run: Occurrence, at: At
) -> None:
    with write():
        booked = factories.booking(run)
    new = entry_of(arrived(smtp_server, at), "REQUEST")
    files = now_in(mailing_app, booked)
    assert {shown(raw) for raw in (new, *files)} == {("Sat 14:00", 0, "CONFIRMED")}
    with write():
        db.session.merge(run).session.edition.ends_on = SUNDAY.date()
        running.reschedule(run.id, starts_at=SUNDAY, actor=None)
    moved = entry_of(arrived(smtp_server, at), "REQUEST")
    files += now_in(mailing_app, booked)
    assert {shown(raw) for raw in (moved, *files[-2:])} == {("Sun 14:00", 1, "CONFIRMED")}
    with write():
        bookings.cancel_all(db.session.merge(booked))
    cancelled = entry_of(arrived(smtp_server, at), "CANCEL")
    files += now_in(mailing_app, booked)
    assert {shown(raw) for raw in (cancelled, *files[-2:])} == {("Sun 14:00", 2, "CANCELLED")}
    last = by_icalendar(cancelled)
    for mails in permutations([new, moved, cancelled]):
        assert kept([*mails]) == last
        assert kept([*mails, *files]) == last
        assert kept([*files, *mails]) == last


def test_the_sender_of_changes_never_changes(
    smtp_server: SmtpServer, mailing_app: Flask, run: Occurrence, at: At
) -> None:
    with write():
        booked = factories.booking(run, adults=2)
    first = unfolded(entry_of(arrived(smtp_server, at), "REQUEST"))
    with write():
        bookings.cancel_all(db.session.merge(booked))
    last = unfolded(entry_of(arrived(smtp_server, at), "CANCEL"))
    for name in ("ORGANIZER", "ATTENDEE", "UID"):
        (line,) = (one for one in first if one.startswith(name))
        assert line in last
    mailbox = mailing_app.config["MAIL_FROM"]
    assert any(one.startswith("ORGANIZER") and one.endswith(f"mailto:{mailbox}") for one in last)
    assert smtp_server.messages[-1].message["From"].addresses[0].addr_spec == mailbox
