"""What waits for the team: by age or completeness, and some of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from festival.domain import offers
from festival.domain.errors import N_
from festival.extensions import db
from festival.models import (
    FestivalSession,
    Provider,
    Revision,
    RevisionState,
    User,
    VenueState,
)

# What makes an offer better, though it may be sent in without.
USEFUL: Mapping[str, str] = {
    "what_to_bring": N_("what to bring"),
    "what_next": N_("what people can do afterwards"),
    "meeting_point": N_("where to go on arrival"),
    "access_note": N_("what disabled people should know"),
    "picture": N_("a picture"),
    "help": N_("whether there is help (it says: not known)"),
    "venue": N_("a venue that we have checked"),
}
WORDS_OF_THEM = ("what_to_bring", "what_next", "meeting_point", "access_note")


@dataclass(frozen=True)
class Waiting:
    """One offer that waits, and what the queue says of it."""

    revision: Revision
    missing: tuple[str, ...]  # names of USEFUL
    days: int  # that it has waited
    is_late: bool  # sent in after the closing day
    needs_second: bool
    is_change: bool  # of a session that is public
    in_conflict: bool  # who looks at the queue has an interest in it

    @property
    def given(self) -> int:
        return len(USEFUL) - len(self.missing)


# What part of the queue to show, by name.
PARTS: Mapping[str, Callable[[Waiting, User], bool]] = {
    "all": lambda _one, _me: True,
    "mine": lambda one, me: one.revision.reviewer_id == me.id,
    "unassigned": lambda one, _me: one.revision.reviewer_id is None,
    "second": lambda one, _me: one.needs_second,
    "changes": lambda one, _me: one.is_change,
    "late": lambda one, _me: one.is_late,
}
ORDERS: Mapping[str, Callable[[Waiting], tuple[object, ...]]] = {
    "age": lambda one: (one.revision.submitted_at, one.revision.id),
    "complete": lambda one: (len(one.missing), one.revision.submitted_at, one.revision.id),
}


def waiting_for(person: User, now: datetime) -> list[Waiting]:
    """Every offer that waits, longest waiting first, as this person sees it. A fixed number of
    queries."""
    query = (
        sa.select(Revision)
        .where(Revision.state == RevisionState.submitted)
        .order_by(Revision.submitted_at, Revision.id)
        .options(
            selectinload(Revision.reviewer),
            selectinload(Revision.session).options(
                selectinload(FestivalSession.edition),
                selectinload(FestivalSession.occurrences),
                selectinload(FestivalSession.provider).selectinload(Provider.declarations),
            ),
        )
    )
    return [_waiting(one, person, now) for one in db.session.scalars(query)]


def part_of(
    found: Sequence[Waiting], person: User, *, part: str, theme: str = "", order: str = "age"
) -> list[Waiting]:
    """Those of one of ``PARTS``, of a theme (its slug) or of all, in one of ``ORDERS``."""
    chosen = [one for one in found if PARTS[part](one, person)]
    if theme:
        chosen = [one for one in chosen if _theme(one) == theme]
    return sorted(chosen, key=ORDERS[order])


def counts(found: Sequence[Waiting], person: User) -> dict[str, int]:
    """How many there are in each part."""
    return {name: sum(rule(one, person) for one in found) for name, rule in PARTS.items()}


def _theme(one: Waiting) -> str:
    theme = one.revision.session.theme
    return theme.slug if theme else ""


def _waiting(revision: Revision, person: User, now: datetime) -> Waiting:
    closing, sent = revision.session.edition.submissions_close_at, revision.submitted_at
    return Waiting(
        revision=revision,
        missing=missing(revision),
        days=(now - sent).days if sent else 0,
        is_late=revision.based_on_id is None
        and (
            revision.late_allowed_at is not None
            or (closing is not None and sent is not None and sent >= closing)
        ),
        needs_second=offers.needs_second(revision),
        is_change=revision.based_on_id is not None,
        in_conflict=offers.in_conflict(person, revision),
    )


def missing(revision: Revision) -> tuple[str, ...]:
    """Which useful things this offer does not say."""
    text, offer = revision.text(), offers.offer_of(revision)
    not_known = offer.access_not_known if offer else revision.session.access_not_known
    venues = [run.room.venue for run in revision.session.occurrences]
    said = {
        **{name: bool(getattr(text, name)) for name in WORDS_OF_THEM},
        "picture": revision.image_id is not None,
        "help": not not_known,
        "venue": all(venue.state == VenueState.listed for venue in venues),
    }
    return tuple(name for name in USEFUL if not said[name])
