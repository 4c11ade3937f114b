"""What is to be told: rows written with their cause, delivered after it.

A message's row is the truth. Whoever delivers leases it first, so that two workers do not send
the same one. A message whose lease ran out (its worker was killed) is due again after the wait
that a refusal costs, so that one that kills its worker stands behind the others, and not for ever.
The Message-ID is made once, so that a repeat collapses in the reader's mailbox.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from festival.domain import channels, clock, contacts
from festival.domain.quiet import not_before
from festival.domain.states import move
from festival.extensions import db
from festival.models import Booking, Contact, Edition, Message, MessageState, Reservation

LEASE = timedelta(seconds=45)  # at least; who sends says how long a conversation may take
BACK_OFF = (15, 60, 300, 900, 3600, 4 * 3600, 8 * 3600, 12 * 3600, 24 * 3600)  # seconds
ATTEMPTS = len(BACK_OFF) + 1
DUE = (MessageState.queued, MessageState.leased)
EMAIL, SMS, CALL = channels.EMAIL, channels.SMS, channels.CALL
WORTH_A_CALL = channels.WORTH_A_CALL
# How long a message waits for what may still follow it; longer than the longest, none is taken up.
PATIENCE: Mapping[str, timedelta] = {
    "changed": timedelta(minutes=1),
    "cancelled": timedelta(minutes=1),
    "changed_by_us": timedelta(minutes=2),
    "withdrawn": timedelta(),
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
        domain=recipient.rpartition("@")[2].lower()[:190] if channel == EMAIL else "",
        booking=booking,
        facts=facts,
        message_id=str(uuid.uuid4()),
        created_at=now,
        next_attempt_at=now,
    )
    db.session.add(message)
    return message


def tell_booker(
    booking: Booking,
    kind: str,
    reservations: Sequence[Reservation],
    *,
    contact: Contact | None = None,
    **facts: Any,
) -> None:
    """Tell the booker of these reservations, by the channels that reach them: see channels.py.
    ``contact`` is what is remembered of their address, where that was looked up already.

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
    starts = min((one.occurrence.starts_at for one in reservations), default=None)
    return not_before(due, edition.zone, starts)


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
            Message.created_at > now - LONGEST_PATIENCE,
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


def lease_next(now: datetime, lease: timedelta = LEASE) -> Message | None:
    """Lease the message that has been due longest; None when nothing is due.

    One whose last attempt ended with its worker has failed, and the next one is taken.
    """
    while (candidate := _longest_due(now)) is not None:
        if candidate.attempts < ATTEMPTS:
            return _take(candidate.id, candidate.attempts, now, lease)
        message = db.session.get_one(Message, candidate.id, populate_existing=True)
        move(message, MessageState.failed)
        message.last_error = "each attempt ended with its worker"
        _end_lease(message)
        db.session.flush()
    return None


def _longest_due(now: datetime) -> "sa.Row[int, int] | None":
    return db.session.execute(
        sa.select(Message.id, Message.attempts)
        .where(_is_free(now))
        .order_by(Message.next_attempt_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def _take(message_id: int, attempts: int, now: datetime, lease: timedelta) -> Message | None:
    """Conditional update: of two workers only one gets it."""
    wait = BACK_OFF[min(attempts, len(BACK_OFF) - 1)]
    taken = db.session.execute(
        sa.update(Message)
        .where(Message.id == message_id, _is_free(now))
        .values(
            state=MessageState.leased,
            leased_until=now + lease,
            lease=str(uuid.uuid4()),
            attempts=attempts + 1,
            next_attempt_at=now + lease + timedelta(seconds=wait),
        )
        .execution_options(synchronize_session=False)
    )
    if cast("sa.CursorResult[Any]", taken).rowcount != 1:
        return None
    return db.session.get(Message, message_id, populate_existing=True)


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    """Its time has come, and nobody has it in hand."""
    return sa.and_(
        Message.channel == EMAIL,
        Message.state.in_(DUE),
        Message.next_attempt_at <= now,
        sa.or_(Message.leased_until.is_(None), Message.leased_until <= now),
    )


def is_due(now: datetime) -> bool:
    """Whether anything could be leased now; cheap, takes no lock."""
    return db.session.scalar(sa.select(Message.id).where(_is_free(now)).limit(1)) is not None


def mark_sent(message: Message) -> None:
    """It has left: the server took it, whoever holds the lease by now."""
    if message.state in (MessageState.sent, MessageState.bounced):
        return
    move(message, MessageState.sent)
    message.sent_at = clock.now()
    message.last_error = ""
    _end_lease(message)


def mark_dropped(message: Message, why: str) -> None:
    """It was no longer true when its turn came."""
    move(message, MessageState.dropped)
    message.last_error = why
    _end_lease(message)


def mark_failed(message: Message, error: str, *, for_good: bool = False) -> None:
    """Try again later, each time after a longer wait; after the last wait, or when the server
    said that it will never take it, it has failed and the office sees it."""
    message.last_error = error[:400]
    _end_lease(message)
    if for_good or message.attempts >= ATTEMPTS:
        move(message, MessageState.failed)
        return
    move(message, MessageState.queued)
    message.next_attempt_at = clock.now() + timedelta(seconds=BACK_OFF[message.attempts - 1])


def _end_lease(message: Message) -> None:
    message.lease = None
    message.leased_until = None


def try_again(message: Message) -> None:
    """The office sends a failed message once more. Raises NotAllowed."""
    move(message, MessageState.queued)
    message.attempts = 0
    message.next_attempt_at = clock.now()


def oldest_undelivered(now: datetime) -> float:
    """Age of the oldest message not delivered yet, in seconds; 0 when there is none."""
    query = sa.select(sa.func.min(Message.created_at)).where(
        Message.state.in_(DUE), Message.channel == EMAIL
    )
    oldest = db.session.scalar(query)
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def newest(state: MessageState | None, limit: int, offset: int = 0) -> list[Message]:
    """The outbox as the office sees it, newest first."""
    query = sa.select(Message).order_by(Message.id.desc()).limit(limit).offset(offset)
    if state is not None:
        query = query.where(Message.state == state)
    return list(db.session.scalars(query))


def counts() -> dict[MessageState, int]:
    """How many messages are in each state."""
    query = sa.select(Message.state, sa.func.count()).group_by(Message.state)
    return dict(db.session.execute(query).all())


def edition_of(message: Message) -> Edition | None:
    """The edition a message speaks for."""
    if message.booking is not None:
        return db.session.get(Edition, message.booking.edition_id)
    return db.session.scalar(sa.select(Edition).where(Edition.is_current))
