"""Venues and rooms: added, described, looked at. A room's number of people by law is law: it never
falls under what is planned or expected there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.domain import audit, clock, slugs
from festival.domain.capacity import lock
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.venues.closures import STANDING
from festival.domain.venues.facts import keep_facts
from festival.extensions import db
from festival.models import (
    AllocationKind,
    Occurrence,
    Postcode,
    Room,
    User,
    Venue,
    VenueState,
    Ward,
)

OF_VENUE = ("name", "address", "postcode", "ward_id", "is_online")
OF_ROOM = ("name", "outdoors", "doors", "setup_minutes", "cleardown_minutes")


class TooSmall(DomainError):
    """Fewer people by law than are planned or expected in these runs."""

    reason = "too_small"

    def __init__(self, runs: Sequence[Occurrence], legal: int) -> None:
        self.runs = list(runs)
        super().__init__(
            N_(
                "More than %(legal)s people may come to sessions that are planned here: "
                "%(codes)s. Give those fewer places or another room first."
            ),
            field="legal_capacity",
            legal=legal,
            codes=", ".join(sorted({run.session.code for run in runs})),
        )


@dataclass(frozen=True)
class Entry:
    """A venue in the register."""

    venue: Venue
    rooms: int
    runs: int  # planned and not over


def waiting() -> int:
    """How many proposed places the team has not looked at."""
    query = sa.select(sa.func.count()).where(Venue.state == VenueState.proposed)
    return db.session.scalar(query) or 0


def by_slug(slug: str) -> Venue | None:
    """The venue that has this address."""
    return db.session.scalar(sa.select(Venue).where(Venue.slug == slug))


def wards() -> list[Ward]:
    """The city's wards by name."""
    return list(db.session.scalars(sa.select(Ward).order_by(Ward.name)))


def on_the_map() -> list[Venue]:
    """Listed venues with a point, by name."""
    query = sa.select(Venue).where(
        Venue.state == VenueState.listed,
        Venue.is_online.is_(False),
        Venue.latitude.is_not(None),
        Venue.longitude.is_not(None),
    )
    return list(db.session.scalars(query.order_by(Venue.name)))


def entries(now: datetime) -> list[Entry]:
    """The whole register: proposed places first, those closed for good last, each by name."""
    query = (
        sa.select(Room.venue_id, sa.func.count())
        .join(Occurrence, Occurrence.room_id == Room.id)
        .where(Occurrence.state.in_(STANDING), Occurrence.ends_at > now)
        .group_by(Room.venue_id)
    )
    runs = dict(db.session.execute(query).all())
    order = {VenueState.proposed: 0, VenueState.listed: 1, VenueState.closed: 2}
    found = db.session.scalars(sa.select(Venue).options(selectinload(Venue.rooms)))
    return sorted(
        (Entry(one, len(one.rooms), runs.get(one.id, 0)) for one in found),
        key=lambda one: (order[one.venue.state], one.venue.name.lower()),
    )


def add_venue(told: Mapping[str, Any], facts: Mapping[str, str], *, actor: User) -> Venue:
    """Put a venue into the register. ``told`` are any of OF_VENUE, ``facts`` of VENUE_FACTS."""
    venue = Venue(slug=slugs.unused(Venue, told["name"], "venue"), name=told["name"], facts={})
    _describe(venue, told, facts)
    db.session.add(venue)
    db.session.flush()
    audit.record("venue.added", venue, actor=actor)
    return venue


def change_venue(
    venue: Venue, told: Mapping[str, Any], facts: Mapping[str, str], *, actor: User
) -> None:
    """Say something else of it. Its address in the browser stays: people have printed it."""
    _describe(venue, told, facts)
    db.session.flush()
    audit.record("venue.changed", venue, actor=actor)


def _describe(venue: Venue, told: Mapping[str, Any], facts: Mapping[str, str]) -> None:
    moved = told.get("postcode", venue.postcode) != venue.postcode
    for name in OF_VENUE:
        if name in told:
            setattr(venue, name, told[name])
    keep_facts(venue, facts)
    known = db.session.get(Postcode, venue.postcode) if venue.postcode else None
    if known is not None:
        venue.ward_id = venue.ward_id or known.ward_id
        if moved or venue.latitude is None:
            venue.latitude, venue.longitude = known.latitude, known.longitude


def list_place(venue: Venue, *, actor: User) -> None:
    """The team has looked at a proposed place: everybody may choose it. Raises NotAllowed."""
    db.session.refresh(venue, with_for_update=True)
    if venue.state != VenueState.proposed:
        raise NotAllowed(N_("This place is on the list already."))
    venue.state = VenueState.listed
    db.session.flush()
    audit.record("venue.listed", venue, actor=actor)


def add_room(
    venue: Venue, told: Mapping[str, Any], facts: Mapping[str, str], *, actor: User
) -> Room:
    """Add a room. ``told`` are any of OF_ROOM and legal_capacity. Raises NotAllowed for a name
    that another room of the venue has."""
    room = Room(venue_id=venue.id, legal_capacity=told["legal_capacity"], facts={})
    _check_name(venue, room, told["name"])
    _furnish(room, told, facts)
    db.session.add(room)
    db.session.flush()
    db.session.expire(venue, ["rooms"])
    audit.record("venue.room_added", venue, actor=actor)
    return room


def change_room(
    room: Room, told: Mapping[str, Any], facts: Mapping[str, str], *, actor: User
) -> None:
    """Say something else of a room. Where the number of people by law changes, every run to come
    there is checked again and carries the new number.

    Raises TooSmall with the runs that have more people, NotAllowed for a name that is taken.
    """
    _check_name(room.venue, room, told["name"])
    legal = told["legal_capacity"]
    if legal != room.legal_capacity:
        _set_legal_capacity(room, legal)
    _furnish(room, told, facts)
    db.session.flush()
    audit.record("venue.room_changed", room.venue, actor=actor, room=room.id, legal=legal)


def _set_legal_capacity(room: Room, legal: int) -> None:
    query = sa.select(Occurrence.id).where(
        Occurrence.room_id == room.id, Occurrence.ends_at > clock.now()
    )
    runs = lock(set(db.session.scalars(query)))
    mine = [run for run in runs if run.room_id == room.id]
    too_small = [run for run in mine if most_people(run) > legal]
    if too_small:
        raise TooSmall(too_small, legal)
    room.legal_capacity = legal
    for run in mine:
        run.legal_capacity = legal


def most_people(run: Occurrence) -> int:
    """How many people a run must have space for: all its places with what is kept for access, or
    whoever is expected already, if those are more."""
    reserve = sum(share.places for share in run.allocations if share.kind == AllocationKind.access)
    return max(run.capacity + reserve, run.people_expected)


def _check_name(venue: Venue, room: Room, name: str) -> None:
    if any(one.name.lower() == name.lower() and one.id != room.id for one in venue.rooms):
        raise NotAllowed(N_("This venue has a room of this name already."), field="name")


def _furnish(room: Room, told: Mapping[str, Any], facts: Mapping[str, str]) -> None:
    for name in OF_ROOM:
        if name in told:
            setattr(room, name, told[name])
    keep_facts(room, facts)
