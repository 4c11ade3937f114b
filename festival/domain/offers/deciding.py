"""What the festival team says to an offer, and when it is public."""

from datetime import datetime

import sqlalchemy as sa

from festival.domain import audit, clock, outbox, programme
from festival.domain.offers.finding import people_of
from festival.domain.offers.obstacles import check_conflict, obstacles, offer_of
from festival.domain.offers.offer import CHANGED_SINCE, check_seen, lock_revision
from festival.domain.offers.submitting import apply_offer
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    FestivalSession,
    OccurrenceState,
    Revision,
    RevisionState,
    SessionState,
    User,
)

# Of these three, ``seen`` is the version that the reviewer read. Who has an interest in an offer
# (see obstacles.py) gives none of these answers.


def give_back(revision: Revision, comment: str, *, reviewer: User, seen: str | None = None) -> None:
    """Return an offer to its provider with words that say what to change. Raises NotAllowed."""
    _decide(revision, RevisionState.returned, comment, reviewer, seen)


def decline(revision: Revision, comment: str, *, reviewer: User, seen: str | None = None) -> None:
    """Say no to an offer, with the reason. Raises NotAllowed."""
    _decide(revision, RevisionState.declined, comment, reviewer, seen)


def approve(
    revision: Revision,
    *,
    reviewer: User,
    publish_at: datetime | None = None,
    comment: str = "",
    seen: str | None = None,
) -> None:
    """Approve an offer: it is public at ``publish_at`` (aware), or at once. Of a session that is
    public already, the new words and facts take the place of the old ones at once.

    Raises NotAllowed, InConflict, and CannotApprove for the first thing that must be done before.
    """
    was_public = revision.session.published_revision_id is not None
    _decide(revision, RevisionState.approved, comment, reviewer, seen)
    _put_in_force(revision)
    if not was_public:
        revision.session.publish_at = publish_at
    db.session.flush()
    publish_if_due(revision.session, clock.now())


def approve_small(revision: Revision, *, author: User) -> None:
    """What the rule for small edits lets through: public at once, and on record as such."""
    move(revision, RevisionState.approved)
    revision.is_small = True
    revision.decided_at = clock.now()
    _put_in_force(revision)
    db.session.flush()
    audit.record("session.small_edit", revision.session, actor=author, revision=revision.number)


def _put_in_force(revision: Revision) -> None:
    session = revision.session
    previous, offer = session.published_revision, offer_of(revision)
    if previous is not None:
        if offer is not None:
            apply_offer(session, offer)
        move(previous, RevisionState.superseded)
    session.published_revision = revision
    for occurrence in session.occurrences:
        if occurrence.state == OccurrenceState.proposed:
            move(occurrence, OccurrenceState.scheduled)


def publish_if_due(session: FestivalSession, now: datetime) -> bool:
    """Make a session published whose time has come; whether it did."""
    if session.state != SessionState.unpublished or not programme.is_public(session, now):
        return False
    move(session, SessionState.published)
    session.published_at = now
    return True


def due_to_publish(now: datetime) -> list[FestivalSession]:
    """Sessions whose publication time has come."""
    query = sa.select(FestivalSession).where(
        FestivalSession.state == SessionState.unpublished, programme.are_public(now)
    )
    return list(db.session.scalars(query))


def _decide(
    revision: Revision, state: RevisionState, comment: str, reviewer: User, seen: str | None
) -> None:
    lock_revision(revision)
    check_conflict(reviewer, revision)
    check_seen(revision, seen, CHANGED_SINCE)
    move(revision, state)
    if state == RevisionState.approved:
        for obstacle in obstacles(revision, reviewer):
            raise obstacle
    revision.decided_at = clock.now()
    revision.decided_by_id = reviewer.id
    revision.comment = comment
    audit.record(
        f"session.{state.value}", revision.session, actor=reviewer, revision=revision.number
    )
    for person in people_of(revision.session.provider_id):
        outbox.queue(f"session_{state.value}", person.email, revision=revision.id, name=person.name)
