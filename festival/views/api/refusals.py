"""Refusals that help: each with what the party could come to instead.

In a rush hundreds of people are refused the same thing in the same second. What they could do
instead is worked out once for all of them, and who was refused for want of places has the next one
looked at without a lock first.
"""

import threading
import time
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from festival.domain import bookings, clock, listing
from festival.domain.alternatives import alternatives
from festival.domain.bookings import NotAllHad, Wish
from festival.domain.capacity import NoPlacesLeft, availabilities
from festival.domain.errors import DomainError, NotFound
from festival.domain.parties import Person
from festival.models import AllocationKind
from festival.views.api import shown
from festival.views.api.asking import caller
from festival.views.api.errors import Problem, said

Value = TypeVar("Value")
MOST_KEPT = 1000


class ForAMoment(Generic[Value]):
    """Remembers things for some seconds, in this process alone."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.kept: dict[Hashable, tuple[float, Value]] = {}
        self.lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        until, value = self.kept.get(key, (0.0, None))
        return value if time.monotonic() < until else None

    def keep(self, key: Hashable, value: Value) -> None:
        with self.lock:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            self.kept[key] = (time.monotonic() + self.seconds, value)


_full: ForAMoment[bool] = ForAMoment(10)
_gone: ForAMoment[bool] = ForAMoment(1)
_instead: ForAMoment[list[dict[str, Any]]] = ForAMoment(1)


def look_first(wishes: Sequence[Wish]) -> None:
    """Where places of one of these were refused a moment ago, refuse what is refused anyway
    without taking the lock; the same to the same party as long as nothing at all is left.

    Raises NotAllHad.
    """
    who, now = caller().who, clock.now()
    if not any(_full.get(wish.occurrence_id) for wish in wishes):
        return
    first = wishes[0]
    if (
        len(wishes) == 1
        and not first.wait
        and _gone.get(_key(first.occurrence_id, first.party))
        and bookings.has_nothing_left(first.occurrence_id, who, now)
    ):
        raise NotAllHad({0: NoPlacesLeft(0)})
    bookings.foresee(wishes, who, now)


def not_all_had(error: NotAllHad, wishes: Sequence[Wish]) -> Problem:
    """What is wrong with which reservation, and what could be had instead."""
    told = []
    for index, problem in sorted(error.problems.items(), key=lambda one: str(one[0]).zfill(4)):
        wish = wishes[int(str(index))]
        told.append(
            {
                "index": int(str(index)),
                "occurrence": wish.occurrence_id,
                **_told(problem, wish.occurrence_id, wish.party),
            }
        )
    return Problem(409, **said(error), reservations=told)


@contextmanager
def helpfully(occurrence_id: int, party: Sequence[Person]) -> Iterator[None]:
    """A refusal of this run for this party says what else there is."""
    try:
        yield
    except NotFound:
        raise
    except DomainError as error:
        raise Problem(409, **_told(error, occurrence_id, party)) from error


def _told(problem: DomainError, occurrence_id: int, party: Sequence[Person]) -> dict[str, Any]:
    told = said(problem)
    if isinstance(problem, NoPlacesLeft):
        _full.keep(occurrence_id, True)
        if problem.left == 0 and not _gone.get(_key(occurrence_id, party)):
            _gone.keep(_key(occurrence_id, party), True)
        told["left"] = problem.left
    return told | {"alternatives": _alternatives(occurrence_id, party)}


def _alternatives(occurrence_id: int, party: Sequence[Person]) -> list[dict[str, Any]]:
    key = _key(occurrence_id, party)
    known = _instead.get(key)
    if known is None:
        known = _work_out(occurrence_id, party, caller().who.share)
        _instead.keep(key, known)
    return known


def _key(occurrence_id: int, party: Sequence[Person]) -> Hashable:
    """The same for whoever is told the same: a party of these people, with this token."""
    shape = sorted((one.kind, -1 if one.age is None else one.age) for one in party)
    return occurrence_id, tuple(shape), caller().token.secret_hash


def _work_out(
    occurrence_id: int, party: Sequence[Person], share: AllocationKind
) -> list[dict[str, Any]]:
    now = clock.now()
    runs = listing.one(occurrence_id, share, now).occurrences
    found = alternatives(runs[0], party, now) if runs else []
    free = availabilities(found, now, share)
    return [shown.occurrence(one, free[one.id]) for one in found]
