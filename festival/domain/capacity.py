"""Places: how many are free, who takes them, and giving them back.

Rule 1 (never more than the capacity, a share or the room's legal capacity) is kept by
conditional updates here and by named CHECKs in the database. Rule 12 (time does its work
without timers) by two functions: ``availability`` reads, ``settle`` makes it so under the lock.
Locks are taken in one order: occurrences by id, then allocations, then reservations.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from festival.domain.errors import N_, DomainError
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Allocation,
    AllocationKind,
    BookingMode,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    SessionState,
)

# Places and people by the share they came from.
Lapsed = dict[int | None, tuple[int, int]]


class NoPlacesLeft(DomainError):
    """Fewer places are free than were asked for; ``left`` says how many are."""

    reason = "no_places_left"

    def __init__(self, left: int) -> None:
        self.left = left
        text = {
            0: N_("Sorry, all the places have just been taken."),
            1: N_("Only 1 place is left. You can book 1 place, or look for another session."),
        }.get(left, N_("Only %(left)s places are left. You can book up to %(left)s."))
        super().__init__(text, field="adults", left=left)


class RoomFull(DomainError):
    """There are places, but the law lets no more people into the room: adults who take no place
    and babies are people too."""

    reason = "room_full"

    def __init__(self, left: int) -> None:
        self.left = left
        text = {
            0: N_("Nobody else fits into the room by law, so we cannot book this for you."),
            1: N_("Only 1 more person fits into the room by law. Can fewer of you come?"),
        }.get(
            left, N_("Only %(left)s more people fit into the room by law. Can fewer of you come?")
        )
        super().__init__(text, field="adults", left=left)


class BookingClosed(DomainError):
    """Booking has not opened yet, is over, or is not needed."""

    reason = "booking_closed"


@dataclass(frozen=True)
class Availability:
    """What one occurrence offers the public at one moment."""

    places: int  # free for the public; 0 when nobody can book
    public: int  # free of the public share, whether or not anybody can book now
    people: int  # who still fit into the room by law
    capacity: int
    reason: str  # open, full, drop_in, not_open, closed, cancelled

    @property
    def is_open(self) -> bool:
        return self.reason == "open"


def opens_at(occurrence: Occurrence) -> datetime | None:
    """When booking opens (aware, UTC): its own time, else the festival's; None: not said yet."""
    return occurrence.bookings_open_at or occurrence.session.edition.bookings_open_at


def closes_at(occurrence: Occurrence) -> datetime:
    """When booking closes (aware, UTC): its own time, else at the start."""
    return occurrence.bookings_close_at or occurrence.starts_at


def availability(occurrence: Occurrence, now: datetime) -> Availability:
    """What the public can book of this occurrence at ``now``; a pure reading."""
    return availabilities([occurrence], now)[occurrence.id]


def availabilities(occurrences: Collection[Occurrence], now: datetime) -> dict[int, Availability]:
    """``availability`` of many occurrences by id, with one query for all."""
    lapsed = _lapsed_places([occurrence.id for occurrence in occurrences], now)
    return {
        occurrence.id: _availability(occurrence, lapsed.get(occurrence.id, {}), now)
        for occurrence in occurrences
    }


def _lapsed_places(ids: Sequence[int], now: datetime) -> dict[int, Lapsed]:
    """Places and people of holds that have run out but were not settled: by occurrence, share."""
    query = (
        sa.select(
            Reservation.occurrence_id,
            Reservation.allocation_id,
            sa.func.sum(Reservation.places),
            sa.func.sum(Reservation.people),
        )
        .where(
            Reservation.occurrence_id.in_(ids),
            Reservation.state == ReservationState.held,
            Reservation.held_until <= now,
        )
        .group_by(Reservation.occurrence_id, Reservation.allocation_id)
    )
    found: dict[int, Lapsed] = {}
    for occurrence_id, allocation_id, places, people in db.session.execute(query):
        found.setdefault(occurrence_id, {})[allocation_id] = (int(places), int(people))
    return found


def _availability(occurrence: Occurrence, lapsed: Lapsed, now: datetime) -> Availability:
    lapsed_places = sum(places for places, _ in lapsed.values())
    lapsed_people = sum(people for _, people in lapsed.values())
    public = sum(
        share.places - share.places_taken + lapsed.get(share.id, (0, 0))[0]
        for share in occurrence.allocations
        if share.kind == AllocationKind.public or _is_released(share, now)
    )
    free = min(public, occurrence.capacity - occurrence.places_taken + lapsed_places)
    people = occurrence.legal_capacity - occurrence.people_expected + lapsed_people
    reason = _why_not(occurrence, now) or ("open" if min(free, people) > 0 else "full")
    return Availability(
        places=max(0, min(free, people)) if reason == "open" else 0,
        public=max(0, free),
        people=max(0, people),
        capacity=occurrence.capacity,
        reason=reason,
    )


def _is_released(share: Allocation, now: datetime) -> bool:
    return share.releases_at is not None and share.releases_at <= now


def _why_not(occurrence: Occurrence, now: datetime) -> str | None:
    if occurrence.session.state == SessionState.withdrawn:
        return "closed"  # a basket may have been begun before
    if occurrence.state == OccurrenceState.cancelled:
        return "cancelled"
    if occurrence.state != OccurrenceState.scheduled or closes_at(occurrence) <= now:
        return "closed"
    if occurrence.booking_mode == BookingMode.none:
        return "drop_in"
    opening = opens_at(occurrence)
    return "not_open" if opening is None or opening > now else None


def check_open(occurrence: Occurrence, now: datetime) -> None:
    """Raise BookingClosed unless the public may book this occurrence at ``now``."""
    sentences = {
        "cancelled": N_("This session has been cancelled."),
        "closed": N_(
            "Booking for this session has closed. You can still come and ask at the door."
        ),
        "drop_in": N_("You do not need to book this session. Just come along."),
        "not_open": N_("Booking for this session has not opened yet."),
    }
    reason = _why_not(occurrence, now)
    if reason is not None:
        raise BookingClosed(sentences[reason])


def lock(occurrence_ids: Collection[int]) -> list[Occurrence]:
    """Lock these occurrences, lowest id first, and read them afresh."""
    query = (
        sa.select(Occurrence)
        .where(Occurrence.id.in_(occurrence_ids))
        .order_by(Occurrence.id)
        .with_for_update(of=Occurrence)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def lock_and_settle(occurrence_ids: Collection[int], now: datetime) -> list[Occurrence]:
    """Lock these occurrences and bring each up to ``now``: how every write on them begins."""
    occurrences = lock(occurrence_ids)
    for occurrence in occurrences:
        settle(occurrence, now)
    return occurrences


def settle(occurrence: Occurrence, now: datetime) -> bool:
    """Make what time has done true in the rows: holds that ran out lapse, and shares whose
    release time has come join the public one. The occurrence must be locked. Tells whether
    anything changed."""
    changed = False
    query = (
        sa.select(Reservation)
        .where(
            Reservation.occurrence_id == occurrence.id,
            Reservation.state == ReservationState.held,
            Reservation.held_until <= now,
        )
        .execution_options(populate_existing=True)
    )
    for reservation in db.session.scalars(query):
        move(reservation, ReservationState.lapsed)
        reservation.ended_at = now
        give_back(reservation, reservation.places, reservation.people)
        changed = True
    return _release_shares(occurrence, now) or changed


def _release_shares(occurrence: Occurrence, now: datetime) -> bool:
    query = (
        sa.select(Allocation)
        .where(Allocation.occurrence_id == occurrence.id)
        .order_by(Allocation.id)
        .execution_options(populate_existing=True)
    )
    shares = list(db.session.scalars(query))
    free = {
        share.id: share.places - share.places_taken
        for share in shares
        if share.kind != AllocationKind.public and _is_released(share, now)
    }
    released = sum(free.values())
    if not released:
        return False
    for share in shares:
        if share.kind == AllocationKind.public:
            share.places += released
        else:
            share.places -= free.get(share.id, 0)
    db.session.flush()
    return True


def public_share(occurrence: Occurrence) -> Allocation:
    """The share that anybody may book from."""
    return next(share for share in occurrence.allocations if share.kind == AllocationKind.public)


def take(
    occurrence: Occurrence, share: Allocation, places: int, people: int, now: datetime
) -> None:
    """Take places from the occurrence and from this share of it, or raise NoPlacesLeft or
    RoomFull.

    Conditional updates: they hold even when somebody forgot the lock.
    """
    taken = _changes_one(
        sa.update(Occurrence)
        .where(
            Occurrence.id == occurrence.id,
            Occurrence.state == OccurrenceState.scheduled,
            Occurrence.places_taken + places <= Occurrence.capacity,
            Occurrence.people_expected + people <= Occurrence.legal_capacity,
        )
        .values(
            places_taken=Occurrence.places_taken + places,
            people_expected=Occurrence.people_expected + people,
        )
    )
    drawn = taken and _changes_one(
        sa.update(Allocation)
        .where(Allocation.id == share.id, Allocation.places_taken + places <= Allocation.places)
        .values(places_taken=Allocation.places_taken + places)
    )
    if taken and not drawn:
        _move_occurrence(occurrence.id, -places, -people)
    _reread(occurrence)
    if not drawn:
        free = availability(occurrence, now)
        if places <= free.public and people > free.people:
            raise RoomFull(free.people)
        raise NoPlacesLeft(free.places)


def _changes_one(update: sa.Update) -> bool:
    """Run a conditional update; whether its condition held."""
    done = db.session.execute(update.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[Any]", done).rowcount == 1


def give_back(reservation: Reservation, places: int, people: int) -> None:
    """Give places back to the occurrence and to the share they came from."""
    _move_occurrence(reservation.occurrence_id, -places, -people)
    db.session.execute(
        sa.update(Allocation)
        .where(Allocation.id == reservation.allocation_id)
        .values(places_taken=Allocation.places_taken - places)
        .execution_options(synchronize_session=False)
    )
    _reread(reservation.occurrence)


def _move_occurrence(occurrence_id: int, places: int, people: int) -> None:
    db.session.execute(
        sa.update(Occurrence)
        .where(Occurrence.id == occurrence_id)
        .values(
            places_taken=Occurrence.places_taken + places,
            people_expected=Occurrence.people_expected + people,
        )
        .execution_options(synchronize_session=False)
    )


def _reread(occurrence: Occurrence) -> None:
    db.session.expire(occurrence, ["places_taken", "people_expected"])
    for share in occurrence.allocations:
        db.session.expire(share, ["places", "places_taken"])


def due_to_settle(now: datetime, limit: int = 100) -> list[int]:
    """Ids of occurrences on which time has work to do: holds that ran out, shares to release."""
    held = sa.select(Reservation.occurrence_id).where(
        Reservation.state == ReservationState.held, Reservation.held_until <= now
    )
    released = sa.select(Allocation.occurrence_id).where(
        Allocation.kind != AllocationKind.public,
        Allocation.releases_at <= now,
        Allocation.places > Allocation.places_taken,
    )
    return sorted(set(db.session.scalars(held.union(released).limit(limit))))
