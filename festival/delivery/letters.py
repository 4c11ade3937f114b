"""What a message to a booker says as things stand now; and whether it is still true at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from festival.delivery.addresses import address, manage
from festival.delivery.calendars import Entry
from festival.domain import clock
from festival.domain.alternatives import alternatives
from festival.domain.bookings import Line, in_lines
from festival.domain.capacity import availabilities
from festival.domain.errors import N_
from festival.extensions import db
from festival.models import (
    Booking,
    Message,
    Occurrence,
    Reservation,
    ReservationState,
    RevisionText,
)

State = ReservationState


class NoLongerTrue(Exception):
    """What the message was to say has changed since; another message tells of that."""


SUBJECTS = {
    "booked": N_("Your booking %(reference)s: %(title)s"),
    "changed": N_("CHANGED: your booking %(reference)s: %(title)s"),
    "cancelled": N_("CANCELLED: your booking %(reference)s: %(title)s"),
    "reminded": N_("Your booking reference is %(reference)s"),
    "waiting": N_("You are on the waiting list: %(title)s (%(reference)s)"),
    "offered": N_("Places for you, please answer: %(title)s (%(reference)s)"),
    "offer_over": N_("Stay in line? %(title)s (%(reference)s)"),
    "place_free": N_("Places are free, first come: %(title)s (%(reference)s)"),
    "swapped": N_("CHANGED: your booking %(reference)s: now %(title)s"),
    "passed_on": N_("You gave your places to somebody else: %(title)s (%(reference)s)"),
    "withdrawn": N_("CANCELLED: %(title)s (%(reference)s)"),
    "reinstated": N_("It takes place after all: %(title)s (%(reference)s)"),
}
WITH_TICKET = ("booked", "changed", "swapped", "reinstated")


@dataclass(frozen=True)
class Item:
    """One line of a booking in a letter."""

    line: Line
    booking: Booking

    @property
    def first(self) -> Reservation:
        return self.line.first

    @property
    def state(self) -> str:
        return self.first.state.value

    @property
    def text(self) -> RevisionText:
        return text_of(self.first.occurrence, self.booking.language)

    @property
    def people(self) -> int:
        return len(self.first.attendees)

    @property
    def wanted(self) -> int:
        """How many places the party needs; an offer may be of fewer."""
        return sum(one.takes_place for one in self.first.attendees)

    @property
    def cannot_come_link(self) -> str:
        return self._link("cannot_come")

    @property
    def offer_link(self) -> str:
        return self._link("offer")

    @property
    def session_link(self) -> str:
        return address("programme.session", code=self.first.occurrence.session.code)

    def _link(self, name: str) -> str:
        return manage(self.booking, f"bookings.{name}", reservation_id=self.first.id)


@dataclass(frozen=True)
class Told:
    """What a message tells of: what stands or is waited for, and what ended. ``instead`` is the
    kind of message it has become meanwhile."""

    standing: Sequence[Reservation]
    gone: Sequence[Reservation] = ()
    instead: str | None = None

    @property
    def entries(self) -> list[Reservation]:
        """What people's calendars are to know of: all that is or was booked."""
        known = (State.confirmed, State.cancelled, State.withdrawn)
        both = [*self.standing, *self.gone]
        return [one for one in both if one.confirmed_at and one.state in known]


@dataclass(frozen=True)
class Letter:
    """What the templates of one message need. ``entries`` are for calendars, ``tickets`` go with
    it as pictures, ``ended`` are entries of places that are somebody else's now."""

    kind: str
    subject: str
    context: dict[str, Any]
    reference: str = ""
    entries: Sequence[Reservation] = ()
    tickets: Sequence[Reservation] = ()
    ended: Sequence[Entry] = ()


def text_of(occurrence: Occurrence, language: str) -> RevisionText:
    """The wording of its session."""
    revision = occurrence.session.published_revision
    assert revision is not None  # only published sessions are booked
    return revision.text(language)


def letter_of_booking(message: Message, booking: Booking) -> Letter:
    """The letter of this message. Raises NoLongerTrue."""
    claims = _reservations(message)
    told = TELLING[message.kind](booking, claims, clock.now())
    kind = told.instead or message.kind
    items = [Item(line, booking) for line in in_lines(told.standing)]
    gone = [Item(line, booking) for line in in_lines(told.gone)]
    context = {
        "booking": booking,
        "items": items,
        "gone": gone,
        "link": manage(booking),
        "tickets_link": manage(booking, "bookings.show_tickets"),
        "programme_link": address("programme.home"),
        "alternatives": _alternatives(gone) if kind == "withdrawn" else [],
    }
    booked = [one for one in told.standing if one.state == State.confirmed]
    return Letter(
        kind,
        gettext(SUBJECTS[kind], reference=booking.reference, title=_title(items or gone)),
        context,
        booking.reference or "",
        entries=() if kind in ("reminded", "passed_on") else told.entries,
        tickets=booked if kind in WITH_TICKET else (),
        ended=_ended(message, booking, claims) if kind == "passed_on" else (),
    )


def _title(items: Sequence[Item]) -> str:
    """The first session, and how many more."""
    first, more = items[0].text.title, len(items) - 1
    return gettext("%(title)s and %(number)s more", title=first, number=more) if more else first


def _reservations(message: Message) -> list[Reservation]:
    """What it is about, whosever that is now."""
    ids = message.facts["reservations"]
    query = sa.select(Reservation).where(Reservation.id.in_(ids)).order_by(Reservation.id)
    return list(db.session.scalars(query))


def _alternatives(gone: Sequence[Item]) -> list[dict[str, Any]]:
    """What else these people could come to, for each session that was called off."""
    found: dict[int, Occurrence] = {}
    for item in gone:
        for one in alternatives(item.first.occurrence, item.line.party, clock.now()):
            found[one.id] = one
    return [
        {
            "title": text_of(one, gone[0].booking.language).title,
            "occurrence": one,
            "link": address("programme.session", code=one.session.code),
        }
        for one in found.values()
    ]


def _ended(message: Message, booking: Booking, moved: Sequence[Reservation]) -> list[Entry]:
    """The first party's entries, as their calendars know them."""
    known = message.facts.get("entries", {})
    return [
        Entry(one, booking, uid, sequence, stands=False)
        for one in moved
        for uid, sequence in [known[str(one.id)]]
    ]


# --- what each kind of message tells of, as things stand now


def _mine(
    booking: Booking, claims: Sequence[Reservation], *states: ReservationState
) -> list[Reservation]:
    """Those in one of these states; what was given to somebody else is told of to them."""
    return [one for one in claims if one.booking_id == booking.id and one.state in states]


def _unless_none(claims: Sequence[Reservation], why: str) -> Sequence[Reservation]:
    if not claims:
        raise NoLongerTrue(why)
    return claims


def _booked(booking: Booking, claims: Sequence[Reservation], _now: datetime) -> Told:
    """What stands, with what is waited for beside it."""
    why = "these places were cancelled meanwhile"
    _unless_none(_mine(booking, claims, State.confirmed), why)
    return Told(_mine(booking, claims, State.confirmed, State.waiting, State.offered))


def _cancelled(booking: Booking, claims: Sequence[Reservation], _now: datetime) -> Told:
    if _mine(booking, claims, State.confirmed):
        raise NoLongerTrue("these places stand again")
    gone = _mine(booking, claims, State.cancelled, State.withdrawn)
    return Told((), _unless_none(gone, "these places are somebody else's"))


def _waiting(booking: Booking, claims: Sequence[Reservation], _now: datetime) -> Told:
    waits = [one for one in _mine(booking, claims, State.waiting) if not one.passed_over]
    return Told(_unless_none(waits, "they do not wait any more"))


def _offered(booking: Booking, claims: Sequence[Reservation], now: datetime) -> Told:
    offered = _mine(booking, claims, State.offered)
    open_still = [one for one in offered if one.offer_until is not None and one.offer_until > now]
    return Told(_unless_none(open_still, "the offer was answered, or is over"))


def _offer_over(booking: Booking, claims: Sequence[Reservation], now: datetime) -> Told:
    waits = _mine(booking, claims, State.waiting)
    asked = [one for one in waits if one.passed_over and one.occurrence.starts_at > now]
    return Told(_unless_none(asked, "they have said if they stay"))


def _place_free(booking: Booking, claims: Sequence[Reservation], now: datetime) -> Told:
    waits = _mine(booking, claims, State.waiting)
    free = availabilities([one.occurrence for one in waits], now)
    full = [one for one in waits if free[one.occurrence_id].places < one.places]
    return Told(_unless_none([] if full else waits, "the places are gone"))


def _swapped(booking: Booking, claims: Sequence[Reservation], now: datetime) -> Told:
    new = _mine(booking, claims, State.confirmed)
    if new:
        return Told(new, _mine(booking, claims, State.cancelled, State.withdrawn))
    # Changed again since: what was left must still go out of people's calendars.
    return Told((), _cancelled(booking, claims, now).gone, "cancelled")


def _passed_on(booking: Booking, claims: Sequence[Reservation], _now: datetime) -> Told:
    given = [one for one in claims if one.booking_id != booking.id]
    return Told((), _unless_none(given, "the places are theirs again"))


def _withdrawn(booking: Booking, claims: Sequence[Reservation], _now: datetime) -> Told:
    return Told((), _unless_none(_mine(booking, claims, State.withdrawn), "it takes place"))


def _reinstated(booking: Booking, claims: Sequence[Reservation], _now: datetime) -> Told:
    stands = _mine(booking, claims, State.confirmed)
    return Told(_unless_none(stands, "these places were cancelled meanwhile"))


TELLING: Mapping[str, Callable[[Booking, Sequence[Reservation], datetime], Told]] = {
    "booked": _booked,
    "changed": _booked,
    "reminded": _booked,
    "cancelled": _cancelled,
    "waiting": _waiting,
    "offered": _offered,
    "offer_over": _offer_over,
    "place_free": _place_free,
    "swapped": _swapped,
    "passed_on": _passed_on,
    "withdrawn": _withdrawn,
    "reinstated": _reinstated,
}
