"""A finished offer, and what tells its states apart."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

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
# The help that every offer is asked about; "I do not know" is an answer.
HELP = ("BSL interpreter", "live captions", "relaxed", "quiet space", "seated")
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
class OfferedRun:
    """One date of an offer; times are aware. No minutes: those of the room."""

    room_id: int
    starts_at: datetime
    ends_at: datetime
    capacity: int
    setup_minutes: int | None = None
    cleardown_minutes: int | None = None

    def to_json(self) -> dict[str, Any]:
        moments = {"starts_at": self.starts_at.isoformat(), "ends_at": self.ends_at.isoformat()}
        return asdict(self) | moments

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "OfferedRun":
        moments = {name: datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at")}
        return cls(**{**told, **moments})


@dataclass(frozen=True)
class Offer:
    """A finished offer, all of it checked for its form."""

    wording: Mapping[str, str]
    theme_id: int
    runs: tuple[OfferedRun, ...]  # of a session that is public already: only its new dates
    booking_mode: BookingMode
    together: bool = False  # a series: who books, books all its dates
    format: SessionFormat = SessionFormat.in_person
    age_min: int | None = None
    age_max: int | None = None
    accompaniment: Accompaniment = Accompaniment.none
    accompanying_adults_take_places: bool = True
    children_per_adult: int | None = None
    most_places: int | None = None
    delivery_languages: list[str] = field(default_factory=lambda: ["en"])
    access: list[str] = field(default_factory=list)  # the help there is
    access_not_known: list[str] = field(default_factory=list)  # said so, so that people can ask
    charge: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)  # to the edition's own questions
    calendar_domain: str = ""  # of the identifiers that its dates get in calendars

    def to_json(self) -> dict[str, Any]:
        """The offer as JSON can keep it; ``of_json`` gives the same again."""
        kept = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return kept | {
            "wording": dict(self.wording),
            "runs": [run.to_json() for run in self.runs],
            "booking_mode": self.booking_mode.value,
            "format": self.format.value,
            "accompaniment": self.accompaniment.value,
            "answers": dict(self.answers),
        }

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "Offer":
        """The offer that ``to_json`` has told."""
        return cls(
            **{
                **told,
                "runs": tuple(OfferedRun.of_json(one) for one in told["runs"]),
                "booking_mode": BookingMode(told["booking_mode"]),
                "format": SessionFormat(told["format"]),
                "accompaniment": Accompaniment(told["accompaniment"]),
            }
        )

    def held_under(self, calendar_domain: str) -> "Offer":
        """The same offer, whose dates are identified in calendars under this name."""
        return replace(self, calendar_domain=calendar_domain)


def submissions_open(edition: Edition, now: datetime) -> bool:
    """Whether providers may send in offers at ``now`` (aware)."""
    opened = edition.submissions_open_at is None or edition.submissions_open_at <= now
    return opened and (edition.submissions_close_at is None or now < edition.submissions_close_at)


def version(revision: Revision) -> str:
    """What tells this state of an offer from any other: it changes with each save and sending."""
    return version_of(revision.proposal, revision.submitted_at)


def version_of(proposal: Mapping[str, Any], submitted_at: datetime | None) -> str:
    """The same, of what would be kept."""
    told = json.dumps([proposal, submitted_at and submitted_at.timestamp()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def lock_revision(revision: Revision) -> None:
    """Two people who answer at once answer one after the other, and the second sees the first."""
    db.session.refresh(revision, with_for_update=True)


def check_seen(revision: Revision, seen: str | None, sentence: str) -> None:
    if seen is not None and seen != version(revision):
        raise NotAllowed(sentence)
