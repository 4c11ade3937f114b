"""A proposed place that is in the register already, under another name."""

from typing import Any

import sqlalchemy as sa

from festival.domain import audit
from festival.domain.capacity import lock
from festival.domain.errors import N_, NotAllowed
from festival.domain.venues.register import TooSmall, most_people
from festival.extensions import db
from festival.models import (
    DoorPass,
    FestivalSession,
    Occurrence,
    Revision,
    Room,
    Shift,
    User,
    Venue,
    VenueState,
)


def merge(proposed: Venue, room: Room, *, actor: User) -> None:
    """What was offered in a proposed place takes place in this room of the register, and the
    proposed place is gone; drafts that name it name the room.

    Raises NotAllowed where it is not a proposed place or the room is in it, TooSmall with the runs
    that have more places than the room.
    """
    db.session.refresh(proposed, with_for_update=True)
    if proposed.state != VenueState.proposed or room.venue_id == proposed.id:
        raise NotAllowed(N_("Choose a room of another venue that is on the list."), field="room")
    old = {one.id for one in proposed.rooms}
    _move_runs(old, room)
    _rename_in_drafts(proposed, old, room)
    for kind in (DoorPass, Shift):
        there = sa.update(kind).where(kind.venue_id == proposed.id)
        db.session.execute(there.values(venue_id=room.venue_id))
    audit.record("venue.merged", room.venue, actor=actor, merged=proposed.id)
    for one in list(proposed.rooms):
        db.session.delete(one)
    db.session.flush()
    db.session.expire(proposed, ["rooms"])
    db.session.delete(proposed)
    db.session.flush()


def _move_runs(old: set[int], room: Room) -> None:
    query = sa.select(Occurrence.id).where(Occurrence.room_id.in_(old))
    runs = [run for run in lock(set(db.session.scalars(query))) if run.room_id in old]
    too_small = [run for run in runs if most_people(run) > room.legal_capacity]
    if too_small:
        raise TooSmall(too_small, room.legal_capacity)
    for run in runs:
        run.room, run.legal_capacity = room, room.legal_capacity
    db.session.flush()


def _rename_in_drafts(proposed: Venue, old: set[int], room: Room) -> None:
    """Only the organisation that proposed the place can have chosen it."""
    query = (
        sa.select(Revision)
        .join(FestivalSession, Revision.session_id == FestivalSession.id)
        .where(FestivalSession.provider_id == proposed.proposed_by_id)
    )
    for revision in db.session.scalars(query):
        renamed = _renamed(revision.proposal, old, room.id)
        if renamed != revision.proposal:
            revision.proposal = renamed


def _renamed(proposal: dict[str, Any], old: set[int], new: int) -> dict[str, Any]:
    made = dict(proposal)
    if str(made.get("room", "")) in {str(one) for one in old}:
        made["room"] = str(new)
    offer = made.get("offer")
    if isinstance(offer, dict):
        runs = [
            {**run, "room_id": new} if run.get("room_id") in old else run
            for run in offer.get("runs", [])
        ]
        made["offer"] = {**offer, "runs": runs}
    return made
