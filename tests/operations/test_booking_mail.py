"""Every mail that a booker gets, as it arrives: what it says, where it leads, what their calendar
makes of it, and that what is not true any more stays unsent."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import icalendar
import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, capacity, clock, outbox, running, waiting
from festival.extensions import db, write
from festival.models import Booking, Message, MessageState, Occurrence, Reservation
from festival.tasks.deliver import deliver_due
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.client import make_client
from tests.support.mail import (
    a_minute_later,
    attached,
    both_texts,
    delivered,
    event_of,
    invitation,
    tickets_in,
)
from tests.support.smtp import SmtpServer

At = Callable[..., None]
NOW = "2027-05-25T10:00+01:00"

pytestmark = [pytest.mark.usefixtures("mailing_app"), pytest.mark.databases("sqlite")]


@pytest.fixture(autouse=True)
def _a_morning(at: At) -> None:
    at(NOW)


@pytest.fixture
def full(mailing_app: Flask) -> Occurrence:
    """Three places, all of them Ada's, who has had her mail."""
    with write():
        session = factories.session(title="Sing Together", run=False)
        run = factories.occurrence(session, capacity=3)
        factories.booking(run, 3)
    sent_before()
    return run


def sent_before() -> None:
    """All that is due now is sent, and forgotten."""
    deliver_due()


def undo_is_over(at: At) -> None:
    """Two minutes later what an organiser has done cannot be taken back any more."""
    at(clock.now() + timedelta(minutes=2), tick=True)


def adas() -> Booking:
    return db.session.scalars(sa.select(Booking).where(Booking.name == "Ada Lovelace")).one()


def ada_cancels(people: int = 3) -> None:
    with write():
        claim = reservation_of(adas())
        ids = [one.id for one in claim.attendees[:people]]
        bookings.give_up(adas(), claim, ids)


def to(smtp_server: SmtpServer, address: str) -> list[EmailMessage]:
    return [one.message for one in smtp_server.messages if address in one.recipients]


def graces(smtp_server: SmtpServer) -> EmailMessage:
    """The newest mail to Grace, once everything is sent."""
    deliver_due()
    return to(smtp_server, "grace@example.org")[-1]


def links_of(mail: EmailMessage, part: str) -> list[str]:
    """The paths behind its links to such pages; both texts have the same ones."""
    plain, html = (set(re.findall(rf'http[^\s"]+/{part}[^\s"]*', one)) for one in both_texts(mail))
    assert plain == {link.replace("&amp;", "&") for link in html}
    parts = [urlsplit(link) for link in sorted(plain)]
    return [f"{one.path}?{one.query}" for one in parts]


def says(mail: EmailMessage, *sentences: str) -> None:
    for words in both_texts(mail):
        flat = " ".join(re.sub(r"<[^>]+>", " ", words).split())
        for sentence in sentences:
            assert sentence in flat
        assert not re.search(r"%\(|\{\{|\bNone\b|Undefined", flat)


def methods(mail: EmailMessage) -> list[tuple[str, int, str]]:
    """Each calendar file's method, sequence and status."""
    found = []
    for file in attached(mail, "application/ics"):
        calendar, event = event_of(file)
        found.append((str(calendar["METHOD"]), int(event["SEQUENCE"]), str(event["STATUS"])))
    return found


# --- the waiting list


def test_who_waits_is_told_so_and_gets_no_calendar_entry(
    smtp_server: SmtpServer, full: Occurrence
) -> None:
    with write():
        waits = factories.waiting(full, 2)
    mail = delivered(smtp_server)
    assert mail["Subject"] == f"You are on the waiting list: Sing Together ({waits.reference})"
    says(mail, "You do not have places yet.", str(waits.reference), "For 2 people")
    assert methods(mail) == []
    assert tickets_in(mail) == []
    assert len(links_of(mail, "offers")) == 1


def test_r9_an_offer_says_until_when_and_where_to_answer(
    mailing_app: Flask, smtp_server: SmtpServer, full: Occurrence
) -> None:
    with write():
        waits = factories.waiting(full, 2)
    sent_before()
    ada_cancels()
    mail = graces(smtp_server)
    assert mail["Subject"].startswith("Places for you, please answer: Sing Together")
    says(mail, "There are 2 places for you now.", "Please answer by Wednesday 26 May 2027, 9pm.")
    assert methods(mail) == []
    (link,) = links_of(mail, "offers")
    client = make_client(mailing_app)
    page = client.submit(client.get(link), "Yes, book it")
    assert page.h1 == "Your places are booked"
    assert graces(smtp_server)["Subject"] == f"Your booking {waits.reference}: Sing Together"


def test_an_offer_of_fewer_places_says_so(smtp_server: SmtpServer, full: Occurrence) -> None:
    with write():
        factories.waiting(full, 3, least=2)
    sent_before()
    ada_cancels(2)
    says(graces(smtp_server), "2 places are free now.", "You asked for 3.")


def _accept(claim: Reservation) -> None:
    waiting.accept(claim.booking, claim)


def _decline(claim: Reservation) -> None:
    waiting.decline(claim.booking, claim)


def _leave(claim: Reservation) -> None:
    waiting.leave_line(claim.booking, claim)


@pytest.mark.parametrize(
    ("verb", "then"),
    [(_accept, ["booked"]), (_decline, []), (_leave, [])],
    ids=["accepted", "declined", "left"],
)
def test_an_offer_that_was_answered_before_its_turn_is_not_sent(
    smtp_server: SmtpServer,
    full: Occurrence,
    verb: Callable[[Reservation], None],
    then: list[str],
) -> None:
    with write():
        waits = factories.waiting(full, 2)
    sent_before()
    ada_cancels()
    with write():
        verb(reservation_of(waits))
    deliver_due()
    query = sa.select(Message).where(Message.booking_id == waits.id).order_by(Message.id)
    made = [(one.kind, one.state) for one in db.session.scalars(query)]
    assert made == [
        ("waiting", MessageState.sent),
        ("offered", MessageState.dropped),
        *((kind, MessageState.sent) for kind in then),
    ]


def test_r9_an_offer_that_ran_out_asks_to_stay(
    mailing_app: Flask, smtp_server: SmtpServer, full: Occurrence, at: At
) -> None:
    with write():
        waits = factories.waiting(full, 2)
    ada_cancels()
    sent_before()
    until = reservation_of(waits).offer_until
    assert until is not None
    at(until + timedelta(seconds=1))
    with write():
        capacity.lock_and_settle({full.id}, clock.now())
    mail = graces(smtp_server)
    assert mail["Subject"].startswith("Stay in line? Sing Together")
    says(mail, "Do you want to stay in line?", "we did not hear from you in time")
    (link,) = links_of(mail, "offers")
    client = make_client(mailing_app)
    client.submit(client.get(link), "Yes, stay in line")
    assert graces(smtp_server)["Subject"].startswith("Places for you, please answer")


def test_an_offer_that_ran_out_before_its_turn_is_not_sent(
    smtp_server: SmtpServer, full: Occurrence, at: At
) -> None:
    with write():
        waits = factories.waiting(full, 2)
    ada_cancels()
    until = reservation_of(waits).offer_until
    assert until is not None
    at(until)
    deliver_due()
    assert [one["Subject"].split(":")[0] for one in to(smtp_server, "grace@example.org")] == []


def test_close_to_the_start_places_are_first_come(
    smtp_server: SmtpServer, full: Occurrence, at: At
) -> None:
    with write():
        factories.waiting(full, 2)
    sent_before()
    at(full.starts_at - timedelta(hours=1))
    ada_cancels()
    mail = graces(smtp_server)
    assert mail["Subject"].startswith("Places are free, first come: Sing Together")
    says(mail, "whoever is first has them", "ask at the door")
    assert links_of(mail, f"sessions/{full.session.code}")


def test_places_that_are_gone_again_are_not_told_of(
    smtp_server: SmtpServer, full: Occurrence, at: At
) -> None:
    with write():
        factories.waiting(full, 2)
    sent_before()
    at(full.starts_at - timedelta(hours=1))
    ada_cancels()
    with write():
        factories.booking(full, 3, name="Quick", email="quick@example.org")
    before = len(to(smtp_server, "grace@example.org"))
    deliver_due()
    assert len(to(smtp_server, "grace@example.org")) == before


def test_who_has_a_phone_and_no_email_is_on_the_call_list(
    smtp_server: SmtpServer, full: Occurrence, at: At
) -> None:
    with write():
        waits = factories.waiting(full, 2, email="", mobile="07700 900982")
    ada_cancels()
    a_minute_later(at)
    deliver_due()
    query = sa.select(Message.kind, Message.channel).where(Message.booking_id == waits.id)
    assert [tuple(row) for row in db.session.execute(query)] == [("offered", outbox.CALL)]
    assert [one.recipients for one in smtp_server.messages] == [["ada@example.org"]] * 2


# --- several sessions in one message


def test_one_mail_tells_of_several_sessions_and_of_what_is_waited_for(
    mailing_app: Flask, smtp_server: SmtpServer, full: Occurrence
) -> None:
    with write():
        first = occurrence_of(factories.session(title="Paint a Tile"))
        course = factories.series(2, title="Start to Code")
        booking = bookings.book(
            edition=full.session.edition,
            wishes=[
                bookings.Wish(first.id, factories.party(2)),
                bookings.Wish(course[0].id, factories.party(1)),
                bookings.Wish(full.id, factories.party(2), wait=True),
            ],
            contact=bookings.Contact(name="Grace Hopper", email="grace@example.org"),
            rules=booking_rules(),
            who=bookings.Who(),
        )
    mail = delivered(smtp_server)
    assert mail["Subject"] == f"Your booking {booking.reference}: Paint a Tile and 2 more"
    says(mail, "Paint a Tile", "Start to Code", "Sing Together")
    says(mail, "You are on the waiting list for this.")
    assert methods(mail) == [("REQUEST", 0, "CONFIRMED")] * 3
    assert len(tickets_in(mail)) == 3
    assert len(links_of(mail, "cannot-come")) == 2  # a series is one
    (link, *_more) = links_of(mail, "cannot-come")
    client = make_client(mailing_app)
    page = client.submit(client.get(link), "We cannot come: give all 2 places back")
    assert "Thank you for telling us" in page.words


def test_everything_is_cancelled_in_one_mail(
    smtp_server: SmtpServer, full: Occurrence, at: At
) -> None:
    with write():
        course = factories.series(2, title="Start to Code")
        booking = factories.booking(course[0], email="grace@example.org")
    sent_before()
    with write():
        bookings.cancel_all(booking)
    a_minute_later(at)
    mail = graces(smtp_server)
    assert mail["Subject"].startswith("CANCELLED: ")
    assert methods(mail) == [("CANCEL", 1, "CANCELLED")] * 2


# --- moved, passed on, put right


def test_r8_a_swap_brings_the_new_entry_and_takes_the_old_one_away(
    smtp_server: SmtpServer, full: Occurrence
) -> None:
    with write():
        other = occurrence_of(factories.session(title="Paint a Tile"))
        bookings.swap(adas(), reservation_of(adas()), other.id, booking_rules())
    mail = delivered(smtp_server)
    assert mail["Subject"] == f"CHANGED: your booking {adas().reference}: now Paint a Tile"
    says(mail, "You have moved.", "You gave up your places here:", "Sing Together")
    assert methods(mail) == [("REQUEST", 0, "CONFIRMED"), ("CANCEL", 1, "CANCELLED")]
    assert len(tickets_in(mail)) == 1


def test_a_swap_that_was_cancelled_before_its_turn_still_clears_the_calendar(
    smtp_server: SmtpServer, full: Occurrence
) -> None:
    with write():
        other = occurrence_of(factories.session(title="Paint a Tile"))
        line = bookings.swap(adas(), reservation_of(adas()), other.id, booking_rules())
    with write():
        bookings.cancel_reservation(adas(), line.first)
    deliver_due()
    subjects = [mail["Subject"] for mail in to(smtp_server, "ada@example.org")[1:]]
    assert {one.split(":")[0] for one in subjects} == {"CANCELLED"}
    entries = {
        event_of(file)[1]["UID"]
        for mail in to(smtp_server, "ada@example.org")[1:]
        for file in attached(mail, "application/ics")
    }
    assert entries == {one.calendar_uid for one in adas().reservations}


def test_r8_who_passes_places_on_loses_the_entry_and_learns_nothing_of_the_other(
    smtp_server: SmtpServer, full: Occurrence
) -> None:
    uid = reservation_of(adas()).calendar_uid
    with write():
        contact = bookings.Contact(name="Grace Hopper", email="grace@example.org")
        made = bookings.pass_on(adas(), reservation_of(adas()), contact)
    deliver_due()
    mail = to(smtp_server, "ada@example.org")[-1]
    assert mail["Subject"].startswith("You gave your places to somebody else: Sing Together")
    calendar, event = event_of(invitation(mail))
    assert (calendar["METHOD"], event["UID"], event["SEQUENCE"]) == ("CANCEL", uid, 1)
    assert event["ATTENDEE"] == "mailto:ada@example.org"
    raw = icalendar.Calendar.to_ical(calendar).decode().replace("\r\n ", "")
    for secret in ("grace", "Grace", str(made.reference)):
        assert secret not in raw
        assert all(secret not in words for words in both_texts(mail))
    assert tickets_in(mail) == []
    theirs = to(smtp_server, "grace@example.org")[-1]
    assert theirs["Subject"] == f"Your booking {made.reference}: Sing Together"
    assert "Ada" not in both_texts(theirs)[0]


def test_r8_a_mistyped_address_gets_no_more_and_the_right_one_gets_all(
    mailing_app: Flask, smtp_server: SmtpServer, full: Occurrence
) -> None:
    with write():
        waits = factories.waiting(full, 2, email="grave@example.org")
    ada_cancels()
    sent_before()
    (old,) = links_of(to(smtp_server, "grave@example.org")[-1], "offers")
    with write():
        bookings.change_contact(waits, bookings.Contact("Grace Hopper", "grace@example.org"))
    mail = graces(smtp_server)
    (new,) = links_of(mail, "offers")
    client = make_client(mailing_app)
    assert client.get(old).status_code == 404
    assert client.get(new).h1 == "There are places for you"
    assert mail["Subject"].startswith("Places for you, please answer")


# --- called off, and on again


def test_p4_who_is_called_off_learns_why_and_what_else_there_is(
    smtp_server: SmtpServer, full: Occurrence, at: At
) -> None:
    with write():
        again = factories.occurrence(
            full.session, starts_at=full.starts_at + timedelta(days=1), capacity=10
        )
        factories.waiting(full, 2)
    sent_before()
    with write():
        running.cancel_occurrence(full.id, "The piano is broken.", actor=None)
    undo_is_over(at)
    deliver_due()
    booked = to(smtp_server, "ada@example.org")[-1]
    waited = to(smtp_server, "grace@example.org")[-1]
    for mail in (booked, waited):
        assert mail["Subject"].startswith("CANCELLED: Sing Together")
        says(mail, "We are sorry.", "Why: The piano is broken.", "Please do not come.")
        says(mail, "You could come to one of these instead:", again.room.venue.name)
    assert methods(booked) == [("CANCEL", 1, "CANCELLED")]
    assert methods(waited) == []  # was never in their calendar


def test_p4_cancelled_in_error_is_put_right_with_an_apology(
    smtp_server: SmtpServer, full: Occurrence, at: At
) -> None:
    with write():
        running.cancel_occurrence(full.id, "The piano is broken.", actor=None)
    undo_is_over(at)
    sent_before()
    with write():
        running.reinstate(full.id, actor=None)
    undo_is_over(at)
    mail = delivered(smtp_server)
    assert mail["Subject"].startswith("It takes place after all: Sing Together")
    says(mail, "That was wrong, and we are sorry.")
    assert methods(mail) == [("REQUEST", 2, "CONFIRMED")]
    assert len(tickets_in(mail)) == 1


def test_what_was_put_right_before_its_turn_is_not_called_off(
    smtp_server: SmtpServer, full: Occurrence, at: At
) -> None:
    with write():
        running.cancel_occurrence(full.id, "The piano is broken.", actor=None)
    undo_is_over(at)
    with write():
        running.reinstate(full.id, actor=None)
    undo_is_over(at)
    deliver_due()
    subjects = [mail["Subject"].split(":")[0] for mail in to(smtp_server, "ada@example.org")[1:]]
    assert subjects == ["It takes place after all"]


# --- what helps


def test_r3_the_provider_hears_that_needs_changed_and_not_which(
    smtp_server: SmtpServer, full: Occurrence
) -> None:
    with write():
        role = (full.session.provider, "lead")
        factories.user("lead@example.org", "Leah Lead", memberships=[role])
        asked = bookings.Asked(("hearing loop",), "Please face me.", consent=True)
        bookings.ask(adas(), reservation_of(adas()), asked, "")
    mail = delivered(smtp_server)
    assert mail["To"] == "lead@example.org"
    assert mail["Subject"] == "What people need at your session: Sing Together"
    says(mail, "We do not write it in an email", str(adas().reference))
    for words in both_texts(mail):
        assert "loop" not in words
        assert "face me" not in words
        assert "Ada" not in words
