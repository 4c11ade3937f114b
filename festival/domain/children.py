"""Sessions to which children come without a parent: these need more care before they are public."""

from typing import Protocol

from festival.models import Accompaniment

ADULT = 16  # from this age people book, and come, for themselves
GROWN_UP = 18


class HasAges(Protocol):
    @property
    def age_min(self) -> int | None: ...
    @property
    def age_max(self) -> int | None: ...
    @property
    def accompaniment(self) -> Accompaniment: ...


def children_come_alone(thing: HasAges) -> bool:
    """Whether it is meant for children (under 16, or for nobody over 17) and no adult must come
    with them. Where nothing is said about ages, it is for adults, who may bring their children."""
    if thing.accompaniment != Accompaniment.none:
        return False
    if thing.age_min is not None:
        return thing.age_min < ADULT
    return thing.age_max is not None and thing.age_max < GROWN_UP
