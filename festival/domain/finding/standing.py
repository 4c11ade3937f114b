"""How many places each run of the programme has just now: read for all of them together, and said
again for some seconds, because lists are looked at far more often than places are booked. A
session's own page, and booking itself, look each time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from festival.domain.capacity import Availability
from festival.domain.capacity.reading import availabilities_of
from festival.domain.finding.stock import Item, Offer, Stock
from festival.extensions import db
from festival.models import (
    Allocation,
    AllocationKind,
    BookingMode,
    FestivalSession,
    Occurrence,
    OccurrenceState,
)

Counts = tuple[int, int, int, int, int]  # capacity, by law, taken, expected, companions


@dataclass(frozen=True, slots=True)
class Share:
    id: int
    kind: AllocationKind
    places: int
    places_taken: int
    releases_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A run with its counters as they stand, by the names that the arithmetic of places uses."""

    id: int
    session_id: int
    session: Offer
    state: OccurrenceState
    starts_at: datetime
    series_part: int | None
    booking_mode: BookingMode
    bookings_open_at: datetime | None
    bookings_close_at: datetime | None
    is_closed: bool
    capacity: int
    legal_capacity: int
    places_taken: int
    people_expected: int
    companions_expected: int
    allocations: Sequence[Share]


def read(stock: Stock, now: datetime) -> dict[int, Availability]:
    """What can be booked of each run at ``now``, by its id. Two queries."""
    if not stock.items:
        return {}
    counts, shares = _counts(stock)
    runs = [
        _counted(item, counts[item.id], shares[item.id])
        for item in stock.items
        if item.id in counts
    ]
    return availabilities_of(runs, now)


def _counts(stock: Stock) -> tuple[dict[int, Counts], Mapping[int, list[Share]]]:
    """The counters and shares of each run. Capacities are read with them: whoever changed one may
    have taken places in the same step."""
    query = (
        sa.select(
            Occurrence.id,
            Occurrence.capacity,
            Occurrence.legal_capacity,
            Occurrence.places_taken,
            Occurrence.people_expected,
            Occurrence.companions_expected,
            Allocation.id,
            Allocation.kind,
            Allocation.places,
            Allocation.places_taken,
            Allocation.releases_at,
        )
        .join(Occurrence.session)
        .join(Occurrence.allocations)
        .where(FestivalSession.edition_id == stock.edition_id)
        .order_by(Allocation.id)
    )
    counts: dict[int, Counts] = {}
    shares: dict[int, list[Share]] = defaultdict(list)
    for number, a, b, c, d, e, *share in db.session.execute(query):
        counts[number] = a, b, c, d, e
        shares[number].append(Share(*share))
    return counts, shares


def _counted(item: Item, counts: Counts, shares: list[Share]) -> Counted:
    return Counted(
        item.id,
        item.session_id,
        item.session,
        item.state,
        item.starts_at,
        item.series_part,
        item.booking_mode,
        item.bookings_open_at,
        item.bookings_close_at,
        item.is_closed,
        *counts,
        shares,
    )
