"""What a provider offers, and what the festival team says to it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.domain import audit, clock, outbox, programme, references
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.occurrences import CannotRun, check_run, propose
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Accompaniment,
    BookingMode,
    Edition,
    FestivalSession,
    Membership,
    Occurrence,
    OccurrenceState,
    Provider,
    Revision,
    RevisionState,
    RevisionText,
    Room,
    SessionFormat,
    SessionState,
    User,
)

WORDING = (
    "title",
    "summary",
    "description",
    "what_to_bring",
    "what_next",
    "meeting_point",
    "access_note",
)
SAVED_SINCE = N_(
    "Somebody else has changed this session since you opened it. What you typed is still here, "
    "but it is not kept. Open the newest version and put your changes there."
)
CHANGED_SINCE = N_("This offer has changed. Read it again.")
OPEN_STATES = (RevisionState.draft, RevisionState.returned)


class SubmissionClosed(DomainError):
    """Offers are not taken now."""

    reason = "submission_closed"


@dataclass(frozen=True)
class Offer:
    """A finished offer, all of it checked for its form; times are aware."""

    wording: Mapping[str, str]
    theme_id: int
    room_id: int
    starts_at: datetime
    ends_at: datetime
    capacity: int
    booking_mode: BookingMode
    format: SessionFormat = SessionFormat.in_person
    age_min: int | None = None
    age_max: int | None = None
    accompaniment: Accompaniment = Accompaniment.none
    accompanying_adults_take_places: bool = True
    children_per_adult: int | None = None
    most_places: int | None = None
    delivery_languages: list[str] = field(default_factory=lambda: ["en"])
    access: list[str] = field(default_factory=list)
    charge: str = ""


def submissions_open(edition: Edition, now: datetime) -> bool:
    """Whether providers may send in offers at ``now`` (aware)."""
    opened = edition.submissions_open_at is None or edition.submissions_open_at <= now
    return opened and (edition.submissions_close_at is None or now < edition.submissions_close_at)


def version(revision: Revision) -> str:
    """What tells this state of an offer from any other: it changes with each save and sending."""
    sent_at = revision.submitted_at and revision.submitted_at.timestamp()
    told = json.dumps([revision.proposal, sent_at], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


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
    _lock(revision)
    if revision.state not in OPEN_STATES:
        raise NotAllowed(N_("This offer has been sent in. It can be changed when it is returned."))
    _check_seen(revision, seen, SAVED_SINCE)
    revision.proposal = dict(typed)
    text = revision.text()
    for name in WORDING:
        length = RevisionText.__table__.c[name].type.length  # type: ignore[attr-defined]
        setattr(text, name, str(typed.get(name) or "")[:length])
    db.session.flush()
    return version(revision)


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
    _lock(revision)
    _check_seen(revision, seen, SAVED_SINCE)
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


# Of these three, ``seen`` is the version that the reviewer read.


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
    """Approve an offer: it is public at ``publish_at`` (aware), or at once. Raises NotAllowed."""
    session = revision.session
    previous = session.published_revision
    _decide(revision, RevisionState.approved, comment, reviewer, seen)
    if previous is not None:
        move(previous, RevisionState.superseded)
    session.published_revision = revision
    session.publish_at = publish_at
    for occurrence in session.occurrences:
        if occurrence.state == OccurrenceState.proposed:
            move(occurrence, OccurrenceState.scheduled)
    db.session.flush()
    publish_if_due(session, clock.now())


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
    _lock(revision)
    _check_seen(revision, seen, CHANGED_SINCE)
    move(revision, state)
    revision.decided_at = clock.now()
    revision.decided_by_id = reviewer.id
    revision.comment = comment
    audit.record(
        f"session.{state.value}", revision.session, actor=reviewer, revision=revision.number
    )
    for person in people_of(revision.session.provider_id):
        outbox.queue(f"session_{state.value}", person.email, revision=revision.id, name=person.name)


def _lock(revision: Revision) -> None:
    """Two people who answer at once answer one after the other, and the second sees the first."""
    db.session.refresh(revision, with_for_update=True)


def _check_seen(revision: Revision, seen: str | None, sentence: str) -> None:
    if seen is not None and seen != version(revision):
        raise NotAllowed(sentence)


def people_of(provider_id: int) -> list[User]:
    query = (
        sa.select(User)
        .join(Membership)
        .where(Membership.provider_id == provider_id, User.is_active, Membership.role != "door")
    )
    return list(db.session.scalars(query.order_by(User.id)))


def withdraw(revision: Revision, *, author: User) -> None:
    """The provider takes an offer back before it was decided. Raises NotAllowed."""
    _lock(revision)
    move(revision, RevisionState.withdrawn)
    audit.record("session.offer_withdrawn", revision.session, actor=author)


def waiting() -> int:
    """How many offers wait for the team."""
    query = sa.select(sa.func.count()).where(Revision.state == RevisionState.submitted)
    return db.session.scalar(query) or 0


def review_queue() -> list[Revision]:
    """Offers that wait for the team, longest waiting first."""
    query = (
        sa.select(Revision)
        .where(Revision.state == RevisionState.submitted)
        .order_by(Revision.submitted_at, Revision.id)
        .options(selectinload(Revision.session).selectinload(FestivalSession.provider))
    )
    return list(db.session.scalars(query))


def offers_of(providers: list[Provider]) -> list[Revision]:
    """The newest revision of every session of these organisations, newest session first."""
    newest = (
        sa.select(sa.func.max(Revision.number))
        .where(Revision.session_id == FestivalSession.id)
        .correlate(FestivalSession)
        .scalar_subquery()
    )
    query = (
        sa.select(Revision)
        .join(Revision.session)
        .where(
            FestivalSession.provider_id.in_([provider.id for provider in providers]),
            Revision.number == newest,
        )
        .order_by(FestivalSession.id.desc())
        .options(
            selectinload(Revision.session)
            .selectinload(FestivalSession.occurrences)
            .selectinload(Occurrence.allocations)
        )
    )
    return list(db.session.scalars(query))


def revision_of(code: str) -> Revision | None:
    """The newest revision of the session of this code, in any case."""
    if not code.isalnum():
        return None
    query = (
        sa.select(Revision)
        .join(Revision.session)
        .where(FestivalSession.code == code.upper())
        .order_by(Revision.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def rooms() -> list[Room]:
    """Every room, by venue and name."""
    return sorted(
        db.session.scalars(sa.select(Room)), key=lambda room: (room.venue.name, room.name)
    )
