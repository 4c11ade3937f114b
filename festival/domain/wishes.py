"""What people would like to learn and did not find: asked for in their own words, counted, and
answered by the team where they said how."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from festival.domain import audit, clock
from festival.extensions import db
from festival.models import Counter, Edition, EmptySearch, Theme, User, Ward, Wish

LONGEST = 300
MOST = 100  # that are shown at once
OFTEN = 3  # words of a search that fewer typed may tell of somebody
FORM = "wish"  # a form's own row of Counter, with the wish that it made, begins so


@dataclass(frozen=True)
class Waiting:
    """The wishes nobody has answered yet, oldest first, and how many there are."""

    first: Sequence[Wish]
    number: int


def ask(
    edition: Edition,
    *,
    words: str,
    theme: Theme | None,
    ward: Ward | None,
    suits: Sequence[str],
    contact: str,
    key: str,
) -> Wish:
    """Keep what somebody would like to learn. The same ``key`` again is the same form: the first
    one stands."""
    form = Counter(name=FORM + key, value=0)
    try:
        with db.session.begin_nested():
            db.session.add(form)
    except IntegrityError:
        made = sa.select(Wish).join(Counter, Counter.value == Wish.id)
        return db.session.scalars(made.where(Counter.name == FORM + key)).one()
    wish = Wish(
        edition_id=edition.id,
        theme_id=theme.id if theme else None,
        ward_id=ward.id if ward else None,
        words=words,
        suits=list(suits),
        contact=contact,
        created_at=clock.now(),
    )
    db.session.add(wish)
    db.session.flush()
    form.value = wish.id
    return wish


def answer(wish: Wish, *, actor: User) -> None:
    """The team has dealt with it: how to reach the person is forgotten. Again is the same."""
    db.session.refresh(wish, with_for_update={"of": Wish})
    if wish.answered_at is not None:
        return
    wish.answered_at, wish.answered_by_id, wish.contact = clock.now(), actor.id, ""
    audit.record("wish.answered", wish, actor=actor)


def waiting(edition: Edition) -> Waiting:
    """What waits to be answered. Two questions to the database."""
    query = (
        sa.select(Wish)
        .where(_waits(edition))
        .order_by(Wish.created_at, Wish.id)
        .options(joinedload(Wish.theme))
        .limit(MOST)
    )
    return Waiting(list(db.session.scalars(query)), count_waiting(edition))


def count_waiting(edition: Edition) -> int:
    query = sa.select(sa.func.count()).select_from(Wish).where(_waits(edition))
    return db.session.scalar(query) or 0


def _waits(edition: Edition) -> sa.ColumnElement[bool]:
    return sa.and_(Wish.edition_id == edition.id, Wish.answered_at.is_(None))


def often_searched(edition: Edition) -> list[tuple[str, int]]:
    """Words that were searched for often enough to tell of nobody, and found nothing; the most
    wanted first."""
    times = sa.func.sum(EmptySearch.times)
    query = (
        sa.select(EmptySearch.words, times)
        .where(EmptySearch.edition_id == edition.id, EmptySearch.words != "")
        .group_by(EmptySearch.words)
        .having(times >= OFTEN)
        .order_by(times.desc(), EmptySearch.words)
        .limit(MOST)
    )
    return [(words, int(number)) for words, number in db.session.execute(query)]
