"""Taking places and giving them back, by updates that hold even where somebody forgot the lock."""

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from festival.domain.capacity.free import Want, free_of, is_released, public_share
from festival.domain.errors import N_, DomainError
from festival.extensions import db
from festival.models import (
    Allocation,
    AllocationKind,
    Occurrence,
    OccurrenceState,
    Reservation,
)

# Rows, not objects: these updates are their own guard and need nothing of the unit of work.
OCCURRENCES = cast("sa.Table", Occurrence.__table__)
ALLOCATIONS = cast("sa.Table", Allocation.__table__)


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


def want(share: Allocation, places: int, people: int, companions: int = 0) -> Want:
    """What a party asks of this share's occurrence."""
    return Want(share.id, places, people, companions)


def check_fits(occurrence: Occurrence, wanted: Want, now: datetime) -> None:
    """Raise NoPlacesLeft or RoomFull unless this could be taken, by what the rows say."""
    free = free_of(occurrence, now)
    if not free.has_places(wanted):
        raise NoPlacesLeft(free.most(wanted.share_id))
    if not free.has_room(wanted):
        kept = 0 if wanted.people == wanted.companions else free.reserve
        raise RoomFull(max(0, free.people - kept))


def take(
    occurrence: Occurrence,
    share: Allocation,
    places: int,
    people: int,
    now: datetime,
    companions: int = 0,
) -> int:
    """Take places of this occurrence, from this share as far as it goes and else from the public
    one, and room for as many people; how many came from the share itself.

    Raises NoPlacesLeft or RoomFull, and leaves nothing half taken.
    """
    wanted = want(share, places, people, companions)
    check_fits(occurrence, wanted, now)
    release_shares(occurrence, now)  # what came home to one since it was released
    own = free_of(occurrence, now).own(wanted)
    inside = places - own if share.kind == AllocationKind.access else places
    if not _move_occurrence(occurrence, inside, people, companions, guarded=True):
        raise NoPlacesLeft(free_of(_read_again(occurrence), now).most(share.id))
    if not _move_share(share, own, guarded=True):
        _move_occurrence(occurrence, -inside, -people, -companions)
        raise NoPlacesLeft(free_of(_read_again(occurrence), now).most(share.id))
    if places > own and not _move_share(public_share(occurrence), places - own, guarded=True):
        _move_share(share, -own)
        _move_occurrence(occurrence, -inside, -people, -companions)
        raise NoPlacesLeft(free_of(_read_again(occurrence), now).most(share.id))
    return own


def release_shares(occurrence: Occurrence, now: datetime) -> bool:
    """Shares whose release time has come join the public one; the access reserve, which is no
    part of the capacity, is only kept no longer. Tells whether there were any."""
    free = {
        share: share.places - share.places_taken
        for share in occurrence.allocations
        if is_released(share, now) and share.places > share.places_taken
    }
    for share, places in free.items():
        share.places -= places
        if share.kind != AllocationKind.access:
            public_share(occurrence).places += places
    if free:
        db.session.flush()
    return bool(free)


def give_all_back(reservation: Reservation) -> None:
    """Give everything a reservation takes back to where it came from."""
    give_back(reservation, reservation.places, reservation.people, reservation.companions)


def give_back(reservation: Reservation, places: int, people: int, companions: int) -> None:
    """Give so many of a reservation's places and people, ``companions`` of them, back to where
    they came from: first those of the public share, which everybody waits for."""
    share, occurrence = reservation.allocation, reservation.occurrence
    assert share is not None  # a CHECK says so of all that take places
    public = min(places, max(0, reservation.places - reservation.own_places))
    own = places - public
    inside = public if share.kind == AllocationKind.access else places
    _move_occurrence(occurrence, -inside, -people, -companions)
    if own:
        _move_share(share, -own)
        reservation.own_places -= own
    if public:
        _move_share(public_share(occurrence), -public)


def _move_occurrence(
    occurrence: Occurrence, places: int, people: int, companions: int, *, guarded: bool = False
) -> bool:
    """Let the counters follow; whether its guards held."""
    table = OCCURRENCES.c
    update = (
        sa.update(OCCURRENCES)
        .where(table.id == occurrence.id)
        .values(
            places_taken=table.places_taken + places,
            people_expected=table.people_expected + people,
            companions_expected=table.companions_expected + companions,
        )
        .returning(table.places_taken, table.people_expected, table.companions_expected)
    )
    if guarded:
        update = update.where(
            table.state == OccurrenceState.scheduled,
            table.places_taken + places <= table.capacity,
            table.people_expected + people <= table.legal_capacity,
        )
    return _follow(occurrence, update)


def _move_share(share: Allocation, places: int, *, guarded: bool = False) -> bool:
    if not places:
        return True
    table = ALLOCATIONS.c
    update = (
        sa.update(ALLOCATIONS)
        .where(table.id == share.id)
        .values(places_taken=table.places_taken + places)
        .returning(table.places_taken)
    )
    if guarded:
        update = update.where(table.places_taken + places <= table.places)
    return _follow(share, update)


def _follow(thing: Occurrence | Allocation, update: "sa.sql.dml.ReturningUpdate[Any]") -> bool:
    """Run a conditional update, and let the object say what the row says now."""
    row = db.session.execute(update).one_or_none()
    if row is None:
        return False
    for name, value in row._mapping.items():
        set_committed_value(thing, name, value)
    return True


def _read_again(occurrence: Occurrence) -> Occurrence:
    db.session.expire(occurrence, ["places_taken", "people_expected", "companions_expected"])
    for share in occurrence.allocations:
        db.session.expire(share, ["places", "places_taken"])
    return occurrence
