"""A change that people must hear of, on record: what it was, what it is, why, who hears of it, and
until when it can be taken back without anybody having heard."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain.running.telling import Told
from festival.extensions import db
from festival.models import (
    ChangeNotice,
    FestivalSession,
    NoticeKind,
    Occurrence,
    Revision,
    User,
)

UNDO = timedelta(minutes=2)  # as long as such messages wait in the outbox: see outbox.PATIENCE
MOST = 100


def post(
    occurrence: Occurrence,
    kind: NoticeKind,
    *,
    now: datetime,
    actor: User | None,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    alternative_id: int | None = None,
    batch: str | None = None,
) -> ChangeNotice:
    """Put a change of this run on record. ``now`` aware; ``before`` and ``after`` as JSON."""
    notice = ChangeNotice(
        occurrence_id=occurrence.id,
        kind=kind,
        reason=reason.strip()[:300],
        before=dict(before or {}),
        after=dict(after or {}),
        alternative_id=alternative_id,
        batch=batch,
        created_at=now,
        created_by_id=actor.id if actor is not None else None,
        undo_until=now + UNDO,
    )
    db.session.add(notice)
    db.session.flush()
    return notice


def new_batch() -> str:
    """What the notices of one decision have in common."""
    return str(uuid.uuid4())


def keep_told(notice: ChangeNotice, told: Told, **more: int) -> None:
    """Who hears of it, in numbers."""
    notice.told = {
        "email": told.email,
        "sms": told.sms,
        "call": told.call,
        "nobody": told.nobody,
        "booked": told.booked,
        "waiting": told.waiting,
        **more,
    }


def newest(occurrence_ids: Collection[int]) -> dict[int, ChangeNotice]:
    """The last change of each of these runs that stands. One query."""
    last = (
        sa.select(sa.func.max(ChangeNotice.id))
        .where(ChangeNotice.occurrence_id.in_(occurrence_ids), ChangeNotice.undone_at.is_(None))
        .group_by(ChangeNotice.occurrence_id)
    )
    found = db.session.scalars(sa.select(ChangeNotice).where(ChangeNotice.id.in_(last)))
    return {one.occurrence_id: one for one in found}


def why_cancelled(occurrence_ids: Collection[int]) -> dict[int, ChangeNotice]:
    """Of the runs among these that are cancelled: the notice that says why, and what else people
    could come to. One query."""
    return {
        run: notice
        for run, notice in newest(occurrence_ids).items()
        if notice.kind == NoticeKind.cancelled
    }


def moved_from(occurrences: Collection[Occurrence]) -> dict[int, datetime]:
    """When each of these runs was to start before its time was changed, where it was. One
    query."""
    query = (
        sa.select(ChangeNotice.occurrence_id, ChangeNotice.before)
        .where(
            ChangeNotice.occurrence_id.in_([one.id for one in occurrences]),
            ChangeNotice.kind == NoticeKind.moved,
            ChangeNotice.undone_at.is_(None),
        )
        .order_by(ChangeNotice.id)
    )
    now_at = {one.id: one.starts_at for one in occurrences}
    starts = ((run, before.get("starts_at")) for run, before in db.session.execute(query))
    before = {run: datetime.fromisoformat(told) for run, told in starts if told}
    return {run: start for run, start in before.items() if start != now_at[run]}


def of_run(occurrence: Occurrence) -> list[ChangeNotice]:
    """Every change of this run, the newest first, also what was taken back."""
    query = (
        sa.select(ChangeNotice)
        .where(ChangeNotice.occurrence_id == occurrence.id)
        .order_by(ChangeNotice.id.desc())
        .options(joinedload(ChangeNotice.created_by))
    )
    return list(db.session.scalars(query))


def all_of(edition_id: int) -> Sequence[ChangeNotice]:
    """The changes of this edition, the newest first, no more than MOST. Few queries, however many
    there are."""
    query = (
        sa.select(ChangeNotice)
        .join(ChangeNotice.occurrence)
        .join(Occurrence.session)
        .where(FestivalSession.edition_id == edition_id)
        .order_by(ChangeNotice.id.desc())
        .limit(MOST)
        .options(
            joinedload(ChangeNotice.created_by),
            joinedload(ChangeNotice.occurrence)
            .joinedload(Occurrence.session)
            .selectinload(FestivalSession.published_revision)
            .selectinload(Revision.texts),
        )
    )
    return list(db.session.scalars(query))


def get(notice_id: int) -> ChangeNotice | None:
    """This notice; None where there is none."""
    return db.session.get(ChangeNotice, notice_id)


def together(notice: ChangeNotice) -> list[ChangeNotice]:
    """All notices of the same decision, this one among them."""
    if notice.batch is None:
        return [notice]
    query = sa.select(ChangeNotice).where(ChangeNotice.batch == notice.batch)
    return list(db.session.scalars(query.order_by(ChangeNotice.occurrence_id)))


def may_undo(notice: ChangeNotice, now: datetime) -> bool:
    """Whether it can still be taken back without anybody hearing of it."""
    undoable = notice.kind != NoticeKind.access
    return undoable and notice.undone_at is None and now < notice.undo_until
