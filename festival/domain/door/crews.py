"""Who stands at the doors of each venue: the passes and shifts of the day, and their phones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from festival.extensions import db
from festival.models import DoorDevice, DoorPass, Shift, Venue

Row = tuple[DoorPass, DoorDevice | None, str]
A_DAY = timedelta(days=1)
QUIET = timedelta(minutes=5)  # a phone is heard of every ten seconds, or it has no network


@dataclass(frozen=True)
class PhoneNow:
    """One phone, as it was heard of last."""

    id: int
    letter: str
    label: str  # which door
    volunteer: str  # of its shift, where there is one
    seen_at: datetime
    unsent: int

    def age(self, now: datetime) -> timedelta:
        """How long ago that was."""
        return max(timedelta(), now - self.seen_at)

    def is_quiet(self, now: datetime) -> bool:
        return self.age(now) >= QUIET


@dataclass(frozen=True)
class Turn:
    """One pass that opens: its hours, whose it is, and whether a phone is signed in with it."""

    from_at: datetime
    until_at: datetime
    volunteer: str
    is_there: bool

    def covers(self, moment: datetime) -> bool:
        return self.from_at <= moment < self.until_at


@dataclass(frozen=True)
class Crew:
    """Everybody at one venue."""

    venue: Venue
    turns: Sequence[Turn]
    phones: Sequence[PhoneNow]

    def is_planned(self, moment: datetime) -> bool:
        """Whether somebody was asked to stand there then."""
        return any(one.covers(moment) for one in self.turns)

    def is_there(self, moment: datetime) -> bool:
        """Whether a phone is signed in whose hours cover it."""
        return any(one.is_there and one.covers(moment) for one in self.turns)

    def names_at(self, moment: datetime) -> list[str]:
        """The volunteers who were asked to stand there then."""
        names = [one.volunteer for one in self.turns if one.covers(moment) and one.volunteer]
        return sorted(set(names))


def crews(now: datetime) -> dict[int, Crew]:
    """The crew of each venue (by id) within a day of ``now`` (aware), by door and letter. A phone
    is in it while its pass opens its door; after that, too, as long as it has something to send.
    One query."""
    query = (
        sa.select(DoorPass, DoorDevice, Shift.volunteer)
        .outerjoin(DoorDevice, DoorDevice.door_pass_id == DoorPass.id)
        .outerjoin(Shift, sa.and_(Shift.door_pass_id == DoorPass.id, Shift.cancelled_at.is_(None)))
        .where(DoorPass.until_at > now - A_DAY, DoorPass.from_at < now + A_DAY)
        .order_by(DoorPass.label, DoorPass.id, DoorDevice.id)
        .options(lazyload(DoorDevice.door_pass))
    )
    rows: dict[int, list[Row]] = {}
    for door_pass, device, volunteer in db.session.execute(query):
        rows.setdefault(door_pass.venue_id, []).append((door_pass, device, volunteer or ""))
    return {
        venue_id: Crew(mine[0][0].venue, turns=_turns(mine), phones=_phones(mine, now))
        for venue_id, mine in rows.items()
    }


def _turns(rows: Sequence[Row]) -> list[Turn]:
    """The passes among these that nobody has switched off."""
    there = {one.id for one, device, _name in rows if device and device.signed_out_at is None}
    passes = {one.id: (one, name) for one, _device, name in rows if one.revoked_at is None}
    return [
        Turn(one.from_at, one.until_at, name, is_there=one.id in there)
        for one, name in passes.values()
    ]


def _phones(rows: Sequence[Row], now: datetime) -> list[PhoneNow]:
    return [
        PhoneNow(
            id=device.id,
            letter=device.letter,
            label=door_pass.label,
            volunteer=name,
            seen_at=device.seen_at,
            unsent=device.unsent,
        )
        for door_pass, device, name in rows
        if device is not None and (device.unsent or _is_in_use(door_pass, device, now))
    ]


def _is_in_use(door_pass: DoorPass, device: DoorDevice, now: datetime) -> bool:
    is_on = door_pass.revoked_at is None and device.signed_out_at is None
    return is_on and door_pass.from_at <= now < door_pass.until_at
