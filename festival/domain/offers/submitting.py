"""A finished offer is sent in for review."""

import sqlalchemy as sa

from festival.domain import audit, clock
from festival.domain.errors import N_, DomainError
from festival.domain.offers.offer import (
    SAVED_SINCE,
    Offer,
    SubmissionClosed,
    check_seen,
    lock_revision,
    submissions_open,
)
from festival.domain.offers.runs import check_runs, propose_runs
from festival.domain.states import move
from festival.extensions import db
from festival.models import FestivalSession, Revision, RevisionState, User

FACTS = (
    "theme_id",
    "format",
    "age_min",
    "age_max",
    "accompaniment",
    "accompanying_adults_take_places",
    "children_per_adult",
    "most_places",
    "delivery_languages",
    "access",
    "access_not_known",
    "charge",
)
TAKEN_IN = (RevisionState.submitted, RevisionState.approved)


class TooManySessions(DomainError):
    """This organisation has sent in as many sessions as one may."""

    reason = "too_many_sessions"


def submit(
    revision: Revision,
    offer: Offer,
    *,
    author: User,
    calendar_domain: str,
    seen: str | None = None,
) -> None:
    """Send the offer in for review. ``seen`` is the version it was made of.

    The offer is kept in ``revision.proposal["offer"]``. A session that nobody has approved yet
    becomes what it says at once; of one that people can see nothing changes before the team
    approves (``apply_offer``). Raises SubmissionClosed, TooManySessions, CannotRun, NotAllowed.
    """
    session = revision.session
    lock_revision(revision)
    check_seen(revision, seen, SAVED_SINCE)
    if revision.state == RevisionState.draft and revision.based_on_id is None:
        _check_in_time(revision)
        _check_number(session)
    check_runs(session, offer)
    move(revision, RevisionState.submitted)
    revision.submitted_at = clock.now()
    offer = offer.held_under(calendar_domain)
    revision.proposal = revision.proposal | {"offer": offer.to_json()}
    for name, words in offer.wording.items():
        setattr(revision.text(), name, words)
    if session.published_revision_id is None:
        apply_offer(session, offer)
    audit.record("session.submitted", session, actor=author, revision=revision.number)


def apply_offer(session: FestivalSession, offer: Offer) -> None:
    """Make the session what the offer says: its facts, its answers, its proposed dates.

    Dates that stand already are left alone: they are changed on their own pages, where people are
    told. Raises CannotRun.
    """
    check_runs(session, offer)
    for name in FACTS:
        setattr(session, name, getattr(offer, name))
    session.answers = dict(offer.answers)
    propose_runs(session, offer)


def _check_in_time(revision: Revision) -> None:
    if revision.late_allowed_at is None and not submissions_open(
        revision.session.edition, clock.now()
    ):
        raise SubmissionClosed(
            N_("The time to send in sessions is over. Your draft is kept: call the festival team.")
        )


def sent_in_by(session: FestivalSession) -> int:
    """How many other sessions of its provider the team has of this edition."""
    query = (
        sa.select(sa.func.count(sa.distinct(FestivalSession.id)))
        .join(Revision, Revision.session_id == FestivalSession.id)
        .where(
            FestivalSession.provider_id == session.provider_id,
            FestivalSession.edition_id == session.edition_id,
            FestivalSession.id != session.id,
            Revision.state.in_(TAKEN_IN),
        )
    )
    return db.session.scalar(query) or 0


def is_first_time(session: FestivalSession) -> bool:
    """Whether nothing else of its provider has ever been public."""
    query = sa.select(FestivalSession.id).where(
        FestivalSession.provider_id == session.provider_id,
        FestivalSession.id != session.id,
        FestivalSession.published_revision_id.is_not(None),
    )
    return db.session.scalar(query.limit(1)) is None


def _check_number(session: FestivalSession) -> None:
    most = session.edition.most_sessions
    if most is not None and sent_in_by(session) >= most:
        raise TooManySessions(
            N_(
                "Each organisation can send in up to %(most)s. Take one back, or call the "
                "festival team. Your draft is kept."
            ),
            most=most,
        )


def allow_late(revision: Revision, *, actor: User, reason: str) -> None:
    """The festival team lets this draft be sent in after the closing day, for this reason; it is
    kept in the audit log. Allowed again changes nothing."""
    lock_revision(revision)
    if revision.late_allowed_at is not None:
        return
    revision.late_allowed_at = clock.now()
    audit.record("session.late_allowed", revision.session, actor=actor, reason=reason[:300])
