"""Signed links to a booking: one manages it, another only shows its tickets."""

import base64
import hashlib
import hmac

from festival.models import Booking

MANAGE = "manage"
TICKETS = "tickets"


def token(secret: str, booking: Booking, purpose: str = MANAGE) -> str:
    """The part of a link that proves it came from us. Holds no personal data."""
    told = f"booking-link/1\0{purpose}\0{booking.reference}\0{booking.link_version}"
    digest = hmac.new(secret.encode(), told.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def opens(secret: str, booking: Booking, given: str, *purposes: str) -> bool:
    """Whether this token opens this booking for one of these purposes."""
    return any(
        hmac.compare_digest(token(secret, booking, purpose).encode(), given.encode())
        for purpose in purposes
    )
