"""Words that are public are changed in a new revision; the public reads the approved one."""

import sqlalchemy as sa

from festival.domain import audit, clock
from festival.domain.errors import N_, NotAllowed
from festival.domain.offers.offer import OPEN_STATES, WORDING, lock_revision
from festival.domain.offers.proposing import proposal_of
from festival.extensions import db
from festival.models import (
    FestivalSession,
    Revision,
    RevisionState,
    RevisionText,
    SessionState,
    User,
)

COPIED = ("language", *WORDING, "image_alt")


def may_revise(session: FestivalSession) -> bool:
    """Whether a change of what is public can be begun."""
    if session.published_revision_id is None or session.state == SessionState.withdrawn:
        return False
    return newest_of(session).state not in (*OPEN_STATES, RevisionState.submitted)


def revise(session: FestivalSession, *, author: User) -> Revision:
    """Begin to change a session that is approved: a draft, filled with what is public. Where one
    is begun already, that one.

    Raises NotAllowed where nothing is public, and where a change waits for the team.
    """
    public = session.published_revision
    if public is None or session.state == SessionState.withdrawn:
        raise NotAllowed(N_("This session is not public, so there is nothing to change yet."))
    lock_revision(public)
    db.session.refresh(session, ["published_revision_id"])
    newest = newest_of(session)
    if newest.state in OPEN_STATES:
        return newest
    if newest.state == RevisionState.submitted:
        raise NotAllowed(
            N_("A change of this session waits for the festival team. Take it back to go on.")
        )
    if public.state != RevisionState.approved or session.published_revision_id != public.id:
        raise NotAllowed(N_("Newer words are public now. Open the session again."))
    return _begin(session, public, newest.number + 1, author)


def newest_of(session: FestivalSession) -> Revision:
    """The newest revision of this session, whatever its state."""
    query = sa.select(Revision).where(Revision.session_id == session.id)
    return db.session.scalars(query.order_by(Revision.number.desc()).limit(1)).one()


def _begin(session: FestivalSession, public: Revision, number: int, author: User) -> Revision:
    revision = Revision(
        session_id=session.id,
        number=number,
        based_on_id=public.id,
        created_by_id=author.id,
        created_at=clock.now(),
        proposal=proposal_of(session),
        image_id=public.image_id,
        texts=[
            RevisionText(**{name: getattr(text, name) for name in COPIED}) for text in public.texts
        ],
    )
    db.session.add(revision)
    db.session.flush()
    db.session.expire(session, ["revisions"])
    audit.record("session.revised", session, actor=author, revision=number)
    return revision
