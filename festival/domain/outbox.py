"""What is to be told: rows written with their cause, delivered after it.

How they leave is in sending.py.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from festival.domain import clock
from festival.extensions import db
from festival.models import Booking, Edition, Message, Reservation

EMAIL, SMS, CALL = "email", "sms", "call"
# What somebody without email is rung up for: what is booked they were told when they booked.
WORTH_A_CALL = ("offered", "offer_over", "place_free", "withdrawn", "reinstated", "changed_by_us")


def queue(
    kind: str, recipient: str, *, booking: Booking | None = None, channel: str = EMAIL, **facts: Any
) -> Message:
    """Queue one message. ``facts`` are what its template needs beyond the booking."""
    now = clock.now()
    message = Message(
        kind=kind,
        channel=channel,
        recipient=recipient,
        domain=domain_of(recipient) if channel == EMAIL else "",
        booking=booking,
        facts=facts,
        message_id=str(uuid.uuid4()),
        created_at=now,
        next_attempt_at=now,
    )
    db.session.add(message)
    return message


def domain_of(email: str) -> str:
    """What takes the mail of this address: the end of it, folded."""
    return email.rpartition("@")[2].strip().lower()[:190]


def tell_booker(
    booking: Booking, kind: str, reservations: Sequence[Reservation], **facts: Any
) -> Message | None:
    """Tell the booker of these reservations by their channel: email, or the call list where they
    gave only a phone number and the matter will not keep; nothing where there is neither."""
    ids = [reservation.id for reservation in reservations]
    if booking.email:
        return queue(kind, booking.email, booking=booking, reservations=ids, **facts)
    if booking.mobile and kind in WORTH_A_CALL:
        facts["reservations"] = ids
        return queue(kind, booking.mobile, booking=booking, channel=CALL, **facts)
    return None


def edition_of(message: Message) -> Edition | None:
    """The edition a message speaks for."""
    if message.booking is not None:
        return db.session.get(Edition, message.booking.edition_id)
    return db.session.scalar(sa.select(Edition).where(Edition.is_current))
