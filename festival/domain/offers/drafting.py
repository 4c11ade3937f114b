"""A draft: begun, kept as it was typed by one or by several, taken back."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, clock, references
from festival.domain.errors import N_, NotAllowed
from festival.domain.offers.merging import Merged, merge
from festival.domain.offers.offer import (
    OPEN_STATES,
    SAVED_SINCE,
    WORDING,
    check_seen,
    lock_revision,
    version,
    version_of,
)
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    DraftSave,
    Edition,
    FestivalSession,
    Provider,
    Revision,
    RevisionState,
    RevisionText,
    User,
)

SENT_IN = N_("This offer has been sent in. It can be changed when it is returned.")


def start(*, edition: Edition, provider: Provider, author: User) -> Revision:
    """Begin a new session of this provider as an empty draft."""
    session = FestivalSession(
        code=references.next_session_code(edition), edition_id=edition.id, provider_id=provider.id
    )
    db.session.add(session)
    db.session.flush()
    revision = Revision(
        session_id=session.id,
        created_by_id=author.id,
        created_at=clock.now(),
        proposal={},
        texts=[RevisionText(language="en")],
    )
    db.session.add(revision)
    db.session.flush()
    audit.record("session.started", session, actor=author)
    return revision


def save_draft(
    revision: Revision,
    typed: Mapping[str, Any],
    *,
    seen: str | None = None,
    author: User | None = None,
) -> str:
    """Keep a whole draft as it was typed, finished or not; its new version.

    ``seen`` is the version it was typed upon. Raises NotAllowed once it has been sent in, and
    where somebody else has saved since.
    """
    lock_revision(revision)
    _check_open(revision)
    check_seen(revision, seen, SAVED_SINCE)
    _remember(revision)
    return _keep(revision, typed, author)


def save_page(
    revision: Revision,
    typed: Mapping[str, Any],
    *,
    seen: str,
    author: User,
    untouched: Mapping[str, Any] | None = None,
) -> Merged:
    """Keep some fields of a draft, typed upon its version ``seen``; whatever others have written
    meanwhile in other fields stays. ``untouched`` is what a form says before anybody has.

    What both have changed is told in the answer's ``theirs`` and not overwritten; what this
    author typed there is remembered among the draft's saves, so that nothing is lost. Raises
    NotAllowed once it has been sent in.
    """
    lock_revision(revision)
    _check_open(revision)
    _remember(revision)
    base = _saved_as(revision, seen)
    unsaid = {name: value for name, value in (untouched or {}).items() if name in typed}
    merged = merge(
        None if base is None else {**unsaid, **base}, {**unsaid, **revision.proposal}, typed
    )
    if merged.theirs:
        wanted = dict(merged.proposal) | {name: typed[name] for name in merged.theirs}
        _add_save(revision, wanted, author)
    _keep(revision, merged.proposal, author)
    return merged


def withdraw(revision: Revision, *, author: User) -> None:
    """The provider takes an offer back before it was decided. Raises NotAllowed."""
    lock_revision(revision)
    move(revision, RevisionState.withdrawn)
    audit.record("session.offer_withdrawn", revision.session, actor=author)


def _check_open(revision: Revision) -> None:
    if revision.state not in OPEN_STATES:
        raise NotAllowed(SENT_IN)


def _keep(revision: Revision, typed: Mapping[str, Any], author: User | None) -> str:
    revision.proposal = dict(typed)
    revision.saved_at = clock.now()
    revision.saved_by_id = author.id if author else None
    text = revision.text()
    for name in WORDING:
        length = RevisionText.__table__.c[name].type.length  # type: ignore[attr-defined]
        setattr(text, name, str(typed.get(name) or "")[:length])
    db.session.flush()
    _add_save(revision, revision.proposal, author)
    return version(revision)


def _remember(revision: Revision) -> None:
    """What stands now is what the next save is compared with: it may have come otherwise."""
    if _saved_as(revision, version(revision)) is None:
        _add_save(revision, revision.proposal, None)


def _add_save(revision: Revision, proposal: Mapping[str, Any], author: User | None) -> None:
    told = version_of(proposal, revision.submitted_at)
    if _saved_as(revision, told) is not None:
        return
    db.session.add(
        DraftSave(
            revision_id=revision.id,
            version=told,
            proposal=dict(proposal),
            saved_at=clock.now(),
            saved_by_id=author.id if author else None,
        )
    )
    db.session.flush()


def _saved_as(revision: Revision, told: str) -> Mapping[str, Any] | None:
    query = (
        sa.select(DraftSave.proposal)
        .where(DraftSave.revision_id == revision.id, DraftSave.version == told)
        .limit(1)
    )
    return db.session.scalar(query)
