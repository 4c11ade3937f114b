"""Where an offer may happen: rooms of the register, and places that its provider proposes."""

import sqlalchemy as sa

from festival.domain import audit, slugs
from festival.extensions import db
from festival.models import NOT_KNOWN, Provider, Room, User, Venue, VenueState


def rooms_for(provider: Provider, chosen: str = "") -> list[Room]:
    """The rooms of listed venues and of those this provider has proposed, by venue and name;
    also the one that was ``chosen`` (its id, as typed), whatever became of it."""
    may_be = [
        Venue.state == VenueState.listed,
        sa.and_(Venue.state == VenueState.proposed, Venue.proposed_by_id == provider.id),
    ]
    if chosen.isdecimal() and len(chosen) < 10:
        may_be.append(Room.id == int(chosen))
    query = sa.select(Room).join(Room.venue).where(sa.or_(*may_be))
    found = db.session.scalars(query.order_by(Venue.name, Venue.id, Room.name))
    return list(found)


def propose_place(
    *,
    provider: Provider,
    author: User,
    name: str,
    address: str,
    postcode: str,
    room: str,
    people: int,
    step_free: str = NOT_KNOWN,
    accessible_toilet: str = NOT_KNOWN,
) -> Room:
    """A place that is not in the register, for the team to check; its one room. The same place
    proposed again is the one that is there already."""
    same = sa.select(Venue).where(
        Venue.state == VenueState.proposed,
        Venue.proposed_by_id == provider.id,
        Venue.name == name,
        Venue.postcode == postcode,
    )
    venue = db.session.scalar(same.limit(1))
    if venue is None:
        venue = Venue(
            slug=slugs.unused(Venue, name, "place"),
            name=name,
            address=address,
            postcode=postcode,
            accessible_toilet=accessible_toilet,
            state=VenueState.proposed,
            proposed_by_id=provider.id,
        )
        db.session.add(venue)
        db.session.flush()
        audit.record("venue.proposed", venue, actor=author)
    made = next((one for one in venue.rooms if one.name == room), None)
    if made is None:
        made = Room(name=room, legal_capacity=people, step_free=step_free)
        venue.rooms.append(made)
    made.legal_capacity, made.step_free = people, step_free
    db.session.flush()
    return made
