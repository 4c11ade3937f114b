"""One line of a booking as letters tell of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from festival.delivery.addresses import address, manage
from festival.delivery.calendars import one_line
from festival.domain import words
from festival.domain.bookings import Line
from festival.models import (
    Booking,
    Edition,
    Occurrence,
    Reservation,
    RevisionText,
    Room,
)


def text_of(occurrence: Occurrence, language: str) -> RevisionText:
    """The wording of its session."""
    revision = occurrence.session.published_revision
    assert revision is not None  # only published sessions are booked
    return revision.text(language)


@dataclass(frozen=True)
class Item:
    """One line of a booking in a letter: a session, or all parts of a series."""

    line: Line
    booking: Booking
    edition: Edition
    language: str

    @property
    def first(self) -> Reservation:
        return self.line.first

    @property
    def claims(self) -> Sequence[Reservation]:
        return self.line.claims

    @property
    def state(self) -> str:
        return self.first.state.value

    @property
    def text(self) -> RevisionText:
        return text_of(self.first.occurrence, self.language)

    @property
    def room(self) -> Room:
        return self.first.occurrence.room

    @property
    def when(self) -> list[str]:
        """Day and time of each part."""
        return [self.when_of(one.occurrence) for one in self.claims]

    def when_of(self, occurrence: Occurrence) -> str:
        return words.when(occurrence.starts_at, occurrence.ends_at, self.edition.zone)

    @property
    def where(self) -> str:
        return where(self.room)

    @property
    def people(self) -> str:
        return str(ngettext("%(num)s person", "%(num)s people", len(self.first.attendees)))

    @property
    def for_people(self) -> str:
        number = len(self.first.attendees)
        return str(ngettext("For %(num)s person", "For %(num)s people", number))

    @property
    def wanted(self) -> int:
        """How many places the party needs; an offer may be of fewer."""
        return sum(one.takes_place for one in self.first.attendees)

    @property
    def until(self) -> str:
        """Until when to answer an offer."""
        until = self.first.offer_until
        return words.moment(until, self.edition.zone) if until else ""

    @property
    def cannot_come_link(self) -> str:
        return self._link("cannot_come")

    @property
    def offer_link(self) -> str:
        return self._link("offer")

    @property
    def session_link(self) -> str:
        return address("programme.session", code=self.first.occurrence.session.code)

    def instead_link(self, run: Occurrence) -> str:
        """By which the whole party comes to this run instead."""
        return self._link("instead", run=run.id)

    def _link(self, name: str, **more: int) -> str:
        return manage(self.booking, f"bookings.{name}", reservation_id=self.first.id, **more)


def where(room: Room) -> str:
    """Room and venue, or that it is online."""
    if room.venue.is_online:
        return str(gettext("Online"))
    return one_line(", ".join(part for part in (room.name, room.venue.name) if part))


def full_address(room: Room) -> str:
    """The same with its address, on one line."""
    if room.venue.is_online:
        return str(gettext("Online"))
    parts = [room.name, room.venue.name, f"{room.venue.address} {room.venue.postcode}".strip()]
    return one_line(", ".join(part for part in parts if part))
