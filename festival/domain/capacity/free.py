"""What is free, share by share, and who of those in line it would do for: arithmetic alone.

The same arithmetic reads what the public can have, makes offers, and says beforehand whether a
booking would fit, so that the three can never differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from festival.domain.capacity.shapes import HasShares, Run, S_co, Share
from festival.models import AllocationKind, Reservation


@dataclass(frozen=True)
class Want:
    """What a party asks of one occurrence: places from its own share or the public one, and room
    for everybody who comes. Companions may use the room that is kept for them."""

    share_id: int
    places: int
    people: int
    companions: int = 0

    def of(self, places: int) -> "Want":
        """The same party with so many places only."""
        return replace(self, places=places, people=self.people - (self.places - places))


@dataclass
class Free:
    """What is free of one occurrence."""

    places: int  # of its capacity
    people: int  # who still fit into the room by law
    shares: dict[int, int]
    public_id: int
    access_id: int | None = None
    companions: int = 0  # expected already: they have used so much of the reserve

    @property
    def reserve(self) -> int:
        """Room by law that is still kept for companions and access."""
        return self._kept(0, 0)

    def _kept(self, companions: int, places: int) -> int:
        """The same once so many more companions come, and so many places of it are taken."""
        left = self.shares.get(self.access_id, 0) if self.access_id is not None else 0
        return max(0, left - places - self.companions - companions)

    def own(self, want: Want) -> int:
        """How many of the places its own share can give."""
        return min(want.places, max(0, self.shares.get(want.share_id, 0)))

    def has_places(self, want: Want) -> bool:
        own = self.own(want)
        rest = want.places - own
        inside = rest if want.share_id == self.access_id else want.places
        public = 0 if want.share_id == self.public_id else self.shares[self.public_id]
        return rest <= public and inside <= max(0, self.places)

    def has_room(self, want: Want) -> bool:
        if want.people > self.people:
            return False
        outside = self.own(want) if want.share_id == self.access_id else 0
        if want.people - want.companions <= outside:
            return True  # nobody but those whom the reserve is for
        return self.people - want.people >= self._kept(want.companions, outside)

    def fits(self, want: Want) -> bool:
        return self.has_places(want) and self.has_room(want)

    def take(self, want: Want) -> None:
        own = self.own(want)
        self.shares[want.share_id] -= own
        self.shares[self.public_id] -= want.places - own
        self.places -= want.places - own if want.share_id == self.access_id else want.places
        self.people -= want.people
        self.companions += want.companions

    def give(self, share_id: int, own: int, places: int, people: int, companions: int) -> None:
        """Places come back, ``own`` of them to this share, the rest to the public one."""
        self.shares[share_id] += own
        self.shares[self.public_id] += places - own
        self.places += places - own if share_id == self.access_id else places
        self.people += people
        self.companions -= companions

    def most(self, share_id: int) -> int:
        """How many places a party that books from this share could have, each for one person."""
        public = self.shares[self.public_id]
        own = 0 if share_id == self.public_id else max(0, self.shares.get(share_id, 0))
        if share_id == self.access_id:
            inside = min(public, self.places, self.people - self.reserve)
            return max(0, min(own, self.people) + max(0, inside))
        return max(0, min(own + public, self.places, self.people - self.reserve))


def free_of(occurrence: Run, now: datetime) -> Free:
    """What its rows say is free; shares whose release time has come count as public."""
    free = free_in_rows(occurrence)
    release(free, occurrence, now)
    return free


def free_in_rows(occurrence: Run) -> Free:
    """What its rows say is free, whatever the time."""
    access = share_of(occurrence, AllocationKind.access)
    return Free(
        places=occurrence.capacity - occurrence.places_taken,
        people=occurrence.legal_capacity - occurrence.people_expected,
        shares={share.id: share.places - share.places_taken for share in occurrence.allocations},
        public_id=public_share(occurrence).id,
        access_id=access.id if access else None,
        companions=occurrence.companions_expected,
    )


def release(free: Free, occurrence: Run, now: datetime) -> None:
    """Let shares join the public one whose time has come. The access reserve is no part of the
    capacity: it is only kept no longer."""
    for share in occurrence.allocations:
        if is_released(share, now):
            if share.kind != AllocationKind.access:
                free.shares[free.public_id] += free.shares[share.id]
            free.shares[share.id] = 0


def is_released(share: Share, now: datetime) -> bool:
    """Whether this share's free places belong to everybody by now."""
    return (
        share.kind != AllocationKind.public
        and share.releases_at is not None
        and share.releases_at <= now
    )


def public_share(occurrence: HasShares[S_co]) -> S_co:
    """The share that anybody may book from."""
    return next(share for share in occurrence.allocations if share.kind == AllocationKind.public)


def share_of(occurrence: HasShares[S_co], kind: AllocationKind) -> S_co | None:
    """The share of this kind, where there is one."""
    return next((share for share in occurrence.allocations if share.kind == kind), None)


def share_for(occurrence: HasShares[S_co], kind: AllocationKind) -> S_co:
    """The share that somebody of this kind draws on first: their own, else the public one."""
    return share_of(occurrence, kind) or public_share(occurrence)


@dataclass(frozen=True)
class Turn:
    """A party in line: what it wants of each part (one, or all of a series), in their order; of a
    part that was called off for it nothing."""

    since: datetime
    number: int  # of its first reservation: who came first where two came at once
    wants: Sequence[Want | None]
    least: int | None = None

    @property
    def places(self) -> int:
        return next(want.places for want in self.wants if want is not None)

    def sizes(self) -> Iterable[int]:
        """How many places would do, the most first."""
        if self.least is None:
            return (self.places,)
        return range(self.places, min(self.least, self.places) - 1, -1)


T = TypeVar("T", bound=Turn)


def plan(parts: Sequence[Free], line: Iterable[T]) -> list[tuple[T, int]]:
    """Who in line gets how many places, first come first served; a party that does not fit is
    passed over and keeps its turn. What they get is taken out of ``parts``."""
    given = []
    for turn in sorted(line, key=lambda one: (one.since, one.number)):
        size = best_fit(parts, turn)
        if size is not None:
            for free, want in zip(parts, turn.wants, strict=True):
                if want is not None:
                    free.take(want.of(size))
            given.append((turn, size))
    return given


def best_fit(parts: Sequence[Free], turn: Turn) -> int | None:
    """How many places this party could have now, at most; None where nothing would do for it."""
    return next((size for size in turn.sizes() if _all_fit(parts, turn, size)), None)


def _all_fit(parts: Sequence[Free], turn: Turn, size: int) -> bool:
    return all(
        want is None or free.fits(want.of(size))
        for free, want in zip(parts, turn.wants, strict=True)
    )


def want_of(claim: Reservation, share_id: int) -> Want:
    """What a waiting reservation asks for."""
    return Want(share_id, claim.places, claim.people, claim.companions)
