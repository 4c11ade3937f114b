"""What the public programme holds, in plain values, shared by every request of a process. Nothing
here may be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from festival.models import (
    Accompaniment,
    BookingMode,
    OccurrenceState,
    SessionFormat,
    SessionState,
)


class Named(NamedTuple):
    """A theme, a provider, a venue: what it is called, and its name in addresses."""

    slug: str
    name: str
    palette: int = 0
    id: int = 0


class Area(NamedTuple):
    """A ward, with the middle of it."""

    id: int
    slug: str
    name: str
    latitude: float | None
    longitude: float | None


class Picture(NamedTuple):
    digest: str
    width: int
    height: int
    alt: str


class Festival(NamedTuple):
    """What gates need to know of the edition."""

    bookings_open_at: datetime | None
    stands_still: bool


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A room in its venue."""

    room: str
    venue: Named
    address: str
    postcode: str
    area: Area | None
    latitude: float | None
    longitude: float | None
    is_online: bool
    facts: Mapping[str, str]  # of the room and the venue, by name; what is not there is not known


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """A session as the public reads it."""

    id: int
    code: str
    state: SessionState
    edition: Festival
    provider: Named
    theme: Named | None
    format: SessionFormat
    languages: Sequence[str]
    access: Sequence[str]
    access_not_known: Sequence[str]
    charge: str
    age_min: int | None
    age_max: int | None
    accompaniment: Accompaniment
    title: str
    summary: str
    texts: Sequence[str]  # all else that can be searched, in every language
    picture: Picture | None

    @property
    def delivery_languages(self) -> Sequence[str]:
        """The same, by the name of the column."""
        return self.languages


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One public run. Its counters are no part of it: see ``standing``."""

    id: int
    session_id: int
    session: Offer
    place: Place
    state: OccurrenceState
    starts_at: datetime
    ends_at: datetime
    day: date  # in the festival's zone, as the next
    minute: int  # of the day, when it begins
    series_part: int | None
    booking_mode: BookingMode
    bookings_open_at: datetime | None
    bookings_close_at: datetime | None
    is_closed: bool
    capacity: int
    legal_capacity: int


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """The public runs, those of a session side by side and in time order; and what there is to
    choose from."""

    edition_id: int
    zone: ZoneInfo
    first: date
    last: date
    items: Sequence[Item]
    offers: Sequence[Offer]
    areas: Sequence[Area]
    themes: Sequence[Named]
    changes_at: datetime | None  # when the next session becomes public by itself
