"""Parties that may come to a session: families, couples, people on their own."""

from random import Random

from festival.domain.demonstration.names import CHILDREN
from festival.domain.parties import (
    ACCOMPANIED,
    ADULT_AGE,
    Person,
    RuleBroken,
    adults_only_accompany,
    check_party,
    count_places,
)
from festival.models import Accompaniment, AttendeeKind, FestivalSession

MOST_TRIES = 30


def invent_party(session: FestivalSession, booker: str, most: int, random: Random) -> list[Person]:
    """A party that the session's rules let in, taking 1 to ``most`` places."""
    for _ in range(MOST_TRIES):
        party = _likely_party(session, booker, random)
        if _fits(session, party, most):
            return party
    smallest = _smallest_party(session, booker)
    check_party(session, smallest)
    return smallest


def _fits(session: FestivalSession, party: list[Person], most: int) -> bool:
    try:
        check_party(session, party)
    except RuleBroken:
        return False
    return 1 <= count_places(session, party) <= most


def _likely_party(session: FestivalSession, booker: str, random: Random) -> list[Person]:
    if session.age_max is not None and session.accompaniment not in ACCOMPANIED:
        return [_young(session, booker, random)]  # 16 and 17 year-olds book for themselves
    adults = [Person(AttendeeKind.adult, booker)]
    if not adults_only_accompany(session) and random.random() < 0.35:
        adults.append(Person(AttendeeKind.adult))
    return adults + [_child(session, random) for _ in range(_how_many(session, random))]


def _how_many(session: FestivalSession, random: Random) -> int:
    if adults_only_accompany(session):
        return random.choice((1, 1, 1, 2, 2, 3))
    if session.accompaniment == Accompaniment.babes_in_arms:
        return random.choice((0, 1))
    if session.age_min is not None and session.age_min >= 12:
        return 0
    return random.choice((0, 0, 1, 2))


def _child(session: FestivalSession, random: Random) -> Person:
    if session.accompaniment == Accompaniment.babes_in_arms:
        return Person(AttendeeKind.child, random.choice(CHILDREN), random.randint(0, 1))
    youngest = session.age_min if session.age_min is not None else 3
    oldest = min(session.age_max if session.age_max is not None else 14, 15)
    return Person(AttendeeKind.child, random.choice(CHILDREN), random.randint(youngest, oldest))


def _young(session: FestivalSession, booker: str, random: Random) -> Person:
    youngest = session.age_min or 0
    oldest = min(session.age_max or ADULT_AGE, ADULT_AGE - 1)
    return Person(AttendeeKind.child, booker, random.randint(youngest, oldest))


def _smallest_party(session: FestivalSession, booker: str) -> list[Person]:
    adult = Person(AttendeeKind.adult, booker)
    if not adults_only_accompany(session):
        return [adult]
    return [adult, Person(AttendeeKind.child, CHILDREN[0], session.age_min)]
