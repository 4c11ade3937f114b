"""Addresses that do not work: refused for good, or mail to them came back.

Later messages there are not tried, until somebody puts the address right or says that it works.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa

from festival.domain import channels, clock, contacts
from festival.domain.channels import CALL, EMAIL, SMS
from festival.extensions import db
from festival.models import (
    Booking,
    Contact,
    ContactKind,
    Message,
    MessageState,
    Occurrence,
    Reservation,
    ReservationState,
    User,
)

# Who asks for these sits at the mailbox now: worth a try whatever happened before.
ASKED_FOR = ("bookings_code", "password_reset", "reminded", "test")
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
    phone = (ContactKind.phone, contacts.fold_phone(booking.mobile))
    can_text = channels.can_text(booking) and phone not in refused
    return Told.by_text if can_text else Told.by_phone
