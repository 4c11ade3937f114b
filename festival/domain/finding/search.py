"""The programme as somebody looks for something: what they chose, what that leaves, and how much
each further choice would leave."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import chain
from typing import overload

from festival.domain import distance
from festival.domain.capacity import Availability
from festival.domain.finding import bits
from festival.domain.finding.facets import ADULT, FACETS, not_known, suits
from festival.domain.finding.language import Understood, Wording
from festival.domain.finding.near import USUAL, Spot
from festival.domain.finding.stock import Item, Place, Stock

OLDEST, MOST_AGES = 120, 12
AGE = re.compile(r"(\d{1,3})\s*(m(?:onth|th)?s?\b)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Search:
    """What somebody looks for; empty means any. ``chosen`` has the values by the facet's name."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ages: tuple[int, ...] = ()
    spot: Spot | None = None
    miles: int = USUAL
    has_places: bool = False
    unsure: bool = False  # also those of which nobody knows whether they meet the needs

    def of(self, facet: str) -> tuple[str, ...]:
        return self.chosen.get(facet, ())

    @property
    def is_empty(self) -> bool:
        return self == Search(miles=self.miles)


@dataclass(frozen=True)
class Entry:
    """One session on one day: one run, or all its slots of that day that were looked for."""

    items: Sequence[Item]
    availability: Availability
    miles: float | None = None  # from where somebody is
    unsure: Sequence[str] = ()  # the needs of which nobody knows whether it meets them

    @property
    def first(self) -> Item:
        return self.items[0]


@dataclass(frozen=True)
class Found:
    """What a search leaves."""

    entries: "Entries"  # by day and time; the best first where words were typed
    sessions: int
    left: int  # the set of runs
    counts: Mapping[str, Mapping[str, int]]  # by facet and value: sessions that choosing it leaves
    not_known: int  # sessions besides, of which nobody knows whether they meet the needs
    understood: Understood | None


class Entries(Sequence[Entry]):
    """What a search leaves, made when it is looked at: of thousands a page shows a few."""

    def __init__(
        self,
        index: "Index",
        standing: "Standing",
        search: Search,
        groups: Sequence[Sequence[int]],
    ) -> None:
        self._index = index
        self._standing = standing
        self._search = search
        self._groups = groups  # the numbers of the runs of each entry

    def __len__(self) -> int:
        return len(self._groups)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> list[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | list[Entry]:
        if isinstance(place, slice):
            return [self._entry(group) for group in self._groups[place]]
        return self._entry(self._groups[place])

    def of_days(self, days: Collection[date], most: int | None = None) -> list[Entry]:
        """Those of these days, by time; the first so many."""
        items = self._index.stock.items
        groups = [group for group in self._groups if items[group[0]].day in days]
        groups.sort(key=lambda group: items[group[0]].starts_at)
        return [self._entry(group) for group in groups[:most]]

    def count_by_day(self) -> Mapping[date, int]:
        """How many each day has."""
        return Counter(self._index.stock.items[group[0]].day for group in self._groups)

    def _entry(self, group: Sequence[int]) -> Entry:
        items = [self._index.stock.items[number] for number in group]
        return _entry(self._index, self._standing, self._search, items)


class Index:
    """A stock made ready to be searched: the set of runs of every value."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        items = stock.items
        self.all = (1 << len(items)) - 1
        self.sessions = bits.Groups([item.session_id for item in items])
        self.values = {
            name: bits.by_value([tuple(facet.values(item)) for item in items])
            for name, facet in FACETS.items()
        }
        self.not_known = bits.by_value([tuple(not_known(item)) for item in items])
        self.numbers = {item.id: number for number, item in enumerate(items)}
        self._runs: dict[int, list[int]] = {}
        for number, item in enumerate(items):
            self._runs.setdefault(item.session_id, []).append(number)
        self.by_time = sorted(
            range(len(items)), key=lambda n: (items[n].starts_at, items[n].session.code)
        )
        self.days = [(item.session_id, item.day) for item in items]  # what one entry has
        self._ages: dict[int, int] = {}

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.stock)

    def of_age(self, age: int) -> int:
        if age not in self._ages:
            suited = {one.id: suits(one, age) for one in self.stock.offers}
            fitting = [n for n, item in enumerate(self.stock.items) if suited[item.session_id]]
            self._ages[age] = bits.of_numbers(fitting, len(self.stock.items))
        return self._ages[age]

    def of_sessions(self, ids: Sequence[int]) -> int:
        """The runs of these sessions."""
        numbers = chain.from_iterable(self._runs.get(one, ()) for one in ids)
        return bits.of_numbers(numbers, len(self.stock.items))

    def near(self, spot: Spot, miles: float) -> int:
        """The runs within so many miles."""
        found = 0
        for slug, own in self.values["venue"].items():
            away = self.miles_to(spot, slug)
            if away is not None and away <= miles:
                found |= own
        return found

    def miles_to(self, spot: Spot, venue: str) -> float | None:
        """How far a venue is, where anybody knows where it stands."""
        own = self.values["venue"][venue]
        place = self.stock.items[(own & -own).bit_length() - 1].place
        if place.latitude is None or place.longitude is None or place.is_online:
            return None
        return distance.miles((spot.latitude, spot.longitude), (place.latitude, place.longitude))

    def with_places(self, standing: Mapping[int, Availability]) -> int:
        """The runs that somebody who looks for places is shown."""
        free = [n for n, item in enumerate(self.stock.items) if _may_have_places(standing, item)]
        return bits.of_numbers(free, len(self.stock.items))


def _may_have_places(standing: Mapping[int, Availability], item: Item) -> bool:
    free = standing.get(item.id)
    return free is not None and may_have_places(free)


def may_have_places(free: Availability) -> bool:
    """Whether somebody who looks for places is shown it: also before booking opens."""
    if free.reason == "paused":
        return free.public > 0
    return free.reason in ("open", "drop_in", "not_open")


@dataclass(frozen=True)
class Standing:
    """The places of a stock as they were read at one moment."""

    free: Mapping[int, Availability]
    with_places: int  # the set of runs


def find(index: Index, standing: Standing, search: Search) -> Found:
    """What this search finds. Asks nothing of the database."""
    understood = index.wording.find(search.words) if search.words else None
    narrowed = _fixed(index, standing, search, understood)
    masks = {name: _mask(index, search, name) for name in FACETS}
    left = narrowed
    for mask in masks.values():
        left &= mask
    surely = replace(search, unsure=False)
    without = narrowed & _all_but(index, masks, "access")
    doubtful = without & _mask(index, replace(search, unsure=True), "access")
    sure = without & _mask(index, surely, "access")
    return Found(
        entries=_entries(index, standing, search, left, understood),
        sessions=index.sessions.count(left),
        left=left,
        counts=_counts(index, standing, narrowed, masks),
        not_known=index.sessions.count(doubtful & ~sure),
        understood=understood,
    )


def matching(index: Index, standing: Standing, search: Search) -> list[int]:
    """The ids of the runs that a search finds, by time."""
    left = _left(index, standing, search)
    found = [index.stock.items[number] for number in bits.numbers_of(left)]
    return [item.id for item in sorted(found, key=lambda one: (one.starts_at, one.id))]


def finds_nothing(index: Index, standing: Standing, search: Search) -> bool:
    """Whether there is nothing of the kind."""
    return not _left(index, standing, search)


def _left(index: Index, standing: Standing, search: Search) -> int:
    understood = index.wording.find(search.words) if search.words else None
    left = _fixed(index, standing, search, understood)
    for name in FACETS:
        left &= _mask(index, search, name)
    return left


def at_venues(index: Index, found: Found) -> list[tuple[Place, int]]:
    """Each venue of what was found, with how many sessions it has."""
    at = []
    for own in index.values["venue"].values():
        if there := own & found.left:
            first = index.stock.items[(there & -there).bit_length() - 1]
            at.append((first.place, index.sessions.count(there)))
    return at


def _fixed(index: Index, standing: Standing, search: Search, understood: Understood | None) -> int:
    """What is left by all that is typed: words, ages, where somebody is; and by places."""
    left = index.all
    if understood is not None:
        left &= index.of_sessions(understood.matches)
    for age in search.ages:
        left &= index.of_age(age)
    if search.spot is not None:
        left &= index.near(search.spot, search.miles)
    if search.has_places:
        left &= standing.with_places
    return left


def _mask(index: Index, search: Search, name: str) -> int:
    """The runs that the choices of one facet leave."""
    chosen = search.of(name)
    if not chosen:
        return index.all
    own = index.values[name]
    if FACETS[name].all_of:
        left = index.all
        for value in chosen:
            unsure = index.not_known.get(value, 0) if search.unsure else 0
            left &= own.get(value, 0) | unsure
        return left
    left = 0
    for value in chosen:
        left |= own.get(value, 0)
    return left


def _all_but(index: Index, masks: Mapping[str, int], name: str) -> int:
    left = index.all
    for other, mask in masks.items():
        if other != name:
            left &= mask
    return left


def _counts(
    index: Index, standing: Standing, narrowed: int, masks: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """How many sessions each value would leave, were it chosen (besides, where all count)."""
    found: dict[str, dict[str, int]] = {}
    for name, facet in FACETS.items():
        base = narrowed & _all_but(index, masks, name)
        if facet.all_of:
            base &= masks[name]
        count = index.sessions.count
        found[name] = {value: count(base & own) for value, own in index.values[name].items()}
    everything = narrowed & _all_but(index, masks, "")
    found["places"] = {"yes": index.sessions.count(everything & standing.with_places)}
    return found


def _entries(
    index: Index, standing: Standing, search: Search, left: int, understood: Understood | None
) -> Entries:
    row = left.to_bytes(len(index.stock.items) // 8 + 1, "little")
    groups: dict[tuple[int, date], list[int]] = {}
    for number in index.by_time:
        if row[number >> 3] >> (number & 7) & 1:
            groups.setdefault(index.days[number], []).append(number)
    found = list(groups.values())
    if understood is not None:
        rank = {session_id: place for place, session_id in enumerate(understood.matches)}
        found.sort(key=lambda group: rank[index.stock.items[group[0]].session_id])
    return Entries(index, standing, search, found)


def _entry(index: Index, standing: Standing, search: Search, items: Sequence[Item]) -> Entry:
    spot, first = search.spot, items[0]
    away = index.miles_to(spot, first.place.venue.slug) if spot is not None else None
    unsure: list[str] = []
    if search.unsure and search.of("access"):
        doubts = set(not_known(first))
        unsure = [need for need in search.of("access") if need in doubts]
    return replace(entry_of(standing, items), miles=away, unsure=unsure)


def entry_of(standing: Standing, items: Sequence[Item]) -> Entry:
    """These runs of one session as one line of a list, with the best that can be had of them."""
    best = max(
        (standing.free[one.id] for one in items if one.id in standing.free),
        key=lambda one: (one.reason == "open", one.reason != "cancelled", one.places),
        default=GONE,
    )
    return Entry(items, best)


GONE = Availability(places=0, public=0, people=0, capacity=0, reason="closed")


def read_ages(typed: str) -> tuple[int, ...] | None:
    """``4 and 9``, ``4, 9``, ``8 months``: whole years, the least first, adults as one age; None
    where it says no age of a person."""
    said = AGE.findall(typed)
    ages = [int(number) // 12 if months else int(number) for number, months in said]
    if not ages or len(ages) > MOST_AGES or max(ages) > OLDEST:
        return None
    return tuple(sorted({min(age, ADULT) for age in ages}))
