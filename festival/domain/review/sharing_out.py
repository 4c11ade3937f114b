"""Who of the team looks at which offer: given out, kept away from, looked at first."""

from collections.abc import Sequence

import sqlalchemy as sa

from festival.domain import accounts, audit, clock, offers
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.offers.offer import CHANGED_SINCE, check_seen, lock_revision
from festival.domain.states import NOT_FROM
from festival.extensions import db
from festival.models import Office, OfficeRole, Revision, RevisionState, User


class NotAReviewer(DomainError):
    """This person does not review offers."""

    reason = "not_a_reviewer"


def reviewers() -> Sequence[User]:
    """Everybody who may review, by name."""
    query = (
        sa.select(User)
        .where(
            User.is_active,
            User.offices.any(OfficeRole.office.in_((Office.reviewer, Office.administrator))),
        )
        .order_by(User.name, User.id)
    )
    return db.session.scalars(query).all()


def assign(revision: Revision, reviewer: User | None, *, actor: User) -> None:
    """Give this offer to somebody to look at; None: to nobody. Given again changes nothing.

    Raises NotAllowed where it does not wait, NotAReviewer, and InConflict for who has an interest.
    """
    lock_revision(revision)
    _check_waits(revision)
    if reviewer is not None:
        if not (reviewer.is_active and accounts.may_review(reviewer)):
            raise NotAReviewer(N_("Choose somebody from the list."), field="reviewer")
        if offers.in_conflict(reviewer, revision):
            raise offers.InConflict(
                N_("%(name)s has an interest in this offer. Choose somebody else."),
                field="reviewer",
                name=reviewer.name,
            )
    new = reviewer.id if reviewer else None
    if revision.reviewer_id == new:
        return
    revision.reviewer_id = new
    db.session.flush()
    audit.record("session.assigned", revision.session, actor=actor, to=new)


def keep_away(revision: Revision, person: User) -> None:
    """This person says that they have an interest in an offer: they do not decide about it, and it
    is given to nobody where it was theirs. Said again changes nothing."""
    lock_revision(revision)
    _check_waits(revision)
    if person.id in revision.conflicts:
        return
    revision.conflicts = [*revision.conflicts, person.id]
    if revision.reviewer_id == person.id:
        revision.reviewer_id = None
    if revision.second_by_id == person.id:
        revision.second_by_id = revision.second_at = None
    db.session.flush()
    audit.record("session.conflict", revision.session, actor=person)


def take_back_conflict(revision: Revision, person: User) -> None:
    """It was a slip: they have no interest in it. Members of the organisation stay away."""
    lock_revision(revision)
    _check_waits(revision)
    if person.id in revision.conflicts:
        revision.conflicts = [one for one in revision.conflicts if one != person.id]
        db.session.flush()
        audit.record("session.no_conflict", revision.session, actor=person)


def look_first(revision: Revision, person: User, *, seen: str) -> None:
    """The first of two people has looked at this version (``seen``) of a session to which children
    come alone; somebody else approves it. The first look stands, whoever looks after it.

    Raises NotAllowed where it does not wait, has changed or needs no two people, and InConflict.
    """
    lock_revision(revision)
    _check_waits(revision)
    offers.check_conflict(person, revision)
    check_seen(revision, seen, CHANGED_SINCE)
    if not offers.is_for_children_alone(revision):
        raise NotAllowed(N_("This session does not need two people to look at it."))
    if offers.looked_at_by(revision) is not None:
        return
    revision.second_by_id, revision.second_at = person.id, clock.now()
    db.session.flush()
    audit.record("session.looked_at", revision.session, actor=person, revision=revision.number)


def _check_waits(revision: Revision) -> None:
    if revision.state != RevisionState.submitted:
        raise NotAllowed(NOT_FROM[revision.state.value])
