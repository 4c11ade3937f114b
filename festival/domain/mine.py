"""All that is booked under an email address, for whoever reads its mail: a code is mailed there,
and whoever types it (or follows the link beside it) is let in.

Nothing here tells whether an address is known: a wrong code and an unknown address are the same.
"""

import hmac
import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from festival.domain import audit, bookings, clock, contacts, links, outbox
from festival.domain.contacts import CODE_LASTS, CODE_TRIES
from festival.extensions import db
from festival.models import Booking, Contact, ContactKind, Prefers, Reminders


def ask_code(address: str) -> bool:
    """Mail a code to this address, where something is booked under it; whether there is.

    The page that asks must not tell. A code that still works is sent once more, so that of two
    mails that cross either is right.
    """
    booked = sa.select(Booking.id).where(
        Booking.email_folded == address.strip().lower(), Booking.confirmed_at.is_not(None)
    )
    if db.session.scalar(booked.limit(1)) is None:
        return False
    contact = _locked(contacts.remember(ContactKind.email, address))
    if not contacts.has_code(contact) or contact.code_tries >= CODE_TRIES:
        contact.code_nonce = str(uuid.uuid4())
        contact.code_tries = 0
    contact.code_until = clock.now() + CODE_LASTS
    outbox.queue("bookings_code", contact.address, contact=contact.id)
    return True


def enter(secret: str, address: str, code: str) -> Contact | None:
    """Who is let in with this code, which is over with it; None where it is wrong, was tried too
    often, is too old or was never sent. Each wrong try counts, however many come at once."""
    contact = contacts.of_email(address)
    if contact is None:
        return None
    contact = _locked(contact)
    if not contacts.has_code(contact) or contact.code_tries >= CODE_TRIES:
        return None
    if not hmac.compare_digest(contacts.code_of(secret, contact).encode(), code.encode()):
        contact.code_tries += 1
        return None
    return _let_in(contact)


def at_link(secret: str, token: str) -> Contact | None:
    """Whose bookings this mailed link opens; None once it is over. Changes nothing."""
    number = links.contact_id(token)
    contact = db.session.get(Contact, number) if number is not None else None
    if contact is None or not contacts.has_code(contact):
        return None
    return contact if links.opens_contact(secret, contact, token) else None


def follow(secret: str, token: str) -> Contact | None:
    """Let in by the mailed link; it and the code are over with it."""
    number = links.contact_id(token)
    contact = db.session.get(Contact, number) if number is not None else None
    if contact is None:
        return None
    _locked(contact)
    return _let_in(contact) if at_link(secret, token) is not None else None


def _locked(contact: Contact) -> Contact:
    """Read afresh, so that of two who come at once one is first."""
    db.session.flush()
    db.session.refresh(contact, with_for_update=True)
    return contact


def _let_in(contact: Contact) -> Contact:
    end_code(contact)
    audit.record("contact.entered", contact, actor=None)
    return contact


def end_code(contact: Contact) -> None:
    contact.code_nonce, contact.code_until, contact.code_tries = "", None, 0


def everything(contact: Contact) -> Sequence[Booking]:
    """The confirmed bookings under this address with all that is shown of them: as many questions
    for six as for one. Empty where several households share the address."""
    found = bookings.everything_under(contact.address)
    return [] if contacts.is_shared(contact, found) else found


def prefer(contact: Contact, *, language: str, prefers: Prefers, reminders: Reminders) -> None:
    """How who reads mail to this address wants to be told from now on. No ``language``: that of
    each booking."""
    contact.language, contact.prefers, contact.reminders = language, prefers, reminders
    audit.record("contact.preferences", contact, actor=None)


def end_calendar(contact: Contact) -> None:
    """The calendar's address leads nowhere any more, and there is a new one. Whoever else is in
    with this address is out."""
    contact.feed_version += 1
    audit.record("contact.calendar_ended", contact, actor=None)
