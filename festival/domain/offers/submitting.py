"""A finished offer is sent in for review."""

from festival.domain import audit, clock
from festival.domain.errors import N_
from festival.domain.occurrences import CannotRun, check_run, propose
from festival.domain.offers.offer import (
    SAVED_SINCE,
    Offer,
    SubmissionClosed,
    check_seen,
    lock_revision,
    submissions_open,
)
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    FestivalSession,
    OccurrenceState,
    Revision,
    RevisionState,
    Room,
    User,
)


def submit(
    revision: Revision,
    offer: Offer,
    *,
    author: User,
    calendar_domain: str,
    seen: str | None = None,
) -> None:
    """Send the offer in for review. ``seen`` is the version it was made of.

    Raises SubmissionClosed, CannotRun, NotAllowed.
    """
    now = clock.now()
    session = revision.session
    lock_revision(revision)
    check_seen(revision, seen, SAVED_SINCE)
    if revision.state == RevisionState.draft and not submissions_open(session.edition, now):
        raise SubmissionClosed(
            N_("The time to send in sessions is over. Your draft is kept: call the festival team.")
        )
    room = db.session.get(Room, offer.room_id)
    if room is None:
        raise CannotRun(N_("Choose a room from the list."), field="room")
    check_run(session.edition, room, offer.starts_at, offer.ends_at, offer.capacity)
    move(revision, RevisionState.submitted)
    revision.submitted_at = now
    _apply(session, offer)
    for name, words in offer.wording.items():
        setattr(revision.text(), name, words)
    _replace_proposed_runs(session, room, offer, calendar_domain)
    audit.record("session.submitted", session, actor=author, revision=revision.number)


def _apply(session: FestivalSession, offer: Offer) -> None:
    for name in (
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
        "charge",
    ):
        setattr(session, name, getattr(offer, name))


def _replace_proposed_runs(
    session: FestivalSession, room: Room, offer: Offer, calendar_domain: str
) -> None:
    for occurrence in [one for one in session.occurrences if one.state == OccurrenceState.proposed]:
        for share in occurrence.allocations:
            db.session.delete(share)
        db.session.delete(occurrence)
    db.session.flush()
    db.session.expire(session, ["occurrences"])
    propose(
        session=session,
        room=room,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        capacity=offer.capacity,
        booking_mode=offer.booking_mode,
        calendar_domain=calendar_domain,
    )
