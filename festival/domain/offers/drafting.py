"""A draft: begun, kept as it was typed, taken back."""

from collections.abc import Mapping
from typing import Any

from festival.domain import audit, clock, references
from festival.domain.errors import N_, NotAllowed
from festival.domain.offers.offer import (
    OPEN_STATES,
    SAVED_SINCE,
    WORDING,
    check_seen,
    lock_revision,
    version,
)
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Edition,
    FestivalSession,
    Provider,
    Revision,
    RevisionState,
    RevisionText,
    User,
)


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


def save_draft(revision: Revision, typed: Mapping[str, Any], *, seen: str | None = None) -> str:
    """Keep what was typed, finished or not; its new version.

    ``seen`` is the version it was typed upon. Raises NotAllowed once it has been sent in, and
    where somebody else has saved since.
    """
    lock_revision(revision)
    if revision.state not in OPEN_STATES:
        raise NotAllowed(N_("This offer has been sent in. It can be changed when it is returned."))
    check_seen(revision, seen, SAVED_SINCE)
    revision.proposal = dict(typed)
    text = revision.text()
    for name in WORDING:
        length = RevisionText.__table__.c[name].type.length  # type: ignore[attr-defined]
        setattr(text, name, str(typed.get(name) or "")[:length])
    db.session.flush()
    return version(revision)


def withdraw(revision: Revision, *, author: User) -> None:
    """The provider takes an offer back before it was decided. Raises NotAllowed."""
    lock_revision(revision)
    move(revision, RevisionState.withdrawn)
    audit.record("session.offer_withdrawn", revision.session, actor=author)
