"""What did not get through: addresses that do not work, and who is told in another way.

An address that was refused for good, or from which mail came back, is remembered. What was to be
told there is told by text or by phone, where there is a number and the matter will not keep; later
messages go that way at once, until somebody puts the address right or says that it works again.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa

from festival.domain import audit, clock, contacts, outbox
from festival.domain.outbox import CALL, EMAIL, SMS
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Booking,
    Contact,
    ContactKind,
    Edition,
    Message,
    MessageState,
    Occurrence,
    Reservation,
    ReservationState,
    User,
)

MATTERS = ("booked", *outbox.WORTH_A_CALL)
# Who asks for these sits at the mailbox now: worth a try whatever happened before.
ASKED_FOR = ("bookings_code", "password_reset", "reminded", "test")
SENT_ANYWAY = ("booked", "offered")  # to a new address, when the booker gives one
NOT_THROUGH = (MessageState.failed, MessageState.bounced)
COMING = (ReservationState.confirmed, ReservationState.offered, ReservationState.waiting)
MOST = 200


class Told(StrEnum):
    """How somebody whose address does not work hears of what matters."""

    by_email = "by_email"
    by_text = "by_text"
    on_call_list = "on_call_list"  # somebody is to ring them up now
    by_phone = "by_phone"
    not_at_all = "not_at_all"


@dataclass(frozen=True)
class Refused:
    """An address that does not work, and the coming bookings under it."""

    contact: Contact
    bookings: list[tuple[Booking, Told]] = field(default_factory=list)


def _kind(channel: str) -> ContactKind:
    return ContactKind.email if channel == EMAIL else ContactKind.phone


def is_refused(channel: str, recipient: str) -> bool:
    """Whether this address is known not to work."""
    contact = contacts.known(_kind(channel), recipient)
    return contact is not None and contact.refused_at is not None


def why_not(message: Message) -> str | None:
    """Why this message need not be tried: its address did not work before. None: try it."""
    if message.channel == CALL or message.kind in ASKED_FOR:
        return None
    contact = contacts.known(_kind(message.channel), message.recipient)
    if contact is None or contact.refused_at is None:
        return None
    return f"not tried, because this address did not work before: {contact.refused_why}"


def refuse(message: Message, why: str) -> None:
    """Remember that the address of this message does not work."""
    kind = _kind(message.channel)
    try:
        with db.session.begin_nested():
            contact = contacts.remember(kind, message.recipient)
    except sa.exc.IntegrityError:  # another worker remembered it at the same moment
        contact = contacts.remember(kind, message.recipient)
    contact.refused_at = contact.refused_at or clock.now()
    contact.refused_why = why[:400]
    db.session.flush()


def tell_otherwise(message: Message) -> Message | None:
    """What this message was to tell, by another way to the same booker; None where it will keep,
    or where there is no other way."""
    booking = message.booking
    if booking is None or message.kind not in MATTERS or message.channel == CALL:
        return None
    if _followers(message):
        return None
    tried = {(one.channel, one.recipient.lower()) for one in _chain(message)}
    for channel, recipient in _ways(booking):
        if (channel, recipient.lower()) not in tried:
            return _follow(message, channel, recipient)
    return None


def _follow(message: Message, channel: str, recipient: str) -> Message:
    follower = outbox.queue(
        message.kind, recipient, booking=message.booking, channel=channel, **message.facts
    )
    follower.follows_id = message.id
    db.session.flush()
    return follower


def _ways(booking: Booking) -> Iterator[tuple[str, str]]:
    """How this booker can be reached as things stand, the best way first."""
    if booking.email and not is_refused(EMAIL, booking.email):
        yield EMAIL, booking.email
    if booking.mobile and _takes_texts(booking):
        yield SMS, booking.mobile
    if booking.mobile:
        yield CALL, booking.mobile


def _takes_texts(booking: Booking) -> bool:
    edition = db.session.get_one(Edition, booking.edition_id)
    return (
        edition.sends_texts
        and contacts.is_mobile(booking.mobile)
        and not is_refused(SMS, booking.mobile)
    )


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


def take_back(message: Message) -> None:
    """It gets through after all: what was to follow it, and has not begun, is not needed."""
    for follower in _followers(message):
        if follower.state == MessageState.queued:
            move(follower, MessageState.dropped)
            follower.last_error = "told in the first way after all"


def corrected(booking: Booking) -> int:
    """The booker can be reached in another way than before: what did not get through, and matters
    still, is told again; how many messages. Tickets and offers are sent by who calls this."""
    lost = list(db.session.scalars(_lost().filter_by(booking_id=booking.id).order_by(Message.id)))
    but_not = SENT_ANYWAY if booking.email else ()
    return sum(_tell_again(message, but_not) for message in lost)


def _tell_again(message: Message, but_not: Collection[str] = ()) -> bool:
    """Unless it was told in another way meanwhile, or such a way is being gone."""
    followers = _followers(message)
    if any(one.channel != CALL or one.state != MessageState.queued for one in followers):
        return False
    take_back(message)
    if message.kind in but_not:
        return False
    way = next(_ways(message.booking), None) if message.booking else None
    return way is not None and bool(_follow(message, *way))


def works_again(contact: Contact, *, actor: User) -> int:
    """Somebody says that this address works: it is tried again, first with what did not get
    through and was not told otherwise meanwhile; how many messages."""
    contact.refused_at, contact.refused_why = None, ""
    db.session.flush()
    audit.record("address.works", contact, actor=actor)
    return sum(_tell_again(message) for message in _lost_to(contact))


def _lost_to(contact: Contact) -> list[Message]:
    """What matters and did not get through to this address, oldest first."""
    query = _lost().order_by(Message.id)
    if contact.kind == ContactKind.email:
        query = query.where(sa.func.lower(Message.recipient) == contact.address)
        return list(db.session.scalars(query.where(Message.channel == EMAIL)))
    texts = db.session.scalars(query.where(Message.channel == SMS))
    return [one for one in texts if contacts.fold_phone(one.recipient) == contact.address]


def _lost() -> "sa.Select[Message]":
    return sa.select(Message).where(
        Message.state.in_(NOT_THROUGH),
        Message.kind.in_(MATTERS),
        Message.channel != CALL,
        Message.booking_id.is_not(None),
    )


def may_have_come_back(message: Message) -> bool:
    """Whether the office may say of this message that it came back."""
    return message.channel == EMAIL and message.state == MessageState.sent


def refused_addresses() -> list[Refused]:
    """The addresses that do not work and matter: of coming bookings, or of people who can sign
    in. What was refused last comes first."""
    query = sa.select(Contact).where(Contact.refused_at.is_not(None))
    query = query.order_by(Contact.refused_at.desc(), Contact.id.desc())
    refused = {(one.kind, one.address): one for one in db.session.scalars(query)}
    under: dict[int, list[Booking]] = {one.id: [] for one in refused.values()}
    for key, booking in [*_coming_by_email(), *_coming_by_text()]:
        if key in refused and booking not in under[refused[key].id]:
            under[refused[key].id].append(booking)
    staff = _staff_addresses()
    shown = [one for one in refused.values() if under[one.id] or one.address in staff][:MOST]
    to_call = _to_call([booking.id for one in shown for booking in under[one.id]])
    return [
        Refused(one, [(it, _told(it, refused.keys(), to_call)) for it in under[one.id]])
        for one in shown
    ]


Key = tuple[ContactKind, str]


def _coming() -> sa.ColumnElement[bool]:
    return Booking.reservations.any(
        sa.and_(
            Reservation.state.in_(COMING),
            Reservation.occurrence.has(Occurrence.ends_at > clock.now()),
        )
    )


def _coming_by_email() -> list[tuple[Key, Booking]]:
    addresses = sa.select(Contact.address).where(
        Contact.refused_at.is_not(None), Contact.kind == ContactKind.email
    )
    query = (
        sa.select(Booking)
        .where(Booking.email_folded.in_(addresses), Booking.confirmed_at.is_not(None), _coming())
        .order_by(Booking.id)
    )
    return [((ContactKind.email, one.email_folded), one) for one in db.session.scalars(query)]


def _coming_by_text() -> list[tuple[Key, Booking]]:
    """Numbers stand as they were typed: found by the texts that did not get through."""
    texted = sa.select(Message.booking_id).where(
        Message.channel == SMS, Message.state.in_(NOT_THROUGH), Message.booking_id.is_not(None)
    )
    query = sa.select(Booking).where(Booking.id.in_(texted), _coming()).order_by(Booking.id)
    return [
        ((ContactKind.phone, contacts.fold_phone(one.mobile)), one)
        for one in db.session.scalars(query)
    ]


def _staff_addresses() -> set[str]:
    return {one.lower() for one in db.session.scalars(sa.select(User.email))}


def _to_call(booking_ids: Collection[int]) -> set[int]:
    """Which of these bookings are on the call list."""
    query = sa.select(Message.booking_id).where(
        Message.channel == CALL,
        Message.state == MessageState.queued,
        Message.booking_id.in_(booking_ids),
    )
    return {one for one in db.session.scalars(query) if one is not None}


def _told(booking: Booking, refused: Collection[Key], to_call: Collection[int]) -> Told:
    if booking.id in to_call:
        return Told.on_call_list
    if booking.email and (ContactKind.email, booking.email_folded) not in refused:
        return Told.by_email
    if not booking.mobile:
        return Told.not_at_all
    sends_texts = db.session.get_one(Edition, booking.edition_id).sends_texts
    phone = (ContactKind.phone, contacts.fold_phone(booking.mobile))
    if sends_texts and contacts.is_mobile(booking.mobile) and phone not in refused:
        return Told.by_text
    return Told.by_phone
