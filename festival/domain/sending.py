"""How messages leave: leased by one worker, tried again with patience, never lost.

A message's row is the truth. Whoever delivers leases it first, so that two workers do not send
the same one. A message whose lease ran out (its worker was killed) is due again after the wait
that a refusal costs, so that one that kills its worker stands behind the others, and not for ever.
The Message-ID is made once, so that a repeat collapses in the reader's mailbox.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from festival.domain import clock
from festival.domain.outbox import EMAIL
from festival.domain.states import move
from festival.extensions import db
from festival.models import Message, MessageState

LEASE = timedelta(seconds=45)  # at least; who sends says how long a conversation may take
BACK_OFF = (15, 60, 300, 900, 3600, 4 * 3600, 8 * 3600, 12 * 3600, 24 * 3600)  # seconds
ATTEMPTS = len(BACK_OFF) + 1
DUE = (MessageState.queued, MessageState.leased)


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
