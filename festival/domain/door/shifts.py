"""Shifts: a volunteer's turn at a venue, which grants them a door pass of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain import audit, clock
from festival.domain.door.devices import phones_of
from festival.domain.door.opening import make_pass, renew_pass, revoke
from festival.domain.words import fold
from festival.extensions import db
from festival.models import DoorDevice, Shift, ShiftRole, User, Venue


@dataclass(frozen=True)
class Wanted:
    """One turn that is to be, between two aware times."""

    venue: Venue
    volunteer: str
    role: ShiftRole
    from_at: datetime
    until_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two turns the same: who, where, when and what."""
        return self.venue.id, fold(self.volunteer), self.role, self.from_at, self.until_at


@dataclass(frozen=True)
class Planned:
    """What becomes of a turn that is to be: it is made, unless there is the same already."""

    wanted: Wanted
    is_there: bool
    double_booked: bool


@dataclass(frozen=True)
class Granted:
    """A shift with what opens its door: told once."""

    shift: Shift
    code: str
    pin: str


@dataclass(frozen=True)
class Turn:
    """A shift with its phones, and whether the volunteer is somewhere else at that time."""

    shift: Shift
    phones: Sequence[DoorDevice]
    double_booked: bool


def plan_shifts(wanted: Sequence[Wanted]) -> list[Planned]:
    """What becomes of each of these. Two queries at most."""
    if not wanted:
        return []
    there = _on_between(min(one.from_at for one in wanted), max(one.until_at for one in wanted))
    seen = {_turn_of(one).key for one in there}
    everybody = [*map(_turn_of, there), *wanted]
    planned = []
    for one in wanted:
        planned.append(Planned(one, one.key in seen, _elsewhere(one, everybody)))
        seen.add(one.key)
    return planned


def make_shifts(wanted: Sequence[Wanted], *, actor: User) -> list[Granted]:
    """Make those that are not there yet: what is sent twice is made once. Raises PassRefused."""
    ids = {one.venue.id for one in wanted}
    locked = sa.select(Venue).where(Venue.id.in_(ids)).order_by(Venue.id)
    venues = {one.id: one for one in db.session.scalars(locked.with_for_update(of=Venue))}
    return [
        make_shift(
            venue=venues[one.wanted.venue.id],
            volunteer=one.wanted.volunteer,
            role=one.wanted.role,
            from_at=one.wanted.from_at,
            until_at=one.wanted.until_at,
            actor=actor,
        )
        for one in plan_shifts(wanted)
        if not one.is_there
    ]


def make_shift(
    *,
    venue: Venue,
    volunteer: str,
    role: ShiftRole,
    from_at: datetime,
    until_at: datetime,
    actor: User,
) -> Granted:
    """A turn at a venue between two aware times, with a door pass for it. Raises PassRefused."""
    door_pass, code, pin = make_pass(
        venue=venue, from_at=from_at, until_at=until_at, label=volunteer, actor=actor
    )
    shift = Shift(
        venue=venue,
        door_pass=door_pass,
        volunteer=volunteer,
        role=role,
        from_at=from_at,
        until_at=until_at,
        created_at=clock.now(),
    )
    db.session.add(shift)
    db.session.flush()
    audit.record("shift.made", shift, actor=actor, venue=venue.slug)
    return Granted(shift, code, pin)


def cancel_shift(shift: Shift, *, actor: User) -> None:
    """Somebody does not come: their pass is switched off. Again changes nothing."""
    if shift.cancelled_at is None:
        shift.cancelled_at = clock.now()
        revoke(shift.door_pass, actor=actor)
        audit.record("shift.cancelled", shift, actor=actor)


def renew_shift(shift: Shift, *, actor: User) -> Granted:
    """A new code and PIN for a slip that was lost: the old ones open nothing more. Raises
    PassRefused."""
    code, pin = renew_pass(shift.door_pass, actor=actor)
    return Granted(shift, code, pin)


def shifts_between(first: datetime, last: datetime) -> list[Turn]:
    """Who is on between two aware times, by venue and hour. Three queries at most."""
    query = (
        sa.select(Shift)
        .join(Shift.venue)
        .where(Shift.until_at > first, Shift.from_at < last)
        .options(joinedload(Shift.door_pass))
        .order_by(Venue.name, Venue.id, Shift.from_at, Shift.volunteer)
    )
    shifts = list(db.session.scalars(query))
    if not shifts:
        return []
    # Somebody who begins before midnight may be somewhere else after it.
    everybody = _on_between(min(one.from_at for one in shifts), max(one.until_at for one in shifts))
    turns = [_turn_of(one) for one in everybody]
    phones = phones_of([one.door_pass for one in shifts])
    return [
        Turn(
            one,
            phones[one.door_pass_id],
            one.cancelled_at is None and _elsewhere(_turn_of(one), turns),
        )
        for one in shifts
    ]


def _on_between(first: datetime, last: datetime) -> list[Shift]:
    """The shifts that touch these aware times and were not cancelled."""
    query = sa.select(Shift).where(
        Shift.until_at > first, Shift.from_at < last, Shift.cancelled_at.is_(None)
    )
    return list(db.session.scalars(query))


def _turn_of(shift: Shift) -> Wanted:
    return Wanted(shift.venue, shift.volunteer, shift.role, shift.from_at, shift.until_at)


def _elsewhere(one: Wanted, everybody: Sequence[Wanted]) -> bool:
    """Whether somebody of this name is at another venue in the same hours."""
    return any(
        other.venue.id != one.venue.id
        and other.from_at < one.until_at
        and other.until_at > one.from_at
        and fold(other.volunteer) == fold(one.volunteer)
        for other in everybody
    )
