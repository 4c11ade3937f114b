"""Booking for somebody else: what stands in the way is said before it is read back to them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from festival.domain.bookings import Caution, Line, Rules, Who, Wish, cautions, parts_of
from festival.domain.callers import booked_before
from festival.domain.capacity import NoPlacesLeft, availabilities, check_open
from festival.domain.errors import N_, DomainError, NotFound
from festival.domain.parties import Person, check_party, count_places
from festival.domain.programme import is_public
from festival.extensions import db
from festival.models import Attendee, AttendeeKind, Occurrence, Reservation


@dataclass(frozen=True)
class Outlook:
    """What would come of these wishes now, by their place among them, from 0."""

    problems: dict[int, DomainError]
    waits: set[int]  # have too few places, and go on the waiting list
    cautions: Sequence[Caution]


def in_one_household(parties: Sequence[Sequence[Person]]) -> list[list[Person]]:
    """The parties of several sessions as the same people: the first adult of each is one person,
    a child of seven is the same child of seven. Unnamed people may be anybody."""
    numbers: dict[tuple[AttendeeKind, int | None, int], int] = {}
    found = []
    for party in parties:
        seen: dict[tuple[AttendeeKind, int | None], int] = defaultdict(int)
        found.append([_numbered(person, seen, numbers) for person in party])
    return found


def _numbered(
    person: Person,
    seen: dict[tuple[AttendeeKind, int | None], int],
    numbers: dict[tuple[AttendeeKind, int | None, int], int],
) -> Person:
    if person.kind == AttendeeKind.unnamed:
        return person
    alike = (person.kind, person.age)
    seen[alike] += 1
    number = numbers.setdefault((*alike, seen[alike]), len(numbers) + 1)
    return replace(person, number=number)


def outlook(
    wishes: Sequence[Wish], who: Who, rules: Rules, now: datetime, *, mobile: str, email: str
) -> Outlook:
    """What would come of these wishes; a pure reading, which the booking checks again.

    ``mobile`` and ``email`` find what the same caller has booked before.
    """
    problems: dict[int, DomainError] = {}
    waits: set[int] = set()
    lines = []
    for place, wish in enumerate(wishes):
        try:
            parts = _parts(wish, now)
            lines.append(_line(parts, wish.party))
            if _would_wait(parts, wish, who, now):
                waits.add(place)
        except DomainError as problem:
            problems[place] = problem
    others = booked_before(mobile, email, now)
    return Outlook(problems, waits, _each_once(cautions(lines, rules, others)))


def _parts(wish: Wish, now: datetime) -> list[Occurrence]:
    occurrence = db.session.get(Occurrence, wish.occurrence_id)
    if occurrence is None or not is_public(occurrence.session, now):
        raise NotFound(N_("There is no such session."))
    return parts_of(occurrence)


def _would_wait(parts: Sequence[Occurrence], wish: Wish, who: Who, now: datetime) -> bool:
    """Raises what is in the way, NoPlacesLeft for one that is full and does not wait."""
    session = parts[0].session
    for part in parts:
        check_open(part, now)
    check_party(
        session, wish.party, complete=True, capacity=parts[0].capacity, by_staff=who.is_staff
    )
    free = availabilities(parts, now, who.share)
    left = min(free[part.id].public for part in parts)
    if count_places(session, wish.party) <= left:
        return False
    if not wish.wait:
        raise NoPlacesLeft(left)
    return True


def _line(parts: Sequence[Occurrence], party: Sequence[Person]) -> Line:
    """The wish as a line that was never stored, to be looked at beside the others."""
    people = [
        Attendee(kind=one.kind, name=one.name, age=one.age, person=one.number) for one in party
    ]
    return Line([Reservation(occurrence=part, attendees=list(people)) for part in parts])


def _each_once(found: Sequence[Caution]) -> list[Caution]:
    kept = {(one.kind, one.first.id, one.second.id): one for one in reversed(found)}
    return list(reversed(kept.values()))
