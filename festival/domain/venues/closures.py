"""When a venue is closed, and what would have taken place there."""

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from festival.domain import audit
from festival.domain.errors import N_, DomainError
from festival.domain.occurrences import CannotRun
from festival.extensions import db
from festival.models import (
    Closure,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    Room,
    User,
    Venue,
    VenueState,
)

STANDING = (OccurrenceState.proposed, OccurrenceState.scheduled)
FOR_GOOD = N_("closed for good")
NO_REASON = N_("closed")


class WrongDays(DomainError):
    """The days of a closure are in the wrong order."""

    reason = "wrong_days"


def is_open(venue: Venue, day: date) -> str | None:
    """None where it is open on this day; else why it is not, in a few words."""
    if venue.state == VenueState.closed:
        return FOR_GOOD
    for closure in venue.closures:
        if closure.starts_on <= day <= closure.ends_on:
            return closure.reason or NO_REASON
    return None


def check_open(venue: Venue, day: date) -> None:
    """Raise CannotRun, on the day or the room, where this venue is closed on this day."""
    why = is_open(venue, day)
    if why is None:
        return
    if why == FOR_GOOD:
        raise CannotRun(
            N_("%(venue)s is closed for good. Choose another place."),
            field="room",
            venue=venue.name,
        )
    raise CannotRun(
        N_("%(venue)s is closed on that day (%(why)s). Choose another day or place.")
        if why != NO_REASON
        else N_("%(venue)s is closed on that day. Choose another day or place."),
        field="day",
        venue=venue.name,
        why=why,
    )


def add_closure(
    venue: Venue, starts_on: date, ends_on: date, reason: str, *, actor: User
) -> Closure:
    """Close it on these days, both included; what takes place there is not touched: see
    ``runs_between``. Raises WrongDays."""
    if ends_on < starts_on:
        raise WrongDays(N_("The last day must not be before the first."), field="ends_on")
    closure = Closure(venue_id=venue.id, starts_on=starts_on, ends_on=ends_on, reason=reason)
    db.session.add(closure)
    db.session.flush()
    db.session.expire(venue, ["closures"])
    audit.record("venue.closure", venue, actor=actor)
    return closure


def remove_closure(closure: Closure, *, actor: User) -> None:
    """It is open on these days after all."""
    venue = db.session.get_one(Venue, closure.venue_id)
    db.session.delete(closure)
    db.session.flush()
    db.session.expire(venue, ["closures"])
    audit.record("venue.closure_removed", venue, actor=actor)


def close_for_good(venue: Venue, *, actor: User) -> None:
    """Nobody can choose it any more; what takes place there is not touched."""
    venue.state = VenueState.closed
    db.session.flush()
    audit.record("venue.closed_for_good", venue, actor=actor)


def open_again(venue: Venue, *, actor: User) -> None:
    """It can be chosen again."""
    venue.state = VenueState.listed
    db.session.flush()
    audit.record("venue.opened", venue, actor=actor)


def runs_to_come(venue: Venue, now: datetime, limit: int = 100) -> list[Occurrence]:
    """What is planned there and is not over at ``now`` (aware), soonest first."""
    return list(db.session.scalars(_runs(venue).where(Occurrence.ends_at > now).limit(limit)))


def runs_between(venue: Venue, first: date, last: date, edition: Edition) -> list[Occurrence]:
    """What is planned there on these days, both included, soonest first."""
    begins = datetime.combine(first, time(), edition.zone)
    ends = datetime.combine(last + timedelta(days=1), time(), edition.zone)
    query = _runs(venue).where(Occurrence.starts_at < ends, Occurrence.ends_at > begins)
    return list(db.session.scalars(query))


def _runs(venue: Venue) -> sa.Select[Occurrence]:
    return (
        sa.select(Occurrence)
        .join(Occurrence.room)
        .where(Room.venue_id == venue.id, Occurrence.state.in_(STANDING))
        .order_by(Occurrence.starts_at, Occurrence.id)
        .options(
            joinedload(Occurrence.session)
            .selectinload(FestivalSession.revisions)
            .selectinload(Revision.texts),
            selectinload(Occurrence.allocations),
        )
    )
