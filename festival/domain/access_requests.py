"""What parties asked for so that they can take part, as its two readers see it: the session's
provider and the access lead. Every look is written in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain import audit
from festival.extensions import db
from festival.models import (
    AccessRequest,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    User,
)


@dataclass(frozen=True)
class RunRequests:
    """What the parties of one run asked for."""

    occurrence: Occurrence
    requests: Sequence[AccessRequest]


def count_coming(now: datetime, session: FestivalSession | None = None) -> int:
    """How many requests there are for what is still to come: how many, and no more."""
    query = sa.select(sa.func.count()).select_from(AccessRequest).where(_coming(now, session))
    return (
        db.session.scalar(query.join(AccessRequest.reservation).join(Reservation.occurrence)) or 0
    )


def look(
    now: datetime, *, actor: User, session: FestivalSession | None = None
) -> list[RunRequests]:
    """The requests of all coming runs, or of one session's, by run, soonest first. That this
    person has seen them is recorded, a line for each session (and for one without any)."""
    query = (
        sa.select(AccessRequest)
        .join(AccessRequest.reservation)
        .join(Reservation.occurrence)
        .where(_coming(now, session))
        .order_by(Occurrence.starts_at, Occurrence.id, Reservation.id)
        .options(
            joinedload(AccessRequest.reservation)
            .joinedload(Reservation.occurrence)
            .joinedload(Occurrence.session),
            joinedload(AccessRequest.reservation).joinedload(Reservation.booking),
        )
    )
    found: dict[int, list[AccessRequest]] = {}
    for request in db.session.scalars(query).unique():
        found.setdefault(request.reservation.occurrence_id, []).append(request)
    runs = [RunRequests(some[0].reservation.occurrence, some) for some in found.values()]
    seen = {run.occurrence.session_id: run.occurrence.session for run in runs}
    if session is not None:
        seen[session.id] = session
    for one in seen.values():
        requests = sum(len(run.requests) for run in runs if run.occurrence.session_id == one.id)
        audit.record("access_requests.seen", one, actor=actor, requests=requests)
    return runs


def count_of_run(run: Occurrence) -> int:
    """How many parties of this run asked for something."""
    query = sa.select(sa.func.count()).select_from(AccessRequest).join(AccessRequest.reservation)
    return db.session.scalar(query.where(_of_run(run))) or 0


def look_at_run(run: Occurrence, *, actor: User) -> RunRequests:
    """The requests of this one run, for the people who are there on its day. Recorded."""
    query = (
        sa.select(AccessRequest)
        .join(AccessRequest.reservation)
        .where(_of_run(run))
        .order_by(Reservation.id)
        .options(joinedload(AccessRequest.reservation).joinedload(Reservation.booking))
    )
    found = list(db.session.scalars(query))
    audit.record("access_requests.seen", run.session, actor=actor, requests=len(found))
    return RunRequests(run, found)


def _of_run(run: Occurrence) -> sa.ColumnElement[bool]:
    return sa.and_(
        Reservation.occurrence_id == run.id, Reservation.state == ReservationState.confirmed
    )


def _coming(now: datetime, session: FestivalSession | None) -> sa.ColumnElement[bool]:
    asked = [
        Reservation.state == ReservationState.confirmed,
        Occurrence.state == OccurrenceState.scheduled,
        Occurrence.ends_at > now,
    ]
    if session is not None:
        asked.append(Occurrence.session_id == session.id)
    return sa.and_(*asked)
