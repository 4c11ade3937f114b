"""What the arithmetic of places needs to know of a run: rows of the database have it, and so have
the plain values that lists are made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from festival.models import AllocationKind, BookingMode, OccurrenceState, SessionState


class Share(Protocol):
    """A named share of the places."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> AllocationKind: ...
    @property
    def places(self) -> int: ...
    @property
    def places_taken(self) -> int: ...
    @property
    def releases_at(self) -> datetime | None: ...


S_co = TypeVar("S_co", bound=Share, covariant=True)


class HasShares(Protocol[S_co]):
    @property
    def allocations(self) -> Sequence[S_co]: ...


class OfFestival(Protocol):
    @property
    def bookings_open_at(self) -> datetime | None: ...
    @property
    def stands_still(self) -> bool: ...


class OfSession(Protocol):
    @property
    def state(self) -> SessionState: ...
    @property
    def edition(self) -> OfFestival: ...


class Gated(Protocol):
    """A run that is booked from some moment on."""

    @property
    def session(self) -> OfSession: ...
    @property
    def booking_mode(self) -> BookingMode: ...
    @property
    def bookings_open_at(self) -> datetime | None: ...


class Run(HasShares[Share], Gated, Protocol):
    """One dated run with its gates and counters."""

    @property
    def id(self) -> int: ...
    @property
    def session_id(self) -> int: ...
    @property
    def state(self) -> OccurrenceState: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def series_part(self) -> int | None: ...
    @property
    def bookings_close_at(self) -> datetime | None: ...
    @property
    def is_closed(self) -> bool: ...
    @property
    def capacity(self) -> int: ...
    @property
    def places_taken(self) -> int: ...
    @property
    def legal_capacity(self) -> int: ...
    @property
    def people_expected(self) -> int: ...
    @property
    def companions_expected(self) -> int: ...
