"""What may go wrong for the people of a booking although every rule is kept: two places at once,
no time for the way between, the same session twice. Said, and left to them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from festival.domain.bookings.claims import Line
from festival.domain.bookings.terms import Rules
from festival.domain.distance import kilometres
from festival.domain.parties import Person
from festival.models import Booking, Occurrence, Reservation, ReservationState, Venue

STANDS = (ReservationState.held, ReservationState.offered, ReservationState.confirmed)


@dataclass(frozen=True)
class Caution:
    """``kind``: overlap, travel (``minutes`` are there, ``needed`` are wanted), or twice (the
    session is booked already). ``people`` are those it is about; none: nobody in particular."""

    kind: str
    first: Occurrence
    second: Occurrence
    people: Sequence[Person] = ()
    minutes: int = 0
    needed: int = 0


def cautions(
    lines: Sequence[Line], rules: Rules, others: Sequence[Reservation] = ()
) -> list[Caution]:
    """What to say about these lines of one booking, and about them beside ``others``: what the
    same people are known to have booked before."""
    stops = [(one, line.party, True) for line in lines for one in line.occurrences]
    stops += [(claim.occurrence, [], False) for claim in others if claim.state in STANDS]
    found: list[Caution] = []
    for (first, party, mine), (second, other_party, also_mine) in combinations(stops, 2):
        if not mine and not also_mine:
            continue
        people = _both(party, other_party) if mine and also_mine else []
        if mine and also_mine and not people:
            continue
        found.extend(_clashes(first, second, people, rules))
        if mine != also_mine and first.session_id == second.session_id:
            found.append(Caution("twice", second, first))
    return found


def _both(party: Sequence[Person], other: Sequence[Person]) -> list[Person]:
    """Who comes to both; unnamed people may be anybody."""
    numbers = {person.number for person in other if person.number is not None}
    return [person for person in party if person.number in numbers]


def _clashes(
    one: Occurrence, other: Occurrence, people: Sequence[Person], rules: Rules
) -> Iterator[Caution]:
    first, second = sorted((one, other), key=lambda each: (each.starts_at, each.id))
    if first.id == second.id:
        return
    if second.starts_at < first.ends_at:
        yield Caution("overlap", first, second, people)
        return
    between = second.starts_at - first.ends_at
    needed = travel_time(first.room.venue, second.room.venue, rules)
    if needed > between:
        yield Caution(
            "travel",
            first,
            second,
            people,
            minutes=int(between.total_seconds() // 60),
            needed=math.ceil(needed.total_seconds() / 60),
        )


def travel_time(start: Venue, end: Venue, rules: Rules) -> timedelta:
    """How long the way takes on foot and by bus: the straight line at the speed of the settings,
    and time for setting out. None at all where it is not known, within a venue, and online."""
    distance = distance_km(start, end)
    if distance is None or start.id == end.id:
        return timedelta()
    return timedelta(hours=distance / rules.travel_kmh, minutes=rules.travel_minutes)


def distance_km(start: Venue, end: Venue) -> float | None:
    """As the crow flies, in kilometres; None where one of them has no place on the map."""
    lat1, lon1, lat2, lon2 = start.latitude, start.longitude, end.latitude, end.longitude
    if lat1 is None or lon1 is None or lat2 is None or lon2 is None:
        return None
    if start.is_online or end.is_online:
        return None
    return kilometres((lat1, lon1), (lat2, lon2))


def booked_elsewhere(booking: Booking, waiting: Reservation) -> list[Reservation]:
    """Other runs of the same session that this booking has meanwhile: does it want to wait on?"""
    return [
        one
        for one in booking.reservations
        if one.state == ReservationState.confirmed
        and one.occurrence.session_id == waiting.occurrence.session_id
        and one.series_claim != (waiting.series_claim or "")
    ]
