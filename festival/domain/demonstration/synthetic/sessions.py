"""Made-up sessions: published with an approved wording, each with one run or two."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from festival.domain import clock, references
from festival.domain.capacity.free import Free
from festival.domain.demonstration.sessions import World
from festival.domain.demonstration.synthetic.chance import Chance
from festival.domain.demonstration.synthetic.kinds import KIND_WEIGHTS, KINDS, Kind
from festival.domain.demonstration.synthetic.places import Place
from festival.domain.demonstration.synthetic.rows import Rows
from festival.domain.demonstration.synthetic.wording import texts_of
from festival.models import (
    Allocation,
    AllocationKind,
    BookingMode,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    RevisionState,
    RevisionText,
    SessionFormat,
    SessionState,
)

CAPACITIES = (8, 10, 12, 12, 14, 15, 16, 18, 20, 20, 24, 25, 30, 40, 60, 90, 150)
MINUTES = (45, 60, 60, 75, 90)
DROP_IN = 0.03
SECOND_DATE = 0.08
CANCELLED, MOVED = 3, 5
RESERVE = 2  # kept for access beside the places, where the room allows
KEPT_BACK = {AllocationKind.phone: 0.12, AllocationKind.partner: 0.08}  # parts of the places
RELEASED_BEFORE = timedelta(days=3)


class Fate(enum.Enum):
    """What becomes of a session before its day."""

    stands = enum.auto()
    cancelled = enum.auto()
    moved = enum.auto()


@dataclass
class Run:
    """One run as bookings need it: what is free of it is counted here, and written at the end."""

    occurrence_id: int
    kind: Kind
    capacity: int
    legal: int
    starts_at: datetime
    shares: dict[AllocationKind, int]  # their ids
    places_of: dict[int, int]  # by a share's id
    free: Free
    drop_in: bool
    cancelled: bool


@dataclass
class Maker:
    """Makes sessions in the world of the demonstration."""

    world: World
    rows: Rows
    chance: Chance
    places: Sequence[Place]  # by size, the smallest first
    providers: Sequence[int]
    approved_at: datetime
    wordings: dict[int, int] = field(default_factory=dict)  # a session's approved revision

    def make(self, count: int, places: int, first_code: int) -> list[Run]:
        """So many sessions, with so many places in all."""
        dates = [2 if self.chance.happens(SECOND_DATE) else 1 for _ in range(count)]
        capacities = _capacities(self.chance, sum(dates), places, self.places[-1].legal)
        fates = [Fate.cancelled] * CANCELLED + [Fate.moved] * MOVED
        fates += [Fate.stands] * (count - len(fates))
        prefix, runs = self.world.edition.code_prefix, list[Run]()
        for number, (times, fate) in enumerate(zip(dates, fates, strict=True)):
            runs += self._session(
                f"{prefix}{first_code + number:02d}", [capacities.pop() for _ in range(times)], fate
            )
            self.rows.store_if_many()
        references.note_session_code(f"{prefix}{first_code + count - 1}")
        self.rows.store()
        # only now, because each of the two tables names the other
        self.rows.change(
            FestivalSession,
            {one: {"published_revision_id": other} for one, other in self.wordings.items()},
        )
        return runs

    def _session(self, code: str, sizes: Sequence[int], fate: Fate) -> Iterator[Run]:
        kind = self.chance.one_of(KINDS, KIND_WEIGHTS)
        theme = self.chance.one_of(list(self.world.themes))
        drop_in = fate == Fate.stands and self.chance.happens(DROP_IN)
        rooms = [self._room(size) for size in sizes]
        session_id = self.rows.add(
            FestivalSession,
            code=code,
            edition_id=self.world.edition.id,
            provider_id=self.chance.one_of(self.providers),
            state=SessionState.published,
            published_at=self.approved_at,
            theme_id=self.world.themes[theme].id,
            priority="",
            format=SessionFormat.in_person,
            delivery_languages=["en"],
            access=self.chance.one_of(([], [], [], ["BSL interpreter"])),
            charge="",
            learning_hours="",
            facilitator="",
            audience=kind.audience,
            question="",
            **kind.columns,
        )
        self.wordings[session_id] = self._revision(session_id, theme, kind, rooms[0])
        for size, room in zip(sizes, rooms, strict=True):
            yield self._run(session_id, kind, size, room, fate, drop_in=drop_in)

    def _revision(self, session_id: int, theme: str, kind: Kind, room: Place) -> int:
        revision_id = self.rows.add(
            Revision,
            session_id=session_id,
            number=1,
            state=RevisionState.approved,
            proposal={},
            created_at=self.approved_at - timedelta(days=9),
            submitted_at=self.approved_at - timedelta(days=5),
            decided_at=self.approved_at,
            decided_by_id=self.world.reviewer.id,
            comment="",
        )
        texts = texts_of(self.chance, theme, kind, room.venue, room.name)
        self.rows.add(RevisionText, revision_id=revision_id, language="en", **texts)
        return revision_id

    def _room(self, size: int) -> Place:
        """A room that is large enough and still free some time, not much larger than needed."""
        fitting = [place for place in self.places if place.legal >= size and place.free]
        return self.chance.one_of(fitting[: max(8, len(fitting) // 3)])

    def _run(
        self,
        session_id: int,
        kind: Kind,
        size: int,
        room: Place,
        fate: Fate,
        *,
        drop_in: bool,
    ) -> Run:
        day, hour = room.free.pop()
        starts_at = self._moment(day, hour)
        cancelled = fate == Fate.cancelled
        occurrence_id = self.rows.add(
            Occurrence,
            session_id=session_id,
            room_id=room.room_id,
            state=OccurrenceState.cancelled if cancelled else OccurrenceState.scheduled,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=self.chance.one_of(MINUTES)),
            setup_minutes=10,
            cleardown_minutes=10,
            booking_mode=BookingMode.none if drop_in else BookingMode.required,
            is_closed=False,
            capacity=size,
            places_taken=0,
            legal_capacity=room.legal,
            people_expected=0,
            companions_expected=0,
            calendar_uid=f"{self.chance.uuid()}@{self.world.calendar_domain}",
            calendar_sequence=int(fate != Fate.stands),
            revised_at=clock.now(),
        )
        shares = self._shares(occurrence_id, size, room.legal, starts_at)
        places_of = dict(shares.values())
        return Run(
            occurrence_id=occurrence_id,
            kind=kind,
            capacity=size,
            legal=room.legal,
            starts_at=starts_at,
            shares={share: share_id for share, (share_id, _) in shares.items()},
            places_of=places_of,
            free=Free(
                places=size,
                people=room.legal,
                shares=dict(places_of),
                public_id=shares[AllocationKind.public][0],
                access_id=shares.get(AllocationKind.access, (None, 0))[0],
            ),
            drop_in=drop_in,
            cancelled=cancelled,
        )

    def _shares(
        self, occurrence_id: int, size: int, legal: int, starts_at: datetime
    ) -> dict[AllocationKind, tuple[int, int]]:
        """Id and places of each share. Those whose time of release is over are the public's."""
        releases_at = starts_at - RELEASED_BEFORE
        kept = {
            kind: int(size * part)
            for kind, part in KEPT_BACK.items()
            if int(size * part) and releases_at > clock.now()
        }
        wanted = {AllocationKind.public: size - sum(kept.values()), **kept}
        if legal > size:
            wanted[AllocationKind.access] = min(RESERVE, legal - size)
        return {
            kind: (
                self.rows.add(
                    Allocation,
                    occurrence_id=occurrence_id,
                    kind=kind,
                    places=places,
                    places_taken=0,
                    releases_at=releases_at if kind in KEPT_BACK else None,
                ),
                places,
            )
            for kind, places in wanted.items()
        }

    def _moment(self, day: int, hour: str) -> datetime:
        edition = self.world.edition
        date = edition.starts_on + timedelta(days=day)
        return datetime.fromisoformat(f"{date}T{hour}").replace(tzinfo=edition.zone)


def _capacities(chance: Chance, count: int, places: int, largest: int) -> list[int]:
    """So many sizes that add up to so many places, each for a room that there is."""
    drawn = [chance.one_of(CAPACITIES) for _ in range(count)]
    scale = places / sum(drawn)
    sizes = [min(largest, max(2, round(size * scale))) for size in drawn]
    while (missing := places - sum(sizes)) != 0:
        place = chance.random.randrange(count)
        sizes[place] = min(largest, max(2, sizes[place] + (1 if missing > 0 else -1)))
    return sizes
