"""Who has two places at the same time, now that a run has moved."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from festival.extensions import db
from festival.models import Booking, Occurrence, OccurrenceState, Reservation, ReservationState

TAKES_PART = (ReservationState.confirmed, ReservationState.offered)


def overlaps(reservation_ids: Collection[int]) -> dict[int, list[Reservation]]:
    """For each of these reservations the others of the same people at the same time: of the same
    booking, or of another under the same name and email. One query."""
    theirs, other = aliased(Booking), aliased(Booking)
    mine, beside = aliased(Reservation), aliased(Reservation)
    here, there = aliased(Occurrence), aliased(Occurrence)
    same_person = sa.and_(
        theirs.email_folded != "",
        theirs.email_folded == other.email_folded,
        theirs.name_folded == other.name_folded,
        theirs.edition_id == other.edition_id,
    )
    query = (
        sa.select(mine.id, beside)
        .join(theirs, theirs.id == mine.booking_id)
        .join(here, here.id == mine.occurrence_id)
        .join(other, sa.or_(other.id == theirs.id, same_person))
        .join(beside, beside.booking_id == other.id)
        .join(there, beside.occurrence.of_type(there))
        .where(
            mine.id.in_(reservation_ids),
            beside.id != mine.id,
            here.id != there.id,
            there.state == OccurrenceState.scheduled,
            there.starts_at < here.ends_at,
            here.starts_at < there.ends_at,
            mine.state.in_(TAKES_PART),
            beside.state.in_(TAKES_PART),
        )
        .order_by(mine.id, there.starts_at, beside.id)
        .options(contains_eager(beside.occurrence.of_type(there)))
    )
    found: dict[int, list[Reservation]] = {}
    for mine_id, claim in db.session.execute(query):
        found.setdefault(mine_id, []).append(claim)
    return found


def newly(
    found: Mapping[int, Sequence[Reservation]], before: Mapping[str, Any]
) -> dict[int, list[Reservation]]:
    """Those of these that were not at the same time as the run when it was as noted ``before``."""
    start = datetime.fromisoformat(before["starts_at"])
    end = datetime.fromisoformat(before["ends_at"])
    fresh = {
        mine: [
            one
            for one in others
            if one.occurrence.starts_at >= end or one.occurrence.ends_at <= start
        ]
        for mine, others in found.items()
    }
    return {mine: others for mine, others in fresh.items() if others}
