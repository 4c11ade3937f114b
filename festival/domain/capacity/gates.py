"""When an occurrence can be booked, and until when its waiting list is served."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from festival.domain.capacity.shapes import Gated, Run
from festival.domain.errors import N_, DomainError
from festival.domain.quiet import is_that_morning, quiet_hours
from festival.models import BookingMode, OccurrenceState, SessionState

LAST_CALL = timedelta(hours=2)  # this close to the start, free places are first come
LONGEST_OFFER, SHORTEST_OFFER = timedelta(hours=24), timedelta(hours=2)


class BookingClosed(DomainError):
    """Booking has not opened yet, is over, or is not needed; ``why`` says which."""

    reason = "booking_closed"

    def __init__(self, text: str, *, why: str = "closed") -> None:
        self.why = why
        super().__init__(text)


SENTENCES = {
    "cancelled": N_("This session has been cancelled."),
    "closed": N_("Booking for this session has closed. You can still come and ask at the door."),
    "drop_in": N_("You do not need to book this session. Just come along."),
    "not_open": N_("Booking for this session has not opened yet."),
    "paused": N_("Booking is stopped for a short time. What you have booked stays booked."),
}


def opens_at(occurrence: Gated) -> datetime | None:
    """When booking opens (aware, UTC): its own time, else the festival's; None: not said yet."""
    return occurrence.bookings_open_at or occurrence.session.edition.bookings_open_at


def closes_at(occurrence: Run) -> datetime:
    """When booking closes (aware, UTC): its own time, else at the start."""
    closing = occurrence.bookings_close_at
    return occurrence.starts_at if closing is None else min(closing, occurrence.starts_at)


def why_not(occurrence: Run, now: datetime) -> str | None:
    """Why nobody can book this occurrence at ``now``, by phone as little as on the web: one of
    cancelled, closed, drop_in, not_open, paused; None when they can."""
    if occurrence.session.state == SessionState.withdrawn:
        return "closed"  # a basket may have been begun before
    if occurrence.state == OccurrenceState.cancelled:
        return "cancelled"
    if occurrence.state != OccurrenceState.scheduled or closes_at(occurrence) <= now:
        return "closed"
    if occurrence.booking_mode == BookingMode.none:
        return "drop_in"
    return "closed" if occurrence.is_closed else _not_yet(occurrence, now)


def _not_yet(occurrence: Run, now: datetime) -> str | None:
    """Why booking is not open just now, although it is to be, or was."""
    opening = opens_at(occurrence)
    if opening is None or opening > now:
        return "not_open"
    return "paused" if occurrence.session.edition.stands_still else None


def check_open(occurrence: Run, now: datetime) -> None:
    """Raise BookingClosed unless this occurrence can be booked at ``now``."""
    reason = why_not(occurrence, now)
    if reason is not None:
        raise BookingClosed(SENTENCES[reason], why=reason)


def list_is_over(occurrence: Run, now: datetime) -> bool:
    """Whether its waiting list has ended: with the booking itself."""
    return closes_at(occurrence) <= now or occurrence.session.state == SessionState.withdrawn


def list_is_served(occurrence: Run, now: datetime) -> bool:
    """Whether free places are offered to who waits, at ``now``: while it can be booked, and until
    two hours before the start."""
    return why_not(occurrence, now) is None and now < occurrence.starts_at - LAST_CALL


def is_last_call(occurrence: Run, now: datetime) -> bool:
    """Whether it can be booked, but too close to the start for offers."""
    return why_not(occurrence, now) is None and now >= occurrence.starts_at - LAST_CALL


def offer_deadline(now: datetime, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Until when an offer stands (aware, UTC) that is made at ``now``.

    The least of 24 hours and a quarter of the time left, but two hours at least. From 21:00 to
    08:00 in the festival's ``zone`` the clock stands still, so that nobody has to answer at night,
    unless the session is that morning. Never after the start.
    """
    left = min(LONGEST_OFFER, max(SHORTEST_OFFER, (starts_at - now) / 4))
    moment = now
    while True:
        begins, ends = quiet_hours(moment, zone)
        if moment + left <= begins or is_that_morning(starts_at, ends, zone):
            return min(moment + left, starts_at)
        left -= max(timedelta(), begins - moment)
        moment = ends
