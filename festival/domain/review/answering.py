"""Approving, where people who have booked may have to hear of it."""

from collections.abc import Mapping
from datetime import datetime

from festival.domain import offers, running
from festival.domain.children import HasAges
from festival.domain.errors import N_, DomainError
from festival.domain.review.commenting import open_comments
from festival.domain.running import Told
from festival.models import Accompaniment, Revision, User

AGES = "ages"
ADULT = "adult"
STRICTER = (Accompaniment.adult_stays, Accompaniment.with_adult, Accompaniment.under_16_with_adult)


class NeedsReason(DomainError):
    """People have booked what would not be so any more, and must be told why."""

    reason = "needs_reason"


def losses(revision: Revision) -> list[str]:
    """What people who have booked could count on and would lose: names of access provisions, and
    ``AGES`` or ``ADULT`` where fewer people could come or an adult must come along."""
    session, offer = revision.session, offers.offer_of(revision)
    if session.published_revision_id is None or offer is None:
        return []
    lost = [name for name in session.access if name not in offer.access]
    if _is_narrower(session, offer):
        lost.append(AGES)
    if session.accompaniment == Accompaniment.none and offer.accompaniment in STRICTER:
        lost.append(ADULT)
    return lost


def _is_narrower(before: HasAges, after: HasAges) -> bool:
    no_end = 999
    least, most = (before.age_min or 0), (no_end if before.age_max is None else before.age_max)
    new_most = no_end if after.age_max is None else after.age_max
    return (after.age_min or 0) > least or new_most < most


def who_is_told(revision: Revision) -> Told | None:
    """Who would hear that something is lost; None where nothing is, or nobody has booked."""
    if not losses(revision):
        return None
    told = running.who_is_told_of_access(revision.session)
    return told if told.booked or told.waiting else None


def approve(
    revision: Revision,
    *,
    reviewer: User,
    seen: str,
    publish_at: datetime | None = None,
    comment: str = "",
    reason: str = "",
    in_words: Mapping[str, str] | None = None,
) -> None:
    """Approve an offer (see ``offers.approve``) and tell those who have booked what they lose by
    it (``in_words``: of each name of ``losses``) and why (``reason``, in public words).

    Raises what ``offers.approve`` raises, and NeedsReason where people must be told and no reason
    is given.
    """
    lost, told, session = losses(revision), who_is_told(revision), revision.session
    if told is not None and not reason.strip():
        raise NeedsReason(
            N_("People have booked this. Say why it changes: they read your words."),
            field="reason",
        )
    offers.approve(revision, reviewer=reviewer, publish_at=publish_at, comment=comment, seen=seen)
    if told is not None:
        known = in_words or {}
        running.access_changed(
            session, lost=[known.get(name, name) for name in lost], reason=reason, actor=reviewer
        )


def give_back(revision: Revision, comment: str, *, reviewer: User, seen: str) -> None:
    """Return an offer, with words for all of it or comments on parts of it.

    Raises what ``offers.give_back`` raises, and NeedsReason where nothing says what to change.
    """
    if not comment.strip() and not open_comments(revision):
        raise NeedsReason(N_("Say what to change, so that they can put it right."), field="comment")
    offers.give_back(revision, comment, reviewer=reviewer, seen=seen)
