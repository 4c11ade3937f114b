"""Addresses people are written to: what is remembered of them beyond any one booking.

Email is not identity: under one address there may be a household, or everybody who was helped at
a library's desk. Who reads mail to an address may see what was booked under it, unless several
households share it.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from festival.domain import audit, clock
from festival.extensions import db
from festival.models import Booking, Contact, ContactKind, User

MOST_NAMES = 3  # different bookers' names under one address; more are not one household
CODE_LASTS = timedelta(minutes=15)
CODE_TRIES = 5  # of a million; then a new one has to be asked for


def fold_phone(number: str) -> str:
    """A phone number as it is compared: digits, a British one with +44."""
    digits = re.sub(r"[^\d+]", "", number)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return "+44" + digits[1:] if re.match(r"0[1-9]", digits) else digits


def is_mobile(number: str) -> bool:
    """Whether SMS can reach this number: a British mobile, or a number abroad."""
    folded = fold_phone(number)
    if folded.startswith("+44"):
        return re.fullmatch(r"\+447[0-9]{9}", folded) is not None
    return re.fullmatch(r"\+[1-9][0-9]{7,14}", folded) is not None


def known(kind: ContactKind, address: str) -> Contact | None:
    """What is remembered of this address, if anything."""
    return db.session.scalar(
        sa.select(Contact).where(Contact.kind == kind, Contact.address == _fold(kind, address))
    )


def remember(kind: ContactKind, address: str) -> Contact:
    """The row of this address, made where there is none; call it inside of ``write()``."""
    contact = known(kind, address)
    if contact is not None:
        return contact
    made = Contact(kind=kind, address=_fold(kind, address), created_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:  # somebody else remembered it in this moment
        return db.session.scalars(
            sa.select(Contact).where(Contact.kind == kind, Contact.address == _fold(kind, address))
        ).one()
    return made


def of_email(address: str) -> Contact | None:
    return known(ContactKind.email, address)


def of_phone(number: str) -> Contact | None:
    return known(ContactKind.phone, number)


def of_bookings(bookings: Sequence[Booking]) -> dict[int, Contact]:
    """What is remembered of these bookers' addresses, by booking: of their email, else of their
    number. Two questions to the database, however many they are."""
    wanted = {
        one.id: (ContactKind.email, one.email_folded)
        if one.email
        else (ContactKind.phone, fold_phone(one.mobile))
        for one in bookings
        if one.email or one.mobile
    }
    found: dict[tuple[ContactKind, str], Contact] = {}
    for kind in ContactKind:
        addresses = {address for one, address in wanted.values() if one == kind}
        if addresses:
            query = sa.select(Contact).where(Contact.kind == kind, Contact.address.in_(addresses))
            found |= {(kind, one.address): one for one in db.session.scalars(query)}
    return {number: found[key] for number, key in wanted.items() if key in found}


def _fold(kind: ContactKind, address: str) -> str:
    return fold_phone(address) if kind == ContactKind.phone else address.strip().lower()


def bookings_under(contact: Contact) -> list[Booking]:
    """The confirmed bookings under this address, oldest first."""
    query = sa.select(Booking).where(Booking.confirmed_at.is_not(None)).order_by(Booking.id)
    if contact.kind == ContactKind.email:
        return list(db.session.scalars(query.where(Booking.email_folded == contact.address)))
    # Numbers stand as typed: the last digit finds some, the whole number decides.
    found = db.session.scalars(query.where(Booking.mobile.endswith(contact.address[-1:])))
    return [one for one in found if fold_phone(one.mobile) == contact.address]


def is_shared(contact: Contact, bookings: Sequence[Booking]) -> bool:
    """Whether several households use it, as the team said, or as the bookers' names say."""
    if contact.is_shared is not None:
        return contact.is_shared
    return len({one.name_folded for one in bookings}) > MOST_NAMES


def mark_shared(contact: Contact, *, shared: bool | None, actor: User | None) -> None:
    """What the team knows of an address: whether several households use it; None leaves it to the
    bookers' names."""
    if contact.is_shared == shared:
        return
    contact.is_shared = shared
    audit.record("contact.shared", contact, actor=actor, shared=shared)


def code_of(secret: str, contact: Contact) -> str:
    """The six digits that were mailed to see what is booked under this address: others as soon as
    ``code_nonce`` is another, and only the secret makes them."""
    told = f"contact-code/1\0{contact.id}\0{contact.code_nonce}"
    digest = hmac.new(secret.encode(), told.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def has_code(contact: Contact) -> bool:
    """Whether a code was mailed whose time is not over."""
    return contact.code_until is not None and contact.code_until > clock.now()
