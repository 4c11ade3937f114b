"""The end of the call, and what came after it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain import clock, editions
from festival.domain.errors import N_, NotAllowed
from festival.domain.offers import submissions_open
from festival.extensions import db
from festival.models import AuditEntry, Edition, FestivalSession, Revision, User


@dataclass(frozen=True)
class Late:
    """A session that the team let come after the end: who did, and why."""

    revision: Revision
    by: str
    reason: str


def close(edition: Edition, *, actor: User) -> None:
    """Nobody sends anything in from now on. Raises NotAllowed where nobody can anyway."""
    now = clock.now()
    if not submissions_open(edition, now):
        raise NotAllowed(N_("The call is not open."))
    editions.change(edition, {"submissions_close_at": now}, actor=actor)


def late_entries(edition: Edition) -> list[Late]:
    """What the team let come late, the newest first."""
    query = (
        sa.select(Revision)
        .join(Revision.session)
        .where(FestivalSession.edition_id == edition.id, Revision.late_allowed_at.is_not(None))
        .order_by(Revision.late_allowed_at.desc())
        .options(joinedload(Revision.session))
    )
    found = list(db.session.scalars(query))
    told = _told_of([one.session_id for one in found])
    return [Late(one, *told.get(one.session_id, ("", ""))) for one in found]


def _told_of(sessions: list[int]) -> dict[int, tuple[str, str]]:
    query = (
        sa.select(AuditEntry.thing_id, User.name, AuditEntry.facts)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(
            AuditEntry.action == "session.late_allowed",
            AuditEntry.thing == FestivalSession.__tablename__,
            AuditEntry.thing_id.in_(sessions),
        )
        .order_by(AuditEntry.id)
    )
    rows = db.session.execute(query)
    return {thing: (name or "", str(facts.get("reason", ""))) for thing, name, facts in rows}
