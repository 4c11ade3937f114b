"""What time and the organiser bring, and the team's own words, as they arrive over real SMTP."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import texts
from festival.domain import bookings, clock, contacts, outbox, running, wordings
from festival.extensions import db, write
from festival.models import (
    Booking,
    ContactKind,
    Message,
    MessageState,
    Occurrence,
    Office,
    Revision,
    RevisionText,
)
from festival.tasks.deliver import deliver_due
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.client import make_client
from tests.support.mail import attached, both_texts, delivered, event_of, invitation
from tests.support.smtp import SmtpServer

At = Callable[..., None]
NOW = "2027-05-25T10:00+01:00"

# What is written does not depend on the database.
pytestmark = [pytest.mark.usefixtures("mailing_app"), pytest.mark.databases("sqlite")]


@pytest.fixture(autouse=True)
def _a_morning(at: At) -> None:
    at(NOW)


@pytest.fixture
def booked(mailing_app: Flask) -> Booking:
    """Ada has two places at Sing Together, and has had her mail."""
    with write():
        booking = factories.booking(occurrence_of(factories.session(title="Sing Together")), 2)
    deliver_due()
    return booking


def run_of(booking: Booking) -> Occurrence:
    return reservation_of(booking).occurrence


def told(booking: Booking, kind: str, **facts: object) -> Message:
    """A message of this kind about all of it, in the outbox."""
    ids = [one.id for one in booking.reservations]
    with write():
        return outbox.queue(kind, booking.email, booking=booking, reservations=ids, **facts)


def fate(message: Message) -> MessageState:
    """What becomes of it now."""
    deliver_due()
    db.session.expire_all()
    return db.session.get_one(Message, message.id).state


def flat(mail: EmailMessage) -> list[str]:
    return [" ".join(re.sub(r"<[^>]+>", " ", words).split()) for words in both_texts(mail)]


def says(mail: EmailMessage, *sentences: str) -> None:
    for words in flat(mail):
        assert [one for one in sentences if one not in words] == []


# --- reminders


def test_a_reminder_says_all_that_helps_to_come(
    mailing_app: Flask, smtp_server: SmtpServer, booked: Booking, at: At
) -> None:
    with write():
        run_of(booked).room.venue.transport = "Bus 79 to Snow Hill"
    at(run_of(booked).starts_at - timedelta(days=1))
    told(booked, "reminder", step=2)
    mail = delivered(smtp_server)
    assert mail["Subject"] == f"Reminder: Sing Together, Sat 29 May 1pm ({booked.reference})"
    says(
        mail,
        "Your session is tomorrow.",
        "How to get there: ",
        "Buses, trams and trains: Bus 79 to Snow Hill",
        "Where to meet: The front desk",
        "What to bring: An apron",
        "What to expect: Bake a loaf and take it home.",
        "Way in without steps: yes",
    )
    assert "Parking" not in flat(mail)[0]  # not known
    (link,) = set(re.findall(r"http://[^/]+(/[^\s\"]+/cannot-come/\S+)", both_texts(mail)[0]))
    page = make_client(mailing_app).get(link)
    assert page.status_code == 200
    assert "Sing Together" in page.words
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def _cancel(booking: Booking) -> None:
    bookings.cancel_reservation(booking, reservation_of(booking))


def _call_off(booking: Booking) -> None:
    running.cancel_occurrence(run_of(booking).id, "The piano is broken.", actor=None)


def _put_off(booking: Booking) -> None:
    run = run_of(booking)
    running.reschedule(run.id, starts_at=run.starts_at + timedelta(days=5), actor=None)


def _pass_on(booking: Booking) -> None:
    contact = bookings.Contact(name="Grace Hopper", email="grace@example.org")
    bookings.pass_on(booking, reservation_of(booking), contact)


@pytest.mark.parametrize("what", [_cancel, _call_off, _put_off, _pass_on])
def test_a_reminder_that_is_no_longer_true_is_dropped(
    booked: Booking, at: At, what: Callable[[Booking], None]
) -> None:
    at(run_of(booked).starts_at - timedelta(days=1))
    message = told(booked, "reminder", step=2)
    with write():
        what(booked)
    assert fate(message) == MessageState.dropped


def test_a_reminder_after_the_start_is_dropped(booked: Booking, at: At) -> None:
    message = told(booked, "reminder", step=1)
    at(run_of(booked).starts_at)
    assert fate(message) == MessageState.dropped


# --- changed by the organiser


def test_what_changed_stands_beside_what_was(
    mailing_app: Flask, smtp_server: SmtpServer, booked: Booking, at: At
) -> None:
    uid = reservation_of(booked).calendar_uid
    with write():
        hall = factories.room(100, name="Lecture Theatre A")
        start = run_of(booked).starts_at + timedelta(hours=2)
        running.reschedule(run_of(booked).id, starts_at=start, room=hall, actor=None)
    at(clock.now() + timedelta(minutes=11))
    mail = delivered(smtp_server)
    assert mail["Subject"].startswith("CHANGED: Sing Together, Sat 29 May 3pm")
    says(
        mail,
        "Before: Saturday 29 May 2027, 1pm to 2:30pm",
        "Now: Saturday 29 May 2027, 3pm to 4:30pm",
        "Before: Room ",
        "Now: Lecture Theatre A, ",
    )
    html = both_texts(mail)[1]
    assert "<del>Saturday 29 May 2027, 1pm to 2:30pm</del>" in html
    assert "<ins>Saturday 29 May 2027, 3pm to 4:30pm</ins>" in html
    part = invitation(mail)
    calendar, event = event_of(part)
    assert (calendar["METHOD"], event["UID"], event["SEQUENCE"]) == ("REQUEST", uid, 1)
    assert event.start == start
    for page in ("cannot-come", "tickets"):
        assert f"/{page}" in both_texts(mail)[0]


def test_a_change_that_was_taken_back_is_not_told(booked: Booking, at: At) -> None:
    run = run_of(booked)
    before = run.starts_at
    with write():
        running.reschedule(run.id, starts_at=before + timedelta(hours=2), actor=None)
    with write():
        running.reschedule(run.id, starts_at=before, actor=None)
    at(clock.now() + timedelta(minutes=11))
    deliver_due()
    query = sa.select(Message.state).where(Message.kind == "changed_by_us")
    assert set(db.session.scalars(query)) == {MessageState.dropped}


def test_who_waits_hears_of_a_change_without_a_ticket_or_an_entry(
    smtp_server: SmtpServer, booked: Booking, at: At
) -> None:
    run = run_of(booked)
    with write():
        factories.booking(run, 4, name="Four", email="four@example.org")
        factories.booking(run, 4, name="More", email="more@example.org")
        waits = factories.waiting(run, 2)
    deliver_due()
    before = {str(run.id): {"room": 0}}
    told(waits, "changed_by_us", before=before)
    mail = delivered(smtp_server)
    says(mail, "You are on the waiting list for this.")
    assert attached(mail, "application/ics") == []
    assert "/tickets" not in both_texts(mail)[0]


# --- called off


def test_p4_what_is_called_off_leads_to_what_there_is_by_one_press(
    mailing_app: Flask, smtp_server: SmtpServer, booked: Booking, at: At
) -> None:
    run = run_of(booked)
    with write():
        factories.occurrence(run.session, starts_at=run.starts_at + timedelta(days=1))
        running.cancel_occurrence(run.id, "The piano is broken.", actor=None)
    at(clock.now() + timedelta(minutes=2))
    mail = delivered(smtp_server)
    assert mail["Subject"] == f"CANCELLED: Sing Together ({booked.reference})"
    (link,) = re.findall(r"http://[^/]+(/bookings/\S+/instead/\S+)", both_texts(mail)[0])
    assert "/join" not in both_texts(mail)[0]
    client = make_client(mailing_app)
    client.submit(client.get(link), "Yes, we come to this")
    mail = delivered(smtp_server)
    assert mail["Subject"] == f"Your booking {booked.reference}: Sing Together"
    says(mail, "Sunday 30 May 2027, 1pm to 2:30pm", "For 2 people")


# --- the team's own words


def own(kind: str, language: str, subject: str, body: str, channel: str = "email") -> None:
    with write():
        wordings.save(kind, channel, language, subject=subject, body=body, actor=None)


def test_own_words_arrive_in_the_language_of_the_address(
    smtp_server: SmtpServer, booked: Booking
) -> None:
    own("changed", "en", "New: {title}", "Dear {name}, it is in English.\n\n{details}")
    own("changed", "ur", "تبدیلی: {title}", "سلام {name}، حوالہ {reference}\n\n{details}")
    told(booked, "changed")
    mail = delivered(smtp_server)
    assert mail["Subject"] == "CHANGED: New: Sing Together"
    says(mail, "Dear Ada Lovelace, it is in English.")
    with write():
        contacts.remember(ContactKind.email, booked.email).language = "ur"
    told(booked, "changed")
    mail = delivered(smtp_server)
    assert mail["Subject"] == "CHANGED: تبدیلی: Sing Together"
    html = both_texts(mail)[1]
    assert '<html lang="ur" dir="rtl">' in html
    assert '<div lang="en" dir="ltr">' in html
    assert "<bdi>Ada Lovelace</bdi>" in html
    with write():
        contacts.remember(ContactKind.email, booked.email).language = "pa"
    told(booked, "changed")
    says(delivered(smtp_server), "Dear Ada Lovelace, it is in English.")


def test_the_title_is_in_the_language_there_is(smtp_server: SmtpServer, booked: Booking) -> None:
    with write():
        revision = db.session.get_one(Revision, run_of(booked).session.published_revision_id)
        revision.texts.append(RevisionText(language="pa", title="ਰਲ ਕੇ ਗਾਓ"))
        booked.language = "pa"
    told(booked, "changed")
    mail = delivered(smtp_server)
    assert mail["Subject"] == f"CHANGED: your booking {booked.reference}: ਰਲ ਕੇ ਗਾਓ"
    html = both_texts(mail)[1]
    assert '<html lang="en-GB" dir="ltr">' in html
    assert '<span lang="pa" dir="ltr">ਰਲ ਕੇ ਗਾਓ</span>' in html


@pytest.mark.parametrize(
    "name",
    [
        "Ada\r\nBcc: all@evil.example",
        "\u202egnp.exe Ada",
        'Ada "the" <b>Countess</b> 🎈',
        "عائشہ بیگم",
        "Ada {reference} %(name)s {{ 7 * 7 }}",
    ],
)
def test_a_name_in_a_subject_is_a_name(smtp_server: SmtpServer, booked: Booking, name: str) -> None:
    own("changed", "en", "For {name}", "Hello {name}\n\n{details}")
    with write():
        booked.name = name
    told(booked, "changed")
    mail = delivered(smtp_server)
    shown = " ".join(name.replace("\u202e", "").split())
    assert mail["Subject"] == f"CHANGED: For {shown}"
    assert mail["Bcc"] is None
    assert smtp_server.messages[-1].recipients == [booked.email]
    assert re.sub("[\u2068\u2069]", "", both_texts(mail)[0]).splitlines()[0] == f"Hello {shown}"
    assert "<b>Countess" not in both_texts(mail)[1]
    invitation(mail)


# --- a test to oneself


def test_a_test_arrives_as_it_will_look(mailing_app: Flask, smtp_server: SmtpServer) -> None:
    with write():
        factories.the_edition()
        admin = factories.user("admin@example.org", offices=[Office.administrator])
    client = make_client(mailing_app)
    client.sign_in(admin)
    page = client.get("/office/wordings/withdrawn/email/en")
    body = "Sorry, {name}.\n\n{details}\n\n{reason}\n\n{alternatives}"
    client.submit(page, "Send a test to me", subject="Off: {title}", body=body)
    mail = delivered(smtp_server)
    assert (mail["To"], mail["Subject"]) == (
        "admin@example.org",
        "Test: CANCELLED: Off: Sing Together",
    )
    says(mail, "Sorry, Gurpreet Kaur Sandhu.", "Why: The teacher is ill.")
    assert attached(mail, "application/ics") == []


# --- as bytes


def test_the_calendar_part_keeps_its_line_ends_on_the_wire(
    smtp_server: SmtpServer, booked: Booking
) -> None:
    told(booked, "changed")
    mail = delivered(smtp_server)
    tree = [part.get_content_type() for part in mail.walk()]
    assert tree[:6] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    part = invitation(mail)
    assert part["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.count(b"\n") == content.count(b"\r\n") > 10
    assert max(map(len, content.split(b"\r\n"))) <= 75
    says(
        mail,
        "Declining there does not give up your places.",
        "nobody reads its mailbox for that.",
    )


# --- text messages


def test_texts_say_the_same_in_fewer_words(
    smtp_server: SmtpServer, booked: Booking, at: At
) -> None:
    at(run_of(booked).starts_at - timedelta(days=3))
    own("reminder", "en", "", "{title} {when}. Ref {reference}", channel="sms")
    message = told(booked, "reminder", step=1)
    with write():
        message.channel, message.recipient = "sms", "07700 900123"
    text = texts.render(message)
    assert text == f"Sing Together Sat 29 May 1pm. Ref {booked.reference}"
    assert texts.segments(text) == ("GSM-7", len(text), 1)


def test_a_text_is_dropped_like_a_mail(booked: Booking) -> None:
    message = told(booked, "reminder", step=1)
    with write():
        message.channel, message.recipient = "sms", "07700 900123"
        _cancel(booked)
    assert fate(message) == MessageState.dropped


# --- what has nothing to say any more


def test_a_way_in_is_told_only_to_who_has_places_online(
    mailing_app: Flask, booked: Booking, at: At
) -> None:
    at(run_of(booked).starts_at - timedelta(hours=1))
    assert fate(told(booked, "joining", step=3)) == MessageState.dropped  # it is in a room
    with write():
        run_of(booked).room.venue.is_online = True
    message = told(booked, "joining", step=3)
    with write():
        _cancel(booked)
    assert fate(message) == MessageState.dropped


def test_nobody_is_thanked_for_what_did_not_take_place(booked: Booking, at: At) -> None:
    message = told(booked, "thanks")
    with write():
        running.cancel_occurrence(run_of(booked).id, "The piano is broken.", actor=None)
    at(run_of(booked).ends_at + timedelta(hours=1))
    assert fate(message) == MessageState.dropped


def test_a_code_that_is_over_is_not_sent(mailing_app: Flask, at: At) -> None:
    with write():
        factories.the_edition()
        contact = contacts.remember(ContactKind.email, "ada@example.org")
        contact.code_until = clock.now() + timedelta(minutes=15)
        message = outbox.queue("bookings_code", "ada@example.org", contact=contact.id)
    at(clock.now() + timedelta(minutes=15))
    assert fate(message) == MessageState.dropped


# --- what leads to the residents' own pages


def test_the_way_in_arrives_with_its_day_in_the_subject(
    mailing_app: Flask, smtp_server: SmtpServer, booked: Booking, at: At
) -> None:
    with write():
        run_of(booked).room.venue.is_online = True
    at(run_of(booked).starts_at - timedelta(hours=1))
    told(booked, "joining", step=3)
    mail = delivered(smtp_server)
    assert mail["Subject"] == (
        f"Your link to join: Sing Together, Sat 29 May 1pm ({booked.reference})"
    )
    says(mail, "Your online session is today.", "Join online")
    (link,) = set(re.findall(r"http://[^/]+(/[^\s\"]+/join/\S+)", both_texts(mail)[0]))
    assert make_client(mailing_app).get(link).status_code == 200


def test_thanks_lead_to_the_feedback_page(
    mailing_app: Flask, smtp_server: SmtpServer, booked: Booking, at: At
) -> None:
    at(run_of(booked).ends_at + timedelta(hours=1))
    told(booked, "thanks")
    mail = delivered(smtp_server)
    assert mail["Subject"] == "Thank you for coming: Sing Together"
    (link,) = set(re.findall(r"http://[^/]+(/feedback\S+)", both_texts(mail)[0]))
    assert booked.reference not in link
    assert make_client(mailing_app).get(link).status_code == 200


def test_every_mail_leads_to_all_bookings_and_tells_nothing_by_it(
    mailing_app: Flask, smtp_server: SmtpServer, booked: Booking
) -> None:
    told(booked, "changed")
    texts_of = both_texts(delivered(smtp_server))
    for words in texts_of:
        (link,) = re.findall(r"http://[^/]+(/bookings/mine/ask[^\s\"]*)", words)
        assert link == "/bookings/mine/ask"  # no token: whoever it is forwarded to sees nothing
    assert make_client(mailing_app).get("/bookings/mine/ask").status_code == 200


def test_the_code_and_its_link_open_all_bookings(
    mailing_app: Flask, smtp_server: SmtpServer, booked: Booking
) -> None:
    with write():
        contact = contacts.remember(ContactKind.email, booked.email)
        contact.code_nonce, contact.code_until = "once", clock.now() + timedelta(minutes=15)
        outbox.queue("bookings_code", booked.email, contact=contact.id)
    mail = delivered(smtp_server)
    code = contacts.code_of(mailing_app.config["SECRET_KEY"], contact)
    assert mail["Subject"] == f"Your code: {code}"
    says(mail, f"where you asked for it: {code}", "work for 15 minutes")
    (link,) = set(re.findall(r"http://[^/]+(/bookings/mine\S+)", both_texts(mail)[0]))
    assert make_client(mailing_app).get(link, follow_redirects=True).status_code == 200
