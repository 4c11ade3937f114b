"""What a message to a booker is about, as things stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import current_app

from festival.delivery.addresses import manage
from festival.delivery.calendars import Entry
from festival.delivery.letters.items import Item, full_address, text_of, where
from festival.delivery.letters.telling import TELLING, Asked, NoLongerTrue, is_changed
from festival.domain import clock, contacts, words
from festival.domain.alternatives import alternatives
from festival.domain.bookings import in_lines
from festival.domain.outbox import EMAIL
from festival.extensions import db
from festival.models import (
    Booking,
    Contact,
    ContactKind,
    Edition,
    Message,
    Occurrence,
    Reservation,
    ReservationState,
)

__all__ = [
    "Item",
    "Letter",
    "NoLongerTrue",
    "full_address",
    "is_changed",
    "language_of",
    "letter_of",
    "letter_of_booking",
    "text_of",
    "where",
]

State = ReservationState
WITH_TICKET = ("booked", "changed", "swapped", "reinstated", "changed_by_us")
WITHOUT_ENTRY = (
    "reminded",
    "passed_on",
    "reminder",
    "joining",
    "thanks",
    "access_changed",
    "announcement",
    "fewer_places",
)


@dataclass(frozen=True)
class Letter:
    """What one message is about. ``entries`` are for calendars, ``tickets`` go with it,
    ``ended`` are entries of places that are somebody else's now."""

    kind: str
    edition: Edition
    language: str
    booking: Booking | None = None
    items: Sequence[Item] = ()
    gone: Sequence[Item] = ()
    alternatives: Sequence[tuple[Item, Occurrence]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    entries: Sequence[Reservation] = ()
    tickets: Sequence[Reservation] = ()
    ended: Sequence[Entry] = ()
    contact: Contact | None = None
    code: str = ""  # what opens all bookings under the contact

    @property
    def reference(self) -> str:
        return (self.booking.reference or "") if self.booking else ""

    @property
    def about(self) -> Sequence[Item]:
        """What it tells of first: what stands, else what ended."""
        return self.items or self.gone

    @property
    def link(self) -> str:
        assert self.booking is not None  # asked for by letters of a booking only
        return manage(self.booking)

    @property
    def tickets_link(self) -> str:
        assert self.booking is not None
        return manage(self.booking, "bookings.show_tickets")


def language_of(message: Message) -> str:
    """In which language this goes: what its address prefers, else the booking's own."""
    kind = ContactKind.email if message.channel == EMAIL else ContactKind.phone
    contact = contacts.known(kind, message.recipient)
    chosen = contact.language if contact is not None else ""
    if not chosen and message.booking is not None:
        chosen = message.booking.language
    return chosen if chosen in words.LANGUAGES else words.ENGLISH


def letter_of(message: Message, edition: Edition) -> Letter:
    """The letter of this message to a booker. Raises NoLongerTrue."""
    if message.booking is not None:
        return letter_of_booking(message, message.booking, edition)
    return _letter_of_contact(message, edition)


def _letter_of_contact(message: Message, edition: Edition) -> Letter:
    """The code to see what is booked under an address, as long as it works."""
    contact = db.session.get(Contact, message.facts["contact"])
    if contact is None or contact.code_until is None or contact.code_until <= clock.now():
        raise NoLongerTrue("the code does not work any more")
    code = contacts.code_of(current_app.config["SECRET_KEY"], contact)
    return Letter(message.kind, edition, language_of(message), contact=contact, code=code)


def letter_of_booking(message: Message, booking: Booking, edition: Edition) -> Letter:
    """The letter of this message. Raises NoLongerTrue."""
    claims = _reservations(message)
    now = clock.now()
    told = TELLING[message.kind](booking, claims, Asked(now, message.facts))
    kind = told.instead or message.kind
    language = language_of(message)
    items = [Item(line, booking, edition, language) for line in in_lines(told.standing)]
    gone = [Item(line, booking, edition, language) for line in in_lines(told.gone)]
    booked = [one for one in told.standing if one.state == State.confirmed]
    return Letter(
        kind,
        edition,
        language,
        booking,
        items,
        gone,
        alternatives=_alternatives(gone, message.facts) if kind == "withdrawn" else (),
        facts=message.facts,
        entries=() if kind in WITHOUT_ENTRY else told.entries,
        tickets=booked if kind in WITH_TICKET else (),
        ended=_ended(message, booking, claims) if kind == "passed_on" else (),
    )


def _reservations(message: Message) -> list[Reservation]:
    """What it is about, whosever that is now."""
    ids = message.facts["reservations"]
    query = sa.select(Reservation).where(Reservation.id.in_(ids)).order_by(Reservation.id)
    return list(db.session.scalars(query))


def _alternatives(gone: Sequence[Item], facts: Mapping[str, Any]) -> list[tuple[Item, Occurrence]]:
    """What else these people could come to, for each session that was called off; first what its
    organiser suggests, if it has places for them."""
    found: dict[int, tuple[Item, Occurrence]] = {}
    for item in gone:
        for one in alternatives(item.first.occurrence, item.line.party, clock.now()):
            found.setdefault(one.id, (item, one))
    suggested = facts.get("alternative")
    return sorted(found.values(), key=lambda each: each[1].id != suggested)


def _ended(message: Message, booking: Booking, moved: Sequence[Reservation]) -> list[Entry]:
    """The first party's entries, as their calendars know them."""
    known = message.facts.get("entries", {})
    return [
        Entry(one, booking, uid, sequence, stands=False)
        for one in moved
        for uid, sequence in [known[str(one.id)]]
    ]
