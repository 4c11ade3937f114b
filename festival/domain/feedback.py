"""What people say after a session: five steps, a question and words, and not who they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from festival.domain import clock
from festival.domain.errors import N_, DomainError
from festival.extensions import db
from festival.models import Feedback, Occurrence, OccurrenceState

RATINGS = range(5, 0, -1)  # the best first, as they are asked
LONGEST = 2000
ASKED_FOR = timedelta(days=60)  # after the end
MOST_WORDS = 200


class NotAsked(DomainError):
    """It has not begun, is long over, or did not take place."""

    reason = "not_asked"


@dataclass(frozen=True)
class Summary:
    """What was said of a run so far."""

    ratings: Mapping[int, int]
    first_time: int
    not_first_time: int
    words: Sequence[str]  # newest first

    @property
    def number(self) -> int:
        return sum(self.ratings.values())


def is_asked(occurrence: Occurrence, now: datetime) -> bool:
    """Whether somebody can say how it was: from its start on, for two months."""
    takes_place = occurrence.state == OccurrenceState.scheduled
    return takes_place and occurrence.starts_at <= now < occurrence.ends_at + ASKED_FOR


def give(
    occurrence: Occurrence, *, rating: int, is_first_time: bool | None, words: str, key: str
) -> Feedback:
    """Keep what somebody said. The same ``key`` again is the same form: the first one stands.

    Raises NotAsked.
    """
    now = clock.now()
    if not is_asked(occurrence, now):
        raise NotAsked(N_("We do not ask about this session now."))
    made = Feedback(
        occurrence_id=occurrence.id,
        rating=rating,
        is_first_time=is_first_time,
        words=words,
        form_key=key,
        created_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        return db.session.scalars(sa.select(Feedback).where(Feedback.form_key == key)).one()
    return made


def summary(occurrence: Occurrence) -> Summary:
    """What was said of this run. Two questions to the database."""
    mine = Feedback.occurrence_id == occurrence.id
    query = (
        sa.select(Feedback.rating, Feedback.is_first_time, sa.func.count())
        .where(mine)
        .group_by(Feedback.rating, Feedback.is_first_time)
    )
    rows = [(rating, first, int(number)) for rating, first, number in db.session.execute(query)]
    words = (
        sa.select(Feedback.words)
        .where(mine, Feedback.words != "")
        .order_by(Feedback.id.desc())
        .limit(MOST_WORDS)
    )
    return Summary(
        ratings={one: sum(number for step, _, number in rows if step == one) for one in RATINGS},
        first_time=sum(number for _, first, number in rows if first),
        not_first_time=sum(number for _, first, number in rows if first is False),
        words=list(db.session.scalars(words)),
    )
