"""Before the call closes, whoever has drafts that were not sent in hears of it: 14 and 3 days
before, by themselves."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from festival.domain import outbox
from festival.domain.providers import people
from festival.extensions import db
from festival.models import (
    Edition,
    FestivalSession,
    Provider,
    ProviderState,
    Revision,
    RevisionState,
    SessionState,
)

STEPS = (timedelta(days=14), timedelta(days=3))


def due_to_remind(now: datetime) -> list[int]:
    """The organisations (ids) that have drafts to be reminded of at ``now`` (aware)."""
    edition = db.session.scalar(sa.select(Edition).where(Edition.is_current))
    if edition is None:
        return []
    query = _forgotten(edition, now)
    if query is None:
        return []
    ids = query.with_only_columns(FestivalSession.provider_id).distinct()
    return list(db.session.scalars(ids.order_by(FestivalSession.provider_id)))


def remind(provider_id: int, now: datetime) -> int:
    """Write once to everybody who writes for this organisation, about all of its drafts; to how
    many. Each draft is told of once in each step, however often this is called."""
    provider = db.session.get(
        Provider, provider_id, with_for_update={"key_share": True}, populate_existing=True
    )
    edition = db.session.scalar(sa.select(Edition).where(Edition.is_current))
    query = _forgotten(edition, now) if edition else None
    if provider is None or edition is None or query is None:
        return 0
    drafts = list(db.session.scalars(query.where(FestivalSession.provider_id == provider.id)))
    if not drafts:
        return 0
    for draft in drafts:
        draft.reminded = _step(edition, now)
    writers = people.writers(provider)
    for person in writers:
        outbox.queue("deadline", person.email, provider=provider.id, name=person.name)
    return len(writers)


def unfinished(provider: Provider, edition: Edition) -> list[Revision]:
    """The drafts of this organisation that were never sent in, the oldest first."""
    query = _drafts(edition).where(FestivalSession.provider_id == provider.id)
    return list(db.session.scalars(query.order_by(Revision.id)))


def _drafts(edition: Edition) -> sa.Select[Revision]:
    return (
        sa.select(Revision)
        .join(Revision.session)
        .join(FestivalSession.provider)
        .where(
            Provider.state != ProviderState.refused,
            FestivalSession.edition_id == edition.id,
            FestivalSession.state != SessionState.withdrawn,
            Revision.state == RevisionState.draft,
            Revision.based_on_id.is_(None),
        )
    )


def _step(edition: Edition, now: datetime) -> int:
    """How many of the STEPS have begun; none where the call has no end, or is over."""
    end = edition.submissions_close_at
    if end is None or now >= end:
        return 0
    return sum(now >= end - before for before in STEPS)


def _forgotten(edition: Edition, now: datetime) -> "sa.Select[Revision] | None":
    """Drafts that are older than the step that has begun, and were not told of in it."""
    step, end = _step(edition, now), edition.submissions_close_at
    if not step or end is None:
        return None
    begun = end - STEPS[step - 1]
    return _drafts(edition).where(Revision.reminded < step, Revision.created_at < begun)
