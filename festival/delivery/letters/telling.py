"""What each kind of message tells of, as things stand now; and whether it is still true at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from festival.domain.capacity import availabilities, ran_out
from festival.models import Booking, Occurrence, OccurrenceState, Reservation, ReservationState

State = ReservationState
Claims = Sequence[Reservation]


class NoLongerTrue(Exception):
    """What the message was to say has changed since; another message tells of that."""


@dataclass(frozen=True)
class Asked:
    """What a message was queued with, and the moment it is looked at."""

    now: datetime
    facts: Mapping[str, Any]


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


def _mine(booking: Booking, claims: Claims, *states: ReservationState) -> list[Reservation]:
    """Those in one of these states; what was given to somebody else is told of to them."""
    return [one for one in claims if one.booking_id == booking.id and one.state in states]


def _unless_none(claims: Claims, why: str) -> Claims:
    if not claims:
        raise NoLongerTrue(why)
    return claims


def _booked(booking: Booking, claims: Claims, _asked: Asked) -> Told:
    """What stands, with what is waited for beside it."""
    why = "these places were cancelled meanwhile"
    _unless_none(_mine(booking, claims, State.confirmed), why)
    return Told(_mine(booking, claims, State.confirmed, State.waiting, State.offered))


def _cancelled(booking: Booking, claims: Claims, _asked: Asked) -> Told:
    if _mine(booking, claims, State.confirmed):
        raise NoLongerTrue("these places stand again")
    gone = _mine(booking, claims, State.cancelled, State.withdrawn)
    return Told((), _unless_none(gone, "these places are somebody else's"))


def _waiting(booking: Booking, claims: Claims, _asked: Asked) -> Told:
    waits = [one for one in _mine(booking, claims, State.waiting) if not one.passed_over]
    return Told(_unless_none(waits, "they do not wait any more"))


def _offered(booking: Booking, claims: Claims, asked: Asked) -> Told:
    offered = _mine(booking, claims, State.offered)
    open_still = [one for one in offered if not ran_out(one, asked.now)]
    return Told(_unless_none(open_still, "the offer was answered, or is over"))


def _offer_over(booking: Booking, claims: Claims, asked: Asked) -> Told:
    waits = _mine(booking, claims, State.waiting)
    silent = [one for one in waits if one.passed_over and one.occurrence.starts_at > asked.now]
    return Told(_unless_none(silent, "they have said if they stay"))


def _place_free(booking: Booking, claims: Claims, asked: Asked) -> Told:
    waits = _mine(booking, claims, State.waiting)
    free = availabilities([one.occurrence for one in waits], asked.now)
    full = [one for one in waits if free[one.occurrence_id].places < one.places]
    return Told(_unless_none([] if full else waits, "the places are gone"))


def _swapped(booking: Booking, claims: Claims, asked: Asked) -> Told:
    new = _mine(booking, claims, State.confirmed)
    if new:
        return Told(new, _mine(booking, claims, State.cancelled, State.withdrawn))
    # Changed again since: what was left must still go out of people's calendars.
    return Told((), _cancelled(booking, claims, asked).gone, "cancelled")


def _passed_on(booking: Booking, claims: Claims, _asked: Asked) -> Told:
    given = [one for one in claims if one.booking_id != booking.id]
    return Told((), _unless_none(given, "the places are theirs again"))


def _withdrawn(booking: Booking, claims: Claims, _asked: Asked) -> Told:
    return Told((), _unless_none(_mine(booking, claims, State.withdrawn), "it takes place"))


def _reinstated(booking: Booking, claims: Claims, _asked: Asked) -> Told:
    stands = _mine(booking, claims, State.confirmed, State.waiting, State.offered)
    return Told(_unless_none(stands, "these places were cancelled meanwhile"))


def _coming(booking: Booking, claims: Claims, asked: Asked) -> Told:
    """Who has places, or waits, for what is not over."""
    held = _mine(booking, claims, State.confirmed, State.waiting, State.offered)
    still = [one for one in held if one.occurrence.ends_at > asked.now]
    return Told(_unless_none(still, "they do not come, or it is over"))


def _announced(booking: Booking, claims: Claims, asked: Asked) -> Told:
    """Who has places, for what takes place and is not over."""
    coming = [
        one
        for one in _mine(booking, claims, State.confirmed)
        if one.occurrence.state == OccurrenceState.scheduled and one.occurrence.ends_at > asked.now
    ]
    return Told(_unless_none(coming, "they do not come, or it is over"))


def _fewer_places(booking: Booking, claims: Claims, asked: Asked) -> Told:
    waits = _mine(booking, claims, State.waiting)
    still = [one for one in waits if one.occurrence.starts_at > asked.now]
    return Told(_unless_none(still, "they do not wait any more"))


def _reminder(booking: Booking, claims: Claims, asked: Asked) -> Told:
    """Of what is still to come: not of what was cancelled, moved further away or has started."""
    mine = _mine(booking, claims, State.confirmed)
    coming = [one for one in mine if _comes_soon(one.occurrence, asked)]
    return Told(_unless_none(coming, "they do not come, or not so soon"))


def _joining(booking: Booking, claims: Claims, asked: Asked) -> Told:
    """Only to who has places, for what is still online and not over."""
    mine = _mine(booking, claims, State.confirmed)
    coming = [
        one
        for one in mine
        if _comes_soon(one.occurrence, asked, late=True) and one.occurrence.room.venue.is_online
    ]
    return Told(_unless_none(coming, "they do not come, or not so soon, or not online"))


def _comes_soon(occurrence: Occurrence, asked: Asked, *, late: bool = False) -> bool:
    """Whether it takes place, and within the time its reminder is for; ``late``: who comes late
    may still come in."""
    if occurrence.state != OccurrenceState.scheduled:
        return False
    ahead = SOON.get(asked.facts.get("step", 1), SOON[1])
    over = occurrence.ends_at if late else occurrence.starts_at
    return over > asked.now and occurrence.starts_at <= asked.now + ahead


def _changed_by_us(booking: Booking, claims: Claims, asked: Asked) -> Told:
    """Of what is still another than it was, and not over."""
    before = asked.facts.get("before", {})
    held = _mine(booking, claims, State.confirmed, State.waiting, State.offered)
    told = [
        one
        for one in held
        if one.occurrence.ends_at > asked.now
        and is_changed(one.occurrence, before.get(str(one.occurrence_id), {}))
    ]
    return Told(_unless_none(told, "it is as it was, or they do not come"))


def is_changed(occurrence: Occurrence, before: Mapping[str, Any]) -> bool:
    """Whether its time or place is another than what was noted before."""
    return any(
        name in before and before[name] != now for name, now in (("room", occurrence.room_id),)
    ) or any(
        name in before and datetime.fromisoformat(before[name]) != now
        for name, now in (("starts_at", occurrence.starts_at), ("ends_at", occurrence.ends_at))
    )


def _thanks(booking: Booking, claims: Claims, asked: Asked) -> Told:
    came = [
        one
        for one in _mine(booking, claims, State.confirmed)
        if one.occurrence.state == OccurrenceState.scheduled and one.occurrence.ends_at <= asked.now
    ]
    return Told(_unless_none(came, "it did not take place, or they did not come"))


# How far ahead of its start something is at most when it is reminded of, by the step; a day more
# than the step itself, for quiet hours and for what time brings when it brings it.
SOON = {1: timedelta(days=4), 2: timedelta(days=2), 3: timedelta(hours=16)}

TELLING: Mapping[str, Callable[[Booking, Claims, Asked], Told]] = {
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
    "reminder": _reminder,
    "joining": _joining,
    "changed_by_us": _changed_by_us,
    "access_changed": _coming,
    "announcement": _announced,
    "fewer_places": _fewer_places,
    "thanks": _thanks,
}
