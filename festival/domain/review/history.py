"""Every version of a session: who wrote it and when, who answered, and its words."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.domain import accounts
from festival.extensions import db
from festival.models import FestivalSession, Revision, User


def versions(session: FestivalSession, reader: User) -> Sequence[Revision]:
    """The versions of this session that this person may see, newest first."""
    query = (
        sa.select(Revision)
        .where(Revision.session_id == session.id)
        .order_by(Revision.number.desc())
        .options(selectinload(Revision.session))
    )
    return [one for one in db.session.scalars(query) if accounts.may_see_offer(reader, one)]


def names_of(found: Sequence[Revision]) -> dict[int, str]:
    """What the people are called who wrote or answered these, by their id."""
    ids = {one.created_by_id for one in found} | {one.decided_by_id for one in found}
    ids |= {one.second_by_id for one in found}
    query = sa.select(User.id, User.name).where(User.id.in_(ids - {None}))
    return dict(db.session.execute(query).all())


def before(revision: Revision) -> Revision | None:
    """What the public read when this was written: what its words are compared with."""
    if revision.based_on_id is None:
        return None
    return db.session.get(Revision, revision.based_on_id)
