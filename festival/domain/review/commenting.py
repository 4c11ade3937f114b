"""What the team says to single parts of an offer."""

from collections.abc import Sequence

from festival.domain import audit, clock, offers
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.offers.offer import lock_revision
from festival.domain.review.fields import FIELDS, WHOLE
from festival.domain.states import NOT_FROM
from festival.extensions import db
from festival.models import ReviewComment, Revision, RevisionState, SessionState, User

OPEN_TO_COMMENTS = (RevisionState.submitted, RevisionState.returned)


class BadComment(DomainError):
    """A comment without words, or on a part that offers do not have."""

    reason = "bad_comment"


def comment(revision: Revision, field: str, words: str, *, author: User) -> ReviewComment:
    """Say something to one part of an offer (a name of ``fields.FIELDS``; empty: to all of it).
    Its provider reads it once the offer is returned.

    Raises BadComment, InConflict, and NotAllowed once the offer or its session was taken back or
    answered otherwise.
    """
    lock_revision(revision)
    _check_open(revision)
    offers.check_conflict(author, revision)
    if field != WHOLE and field not in FIELDS:
        raise BadComment(N_("Choose what you write about."), field="field")
    if not words.strip():
        raise BadComment(N_("Type your comment."), field="words")
    made = ReviewComment(
        revision_id=revision.id,
        field=field,
        words=words.strip(),
        author_id=author.id,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(revision, ["comments"])
    audit.record("session.commented", revision.session, actor=author, field=field)
    return made


def settle(made: ReviewComment, *, actor: User) -> None:
    """Nothing is left to do about this comment; settled again changes nothing.

    Raises NotAllowed once the offer was taken back or answered otherwise.
    """
    lock_revision(made.revision)
    _check_open(made.revision)
    if made.settled_at is None:
        made.settled_at = clock.now()
        db.session.flush()
        audit.record("session.settled", made.revision.session, actor=actor, field=made.field)


def open_comments(revision: Revision) -> Sequence[ReviewComment]:
    """What is still to be done about this offer, in the order it was said."""
    return [one for one in revision.comments if one.settled_at is None]


def _check_open(revision: Revision) -> None:
    if revision.session.state == SessionState.withdrawn:
        raise NotAllowed(NOT_FROM["withdrawn"])
    if revision.state not in OPEN_TO_COMMENTS:
        raise NotAllowed(NOT_FROM[revision.state.value])
