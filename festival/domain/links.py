"""Signed links: one manages a booking, another only shows its tickets, a third is the address of
its calendar; one shows all bookings under an address, and one is the address of their calendar."""

import base64
import hashlib
import hmac

from festival.models import Booking, Contact, Invitation, Occurrence

MANAGE = "manage"
TICKETS = "tickets"
CALENDAR = "calendar"
MINE = "mine"
FEED = "feed"


def token(secret: str, booking: Booking, purpose: str = MANAGE) -> str:
    """The part of a link that proves it came from us. Holds no personal data."""
    return _signed(
        secret, f"booking-link/1\0{purpose}\0{booking.reference}\0{booking.link_version}"
    )


def _signed(secret: str, told: str) -> str:
    digest = hmac.new(secret.encode(), told.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def opens(secret: str, booking: Booking, given: str, *purposes: str) -> bool:
    """Whether this token opens this booking for one of these purposes."""
    return any(
        hmac.compare_digest(token(secret, booking, purpose).encode(), given.encode())
        for purpose in purposes
    )


def of_calendar(secret: str, booking: Booking) -> str:
    """The address of one booking's calendar: it leads nowhere else, so that a calendar that others
    see gives nothing away. It ends when ``link_version`` rises."""
    return f"b{booking.id}.{token(secret, booking, CALENDAR)}"


def calendar_id(given: str) -> int | None:
    """Which booking's calendar a link speaks of; whether it may is for ``opens_calendar``."""
    return contact_id(given[1:]) if given.startswith("b") else None


def opens_calendar(secret: str, booking: Booking, given: str) -> bool:
    """Whether this token came from us for this booking's calendar."""
    return hmac.compare_digest(of_calendar(secret, booking).encode(), given.encode())


def of_contact(secret: str, contact: Contact, purpose: str = MINE) -> str:
    """The part of a link to all that is booked under an address (``MINE``), or of the address of
    its calendar (``FEED``): 144 bits behind the row's number. Both end when ``feed_version``
    rises; the first also with the code that was mailed beside it. They are of this address: a row
    that was deleted may leave its number to another."""
    nonce = contact.code_nonce if purpose == MINE else ""
    told = (contact.id, contact.feed_version, nonce, contact.kind.value, contact.address)
    signed = "\0".join(["contact-link/2", purpose, *map(str, told)])
    return f"{contact.id}.{_signed(secret, signed)}"


def contact_id(given: str) -> int | None:
    """Which row a contact's link speaks of; whether it may is for ``opens_contact``."""
    return row_id(given)


def row_id(given: str) -> int | None:
    """The number in front of a link's proof."""
    number = given.partition(".")[0]
    return int(number) if number.isdecimal() and number.isascii() and len(number) < 10 else None


def opens_contact(secret: str, contact: Contact, given: str, purpose: str = MINE) -> bool:
    """Whether this token came from us for this."""
    return hmac.compare_digest(of_contact(secret, contact, purpose).encode(), given.encode())


def of_occurrence(secret: str, occurrence: Occurrence) -> str:
    """The part of a link that asks how this run was: the same for all who came, so that it tells
    nothing of who answers."""
    told = f"feedback-link/1\0{occurrence.id}"
    return f"{occurrence.id}.{_signed(secret, told)}"


def opens_occurrence(secret: str, occurrence: Occurrence, given: str) -> bool:
    """Whether this token came from us for this run."""
    return hmac.compare_digest(of_occurrence(secret, occurrence).encode(), given.encode())


def of_invitation(secret: str, invitation: Invitation) -> str:
    """The part of a link that lets one person into an organisation. It ends when the row's secret
    is made anew."""
    told = f"invitation-link/1\0{invitation.id}\0{invitation.secret_hash}"
    return f"{invitation.id}.{_signed(secret, told)}"


def opens_invitation(secret: str, invitation: Invitation, given: str) -> bool:
    """Whether this token came from us for this invitation, and is the newest that was sent."""
    return hmac.compare_digest(of_invitation(secret, invitation).encode(), given.encode())
