"""What a booking would be refused for anyway, read without a lock.

When everybody wants what is gone already, most of them can be told so without standing in line for
the lock; who may be had a place for takes the way of ``book``, which decides.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from festival.domain.bookings.terms import NotAllHad, Who, Wish
from festival.domain.capacity import Availability, NoPlacesLeft, availabilities, check_open
from festival.domain.capacity.reading import has_run_out
from festival.domain.errors import N_, DomainError, NotFound
from festival.domain.parties import check_party, count_places
from festival.domain.programme import is_public
from festival.extensions import db
from festival.models import (
    Allocation,
    AllocationKind,
    FestivalSession,
    Occurrence,
    Reservation,
)

RUNS = (
    sa.select(Occurrence)
    .where(Occurrence.id.in_(sa.bindparam("ids", expanding=True)))
    .options(
        joinedload(Occurrence.session).options(
            joinedload(FestivalSession.edition),
            lazyload(FestivalSession.provider),
            lazyload(FestivalSession.theme),
        ),
        lazyload(Occurrence.room),
    )
)


NOW: Any = sa.bindparam("now", type_=Reservation.held_until.type)
KIND: Any = sa.bindparam("kind", type_=Allocation.kind.type)
GONE = sa.select(Occurrence.id).where(
    Occurrence.id == sa.bindparam("run"),
    ~sa.exists().where(
        Allocation.occurrence_id == Occurrence.id,
        Allocation.places_taken < Allocation.places,
        sa.or_(Allocation.kind.in_((AllocationKind.public, KIND)), Allocation.releases_at <= NOW),
    ),
    ~sa.exists().where(Reservation.occurrence_id == Occurrence.id, has_run_out(NOW)),
)


def has_nothing_left(occurrence_id: int, who: Who, now: datetime) -> bool:
    """Whether no place of this run is left for this caller, nor will be by what time has done: one
    question, for whom it was answered at length a moment ago."""
    facts = {"run": occurrence_id, "kind": who.share, "now": now}
    return db.session.connection().execute(GONE, facts).first() is not None


def foresee(wishes: Sequence[Wish], who: Who, now: datetime) -> None:
    """Raise NotAllHad, as ``book`` would, where one of these wishes is surely too many people for
    the places that are left. Changes nothing and promises nothing."""
    ids = {wish.occurrence_id for wish in wishes}
    found = {one.id: one for one in db.session.scalars(RUNS, {"ids": list(ids)})}
    free = availabilities(list(found.values()), now, who.share)
    problems: dict[object, DomainError] = {}
    for place, wish in enumerate(wishes):
        try:
            _look(wish, found.get(wish.occurrence_id), free, who, now)
        except DomainError as problem:
            problems[place] = problem
    if any(isinstance(problem, NoPlacesLeft) for problem in problems.values()):
        raise NotAllHad(problems)


def _look(
    wish: Wish,
    occurrence: Occurrence | None,
    free: dict[int, Availability],
    who: Who,
    now: datetime,
) -> None:
    if occurrence is None or not is_public(occurrence.session, now):
        raise NotFound(N_("There is no such session."))
    session = occurrence.session
    check_party(
        session, wish.party, complete=True, capacity=occurrence.capacity, by_staff=who.is_staff
    )
    check_open(occurrence, now)
    here = free[occurrence.id]
    # Where the room is what is short, only ``book`` knows who of the party counts how.
    for_want_of_places = here.public < here.people
    if not wish.wait and for_want_of_places and count_places(session, wish.party) > here.public:
        raise NoPlacesLeft(here.public)
