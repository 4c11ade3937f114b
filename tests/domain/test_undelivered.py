"""Addresses that do not work: remembered, gone around, put right."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.domain import bookings, calls, clock, contacts, outbox, refused, sending, undelivered
from festival.domain.bookings import Contact
from festival.domain.errors import NotAllowed
from festival.domain.refused import Told
from festival.domain.reminders import Step
from festival.extensions import db
from festival.models import Booking, Message, MessageState, Office
from tests import factories as make
from tests.support.refusals import refused as is_refused

pytestmark = pytest.mark.usefixtures("app")
At = Callable[..., None]
START = "2027-05-25T10:00+01:00"
LANDLINE, MOBILE = "01902 550000", "07700 900123"
WHY = "550 5.1.1 No such person"


@pytest.fixture(autouse=True)
def _in_the_morning(at: At) -> None:
    at(START)


def booked(*, texts: bool = False, **facts: str) -> Booking:
    make.the_edition().sends_texts = texts
    made = make.booking(make.occurrence_of(make.session()), **facts)
    db.session.flush()
    return made


def of(booking: Booking) -> list[Message]:
    query = sa.select(Message).where(Message.booking_id == booking.id).order_by(Message.id)
    return list(db.session.scalars(query))


def tell(booking: Booking, kind: str) -> Message:
    """Something else happens to this booking."""
    outbox.tell_booker(booking, kind, booking.reservations)
    db.session.flush()
    return of(booking)[-1]


def refuse(message: Message, why: str = WHY) -> None:
    message.state = MessageState.leased
    message.attempts += 1
    sending.mark_failed(message, why, refused=True)
    db.session.flush()


def ways(booking: Booking) -> list[tuple[str, str, str]]:
    return [(one.kind, one.channel, one.state.value) for one in of(booking)]


def how(booking: Booking) -> list[Told]:
    return [
        told for one in refused.refused_addresses() for it, told in one.bookings if it is booking
    ]


def test_who_has_a_telephone_is_rung_up() -> None:
    booking = booked(mobile=LANDLINE)
    (mail,) = of(booking)
    refuse(mail)
    call = of(booking)[-1]
    assert ways(booking) == [("booked", "email", "failed"), ("booked", "call", "queued")]
    assert (call.recipient, call.follows_id, call.facts) == (LANDLINE, mail.id, mail.facts)
    assert how(booking) == [Told.on_call_list]


def test_who_has_a_mobile_gets_a_text_where_we_send_them() -> None:
    booking = booked(texts=True, mobile=MOBILE)
    refuse(of(booking)[0])
    assert ways(booking)[1:] == [("booked", "sms", "queued")]
    assert how(booking) == [Told.by_text]
    refuse(of(booking)[1], "400 phone_number Not a valid phone number")
    assert ways(booking)[1:] == [("booked", "sms", "failed"), ("booked", "call", "queued")]


def test_a_text_makes_no_sound_at_night(at: At) -> None:
    booking = booked(texts=True, mobile=MOBILE)
    at("2027-05-25T23:00+01:00")
    refuse(of(booking)[0])
    text = of(booking)[-1]
    assert text.channel == outbox.SMS
    assert text.next_attempt_at.isoformat() == "2027-05-26T07:00:00+00:00"


def test_a_text_for_tonight_does_not_wait(at: At) -> None:
    booking = booked(texts=True, mobile=MOBILE)
    (claim,) = booking.reservations
    at("2027-05-25T21:05+01:00")
    claim.occurrence.starts_at = clock.now() + timedelta(hours=1)
    refuse(of(booking)[0])
    assert of(booking)[-1].next_attempt_at == clock.now()


def test_who_has_nothing_else_is_listed() -> None:
    booking = booked()
    refuse(of(booking)[0])
    assert ways(booking) == [("booked", "email", "failed")]
    assert how(booking) == [Told.not_at_all]


@pytest.mark.parametrize("kind", ["changed", "waiting", "thanks"])
def test_what_will_keep_is_nobodys_call(kind: str) -> None:
    booking = booked(mobile=LANDLINE)
    refuse(tell(booking, kind))
    assert ways(booking)[1:] == [(kind, "email", "failed")]


def test_what_goes_by_text_and_mail_anyway_is_not_told_a_third_time() -> None:
    """Within a day of the start both go out at once."""
    booking = booked(texts=True, mobile=MOBILE)
    (claim,) = booking.reservations
    claim.occurrence.starts_at = clock.now() + timedelta(hours=5)
    outbox.tell_booker(booking, "withdrawn", [claim])
    db.session.flush()
    mail = next(one for one in of(booking) if (one.kind, one.channel) == ("withdrawn", "email"))
    refuse(mail)
    assert [one.channel for one in of(booking) if one.kind == "withdrawn"] == ["sms", "email"]
    # But where the telephone was the one sure way, a mail that left is not enough.
    text = next(one for one in of(booking) if one.channel == "sms")
    refuse(text, "400 phone_number Not a valid phone number")
    assert [one.channel for one in of(booking) if one.kind == "withdrawn"][2:] == ["call"]


def test_the_next_message_is_not_tried_there() -> None:
    booking = booked(mobile=LANDLINE)
    mail = of(booking)[0]
    assert refused.why_not(mail) is None
    refuse(mail)
    assert refused.why_not(tell(booking, "withdrawn")) == (
        f"not tried, because this address did not work before: {WHY}"
    )
    upper = outbox.queue("changed", "ADA@example.ORG", booking=booking)
    assert refused.why_not(upper) is not None
    assert refused.why_not(outbox.queue("changed", "eve@example.org")) is None
    assert refused.why_not(outbox.queue("booked", LANDLINE, channel="call")) is None


@pytest.mark.parametrize("kind", refused.ASKED_FOR)
def test_who_asks_for_mail_gets_it_all_the_same(kind: str) -> None:
    refuse(of(booked())[0])
    assert refused.why_not(outbox.queue(kind, "ada@example.org")) is None


def test_after_the_last_try_it_is_told_otherwise_too() -> None:
    """The address is not to blame: the next message is tried."""
    booking = booked(mobile=LANDLINE)
    (mail,) = of(booking)
    mail.state, mail.attempts = MessageState.leased, sending.ATTEMPTS
    sending.mark_failed(mail, "451 Try later")
    assert ways(booking)[1:] == [("booked", "call", "queued")]
    assert contacts.of_email("ada@example.org") is None


def test_tried_again_with_success_nobody_calls() -> None:
    booking = booked(mobile=LANDLINE)
    (mail,) = of(booking)
    refuse(mail)
    sending.try_again(mail)
    assert ways(booking) == [("booked", "email", "queued"), ("booked", "call", "dropped")]
    refuse(mail)
    assert ways(booking)[2:] == [("booked", "call", "queued")]
    sending.mark_sent(mail)
    assert ways(booking)[2:] == [("booked", "call", "dropped")]


def test_another_address_and_all_is_well_again() -> None:
    booking = booked(mobile=LANDLINE)
    refuse(of(booking)[0])
    refuse(tell(booking, "withdrawn"))
    refuse(tell(booking, "place_free"))
    reached = of(booking)[-1]
    assert (reached.kind, reached.channel) == ("place_free", "call")
    reached.state = MessageState.sent
    bookings.change_contact(booking, Contact("Ada Lovelace", "ada@new.example", LANDLINE))
    db.session.flush()
    queued = [
        (one.kind, one.channel, one.recipient) for one in of(booking) if one.state == "queued"
    ]
    assert sorted(queued) == [
        ("booked", "email", "ada@new.example"),
        ("withdrawn", "email", "ada@new.example"),
    ]
    assert how(booking) == []
    assert refused.is_refused("email", "ada@example.org")


@pytest.mark.parametrize("kind", ["reminder", "joining"])
@pytest.mark.parametrize(
    ("step", "then"),
    [(Step.three_days, []), (Step.day_before, ["call"]), (Step.last, [])],
)
def test_who_has_no_mail_the_day_before_is_rung_up(kind: str, step: Step, then: list[str]) -> None:
    """As they would be had they given no address at all."""
    booking = booked(mobile=LANDLINE)
    ids = [one.id for one in booking.reservations]
    facts = {"booking": booking, "reservations": ids, "step": int(step)}
    mail = outbox.queue(kind, "ada@example.org", **facts)  # type: ignore[arg-type]
    db.session.flush()
    refuse(mail)
    assert [one.channel for one in of(booking)[2:]] == then
    assert [call.message.facts["step"] for call in calls.open_calls(clock.now())] == [2] * len(then)


def wrong_number(booking: Booking) -> None:
    calls.wrong_number(of(booking)[-1], actor=make.user())
    db.session.flush()


def test_a_call_to_a_wrong_number_told_nobody() -> None:
    """Once the address works, or is put right, they hear of it."""
    works, corrected = booked(mobile=LANDLINE), booked(mobile=LANDLINE, email="grace@example.org")
    for booking in (works, corrected):
        refuse(tell(booking, "withdrawn"))
        wrong_number(booking)
    contact = contacts.of_email("ada@example.org")
    assert contact is not None
    assert undelivered.works_again(contact, actor=make.user()) == 1
    db.session.flush()
    assert ways(works)[-1] == ("withdrawn", "email", "queued")
    bookings.change_contact(corrected, Contact("Grace", "grace@example.org", "01902 550001"))
    assert ways(corrected)[-1] == ("withdrawn", "call", "queued")
    assert of(corrected)[-1].recipient == "01902 550001"


def test_a_text_and_a_call_to_a_wrong_number_told_nobody() -> None:
    booking = booked(texts=True, mobile=MOBILE)
    refuse(of(booking)[0])
    refuse(of(booking)[1], "400 phone_number Not a valid phone number")
    wrong_number(booking)
    contact = contacts.of_email("ada@example.org")
    assert contact is not None
    assert undelivered.works_again(contact, actor=make.user()) == 1
    db.session.flush()
    assert ways(booking)[-1] == ("booked", "email", "queued")


def test_nobody_rings_a_wrong_number_again() -> None:
    booking = booked(mobile=LANDLINE)
    refuse(of(booking)[0])
    wrong_number(booking)
    assert undelivered.corrected(booking, resent=False) == 0
    assert len(of(booking)) == 2


def test_put_right_it_is_told_once_however_often_it_was_tried() -> None:
    booking = booked(texts=True, mobile=MOBILE)
    refuse(of(booking)[0])
    refuse(of(booking)[1], "400 phone_number Not a valid phone number")
    bookings.change_contact(booking, Contact("Ada", "ada@example.org", "07700 900124"))
    assert ways(booking)[2:] == [("booked", "call", "dropped"), ("booked", "sms", "queued")]


def test_what_is_long_over_is_not_told_again(at: At) -> None:
    """Neither to a new address, nor to the old one that works again."""
    over = booked(mobile=LANDLINE)
    (claim,) = over.reservations
    coming = make.booking(make.occurrence_of(make.session()), mobile=LANDLINE)
    for mail in (of(over)[0], of(coming)[0], tell(over, "withdrawn")):
        refuse(mail)
    at(claim.occurrence.ends_at + timedelta(minutes=1))
    coming.reservations[0].occurrence.ends_at = clock.now() + timedelta(hours=1)
    contact = contacts.of_email("ada@example.org")
    assert contact is not None
    assert undelivered.works_again(contact, actor=make.user()) == 1
    bookings.change_contact(over, Contact("Ada Lovelace", "ada@new.example", LANDLINE))
    assert [one for one in ways(over) if one[0] == "withdrawn"] == [
        ("withdrawn", "email", "failed"),
        ("withdrawn", "call", "queued"),
    ]
    assert ways(coming)[-1] == ("booked", "email", "queued")


def test_a_telephone_number_afterwards_and_they_are_rung_up() -> None:
    booking = booked()
    refuse(of(booking)[0])
    bookings.change_contact(booking, Contact("Ada Lovelace", "ada@example.org", LANDLINE))
    assert ways(booking)[1:] == [("booked", "call", "queued")]
    assert how(booking) == [Told.on_call_list]
    bookings.change_contact(booking, Contact("Ada King", "ada@example.org", LANDLINE))
    assert len(of(booking)) == 2  # another name is no other way


def test_it_works_again() -> None:
    booking = booked(mobile=LANDLINE)
    refuse(of(booking)[0])
    contact = contacts.of_email("ada@example.org")
    assert contact is not None
    assert undelivered.works_again(contact, actor=make.user()) == 1
    db.session.flush()
    assert ways(booking) == [
        ("booked", "email", "failed"),
        ("booked", "call", "dropped"),
        ("booked", "email", "queued"),
    ]
    assert (contact.refused_at, contact.refused_why) == (None, "")
    assert how(booking) == []
    # It was wrong: round again, to the telephone.
    refuse(of(booking)[-1])
    assert ways(booking)[3:] == [("booked", "call", "queued")]


def test_who_was_told_by_phone_is_not_told_again() -> None:
    booking = booked(mobile=LANDLINE)
    refuse(of(booking)[0])
    of(booking)[-1].state = MessageState.sent
    contact = contacts.of_email("ada@example.org")
    assert contact is not None
    assert undelivered.works_again(contact, actor=make.user()) == 0
    assert len(of(booking)) == 2


def test_what_came_back_did_not_arrive() -> None:
    booking = booked(mobile=LANDLINE)
    (mail,) = of(booking)
    with is_refused(NotAllowed):
        sending.mark_bounced(mail, WHY)
    mail.state = MessageState.sent
    assert sending.mark_bounced(mail, WHY)
    assert not sending.mark_bounced(mail, WHY)
    assert ways(booking) == [("booked", "email", "bounced"), ("booked", "call", "queued")]
    assert how(booking) == [Told.on_call_list]
    sending.mark_sent(mail)  # by a worker that was slow
    assert mail.state == MessageState.bounced


def test_only_mail_that_was_sent_comes_back() -> None:
    booking = booked(mobile=LANDLINE)
    somebody = make.user(offices=[Office.duty_manager])
    call = outbox.queue("withdrawn", LANDLINE, booking=booking, channel="call")
    call.state = MessageState.sent
    for message in (of(booking)[0], call):
        with is_refused(NotAllowed):
            sending.had_back(message, actor=somebody)


def test_the_list_has_what_matters(at: At) -> None:
    past, coming = booked(email="past@example.org"), booked(email="coming@example.org")
    past_run = past.reservations[0].occurrence
    past_run.starts_at, past_run.ends_at = (clock.now() - timedelta(hours=n) for n in (3, 2))
    staff = make.user(email="staff@example.org")
    refuse(of(past)[0])
    at(clock.now() + timedelta(minutes=1))
    refuse(of(coming)[0])
    at(clock.now() + timedelta(minutes=1))
    told = outbox.queue("session_approved", staff.email)
    db.session.flush()
    refuse(told)
    listed = [one.contact.address for one in refused.refused_addresses()]
    assert listed == ["staff@example.org", "coming@example.org"]
    assert how(past) == []


def test_one_address_of_two_households() -> None:
    first, second = booked(mobile=LANDLINE), booked(name="Grace Hopper")
    refuse(of(first)[0])
    (one,) = refused.refused_addresses()
    assert one.bookings == [(first, Told.on_call_list), (second, Told.not_at_all)]
