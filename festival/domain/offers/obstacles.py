"""What stands in the way of an answer: who may not give it, and what must be done before."""

from collections.abc import Iterator
from datetime import date

from festival.domain import accounts, providers
from festival.domain.children import HasAges, children_come_alone
from festival.domain.errors import N_, DomainError
from festival.domain.occurrences import CannotRun
from festival.domain.offers.offer import Offer
from festival.domain.venues import check_open
from festival.extensions import db
from festival.models import (
    DeclarationKind,
    OccurrenceState,
    ProviderState,
    Revision,
    Room,
    User,
    Venue,
    VenueState,
)

DECLARATIONS = {
    DeclarationKind.insurance: N_(
        "Children come alone, and we have not checked an insurance that is good on that day."
    ),
    DeclarationKind.safeguarding: N_(
        "Children come alone, and we have not checked a safeguarding lead with a name and a phone "
        "number."
    ),
    DeclarationKind.risk_assessment: N_(
        "Children come alone, and we have not checked a risk assessment that is good on that day."
    ),
}


class InConflict(DomainError):
    """Who has an interest in an offer does not decide about it."""

    reason = "in_conflict"


class CannotApprove(DomainError):
    """Something must be done before this can be approved."""

    reason = "cannot_approve"


def in_conflict(user: User, revision: Revision) -> bool:
    """Whether this person belongs to the organisation, or has said that they have an interest."""
    is_member = accounts.member_of(user, revision.session.provider_id) is not None
    return is_member or user.id in revision.conflicts


def check_conflict(user: User, revision: Revision) -> None:
    """Raise InConflict for who has an interest in this offer."""
    if accounts.member_of(user, revision.session.provider_id) is not None:
        raise InConflict(
            N_("You belong to this organisation, so somebody else of the team must decide.")
        )
    if user.id in revision.conflicts:
        raise InConflict(
            N_("You said that you have an interest in this, so somebody else must decide.")
        )


def offer_of(revision: Revision) -> Offer | None:
    """The clean offer that was sent in; None of old ones, and of drafts."""
    kept = revision.proposal.get("offer")
    return Offer.of_json(kept) if kept else None


def proposed(revision: Revision) -> HasAges:
    """Whose ages and rules would hold: those of the offer, which an unpublished session has."""
    if revision.session.published_revision_id is None:
        return revision.session
    return offer_of(revision) or revision.session


def is_for_children_alone(revision: Revision) -> bool:
    """Whether children would come without a parent, so that two people must look at it."""
    return children_come_alone(proposed(revision))


def looked_at_by(revision: Revision) -> int | None:
    """Who has looked at it first since it was sent in."""
    if revision.second_at is None or revision.submitted_at is None:
        return None
    return revision.second_by_id if revision.second_at >= revision.submitted_at else None


def needs_second(revision: Revision) -> bool:
    """Whether it still waits for the first of two people to look at it."""
    return is_for_children_alone(revision) and looked_at_by(revision) is None


def obstacles(revision: Revision, approver: User | None = None) -> list[CannotApprove]:
    """Everything that must be done before this offer can be approved (by this person)."""
    return [
        *_of_provider(revision),
        *_of_places(revision),
        *_of_children(revision),
        *_of_second_check(revision, approver),
        *_of_age(revision),
    ]


def _of_provider(revision: Revision) -> Iterator[CannotApprove]:
    provider = revision.session.provider
    if provider.state == ProviderState.refused:
        yield CannotApprove(
            N_("We have said no to %(organisation)s as an organisation."),
            organisation=provider.name,
        )
    elif not providers.is_checked(provider):
        yield CannotApprove(
            N_("We have not checked %(organisation)s yet. Check the organisation first."),
            organisation=provider.name,
        )


def _of_places(revision: Revision) -> Iterator[CannotApprove]:
    told: set[str] = set()
    for venue, day in places_and_days(revision):
        problem = None
        if venue.state == VenueState.proposed:
            problem = CannotApprove(
                N_("%(venue)s is not in our list of venues yet. Check the venue first."),
                venue=venue.name,
            )
        else:
            try:
                check_open(venue, day)
            except CannotRun as refusal:
                problem = CannotApprove(refusal.text)
                problem.facts = refusal.facts
        if problem is not None and str(problem) not in told:
            told.add(str(problem))
            yield problem


def places_and_days(revision: Revision) -> list[tuple[Venue, date]]:
    """Where and on which day its proposed dates are."""
    session = revision.session
    zone = session.edition.zone
    found = [
        (run.room.venue, run.starts_at.astimezone(zone).date())
        for run in session.occurrences
        if run.state == OccurrenceState.proposed
    ]
    offer = offer_of(revision)
    if session.published_revision_id is not None and offer is not None:
        for run in offer.runs:
            room = db.session.get(Room, run.room_id)
            if room is not None:
                found.append((room.venue, run.starts_at.astimezone(zone).date()))
    return found


def _of_children(revision: Revision) -> Iterator[CannotApprove]:
    session = revision.session
    days = [day for _venue, day in places_and_days(revision)]
    days += [
        run.starts_at.astimezone(session.edition.zone).date()
        for run in session.occurrences
        if run.state == OccurrenceState.scheduled
    ]
    days = days or [session.edition.starts_on, session.edition.ends_on]
    for kind in providers.lacking_on(session.provider, proposed(revision), days):
        yield CannotApprove(DECLARATIONS[kind])


def _of_second_check(revision: Revision, approver: User | None) -> Iterator[CannotApprove]:
    if not is_for_children_alone(revision):
        return
    first = looked_at_by(revision)
    if first is None:
        yield CannotApprove(
            N_("Children come alone, so two people of the team must look at it first.")
        )
    elif approver is not None and first == approver.id:
        yield CannotApprove(
            N_("You were the first to look at this. Somebody else of the team must approve it.")
        )


def _of_age(revision: Revision) -> Iterator[CannotApprove]:
    public = revision.session.published_revision_id
    if revision.based_on_id is not None and revision.based_on_id != public:
        yield CannotApprove(
            N_("Newer words are public already than those this was made of. Return it, please.")
        )
