"""Who is told what, by which channel, and how many times."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.domain import bookings, clock, contacts, outbox, running
from festival.extensions import db
from festival.models import Booking, ContactKind, Message, Occurrence, Prefers
from tests import factories as make
from tests.factories import occurrence_of, reservation_of

pytestmark = pytest.mark.usefixtures("app")
At = Callable[..., None]
NOON = "2027-06-01T12:00+01:00"
NIGHT = "2027-06-01T22:30+01:00"
MOBILE, LANDLINE = "07700 900123", "01902 555123"


def a_run(*, hours: float = 100, texts: bool = False, capacity: int = 10) -> Occurrence:
    edition = make.the_edition()
    edition.sends_texts = texts
    return occurrence_of(
        make.session(starts_at=clock.now() + timedelta(hours=hours), capacity=capacity)
    )


def told(kind: str, booking: Booking | None = None) -> list[tuple[str, str]]:
    """Channel and recipient of what was queued of this kind."""
    query = sa.select(Message.channel, Message.recipient).where(Message.kind == kind)
    if booking is not None:
        query = query.where(Message.booking_id == booking.id)
    return [tuple(row) for row in db.session.execute(query.order_by(Message.id))]


def only(kind: str) -> Message:
    return db.session.scalars(sa.select(Message).where(Message.kind == kind)).one()


def prefers(booking: Booking, what: Prefers) -> None:
    kind = ContactKind.email if booking.email else ContactKind.phone
    contacts.remember(kind, booking.email or booking.mobile).prefers = what
    db.session.flush()


# --- which channel


@pytest.mark.parametrize(
    ("texts", "email", "mobile", "hours", "ways"),
    [
        (False, "ada@example.org", MOBILE, 100, ["email"]),
        (False, "ada@example.org", MOBILE, 5, ["call", "email"]),
        (False, "", MOBILE, 100, ["call"]),
        (False, "", "", 100, []),
        (False, "ada@example.org", "", 5, ["email"]),
        (True, "ada@example.org", MOBILE, 100, ["email"]),
        (True, "ada@example.org", MOBILE, 5, ["sms", "email"]),
        (True, "ada@example.org", LANDLINE, 5, ["call", "email"]),
        (True, "", MOBILE, 100, ["sms"]),
        (True, "", LANDLINE, 100, ["call"]),
    ],
)
def test_p4_a_cancellation_goes_by_what_reaches_them(
    at: At, texts: bool, email: str, mobile: str, hours: int, ways: list[str]
) -> None:
    at(NOON)
    run = a_run(hours=hours, texts=texts)
    make.booking(run, email=email, mobile=mobile)
    preview = running.who_is_told(run)
    running.cancel_occurrence(run.id, "The hall is flooded.", actor=None)
    assert [channel for channel, _recipient in told("withdrawn")] == ways
    assert (preview.email, preview.sms, preview.call, preview.nobody) == (
        ways.count("email"),
        ways.count("sms"),
        ways.count("call"),
        int(not ways),
    )


@pytest.mark.parametrize(
    ("texts", "hours", "ways"),
    [
        (True, 100, ["email"]),
        (True, 23, ["sms", "email"]),
        (False, 23, ["call", "email"]),
    ],
)
def test_p3_a_change_within_a_day_goes_by_text_or_call_too(
    at: At, texts: bool, hours: int, ways: list[str]
) -> None:
    """P3 edge: change within 24 h: SMS and call-list too."""
    at(NOON)
    run = a_run(hours=hours, texts=texts)
    make.booking(run, mobile=MOBILE)
    room = make.room(40, name="Another Room")
    running.reschedule(
        run.id,
        starts_at=run.starts_at,
        ends_at=run.ends_at,
        room=room,
        places=run.capacity,
        reason="The lift is broken.",
        actor=None,
    )
    assert [channel for channel, _recipient in told("changed_by_us")] == ways


@pytest.mark.parametrize(
    ("wish", "ways"),
    [
        (Prefers.any, ["email"]),
        (Prefers.email, ["email"]),
        (Prefers.sms, ["sms", "email"]),
        (Prefers.call, ["call", "email"]),
    ],
)
def test_r9_an_offer_comes_by_the_channel_they_chose(
    at: At, wish: Prefers, ways: list[str]
) -> None:
    at(NOON)
    run = a_run(texts=True, capacity=4)
    first = make.booking(run, 4)
    waits = make.waiting(run, mobile=MOBILE)
    prefers(waits, wish)
    bookings.cancel_reservation(first, reservation_of(first))
    assert [channel for channel, _recipient in told("offered", waits)] == ways


def test_who_gave_only_a_mobile_has_the_booking_as_a_text(at: At) -> None:
    at(NOON)
    booking = make.booking(a_run(texts=True), email="", mobile=MOBILE)
    assert told("booked") == [("sms", MOBILE)]
    prefers(booking, Prefers.call)
    running.cancel_occurrence(reservation_of(booking).occurrence_id, "Ill.", actor=None)
    assert told("withdrawn") == [("call", MOBILE)]


def test_a_text_makes_no_sound_at_night_unless_it_is_that_morning(at: At) -> None:
    at(NIGHT)
    later, morning = a_run(hours=40, texts=True), a_run(hours=11, texts=True)
    for run in (later, morning):
        make.booking(run, email="", mobile=MOBILE)
        running.cancel_occurrence(run.id, "Ill.", actor=None)
    query = sa.select(Message.next_attempt_at).where(Message.kind == "withdrawn")
    waits, goes = db.session.scalars(query.order_by(Message.id))
    assert waits.isoformat() == "2027-06-02T07:00:00+00:00"
    assert goes == clock.now() + timedelta(minutes=2)  # it can be undone until then


def test_what_starts_tonight_does_not_wait_for_the_morning(at: At) -> None:
    at("2027-06-01T21:05+01:00")
    tonight = a_run(hours=1, texts=True)
    make.booking(tonight, email="", mobile=MOBILE)
    running.cancel_occurrence(tonight.id, "Ill.", actor=None)
    assert only("withdrawn").next_attempt_at == clock.now() + timedelta(minutes=2)


def test_what_was_to_start_tonight_does_not_wait_either(at: At) -> None:
    """Who has not heard that it is another day goes there."""
    at("2027-06-01T21:05+01:00")
    tonight = a_run(hours=2, texts=True)
    make.booking(tonight, email="", mobile=MOBILE)
    later = tonight.starts_at + timedelta(days=3)
    running.reschedule(tonight.id, starts_at=later, actor=None)
    assert only("changed_by_us").next_attempt_at == clock.now() + timedelta(minutes=2)


def test_the_parts_of_a_series_that_are_over_do_not_count(at: At) -> None:
    at(NOON)
    make.the_edition().sends_texts = True
    parts = make.series(3, days=1)
    booking = make.booking(parts[0], email="", mobile=MOBILE)
    parts[1].starts_at = clock.now() + timedelta(hours=21)  # tomorrow at 9am
    parts[0].starts_at = parts[1].starts_at - timedelta(days=1)
    parts[0].ends_at, parts[1].ends_at = (one.starts_at + timedelta(hours=1) for one in parts[:2])
    db.session.flush()
    at(NIGHT)
    outbox.tell_booker(booking, "reinstated", booking.reservations)
    db.session.flush()
    assert only("reinstated").next_attempt_at == clock.now() + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("07700 900123", True),
        ("+44 7700 900123", True),
        ("0044 7700 900 123", True),
        ("01902 555123", False),
        ("0770090012", False),
        ("+92 300 1234567", True),
        ("", False),
        ("ring my sister", False),
    ],
)
def test_which_numbers_a_text_can_reach(number: str, mobile: bool) -> None:
    assert contacts.is_mobile(number) == mobile


# --- several changes within minutes are one message


def test_two_changes_within_a_minute_are_one_message(at: At) -> None:
    at(NOON)
    first, second = a_run(), a_run()
    booking = bookings.book(
        edition=first.session.edition,
        wishes=[bookings.Wish(one.id, make.party(3)) for one in (first, second)],
        contact=bookings.Contact(name="Ada Lovelace", email="ada@example.org"),
        rules=make.booking_rules(),
        who=bookings.Who(),
    )
    for claim in booking.reservations:
        bookings.give_up(booking, claim, [claim.attendees[0].id])
    message = only("changed")
    assert message.facts["reservations"] == [one.id for one in booking.reservations]
    assert message.next_attempt_at == clock.now() + timedelta(minutes=1)
    at(clock.now() + timedelta(seconds=50))
    claim = booking.reservations[0]
    bookings.give_up(booking, claim, [claim.attendees[0].id])
    assert only("changed").next_attempt_at == clock.now() + timedelta(minutes=1)


def test_what_is_on_its_way_takes_nothing_up(at: At) -> None:
    at(NOON)
    booking = make.booking(a_run(), 3)
    claim = reservation_of(booking)
    bookings.give_up(booking, claim, [claim.attendees[0].id])
    only("changed").attempts = 1
    bookings.give_up(booking, claim, [claim.attendees[0].id])
    assert told("changed") == [("email", "ada@example.org")] * 2


def test_changes_for_ten_minutes_do_not_keep_the_message_for_ever(at: At) -> None:
    at(NOON)
    booking = make.booking(a_run(), 4)
    began = clock.now()
    for _ in range(3):
        claim = reservation_of(booking)
        bookings.give_up(booking, claim, [claim.attendees[0].id])
        at(clock.now() + timedelta(minutes=6))
    assert len(told("changed")) == 2
    query = sa.select(Message.next_attempt_at).where(Message.kind == "changed")
    assert min(db.session.scalars(query)) <= began + timedelta(minutes=10)


def test_p3_changed_back_within_two_minutes_says_how_it_was_at_first(at: At) -> None:
    at(NOON)
    run = a_run()
    make.booking(run)
    was = running.before_of(run)
    running.reschedule(run.id, starts_at=run.starts_at + timedelta(hours=1), actor=None)
    at(clock.now() + timedelta(minutes=1))
    running.reschedule(run.id, starts_at=run.starts_at - timedelta(hours=1), actor=None)
    assert (
        only("changed_by_us").facts["before"]
        == {str(run.id): was}
        == {str(run.id): running.before_of(run)}
    )


def test_a_venue_that_closes_is_one_message_to_each(at: At) -> None:
    at(NOON)
    runs = [a_run(), a_run()]
    bookings.book(
        edition=runs[0].session.edition,
        wishes=[bookings.Wish(one.id, make.party(1)) for one in runs],
        contact=bookings.Contact(name="Ada Lovelace", email="ada@example.org"),
        rules=make.booking_rules(),
        who=bookings.Who(),
    )
    for run in runs:
        running.cancel_occurrence(run.id, "The hall is flooded.", actor=None)
    assert len(only("withdrawn").facts["reservations"]) == 2


def test_two_reasons_are_two_messages(at: At) -> None:
    at(NOON)
    runs = [a_run(), a_run()]
    bookings.book(
        edition=runs[0].session.edition,
        wishes=[bookings.Wish(one.id, make.party(1)) for one in runs],
        contact=bookings.Contact(name="Ada Lovelace", email="ada@example.org"),
        rules=make.booking_rules(),
        who=bookings.Who(),
    )
    for run, reason in zip(runs, ("Flood.", "Fire."), strict=True):
        running.cancel_occurrence(run.id, reason, actor=None)
    assert len(told("withdrawn")) == 2


def test_mail_knows_which_server_takes_it() -> None:
    message = outbox.queue("password_reset", "Ada@Example.ORG", user=1)
    assert message.domain == "example.org"
    assert outbox.queue("reminder", MOBILE, channel=outbox.SMS).domain == ""
