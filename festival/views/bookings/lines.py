"""A booking's lines as its pages show them: how each stands, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale, gettext, ngettext

from festival.delivery.addresses import manage_path
from festival.domain import bookings, capacity, joining, waiting
from festival.domain.bookings import Line
from festival.models import Booking, Occurrence, Reservation, ReservationState, RevisionText
from festival.views import shown

BOOKED, OFFERED, UNANSWERED, WAITING, ENDED = "booked", "offered", "unanswered", "waiting", "ended"
OPEN_STATES = (OFFERED, UNANSWERED, BOOKED, WAITING)  # as they stand on the page
IN_LINE = (ReservationState.waiting, ReservationState.offered)


@dataclass(frozen=True)
class ShownLine:
    """One line; of a series, changes are made through its next part to come."""

    line: Line
    claim: Reservation
    state: str
    now: datetime

    @property
    def id(self) -> int:
        return self.claim.id

    @property
    def booking(self) -> Booking:
        return self.claim.booking

    @property
    def text(self) -> RevisionText:
        revision = self.claim.occurrence.session.published_revision
        assert revision is not None  # only published sessions are booked
        return revision.text(self.booking.language)

    @property
    def dates(self) -> list[tuple[Occurrence, bool]]:
        """When it is; and whether we called that date off while others stand."""
        gone = ReservationState.withdrawn
        return [
            (one.occurrence, one.state == gone and self.claim.state != gone)
            for one in self.line.claims
        ]

    @property
    def where(self) -> str:
        room = self.claim.occurrence.room
        if room.venue.is_online:
            return gettext("Online")
        parts = (room.name, room.venue.name, shown.venue_line(room.venue))
        return ", ".join(part for part in parts if part)

    @property
    def people(self) -> Sequence[str]:
        return shown.attendee_labels(self.claim)

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Its people, to be ticked."""
        pairs = zip(self.claim.attendees, self.people, strict=True)
        return [(one.id, label) for one, label in pairs]

    @property
    def is_series(self) -> bool:
        return self.claim.series_claim is not None

    @property
    def is_coming(self) -> bool:
        return self.claim.occurrence.starts_at > self.now

    @property
    def may_change(self) -> bool:
        return self.state == BOOKED and self.is_coming

    @property
    def is_our_doing(self) -> bool:
        """Whether it ended without the booker: called off, or the waiting list closed."""
        return self.claim.state in (ReservationState.withdrawn, ReservationState.closed)

    @property
    def is_online(self) -> bool:
        return self.claim.occurrence.room.venue.is_online

    @property
    def joins(self) -> list[Reservation]:
        """Its parts, where it is online, whose way in is open now."""
        return [
            one
            for one in self.line.claims
            if self.is_online
            and one.state == ReservationState.confirmed
            and joining.opens_at(one.occurrence) <= self.now < one.occurrence.ends_at
        ]

    def join_path(self, claim: Reservation) -> str:
        return manage_path(self.booking, "bookings.join", reservation_id=claim.id)

    @property
    def wanted(self) -> int:
        """How many places its party needs; an offer may be of fewer."""
        return sum(one.takes_place for one in self.claim.attendees)

    @property
    def is_partial(self) -> bool:
        return self.state == OFFERED and self.claim.places < self.wanted

    @property
    def elsewhere(self) -> Reservation | None:
        """Another run of the same session that was booked since."""
        if self.state in (BOOKED, ENDED):
            return None
        return next(iter(bookings.booked_elsewhere(self.booking, self.claim)), None)

    @property
    def turn(self) -> str:
        return in_line_words(self.claim)

    @property
    def ending(self) -> str:
        return ending_words(self.claim)

    def path(self, endpoint: str) -> str:
        """The address of one of its pages."""
        return manage_path(self.booking, f"bookings.{endpoint}", reservation_id=self.id)


def shown_lines(booking: Booking, now: datetime) -> list[ShownLine]:
    """What was ever booked or waited for, the coming first as they are in time; not what was only
    held on the way."""
    known = [one for one in booking.reservations if one.confirmed_at or one.waiting_since]
    lines = [_shown(line, now) for line in bookings.in_lines(known)]
    return sorted(lines, key=lambda one: (one.claim.occurrence.starts_at, one.claim.id))


def _shown(line: Line, now: datetime) -> ShownLine:
    """Of a series, one date may have been called off while the others stand."""
    claim = min(line.claims, key=lambda one: (one.occurrence.starts_at <= now, _is_over(one)))
    if claim.occurrence.starts_at <= now:
        claim = line.claims[-1]
    return ShownLine(line, claim, state_of(claim, now), now)


def _is_over(claim: Reservation) -> bool:
    return claim.state not in (*IN_LINE, ReservationState.confirmed)


def state_of(claim: Reservation, now: datetime) -> str:
    """How it stands at this moment, whether time's work is done in the rows or not."""
    if claim.state == ReservationState.confirmed:
        return BOOKED
    over = claim.occurrence.starts_at <= now
    if claim.state not in IN_LINE or over:
        return ENDED
    if claim.state == ReservationState.waiting:
        return UNANSWERED if claim.passed_over else WAITING
    return UNANSWERED if capacity.ran_out(claim, now) else OFFERED


def in_line_words(claim: Reservation) -> str:
    """Where a party stands in line, honestly: a range where smaller parties may go first."""
    return position_words(waiting.position(claim))


def position_words(place: waiting.Position) -> str:
    if place.best == place.worst:
        return gettext("You are %(place)s in line.", place=ordinal(place.best))
    return gettext(
        "You are between %(first)s and %(last)s in line.",
        first=ordinal(place.best),
        last=ordinal(place.worst),
    )


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``4th``."""
    locale = get_locale()
    form = locale.ordinal_form(number) if locale else "other"
    return {
        "one": gettext("%(number)sst", number=number),
        "two": gettext("%(number)snd", number=number),
        "few": gettext("%(number)srd", number=number),
    }.get(form, gettext("%(number)sth", number=number))


def ending_words(claim: Reservation) -> str:
    """Why a line is over."""
    if claim.state == ReservationState.cancelled:
        booked = claim.confirmed_at is not None
        return gettext("Cancelled by you") if booked else gettext("You left the waiting list")
    return {
        ReservationState.withdrawn: gettext("Cancelled by us"),
        ReservationState.declined: gettext("You said no thanks"),
    }.get(claim.state, gettext("The waiting list has closed"))


def places_for(number: int) -> str:
    return str(ngettext("%(num)s place", "%(num)s places", number))
