"""A finished offer, and what tells its states apart."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from festival.domain.errors import N_, DomainError, NotAllowed
from festival.extensions import db
from festival.models import (
    Accompaniment,
    BookingMode,
    Edition,
    Revision,
    RevisionState,
    SessionFormat,
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


def lock_revision(revision: Revision) -> None:
    """Two people who answer at once answer one after the other, and the second sees the first."""
    db.session.refresh(revision, with_for_update=True)


def check_seen(revision: Revision, seen: str | None, sentence: str) -> None:
    if seen is not None and seen != version(revision):
        raise NotAllowed(sentence)
