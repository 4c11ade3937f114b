"""Two who say at the same moment that an address works, or put it right."""

from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import contacts, sending, undelivered
from festival.domain.bookings import Contact as Given
from festival.domain.bookings import change_contact
from festival.extensions import db, write
from festival.models import AuditEntry, Booking, Contact, Message, MessageState, User
from tests import factories
from tests.factories import occurrence_of
from tests.support.at_once import all_at_once, one_after_the_other

pytestmark = pytest.mark.races
WHY = "550 5.1.1 No such person"
EMAIL = "ada@example.org"


@pytest.fixture
def lost(committed_app: Flask) -> tuple[int, int, int]:
    """The ids of a booking whose mail did not get through, of its address, and of an officer."""
    with write():
        booking = factories.booking(occurrence_of(factories.session()), email=EMAIL)
        actor = factories.user()
        message = db.session.scalars(sa.select(Message)).one()
        message.state = MessageState.leased
        message.attempts += 1
        sending.mark_failed(message, WHY, refused=True)
    contact = contacts.of_email(EMAIL)
    assert contact is not None
    return booking.id, contact.id, actor.id


def told() -> list[str]:
    db.session.rollback()  # to see what the others committed
    return [one.value for one in db.session.scalars(sa.select(Message.state).order_by(Message.id))]


def say_it_works(contact_id: int, actor_id: int) -> int:
    contact = db.session.get_one(Contact, contact_id)
    return undelivered.works_again(contact, actor=db.session.get_one(User, actor_id))


def test_of_many_who_say_that_it_works_one_tells_again(
    committed_app: Flask, lost: tuple[int, int, int]
) -> None:
    _booking_id, contact_id, actor_id = lost

    def press(_place: int) -> int:
        with write():
            return say_it_works(contact_id, actor_id)

    assert sorted(all_at_once(committed_app, press, 8)) == [0] * 7 + [1]
    assert told() == ["failed", "queued"]
    said = sa.select(AuditEntry.id).where(AuditEntry.action == "address.works")
    assert len(list(db.session.scalars(said))) == 1


def test_without_the_lock_each_would_tell_again(
    committed_app: Flask, lost: tuple[int, int, int]
) -> None:
    """What each has read is refused and untold for each of them."""
    _booking_id, contact_id, _actor_id = lost
    all_read = Barrier(2)

    def read(_place: int) -> tuple[bool, int]:
        contact = db.session.get_one(Contact, contact_id)
        untold = db.session.scalars(sa.select(Message).where(Message.state == MessageState.failed))
        seen = (contact.refused_at is not None, len(list(untold)))
        all_read.wait(30)
        return seen

    assert all_at_once(committed_app, read, 2) == [(True, 1)] * 2


def test_who_puts_it_right_while_another_says_that_it_works(
    committed_app: Flask, lost: tuple[int, int, int]
) -> None:
    booking_id, contact_id, actor_id = lost

    def correct() -> None:
        booking = db.session.get_one(Booking, booking_id)
        change_contact(booking, Given("Ada Lovelace", EMAIL, "01902 550000"))

    one_after_the_other(committed_app, lambda: say_it_works(contact_id, actor_id), correct)
    assert told() == ["failed", "queued"]


def test_who_puts_it_right_while_the_office_sends_it_again(
    committed_app: Flask, lost: tuple[int, int, int]
) -> None:
    """What is on its way again is not lost any more."""
    booking_id, _contact_id, _actor_id = lost

    def send_again() -> None:
        sending.try_again(db.session.scalars(sa.select(Message)).one())
        db.session.flush()

    def correct() -> None:
        booking = db.session.get_one(Booking, booking_id)
        change_contact(booking, Given("Ada Lovelace", EMAIL, "01902 550000"))

    one_after_the_other(committed_app, send_again, correct)
    assert told() == ["queued"]


def test_mail_that_comes_back_meanwhile_stands_in_nobodys_way(
    committed_app: Flask, lost: tuple[int, int, int]
) -> None:
    """It locks its message, then the address: the other order."""
    booking_id, contact_id, actor_id = lost
    with write():
        booking = db.session.get_one(Booking, booking_id)
        factories.booking(occurrence_of(factories.session()), email=EMAIL)
        later = db.session.scalars(sa.select(Message).order_by(Message.id.desc())).first()
        assert later is not None
        later.state, later.booking = MessageState.sent, booking
    number = later.message_id

    def come_back() -> bool:
        message = sending.of_message_id(number)
        assert message is not None
        return sending.mark_bounced(message, WHY)

    answers = one_after_the_other(
        committed_app, come_back, lambda: say_it_works(contact_id, actor_id)
    )
    assert answers[0] is True
    assert answers[1] in (1, 2)
    assert told()[:2] == ["failed", "bounced"]
