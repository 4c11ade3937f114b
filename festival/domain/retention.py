"""What is forgotten, and when: the promises of the privacy page, kept by upkeep.

Thirty days after a session what a party asked for is gone, with its answer to the session's
question; of children only the band of their age is kept, of companions only that they came.
"""

from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from festival.extensions import db
from festival.models import (
    AccessRequest,
    Attendee,
    AttendeeKind,
    IdempotencyKey,
    Occurrence,
    Reservation,
)

AFTER_SESSION = timedelta(days=30)
FIRST_ANSWERS_KEPT = timedelta(days=7)  # longer than anybody tries again
BANDS = ((4, "0-4"), (10, "5-10"), (15, "11-15"), (17, "16-17"))


def age_band(age: int) -> str:
    """The band of a child's age in whole years: 0-4, 5-10, 11-15, 16-17."""
    return next((band for last, band in BANDS if age <= last), "")


def forget(now: datetime) -> dict[str, int]:
    """Forget what need not be known any more at ``now`` (aware); how many rows of each kind."""
    over = (
        sa.select(Reservation.id)
        .join(Occurrence, Reservation.occurrence_id == Occurrence.id)
        .where(Occurrence.ends_at < now - AFTER_SESSION)
    )
    asked = sa.delete(AccessRequest).where(AccessRequest.reservation_id.in_(over))
    answers = sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < now - FIRST_ANSWERS_KEPT)
    return {
        "access requests": _run(asked),
        "children and companions": _run(_forget_people(over)),
        "first answers": _run(answers),
    }


def _forget_people(over: "sa.Select[int]") -> sa.Update:
    """Of children the band of their age stays, and no name; of companions that they came."""
    band = sa.case(*((Attendee.age <= last, band) for last, band in BANDS), else_=Attendee.age_band)
    return (
        sa.update(Attendee)
        .where(
            Attendee.reservation_id.in_(over),
            Attendee.kind.in_((AttendeeKind.child, AttendeeKind.companion)),
            sa.or_(Attendee.age.is_not(None), Attendee.name != ""),
        )
        .values(age_band=band, age=None, name="")
    )


def _run(statement: sa.Update | sa.Delete) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[Any]", done).rowcount
