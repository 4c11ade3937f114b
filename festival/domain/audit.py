"""Who did what, when."""

from typing import Any

from festival.domain import clock
from festival.extensions import Base, db
from festival.models import AuditEntry, User


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
