"""The day at the doors as it stands now: what runs and comes next at each venue, who is in, which
phones are heard of, and what somebody should look at. Looking changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from festival.domain.door.crews import Crew, PhoneNow, crews
from festival.domain.door.settling import conflicts
from festival.domain.scans import LETS_IN, heads_of, people_by_run, undone, waiting_of
from festival.extensions import db
from festival.models import (
    ChangeNotice,
    Edition,
    FestivalSession,
    NoticeKind,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Revision,
    Room,
    Scan,
    ScanKind,
    Venue,
)

BEFORE = timedelta(hours=2)  # a start: from then on people may come
SIGNED_IN_BY = timedelta(minutes=20)  # before the start
SCANS_BY = timedelta(minutes=10)  # after it
ARRIVING = timedelta(minutes=30)  # before and after it: the door is busy, phones are in use
UNSENT = timedelta(minutes=3)  # scans that a phone still has after so long
UNSETTLED = timedelta(days=30)  # conflicts: later the numbers were told long ago
FULL = 95  # percent of the places

Kind = Literal[
    "over_legal", "cancelled", "nobody", "no_scans", "unsent", "full", "quiet", "conflicts"
]
# The worst first. Of these somebody has to know at once; of the others, soon.
AT_ONCE: tuple[Kind, ...] = ("over_legal", "cancelled", "nobody", "no_scans", "unsent")
KINDS: tuple[Kind, ...] = (*AT_ONCE, "full", "quiet", "conflicts")


@dataclass(frozen=True)
class RunNow:
    """One run in numbers."""

    run: Occurrence
    expected: int  # people who have booked
    by_ticket: int  # of these, who are in
    walk_ups: int
    waiting: int  # people at the door, for a place that nobody claims
    heads: int | None  # where somebody counts
    last_at: datetime | None  # when something was written down there last
    arrivals: int  # since it was cancelled
    has_begun: bool

    @property
    def inside(self) -> int:
        """How many are in as far as tickets and walk-ups tell."""
        return self.by_ticket + self.walk_ups

    @property
    def present(self) -> int:
        """How many may be in the room: whichever count is higher, to be on the safe side."""
        return max(self.inside, self.heads or 0)

    @property
    def is_cancelled(self) -> bool:
        return self.run.state == OccurrenceState.cancelled

    @property
    def most(self) -> int:
        """How many people there are when every place is taken: those who take none, such as
        parents who stay, come on top; by law there is an end to it."""
        beside = self.run.people_expected - self.run.places_taken
        return min(self.run.legal_capacity, self.run.capacity + max(0, beside))

    @property
    def is_full(self) -> bool:
        return self.present * 100 > self.most * FULL

    @property
    def is_over_legal(self) -> bool:
        return self.present > self.run.legal_capacity


@dataclass(frozen=True)
class VenueNow:
    """What runs at one venue and comes within two hours, and the phones there."""

    venue: Venue
    runs: Sequence[RunNow]
    crew: Crew

    @property
    def phones(self) -> Sequence[PhoneNow]:
        return self.crew.phones


@dataclass(frozen=True)
class Flag:
    """Something to be looked at: at a run, of a phone, or of the whole."""

    kind: Kind
    venue: Venue | None = None
    one: RunNow | None = None
    phone: PhoneNow | None = None
    number: int = 0
    names: Sequence[str] = ()  # of volunteers who were to come

    @property
    def is_at_once(self) -> bool:
        return self.kind in AT_ONCE


@dataclass(frozen=True)
class Board:
    """All of it, at one moment."""

    at: datetime
    venues: Sequence[VenueNow]
    later: Sequence[RunNow]  # today
    flags: Sequence[Flag]  # the worst first

    @property
    def runs(self) -> list[RunNow]:
        """What runs now or comes next, but for what is cancelled."""
        return [one for venue in self.venues for one in venue.runs if not one.is_cancelled]

    @property
    def phones(self) -> list[PhoneNow]:
        return [one for venue in self.venues for one in venue.phones]

    @property
    def heard_at(self) -> datetime | None:
        """When the last word of any phone came."""
        return max((one.seen_at for one in self.phones), default=None)

    def flags_of(self, one: RunNow) -> list[Flag]:
        return [flag for flag in self.flags if flag.one is one]


def board(edition: Edition, now: datetime) -> Board:
    """How everything stands at ``now`` (aware). The number of queries is the same however many
    venues there are."""
    runs = _numbers(_runs(edition, now), now)
    soon = [one for one in runs if one.run.starts_at - BEFORE <= now]
    groups = crews(now)
    found: dict[int, Venue] = {one.run.room.venue_id: one.run.room.venue for one in soon}
    found |= {key: crew.venue for key, crew in groups.items() if crew.phones}
    venues = [
        VenueNow(
            venue=venue,
            runs=[one for one in soon if one.run.room.venue_id == venue.id],
            crew=groups.get(venue.id) or Crew(venue, (), ()),
        )
        for venue in sorted(found.values(), key=lambda one: (one.name, one.id))
    ]
    flags = [flag for one in venues for flag in _flags(one, now)]
    if number := len(conflicts(now - UNSETTLED)):
        flags.append(Flag("conflicts", number=number))
    return Board(
        at=now,
        venues=venues,
        later=[one for one in runs if one not in soon],
        flags=sorted(flags, key=lambda one: KINDS.index(one.kind)),
    )


def _runs(edition: Edition, now: datetime) -> list[Occurrence]:
    """What is not over and begins today, with its wording, the first first."""
    tomorrow = now.astimezone(edition.zone).date() + timedelta(days=1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=edition.zone)
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .join(Occurrence.room)
        .join(Room.venue)
        .where(
            FestivalSession.edition_id == edition.id,
            Occurrence.state.in_((OccurrenceState.scheduled, OccurrenceState.cancelled)),
            Occurrence.ends_at > now,
            Occurrence.starts_at < max(midnight, now + BEFORE),
            ~Venue.is_online,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
        .options(
            contains_eager(Occurrence.session).options(
                lazyload(FestivalSession.provider),
                lazyload(FestivalSession.theme),
                joinedload(FestivalSession.published_revision).options(
                    selectinload(Revision.texts)
                ),
            ),
            contains_eager(Occurrence.room).contains_eager(Room.venue),
            lazyload(Occurrence.allocations),
        )
    )
    return list(db.session.scalars(query))


def _numbers(runs: Sequence[Occurrence], now: datetime) -> list[RunNow]:
    ids = [one.id for one in runs]
    expected, people, heads = _expected(ids), people_by_run(ids), heads_of(ids)
    waiting, last, arrivals = waiting_of(ids), _last(ids), _arrivals(ids)
    return [
        RunNow(
            run=one,
            expected=expected.get(one.id, 0),
            by_ticket=people[one.id].get(ScanKind.admit, 0),
            walk_ups=people[one.id].get(ScanKind.walk_up, 0),
            waiting=waiting[one.id],
            heads=heads[one.id][0] if one.id in heads else None,
            last_at=last.get(one.id),
            arrivals=arrivals.get(one.id, 0),
            has_begun=one.starts_at <= now,
        )
        for one in runs
    ]


def _expected(ids: Sequence[int]) -> Mapping[int, int]:
    query = (
        sa.select(Reservation.occurrence_id, sa.func.sum(Reservation.people))
        .where(Reservation.occurrence_id.in_(ids), Reservation.state == ReservationState.confirmed)
        .group_by(Reservation.occurrence_id)
    )
    return {run: int(people) for run, people in db.session.execute(query)}


def _last(ids: Sequence[int]) -> Mapping[int, datetime]:
    """When something was written down at each of these runs last, whatever it was."""
    query = (
        sa.select(Scan.occurrence_id, sa.func.max(Scan.happened_at))
        .where(Scan.occurrence_id.in_(ids))
        .group_by(Scan.occurrence_id)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return dict(rows)


def _arrivals(ids: Sequence[int]) -> Mapping[int, int]:
    """How often somebody came to one of these runs after it was cancelled: let in, or told."""
    cancelled_at = (
        sa.select(sa.func.max(ChangeNotice.created_at))
        .where(
            ChangeNotice.occurrence_id == Scan.occurrence_id,
            ChangeNotice.kind == NoticeKind.cancelled,
            ChangeNotice.undone_at.is_(None),
        )
        .scalar_subquery()
    )
    let_in = sa.and_(Scan.kind.in_(LETS_IN), ~undone())
    told = sa.and_(Scan.kind == ScanKind.note, Scan.verdict == "cancelled")
    query = (
        sa.select(Scan.occurrence_id, sa.func.count())
        .join(Occurrence, Occurrence.id == Scan.occurrence_id)
        .where(
            Scan.occurrence_id.in_(ids),
            Occurrence.state == OccurrenceState.cancelled,
            sa.or_(let_in, told),
            sa.or_(cancelled_at.is_(None), Scan.happened_at >= cancelled_at),
        )
        .group_by(Scan.occurrence_id)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return dict(rows)


# --- what somebody should look at


def _flags(at: VenueNow, now: datetime) -> list[Flag]:
    flags = [
        Flag(kind, at.venue, one, number=number, names=names)
        for one in at.runs
        for kind, number, names in _of_run(one, at.crew, now)
    ]
    is_busy = any(
        abs(one.run.starts_at - now) <= ARRIVING for one in at.runs if not one.is_cancelled
    )
    for phone in at.phones:
        if phone.unsent and phone.age(now) > UNSENT:
            flags.append(Flag("unsent", at.venue, phone=phone, number=phone.unsent))
        elif is_busy and phone.is_quiet(now):
            flags.append(Flag("quiet", at.venue, phone=phone))
    return flags


def _of_run(one: RunNow, crew: Crew, now: datetime) -> list[tuple[Kind, int, Sequence[str]]]:
    """What is to be said of one run: the kind, a number and names that belong to it."""
    if one.is_cancelled:
        return [("cancelled", one.arrivals, ())] if one.arrivals else []
    found: list[tuple[Kind, int, Sequence[str]]] = []
    if one.is_over_legal:
        found.append(("over_legal", one.present, ()))
    elif one.is_full:
        found.append(("full", one.present, ()))
    starts_at = one.run.starts_at
    awaited = one.expected if not one.inside and one.heads is None else 0
    is_late = now >= starts_at + SCANS_BY and awaited > 0
    if now >= starts_at - SIGNED_IN_BY and _is_nobody_there(one, crew):
        found.append(("nobody", awaited if is_late else 0, crew.names_at(starts_at)))
    elif is_late:
        found.append(("no_scans", awaited, ()))
    return found


def _is_nobody_there(one: RunNow, crew: Crew) -> bool:
    """Whether nobody has signed in at a door for this run, and nobody wrote anything down. Where
    nobody has booked and nobody was asked to stand, nobody is missed."""
    is_wanted = bool(one.expected) or crew.is_planned(one.run.starts_at)
    return is_wanted and one.last_at is None and not crew.is_there(one.run.starts_at)
