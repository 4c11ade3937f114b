"""Who did what, when."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from festival.domain import clock
from festival.extensions import Base, db
from festival.models import AuditEntry, FestivalSession, User


def record(action: str, thing: Base, *, actor: User | None, **facts: Any) -> AuditEntry:
    """Write an audit entry in the transaction of what it tells of.

    ``facts`` are small and hold no personal data; the thing must have been flushed.
    """
    entry = AuditEntry(
        at=clock.now(),
        actor_id=actor.id if actor else None,
        action=action,
        thing=thing.__tablename__,
        thing_id=thing.id,  # type: ignore[attr-defined]
        facts=facts,
    )
    db.session.add(entry)
    return entry


def newest(limit: int) -> list[AuditEntry]:
    """What was done last, newest first."""
    query = sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def session_codes(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """The codes of the sessions these entries tell of, by id."""
    ids = {entry.thing_id for entry in entries if entry.thing == FestivalSession.__tablename__}
    query = sa.select(FestivalSession.id, FestivalSession.code).where(FestivalSession.id.in_(ids))
    return dict(db.session.execute(query).all())
