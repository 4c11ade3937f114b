"""The kinds of sessions that are made up: their rules, and the parties that come to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from festival.domain.demonstration.names import CHILDREN
from festival.domain.demonstration.synthetic.chance import Chance
from festival.domain.parties import Person, count_places, takes_place
from festival.models import Accompaniment, AttendeeKind, FestivalSession

MOST = 4  # places of one booking
SIZES, WEIGHTS = (1, 2, 3, 4), (0.33, 0.35, 0.18, 0.14)  # 2.2 people with the groups
COMPANION = 0.02

Invent = Callable[[Chance, str, int], list[Person]]


@dataclass(frozen=True)
class Kind:
    """Rules that several sessions share, and who comes."""

    audience: str
    invent: Invent
    takes_groups: bool = True
    rules: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, Any]:
        """The rules as a session's row has them."""
        return {**PLAIN, **self.rules}

    @cached_property
    def session(self) -> FestivalSession:
        """No row: what the domain's own arithmetic of parties asks for the rules."""
        return FestivalSession(**self.columns)


@dataclass(frozen=True)
class Party:
    """Who comes, counted."""

    people: Sequence[Person]
    takes: Sequence[bool]  # a place, each of them
    places: int
    companions: int


PLAIN: dict[str, Any] = {
    "age_min": None,
    "age_max": None,
    "accompaniment": Accompaniment.none,
    "accompanying_adults_take_places": True,
    "under_twos_take_places": True,
    "children_per_adult": None,
    "most_places": MOST,
}


def _adults(_chance: Chance, booker: str, size: int) -> list[Person]:
    others = [Person(AttendeeKind.adult) for _ in range(size - 1)]
    return [Person(AttendeeKind.adult, booker), *others]


def _anybody(chance: Chance, booker: str, size: int) -> list[Person]:
    adults = chance.random.randint(1, size)
    return _adults(chance, booker, adults) + _children(chance, size - adults, 3, 15)


def _parent_and_children(chance: Chance, booker: str, size: int) -> list[Person]:
    return _adults(chance, booker, 1) + _children(chance, max(1, size - 1), 6, 11)


def _family(chance: Chance, booker: str, size: int) -> list[Person]:
    adults = 2 if size == 4 else 1
    return _adults(chance, booker, adults) + _children(chance, max(1, size - adults), 0, 8)


def _teenagers(chance: Chance, _booker: str, size: int) -> list[Person]:
    return _children(chance, min(size, 2), 12, 17)


def _children(chance: Chance, count: int, youngest: int, oldest: int) -> list[Person]:
    return [
        Person(AttendeeKind.child, chance.one_of(CHILDREN), chance.random.randint(youngest, oldest))
        for _ in range(count)
    ]


KINDS = (
    Kind("everybody", _anybody),
    Kind("adults", _adults, rules={"age_min": 18}),
    Kind(
        "ages 6 to 11, an adult stays",
        _parent_and_children,
        takes_groups=False,
        rules={
            "age_min": 6,
            "age_max": 11,
            "accompaniment": Accompaniment.adult_stays,
            "accompanying_adults_take_places": False,
        },
    ),
    Kind(
        "families with young children",
        _family,
        rules={"accompaniment": Accompaniment.with_adult, "under_twos_take_places": False},
    ),
    Kind("ages 12 to 17", _teenagers, takes_groups=False, rules={"age_min": 12, "age_max": 17}),
)
KIND_WEIGHTS = (0.45, 0.25, 0.13, 0.12, 0.05)


def invent_party(kind: Kind, chance: Chance, booker: str, group: int = 0) -> Party:
    """People that the kind's rules let in; ``group``: so many whose names come later."""
    if group and kind.takes_groups:
        people = [Person(AttendeeKind.unnamed) for _ in range(group)]
    else:
        people = kind.invent(chance, booker, chance.one_of(SIZES, WEIGHTS))
    if chance.happens(COMPANION):
        people.append(Person(AttendeeKind.companion))
    return Party(
        people,
        [takes_place(kind.session, person, people) for person in people],
        count_places(kind.session, people),
        sum(person.kind == AttendeeKind.companion for person in people),
    )
