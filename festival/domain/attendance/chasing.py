"""Asking for the numbers that have not come: after two days, and after five."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from festival.domain import audit, outbox
from festival.domain.attendance.counting import LATEST
from festival.domain.attendance.returning import needs_return
from festival.extensions import db
from festival.models import (
    AuditEntry,
    FestivalSession,
    Membership,
    MembershipRole,
    Occurrence,
    SessionState,
    User,
)

TURNS = (  # so long after the end, and what the audit log then says
    (timedelta(days=2), "attendance.chased"),
    (timedelta(days=5), "attendance.chased_again"),
)


def due_to_chase(now: datetime) -> list[int]:
    """The runs (ids) whose leads are to be asked again at ``now`` (aware)."""
    query = _waiting(now).with_only_columns(Occurrence.id)
    return list(db.session.scalars(query.order_by(Occurrence.ends_at, Occurrence.id)))


def chase(run: Occurrence, now: datetime) -> int:
    """Ask the leads of this run's organisation for its numbers; how many were asked. Asked
    again in the same turn nobody is: the audit log knows of it."""
    db.session.get(Occurrence, run.id, with_for_update={"of": Occurrence}, populate_existing=True)
    if db.session.scalar(_waiting(now).where(Occurrence.id == run.id)) is None:
        return 0
    turn = max(action for wait, action in TURNS if run.ends_at + wait <= now)
    audit.record(turn, run, actor=None)
    leads = _leads_of(run)
    for person in leads:
        outbox.queue("attendance_due", person.email, occurrence=run.id, name=person.name)
    return len(leads)


def _waiting(now: datetime) -> sa.Select[Occurrence]:
    """Runs whose numbers are missing, and whose leads were not asked in this turn."""
    (first, asked), (second, asked_again) = TURNS
    due = sa.case(
        (Occurrence.ends_at <= now - second, ~_has_been(asked_again)),
        else_=~_has_been(asked),
    )
    return (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .where(
            FestivalSession.state == SessionState.published,
            Occurrence.ends_at <= now - first,
            Occurrence.ends_at > now - LATEST,
            needs_return(),
            due,
        )
    )


def _has_been(action: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        AuditEntry.thing == Occurrence.__tablename__,
        AuditEntry.thing_id == Occurrence.id,
        AuditEntry.action == action,
    )


def _leads_of(run: Occurrence) -> list[User]:
    query = (
        sa.select(User)
        .join(Membership)
        .where(
            Membership.provider_id == run.session.provider_id,
            Membership.role == MembershipRole.lead,
            User.is_active,
        )
        .order_by(User.id)
    )
    return list(db.session.scalars(query))
