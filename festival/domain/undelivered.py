"""What did not get through, told in another way.

By text or by phone, where there is a number and the matter will not keep. When somebody puts an
address right, what was lost is told again.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, channels, clock, contacts, outbox
from festival.domain.channels import CALL, EMAIL, SMS
from festival.domain.quiet import not_before
from festival.domain.refused import NOT_THROUGH, is_refused
from festival.domain.reminders import Step
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Booking,
    Contact,
    ContactKind,
    Message,
    MessageState,
    Occurrence,
    Reservation,
    User,
)

MATTERS = ("booked", *channels.WORTH_A_CALL)
SENT_ANYWAY = ("booked", "offered")  # to a new address, when the booker gives one
BESIDE = timedelta(minutes=15)  # longer than a message waits for what may follow it


def tell_otherwise(message: Message) -> Message | None:
    """What this message was to tell, by another way to the same booker; None where it will keep,
    where they hear of it anyway, or where there is no other way."""
    booking = message.booking
    if booking is None or message.channel == CALL or _followers(message):
        return None
    told = _told_beside(message)
    if told and (message.channel == EMAIL or message.kind not in channels.NOT_IN_VAIN):
        return None
    tried = {(one.channel, one.recipient.lower()) for one in [*_chain(message), *told]}
    for channel, recipient in _ways(booking, message):
        if (channel, recipient.lower()) not in tried:
            return _follow(message, channel, recipient)
    return None


def _told_beside(message: Message) -> list[Message]:
    """What tells the same by another channel, as it was meant from the beginning."""
    query = sa.select(Message).where(
        Message.booking_id == message.booking_id,
        Message.kind == message.kind,
        Message.channel != message.channel,
        Message.created_at.between(message.created_at - BESIDE, message.created_at + BESIDE),
        Message.follows_id.is_(None),
        Message.state.in_((MessageState.queued, MessageState.leased, MessageState.sent)),
    )
    about = set(message.facts.get("reservations", []))
    return [
        one for one in db.session.scalars(query) if about & set(one.facts.get("reservations", []))
    ]


def _follow(message: Message, channel: str, recipient: str) -> Message:
    follower = outbox.queue(
        message.kind, recipient, booking=message.booking, channel=channel, **message.facts
    )
    follower.follows_id = message.id
    db.session.flush()
    edition = outbox.edition_of(follower)
    if channel == SMS and edition is not None:
        about, now = Reservation.id.in_(message.facts.get("reservations", [])), clock.now()
        starts = sa.select(sa.func.min(Occurrence.starts_at)).join(Reservation)
        starts = starts.where(about, Occurrence.starts_at > now)
        follower.next_attempt_at = not_before(now, edition.zone, db.session.scalar(starts))
    return follower


def _ways(booking: Booking, message: Message) -> Iterator[tuple[str, str]]:
    """How this booker can hear of such a thing as things stand, the best way first."""
    if booking.email and not is_refused(EMAIL, booking.email):
        yield EMAIL, booking.email
    texts = message.kind in channels.TEXTED and channels.can_text(booking)
    if texts and not is_refused(SMS, booking.mobile):
        yield SMS, booking.mobile
    if booking.mobile and _is_worth_a_call(message):
        yield CALL, booking.mobile


def _is_worth_a_call(message: Message) -> bool:
    """Whether it will not keep; of reminders that of the day before, as for who has no email."""
    if message.kind in ("reminder", "joining"):
        return bool(message.facts.get("step") == Step.day_before)
    return message.kind in MATTERS


def _followers(message: Message) -> list[Message]:
    """What was queued instead of this message and is not dropped."""
    query = sa.select(Message).where(
        Message.follows_id == message.id, Message.state != MessageState.dropped
    )
    return list(db.session.scalars(query))


def _chain(message: Message) -> Iterator[Message]:
    """This message, what it was sent instead of, and so on."""
    link: Message | None = message
    while link is not None:
        yield link
        link = db.session.get(Message, link.follows_id) if link.follows_id else None


def _all_after(message: Message) -> Iterator[Message]:
    """What was queued instead of this message, instead of that, and so on."""
    for follower in _followers(message):
        yield follower
        yield from _all_after(follower)


def take_back(message: Message) -> None:
    """It gets through after all: what was to follow it, and has not begun, is not needed."""
    for follower in _all_after(message):
        if follower.state == MessageState.queued:
            move(follower, MessageState.dropped)
            follower.last_error = "told in the first way after all"


def corrected(booking: Booking, *, resent: bool) -> int:
    """The booker can be reached in another way than before: what did not get through, and matters
    still, is told again; how many messages. ``resent``: tickets and offers have been sent anew.
    Call it with the booking locked."""
    ids = db.session.scalars(_lost(Message.id).where(Message.booking_id == booking.id))
    but_not = SENT_ANYWAY if resent else ()
    return sum(_tell_again(message, but_not) for message in _locked(ids))


def _tell_again(message: Message, but_not: Collection[str] = ()) -> bool:
    """Unless it was told in another way meanwhile, such a way is being gone, or it is over. A way
    that led nowhere, as a call to a wrong number, is no such way."""
    if message.booking is None or _is_over(message):
        return False
    first = [*_chain(message)][-1]
    others = [*_all_after(first)]
    going = [one for one in others if one.state not in NOT_THROUGH]
    if any(one.channel != CALL or one.state != MessageState.queued for one in going):
        return False
    take_back(first)
    if message.kind in but_not:
        return False
    wrong = {one.recipient for one in others if one.channel == CALL and one not in going}
    ways = _ways(message.booking, message)
    way = next((one for one in ways if one[0] != CALL or one[1] not in wrong), None)
    return way is not None and bool(_follow(message, *way))


def _is_over(message: Message) -> bool:
    """Whether nothing that it tells of ends after now: news of last week is none."""
    ahead = sa.select(Reservation.id).join(Occurrence).where(Occurrence.ends_at > clock.now())
    about = message.facts.get("reservations", [])
    return db.session.scalar(ahead.where(Reservation.id.in_(about)).limit(1)) is None


def works_again(contact: Contact, *, actor: User) -> int:
    """Somebody says that this address works: it is tried again, first with what did not get
    through and was not told otherwise meanwhile; how many messages. Of two who say so at once one
    does it.

    The address is locked first, then the bookings, then their messages. Who marks mail that came
    back locks a message before its address; but that one is not lost yet, and nobody waits for it.
    """
    db.session.refresh(contact, with_for_update={"of": Contact})
    if contact.refused_at is None:
        return 0
    contact.refused_at, contact.refused_why = None, ""
    db.session.flush()
    audit.record("address.works", contact, actor=actor)
    lost = list(_lost_to(contact))
    about = sa.select(Booking.id).join(Message).where(Message.id.in_(lost)).order_by(Booking.id)
    db.session.execute(about.with_for_update(of=Booking))
    return sum(_tell_again(message) for message in _locked(lost))


def _lost_to(contact: Contact) -> Iterator[int]:
    """The ids of what matters and did not get through to this address."""
    channel = EMAIL if contact.kind == ContactKind.email else SMS
    query = _lost(Message.id, Message.recipient).where(Message.channel == channel)
    if channel == EMAIL:
        query = query.where(sa.func.lower(Message.recipient) == contact.address)
    for number, recipient in db.session.execute(query):
        if channel == EMAIL or contacts.fold_phone(recipient) == contact.address:
            yield number


def _lost(*columns: Any) -> "sa.Select[Any]":
    return sa.select(*columns).where(
        Message.state.in_(NOT_THROUGH),
        Message.kind.in_({*MATTERS, *channels.TEXTED}),
        Message.channel != CALL,
        Message.booking_id.is_not(None),
    )


def _locked(ids: Iterable[int]) -> list[Message]:
    """These messages, oldest first, as far as nobody has taken them up meanwhile (the office can
    send one again); nobody does until the end of the transaction."""
    query = _lost(Message).where(Message.id.in_(list(ids))).order_by(Message.id)
    query = query.with_for_update(of=Message).execution_options(populate_existing=True)
    return list(db.session.scalars(query))
