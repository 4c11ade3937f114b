"""What is to be told: written with its cause, under a header of its own."""

import pytest
import sqlalchemy as sa

from festival.domain import outbox
from festival.extensions import db
from festival.models import Message
from tests import factories as make

pytestmark = pytest.mark.usefixtures("app")


def queued(recipient: str = "ada@example.org") -> Message:
    message = outbox.queue("password_reset", recipient, user=1)
    db.session.flush()
    return message


def test_a_message_dies_with_its_cause() -> None:
    with db.session.begin_nested() as savepoint:
        make.booking(make.occurrence_of(make.session()))
        savepoint.rollback()
    assert db.session.scalars(sa.select(Message)).all() == []


def test_every_message_has_a_header_of_its_own() -> None:
    assert len({queued().message_id for _ in range(20)}) == 20


def test_the_festival_it_speaks_for() -> None:
    edition = make.edition()
    occurrence = make.occurrence_of(make.session(edition=edition))
    booking = make.booking(occurrence)
    (told,) = booking_messages(booking.id)
    edition.is_current = False
    db.session.flush()
    newer = make.edition()
    assert outbox.edition_of(told) is edition
    assert outbox.edition_of(queued()) is newer


def booking_messages(booking_id: int) -> list[Message]:
    return list(db.session.scalars(sa.select(Message).where(Message.booking_id == booking_id)))
