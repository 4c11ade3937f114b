"""What time brings: reminders once, at the right hour, to who has places and wants them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import bookings, clock, contacts, door, reminders, running
from festival.domain.reminders import Step, due_at
from festival.extensions import db
from festival.models import Booking, ContactKind, Message, Occurrence, Prefers, Reminders
from tests import factories as make
from tests.factories import occurrence_of, reservation_of
from tests.support.statements import recorded

pytestmark = pytest.mark.usefixtures("app")
At = Callable[..., None]
LONG_BEFORE = "2027-05-20T12:00+01:00"
START = datetime.fromisoformat("2027-06-05T14:00+01:00")
MOBILE, LANDLINE = "07700 900123", "01902 555123"


@pytest.fixture(autouse=True)
def _long_before(at: At) -> None:
    at(LONG_BEFORE)


def a_run(starts_at: datetime = START, *, online: bool = False, texts: bool = False) -> Occurrence:
    make.the_edition().sends_texts = texts
    room = make.room(30, venue=make.venue(is_online=online))
    return occurrence_of(make.session(starts_at=starts_at, room=room, capacity=20))


def told() -> list[tuple[str, str, int]]:
    """What was written now: kind, channel, step."""
    for booking_id in reminders.due_bookings(clock.now()):
        reminders.remind(booking_id, clock.now())
    kinds = ("reminder", "joining", "thanks")
    messages = list(db.session.scalars(sa.select(Message).where(Message.kind.in_(kinds))))
    found = [(one.kind, one.channel, one.facts["step"]) for one in messages]
    for one in messages:
        db.session.delete(one)
    db.session.flush()
    return sorted(found)


def hours_before(at: At, hours: float, start: datetime = START) -> list[tuple[str, str, int]]:
    at(start - timedelta(hours=hours))
    return told()


def likes(booking: Booking, **wishes: object) -> None:
    kind = ContactKind.email if booking.email else ContactKind.phone
    contact = contacts.remember(kind, booking.email or booking.mobile)
    for name, value in wishes.items():
        setattr(contact, name, value)
    db.session.flush()


def test_three_days_a_day_and_two_hours_before_each_once(at: At) -> None:
    make.booking(a_run())
    assert hours_before(at, 73) == []
    assert hours_before(at, 72) == [("reminder", "email", 1)]
    assert told() == []
    assert hours_before(at, 24) == [("reminder", "email", 2)]
    assert hours_before(at, 2) == [("reminder", "email", 3)]
    assert hours_before(at, 0) == []


def test_who_was_down_for_a_day_sends_only_what_is_next(at: At) -> None:
    make.booking(a_run())
    assert hours_before(at, 20) == [("reminder", "email", 2)]


def test_who_books_late_is_not_reminded_of_what_they_just_read(at: At) -> None:
    run = a_run()
    at(START - timedelta(hours=10))
    make.booking(run)
    assert told() == []
    assert hours_before(at, 2) == [("reminder", "email", 3)]


def test_online_the_way_in_comes_the_day_before_and_an_hour_before(at: At) -> None:
    make.booking(a_run(online=True))
    assert hours_before(at, 72) == [("reminder", "email", 1)]
    assert hours_before(at, 24) == [("joining", "email", 2)]
    assert hours_before(at, 2) == []
    assert hours_before(at, 1) == [("joining", "email", 3)]


def test_r11_who_books_an_online_session_late_has_the_way_in_at_once(at: At) -> None:
    run = a_run(online=True)
    at(START - timedelta(hours=5))
    make.booking(run)
    assert told() == [("joining", "email", 2)]
    assert told() == []


def test_r11_only_who_has_a_place_is_told_the_way_in(at: At) -> None:
    run = a_run(online=True)
    make.booking(run, 4)
    for number in range(4):
        make.booking(run, 4, email=f"more{number}@example.org")
    waits = make.waiting(run)
    at(START - timedelta(hours=24))
    reminders.remind(waits.id, clock.now())
    assert waits.id not in reminders.due_bookings(clock.now())
    assert len(reminders.due_bookings(clock.now())) == 5


def test_nobody_is_reminded_at_night_unless_it_is_that_morning(at: At) -> None:
    evening = datetime.fromisoformat("2027-06-05T22:00+01:00")
    run = a_run(evening)
    assert due_at(run, Step.day_before).isoformat() == "2027-06-05T07:00:00+00:00"
    early = a_run(datetime.fromisoformat("2027-06-05T09:00+01:00"))
    assert due_at(early, Step.last) == early.starts_at - timedelta(hours=2)
    assert due_at(early, Step.day_before) == early.starts_at - timedelta(hours=24)
    late = a_run(datetime.fromisoformat("2027-06-05T20:00+01:00"))
    assert due_at(late, Step.thanks).isoformat() == "2027-06-06T07:00:00+00:00"


@pytest.mark.parametrize("hour", [21, 22, 23])
@pytest.mark.parametrize(
    ("online", "hours", "kind"), [(False, 2, "reminder"), (True, 1, "joining")]
)
def test_what_is_at_night_has_its_last_reminder_at_night(
    at: At, hour: int, online: bool, hours: int, kind: str
) -> None:
    start = START.replace(hour=hour)
    make.booking(a_run(start, online=online))
    assert hours_before(at, 20, start)
    assert hours_before(at, hours, start) == [(kind, "email", 3)]


def test_several_sessions_of_a_booking_are_one_message(at: At) -> None:
    runs = [a_run(), a_run(START + timedelta(minutes=1))]
    bookings.book(
        edition=runs[0].session.edition,
        wishes=[bookings.Wish(one.id, make.party(1)) for one in runs],
        contact=bookings.Contact(name="Ada Lovelace", email="ada@example.org"),
        rules=make.booking_rules(),
        who=bookings.Who(),
    )
    assert hours_before(at, 71.9) == [("reminder", "email", 1)]


def test_what_is_cancelled_is_not_reminded(at: At) -> None:
    run, other = a_run(), a_run()
    booking = make.booking(run)
    bookings.cancel_reservation(booking, reservation_of(booking))
    make.booking(other, email="grace@example.org")
    running.cancel_occurrence(other.id, "Ill.", actor=None)
    assert hours_before(at, 24) == []


def test_what_is_moved_is_reminded_for_its_new_time(at: At) -> None:
    run = a_run()
    make.booking(run)
    assert hours_before(at, 72) == [("reminder", "email", 1)]
    new = START + timedelta(days=5)
    run.session.edition.ends_on = new.date()
    running.reschedule(run.id, starts_at=new, actor=None)
    assert told() == []
    assert hours_before(at, 72, new) == [("reminder", "email", 1)]


def test_what_was_moved_to_tomorrow_is_not_told_twice(at: At) -> None:
    run = a_run(START + timedelta(days=10))
    make.booking(run)
    at(START - timedelta(hours=20))
    running.reschedule(run.id, starts_at=START, actor=None)
    assert told() == []  # the change says it
    assert hours_before(at, 2) == [("reminder", "email", 3)]


@pytest.mark.parametrize(
    ("email", "mobile", "texts", "ways"),
    [
        ("ada@example.org", MOBILE, False, ["email", "email", "email"]),
        ("ada@example.org", MOBILE, True, ["email", "email", "sms"]),
        ("ada@example.org", LANDLINE, True, ["email", "email", "email"]),
        ("", MOBILE, True, [None, "sms", "sms"]),
        ("", MOBILE, False, [None, "call", None]),
        ("", LANDLINE, True, [None, "call", None]),
        ("", "", True, [None, None, None]),
    ],
)
def test_r5_each_is_reminded_by_what_they_have(
    at: At, email: str, mobile: str, texts: bool, ways: list[str | None]
) -> None:
    make.booking(a_run(texts=texts), email=email, mobile=mobile)
    for hours, way in zip((72, 24, 2), ways, strict=True):
        assert [one[1] for one in hours_before(at, hours)] == ([way] if way else [])


@pytest.mark.parametrize(
    ("wishes", "ways"),
    [
        ({"reminders": Reminders.none}, [[], [], []]),
        ({"reminders": Reminders.day_before}, [[], ["email"], []]),
        ({"prefers": Prefers.email}, [["email"], ["email"], ["email"]]),
        ({"prefers": Prefers.sms}, [["email"], ["email", "sms"], ["sms"]]),
    ],
)
def test_what_they_asked_for_holds(
    at: At, wishes: dict[str, object], ways: list[list[str]]
) -> None:
    booking = make.booking(a_run(texts=True), mobile=MOBILE)
    likes(booking, **wishes)
    for hours, way in zip((72, 24, 2), ways, strict=True):
        assert [one[1] for one in hours_before(at, hours)] == way


def test_who_wants_no_reminders_still_hears_the_way_in(at: At) -> None:
    booking = make.booking(a_run(online=True))
    likes(booking, reminders=Reminders.none)
    assert hours_before(at, 24) == [("joining", "email", 2)]


# --- thanks


def test_thanks_come_after_to_everybody_where_nobody_was_counted(at: At) -> None:
    make.booking(a_run())
    assert hours_before(at, -2) == []
    assert hours_before(at, -2.5) == [("thanks", "email", 4)]
    assert told() == []


def test_who_did_not_come_is_not_thanked(at: At) -> None:
    run = a_run()
    came, stayed = make.booking(run), make.booking(run, email="grace@example.org")
    at(START)
    the_door, _secret, _pin = make.door_pass(run.room.venue)
    door.admit(
        door_pass=the_door,
        reservation_id=reservation_of(came).id,
        people=1,
        scan_id="1",
        source="typed",
    )
    at(START + timedelta(hours=3))
    assert stayed.id in reminders.due_bookings(clock.now())
    assert told() == [("thanks", "email", 4)]


def test_online_who_pressed_that_they_join_is_thanked(at: At) -> None:
    run = a_run(online=True)
    joined = make.booking(run)
    make.booking(run, email="grace@example.org")
    reservation_of(joined).joined_at = START
    at(START + timedelta(hours=3))
    assert told() == [("thanks", "email", 4)]


def test_nobody_is_thanked_for_last_week(at: At) -> None:
    make.booking(a_run())
    assert hours_before(at, -80) == []


def test_looking_asks_as_often_for_ten_as_for_one(app: Flask, at: At) -> None:
    at(LONG_BEFORE)
    run = a_run()
    make.booking(run)
    at(START - timedelta(hours=24))
    db.session.expire_all()
    with recorded(app) as one:
        reminders.due_bookings(clock.now())
    at(LONG_BEFORE)
    for number in range(9):
        make.booking(run, email=f"more{number}@example.org")
    at(START - timedelta(hours=24))
    db.session.expire_all()
    with recorded(app) as ten:
        assert len(reminders.due_bookings(clock.now())) == 10
    assert ten.count == one.count
