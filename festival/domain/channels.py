"""By which channel somebody is told: what they gave, what they asked for, and how soon it is.

Email carries everything, for who gave an address. SMS goes to who gave only a mobile number, and
beside the mail where the matter will not wait; only where the festival sends texts. Whom neither
reaches is rung up, for what is worth a call.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from festival.domain import contacts
from festival.extensions import db
from festival.models import Booking, Contact, Edition, Prefers, Reservation

EMAIL, SMS, CALL = "email", "sms", "call"
# What somebody without email is rung up for: what is booked they were told when they booked.
WORTH_A_CALL = (
    *("offered", "offer_over", "place_free", "withdrawn", "reinstated", "changed_by_us"),
    "announcement",
)
TEXTED = (*WORTH_A_CALL, "booked", "reminder", "joining")
# What must be known before somebody sets out.
WILL_NOT_WAIT = ("withdrawn", "reinstated", "changed_by_us", "place_free", "announcement")
NOT_IN_VAIN = ("withdrawn", "changed_by_us")  # else they come in vain
SOON = timedelta(hours=24)


def channels_of(
    booking: Booking,
    kind: str,
    reservations: Sequence[Reservation],
    now: datetime,
    contact: Contact | None,
) -> list[str]:
    """The channels by which the booker hears of this at ``now`` (aware), the quickest first; none
    where there is nothing to tell them by, or it is not worth a call. ``contact`` is what is
    remembered of their address."""
    prefers = contact.prefers if contact else Prefers.any
    if not booking.email:
        return _without_email(booking, kind, prefers)
    if not booking.mobile or kind not in WORTH_A_CALL:
        return [EMAIL]
    if prefers == Prefers.call:
        return [CALL, EMAIL]
    soon = kind in WILL_NOT_WAIT and _starts_soon(reservations, now)
    if (soon or prefers == Prefers.sms) and can_text(booking):
        return [SMS, EMAIL]
    # Within a day of the start a telephone is the only thing that surely reaches them.
    return [CALL, EMAIL] if soon and kind in NOT_IN_VAIN else [EMAIL]


def _without_email(booking: Booking, kind: str, prefers: Prefers) -> list[str]:
    if prefers != Prefers.call and kind in TEXTED and can_text(booking):
        return [SMS]
    return [CALL] if booking.mobile and kind in WORTH_A_CALL else []


def has_a_choice(booking: Booking, kind: str) -> bool:
    """Whether what the booker prefers makes a difference."""
    return kind in WORTH_A_CALL and booking.mobile != ""


def can_text(booking: Booking) -> bool:
    """Whether SMS reaches them: this festival sends texts, and they gave a mobile number."""
    if not contacts.is_mobile(booking.mobile):
        return False
    return db.session.get_one(Edition, booking.edition_id).sends_texts


def _starts_soon(reservations: Sequence[Reservation], now: datetime) -> bool:
    return any(now < one.occurrence.starts_at <= now + SOON for one in reservations)
