"""What is to be told: rows written with their cause, delivered after it.

How they leave is in sending.py.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from festival.domain import channels, clock, contacts
from festival.domain.quiet import not_before
from festival.extensions import db
from festival.models import (
    Announcement,
    Booking,
    ChangeNotice,
    Contact,
    Edition,
    Message,
    MessageState,
    Reservation,
)

EMAIL, SMS, CALL = channels.EMAIL, channels.SMS, channels.CALL
WORTH_A_CALL = channels.WORTH_A_CALL
# How long a message waits for what may still follow it; longer than the longest, none is taken up.
PATIENCE: Mapping[str, timedelta] = {
    "changed": timedelta(minutes=1),
    "cancelled": timedelta(minutes=1),
    # What an organiser does can be taken back for so long, and nobody has heard: see
    # running/notices.py.
    "changed_by_us": timedelta(minutes=2),
    "fewer_places": timedelta(minutes=2),
    "reinstated": timedelta(minutes=2),
    "withdrawn": timedelta(minutes=2),
}
LONGEST_PATIENCE = timedelta(minutes=10)


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
    booking: Booking,
    kind: str,
    reservations: Sequence[Reservation],
    *,
    contact: Contact | None = None,
    notice: ChangeNotice | None = None,
    announcement: Announcement | None = None,
    **facts: Any,
) -> None:
    """Tell the booker of these reservations, by the channels that reach them: see channels.py.
    ``contact`` is what is remembered of their address, where that was looked up already;
    ``notice`` the change that it tells of, ``announcement`` the words it brings.

    Several changes within minutes are one message: what waits in the outbox takes up what comes.
    """
    now = clock.now()
    if contact is None and channels.has_a_choice(booking, kind):
        contact = contacts.of_bookings([booking]).get(booking.id)
    facts["reservations"] = [reservation.id for reservation in reservations]
    for channel in channels.channels_of(booking, kind, reservations, now, contact):
        if not _taken_up(booking, kind, channel, facts, now):
            message = queue(kind, _recipient(booking, channel), booking=booking, channel=channel)
            message.facts = facts
            message.notice_id = notice.id if notice is not None else None
            message.announcement_id = announcement.id if announcement is not None else None
            message.next_attempt_at = _due(booking, message, reservations, now)


def _recipient(booking: Booking, channel: str) -> str:
    return booking.email if channel == EMAIL else booking.mobile


def _due(
    booking: Booking, message: Message, reservations: Sequence[Reservation], now: datetime
) -> datetime:
    """When it is to go: what may still change waits a little; SMS makes no sound at night."""
    due = now + PATIENCE.get(message.kind, timedelta())
    if message.channel != SMS:
        return due
    edition = db.session.get_one(Edition, booking.edition_id)
    starts = [one.occurrence.starts_at for one in reservations]
    before = message.facts.get("before", {}).values()  # who has not heard sets out for that
    starts += [datetime.fromisoformat(one["starts_at"]) for one in before if "starts_at" in one]
    return not_before(due, edition.zone, min((one for one in starts if one > due), default=None))


def _taken_up(
    booking: Booking, kind: str, channel: str, facts: Mapping[str, Any], now: datetime
) -> bool:
    """Whether a message that nobody has taken in hand says this as well."""
    if kind not in PATIENCE:
        return False
    query = (
        sa.select(Message)
        .where(
            Message.booking_id == booking.id,
            Message.kind == kind,
            Message.channel == channel,
            Message.recipient == _recipient(booking, channel),
            Message.state == MessageState.queued,
            Message.attempts == 0,
            # What is taken up late would leave before it has waited its own time.
            Message.created_at > now - LONGEST_PATIENCE + PATIENCE[kind],
        )
        .with_for_update()
    )
    waits = db.session.scalars(query).first()
    if waits is None or waits.facts.get("reason") != facts.get("reason"):
        return False
    together = {*waits.facts["reservations"], *facts["reservations"]}
    # Of two changes the older one says how it was when they last heard.
    before = {**facts.get("before", {}), **waits.facts.get("before", {})}
    merged = {**waits.facts, "reservations": sorted(together)}
    waits.facts = merged | ({"before": before} if before else {})
    latest = waits.created_at + LONGEST_PATIENCE
    waits.next_attempt_at = max(waits.next_attempt_at, min(now + PATIENCE[kind], latest))
    return True


def edition_of(message: Message) -> Edition | None:
    """The edition a message speaks for."""
    if message.booking is not None:
        return db.session.get(Edition, message.booking.edition_id)
    return db.session.scalar(sa.select(Edition).where(Edition.is_current))
