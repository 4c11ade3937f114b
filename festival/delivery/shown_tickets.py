"""What a ticket says, on the page, on paper and in a file: the same words everywhere.

Somebody who reads another language than English gets both: theirs for themselves, and English
beside it for who stands at the door.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext, ngettext
from markupsafe import Markup

from festival.delivery import codes
from festival.domain import tickets, words
from festival.domain.tickets import TicketKeys
from festival.models import Booking, Edition, Reservation, ReservationState, RevisionText

ENGLISH = "en"
IN_HTML = Markup(' lang="{}" dir="{}"')
POINTS = 4  # of a picture in a file, for each module


@dataclass(frozen=True)
class Words:
    """Some words, and the language they are in; none is known of a name."""

    text: str
    language: str = ""

    @property
    def direction(self) -> str:
        return words.direction(self.language) if self.language else words.direction_of(self.text)

    @property
    def attributes(self) -> Markup:
        """What HTML says of it; an empty language is one that nobody knows."""
        return IN_HTML.format(self.language, self.direction)


@dataclass(frozen=True)
class Said:
    """The same in the booking's language, and in English beside it where that is another."""

    own: Words
    beside: Words | None = None

    @property
    def attributes(self) -> Markup:
        """What HTML says of all of it; nothing where there are two languages."""
        return Markup() if self.beside else self.own.attributes


@dataclass(frozen=True)
class ShownTicket:
    """One ticket. It has a code where it ``stands``; else it lets nobody in."""

    reservation: Reservation
    title: Words
    when: Said
    place: Said
    address: Said | None
    name: Said | None
    reference: str
    notes: list[tuple[Said, Said]]
    labels: Mapping[str, Said]
    code: str = ""

    @property
    def stands(self) -> bool:
        return bool(self.code)

    @property
    def direction(self) -> str:
        """How it is laid out: as its labels are written."""
        return self.labels["when"].own.direction

    @cached_property
    def drawing(self) -> codes.Drawing:
        return codes.drawing(self.code)

    @property
    def points(self) -> str:
        """The picture of the code as PNG in base 64."""
        return b64encode(codes.png(self.code, POINTS)).decode()

    @property
    def letters(self) -> str:
        """The code as it can be typed."""
        return tickets.in_groups(self.code)


def ticket_of(
    reservation: Reservation, booking: Booking, edition: Edition, keys: TicketKeys, *, named: bool
) -> ShownTicket:
    """The ticket of this reservation; with the booker's name only where ``named``, because the
    link that shows tickets alone is given to others."""
    occurrence = reservation.occurrence
    room, language = occurrence.room, booking.language
    revision = occurrence.session.published_revision
    assert revision is not None  # only published sessions are booked
    text = revision.text(language)
    labels = _labels(language, reservation.people)
    postcode = room.venue.postcode.replace(" ", "\u00a0")
    address = ", ".join(filter(None, (room.venue.address, postcode)))
    stands = reservation.state == ReservationState.confirmed
    return ShownTicket(
        reservation=reservation,
        title=Words(text.title, text.language),
        when=_when(language, occurrence.starts_at, occurrence.ends_at, edition.zone),
        place=Said(Words(", ".join(filter(None, (room.venue.name, room.name))), ENGLISH)),
        address=Said(Words(address, ENGLISH)) if address else None,
        name=Said(Words(booking.name)) if named and booking.name else None,
        reference=booking.reference or "",
        notes=_notes(text, labels),
        labels=labels,
        code=tickets.code_of(reservation.ticket, keys) if stands and reservation.ticket else "",
    )


def _when(language: str, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Said:
    english = Words(words.when(starts_at, ends_at, zone), ENGLISH)
    if language == ENGLISH:
        return Said(english)
    return Said(Words(words.when_abroad(starts_at, ends_at, zone, language), language), english)


def _notes(text: RevisionText, labels: Mapping[str, Said]) -> list[tuple[Said, Said]]:
    said = (("meeting_point", text.meeting_point), ("what_to_bring", text.what_to_bring))
    return [(labels[name], Said(Words(value, text.language))) for name, value in said if value]


def _labels(language: str, people: int) -> dict[str, Said]:
    """Each label in this language where somebody has translated it, and in English."""
    with force_locale("en_GB"):
        english = _said(people)
    if language == ENGLISH:
        return {name: Said(Words(text, ENGLISH)) for name, text in english.items()}
    with force_locale(language):
        own = _said(people)
    return {
        name: Said(Words(own[name], language), Words(text, ENGLISH))
        if own[name] != text
        else Said(Words(text, ENGLISH))
        for name, text in english.items()
    }


def _said(people: int) -> dict[str, str]:
    return {
        "when": gettext("When"),
        "where": gettext("Where"),
        "lets_in": gettext("Lets in"),
        "people": str(ngettext("%(num)s person", "%(num)s people", people)),
        "name": gettext("Name"),
        "reference": gettext("Booking reference"),
        "meeting_point": gettext("Where to go"),
        "what_to_bring": gettext("What to bring"),
        "hint": gettext("Show this at the door, on paper or on your phone."),
        "alt": gettext("QR code of this ticket. The booking reference works as well."),
        "cancelled": gettext("Cancelled. This ticket does not let you in."),
    }
