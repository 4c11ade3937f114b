"""How messages leave: leased by one worker, tried again with patience, never lost.

A message's row is the truth. Whoever delivers leases it first, so that two workers do not send
the same one. A message whose lease ran out (its worker was killed) is due again after the wait
that a refusal costs, so that one that kills its worker stands behind the others, and not for ever.
The Message-ID is made once, so that a repeat collapses in the reader's mailbox.

A domain that has had as many messages as it takes in a minute waits; the others do not wait for it.
What cannot be told this way is told in another, where there is one: undelivered.py.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from festival.domain import audit, clock, undelivered
from festival.domain import refused as addresses
from festival.domain.errors import N_, NotAllowed
from festival.domain.outbox import EMAIL, SMS, domain_of
from festival.domain.states import move
from festival.extensions import db
from festival.models import Edition, Message, MessageState, User
from festival.models.message import URGENT

LEASE = timedelta(seconds=45)  # at least; who sends says how long a conversation may take
BACK_OFF = (15, 60, 300, 900, 3600, 4 * 3600, 8 * 3600, 12 * 3600, 24 * 3600)  # seconds
ATTEMPTS = len(BACK_OFF) + 1
DUE = (MessageState.queued, MessageState.leased)
BY_ITSELF = (EMAIL, SMS)  # calls are made by people
MINUTE = timedelta(minutes=1)
THROTTLE_LOCK = 7_340_001  # any number that no other lock of this database has


def lease_next(now: datetime, lease: timedelta = LEASE, per_domain: int = 0) -> Message | None:
    """Lease the message that has been due longest; None when nothing is due.

    One whose last attempt ended with its worker has failed, and the next one is taken. A mail
    domain gets at most ``per_domain`` messages in any minute, whoever sends them; 0: no limit.
    """
    while (candidate := _longest_due(now, per_domain)) is not None:
        if candidate.channel == EMAIL and not candidate.domain:
            _note_domain(candidate.id, candidate.recipient)
        elif candidate.attempts < ATTEMPTS:
            if (taken := _take(candidate, now, lease, per_domain)) is not None:
                return taken
        else:
            message = db.session.get_one(Message, candidate.id, populate_existing=True)
            message.last_error = "each attempt ended with its worker"
            _fail(message)
            db.session.flush()
    return None


def _longest_due(now: datetime, per_domain: int) -> "sa.Row[int, int, str, str, str] | None":
    """What is due for longest, of what is urgent first."""
    columns = (Message.id, Message.attempts, Message.channel, Message.domain, Message.recipient)
    query = (
        sa.select(*columns)
        .where(_is_free(now, per_domain))
        .order_by(Message.next_attempt_at, Message.id)
        .limit(1)
        .with_for_update(of=Message, skip_locked=True)
    )
    urgent = db.session.execute(query.where(URGENT)).one_or_none()
    return urgent or db.session.execute(query).one_or_none()


def _note_domain(message_id: int, recipient: str) -> None:
    """Of a message that was written before domains were: who takes it is seen in its address."""
    db.session.execute(
        sa.update(Message)
        .where(Message.id == message_id)
        .values(domain=domain_of(recipient) or "?")
        .execution_options(synchronize_session=False)
    )


def _take(
    candidate: "sa.Row[int, int, str, str, str]", now: datetime, lease: timedelta, per_domain: int
) -> Message | None:
    """Conditional update: of two workers only one gets it, and a domain no more than its share."""
    if per_domain and candidate.domain and db.engine.dialect.name == "postgresql":
        # Two workers that count at the same moment would both find one message too few.
        lock = sa.func.pg_advisory_xact_lock(THROTTLE_LOCK, sa.func.hashtext(candidate.domain))
        db.session.execute(sa.select(lock))
    wait = BACK_OFF[min(candidate.attempts, len(BACK_OFF) - 1)]
    taken = db.session.execute(
        sa.update(Message)
        .where(Message.id == candidate.id, _is_free(now, per_domain))
        .values(
            state=MessageState.leased,
            leased_until=now + lease,
            lease=str(uuid.uuid4()),
            attempts=candidate.attempts + 1,
            attempted_at=now,
            next_attempt_at=now + lease + timedelta(seconds=wait),
        )
        .execution_options(synchronize_session=False)
    )
    if cast("sa.CursorResult[Any]", taken).rowcount != 1:
        return None
    return db.session.get(Message, candidate.id, populate_existing=True)


def _is_free(now: datetime, per_domain: int) -> sa.ColumnElement[bool]:
    """Its time has come, nobody has it in hand, and its domain takes more."""
    free = sa.and_(
        Message.channel.in_(BY_ITSELF),
        Message.state.in_(DUE),
        Message.next_attempt_at <= now,
        sa.or_(Message.leased_until.is_(None), Message.leased_until <= now),
    )
    if not per_domain:
        return free
    other = aliased(Message)
    full = (
        sa.select(other.domain)
        .where(other.attempted_at > now - MINUTE, other.domain != "")
        .group_by(other.domain)
        .having(sa.func.count() >= per_domain)
    )
    return sa.and_(free, Message.domain.not_in(full))


def is_due(now: datetime, per_domain: int = 0) -> bool:
    """Whether anything could be leased now; cheap, takes no lock."""
    query = sa.select(Message.id).where(_is_free(now, per_domain)).limit(1)
    return db.session.scalar(query) is not None


def mark_sent(message: Message) -> None:
    """It has left: the server took it, whoever holds the lease by now."""
    if message.state in (MessageState.sent, MessageState.bounced):
        return
    move(message, MessageState.sent)
    message.sent_at = clock.now()
    message.last_error = ""
    undelivered.take_back(message)
    _end_lease(message)


def mark_dropped(message: Message, why: str) -> None:
    """It was no longer true when its turn came."""
    move(message, MessageState.dropped)
    message.last_error = why
    _end_lease(message)


def mark_failed(
    message: Message, error: str, *, for_good: bool = False, refused: bool = False
) -> None:
    """Try again later, each time after a longer wait; after the last wait, or when the server
    said that it will never take it, it has failed: the office sees it, and what it was to tell is
    told in another way. ``refused``: this address does not work, for any message."""
    message.last_error = error[:400]
    if refused:
        addresses.refuse(message, error)
    if for_good or refused or message.attempts >= ATTEMPTS:
        _fail(message)
        return
    _end_lease(message)
    move(message, MessageState.queued)
    message.next_attempt_at = clock.now() + timedelta(seconds=BACK_OFF[message.attempts - 1])


def _fail(message: Message) -> None:
    move(message, MessageState.failed)
    _end_lease(message)
    undelivered.tell_otherwise(message)


def mark_bounced(message: Message, why: str, *, refused: bool = True) -> bool:
    """It came back, some time after a server had taken it, and is told in another way;
    ``refused``: its address does not work. Whether that was news. Raises NotAllowed where the
    message never left."""
    if message.state == MessageState.bounced:
        return False
    move(message, MessageState.bounced)
    message.last_error = why[:400]
    _end_lease(message)
    if refused:
        addresses.refuse(message, why)
    undelivered.tell_otherwise(message)
    return True


def _end_lease(message: Message) -> None:
    message.lease = None
    message.leased_until = None


def try_again(message: Message) -> None:
    """The office sends a failed message once more; a call instead of it is not needed.
    Raises NotAllowed."""
    move(message, MessageState.queued)
    message.attempts = 0
    message.next_attempt_at = clock.now()
    undelivered.take_back(message)


def had_back(message: Message, *, actor: User) -> None:
    """The office had this mail back. Raises NotAllowed for what was not sent by email."""
    if not may_have_come_back(message):
        raise NotAllowed(N_("Only an email that was sent can come back."))
    mark_bounced(message, "the office had it back")
    audit.record("message.came_back", message, actor=actor)


def may_have_come_back(message: Message) -> bool:
    """Whether the office may say of this message that it came back."""
    return message.channel == EMAIL and message.state == MessageState.sent


def of_message_id(message_id: str) -> Message | None:
    """The message of this Message-ID (without its domain), locked."""
    query = sa.select(Message).where(Message.message_id == message_id)
    return db.session.scalar(query.with_for_update(of=Message))


def texts_are_wanted() -> bool:
    """Whether a festival that is on, or to come, sends texts."""
    return db.session.scalar(sa.select(Edition.id).where(Edition.sends_texts).limit(1)) is not None


def oldest_undelivered(now: datetime) -> float:
    """Since when the oldest message that could have left has not, in seconds; 0 when there is
    none. What has to wait (a text for the morning) is not late before its time."""
    since = sa.case((Message.attempts == 0, Message.next_attempt_at), else_=Message.created_at)
    query = sa.select(sa.func.min(since)).where(
        Message.state.in_(DUE), Message.channel.in_(BY_ITSELF)
    )
    oldest = db.session.scalar(query)
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def newest(
    state: MessageState | None, limit: int, offset: int = 0, channel: str = ""
) -> list[Message]:
    """The outbox as the office sees it, newest first."""
    query = sa.select(Message).order_by(Message.id.desc()).limit(limit).offset(offset)
    if state is not None:
        query = query.where(Message.state == state)
    if channel:
        query = query.where(Message.channel == channel)
    return list(db.session.scalars(query))


def counts(channel: str = "") -> dict[MessageState, int]:
    """How many messages are in each state, of one channel or of all."""
    query = sa.select(Message.state, sa.func.count()).group_by(Message.state)
    if channel:
        query = query.where(Message.channel == channel)
    return dict(db.session.execute(query).all())
