"""Editions: a year's festival is begun, changed, and becomes the one that is on show."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from festival.domain import audit, clock, slugs, words
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.extensions import db
from festival.models import (
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    RevisionState,
    SessionState,
    User,
)

LONGEST = timedelta(days=120)  # a longer one is a slip of the finger in a year
NAMED = 6  # so many runs are named where dates leave them outside
CHANGEABLE = (
    "name",
    "city",
    "time_zone",
    "starts_on",
    "ends_on",
    "submissions_open_at",
    "submissions_close_at",
    "bookings_open_at",
    "help_phone",
    "help_hours",
    "help_email",
    "most_places",
    "most_in_group",
    "access_reserve",
    "default_shares",
    "most_sessions",
    "small_edits_at_once",
)
# What next year's festival takes over from the last one.
TAKEN_OVER = (
    *("help_phone", "help_hours", "help_email", "most_places", "most_in_group", "access_reserve"),
    *("default_shares", "sends_texts", "questions", "most_sessions", "small_edits_at_once"),
    *("reference_prefix", "code_prefix"),
)
MOMENTS = ("submissions_open_at", "submissions_close_at", "bookings_open_at")
STANDS = (
    RevisionState.draft,
    RevisionState.returned,
    RevisionState.submitted,
    RevisionState.approved,
)


class OutOfOrder(DomainError):
    """One of these days or times comes before what it must follow."""

    reason = "out_of_order"


class RunsOutside(DomainError):
    """Dates of sessions would lie outside of the festival."""

    reason = "runs_outside"

    def __init__(self, runs: Sequence[Occurrence], zone: ZoneInfo) -> None:
        self.runs = list(runs)
        named = "; ".join(_named(run, zone) for run in self.runs[:NAMED])
        if len(self.runs) > NAMED:
            text = N_(
                "%(number)s dates would be outside of the festival, among them %(runs)s. "
                "Move or cancel them first."
            )
        else:
            text = N_("Outside of the festival would be: %(runs)s. Move or cancel them first.")
        first = self.runs[0].starts_at.astimezone(zone).date()
        field = "starts_on" if first < self.runs[0].session.edition.starts_on else "ends_on"
        super().__init__(text, field=field, number=len(self.runs), runs=named)


class StillRuns(DomainError):
    """The festival that is on show has people booked who are still to come."""

    reason = "still_runs"


def every() -> list[Edition]:
    """All editions, the latest first."""
    return list(db.session.scalars(sa.select(Edition).order_by(Edition.starts_on.desc())))


def current() -> Edition | None:
    """The one that is on show."""
    return db.session.scalar(sa.select(Edition).where(Edition.is_current))


def by_slug(slug: str) -> Edition | None:
    """The edition that has this address."""
    return db.session.scalar(sa.select(Edition).where(Edition.slug == slug))


def begin(facts: Mapping[str, Any], *, actor: User | None) -> Edition:
    """Make an edition of these ``facts`` (at least name, city, starts_on, ends_on).

    What is not said is taken over from the latest edition, and its deadlines are moved as far as
    the festival is. The first edition is on show at once, another one not before
    ``make_current``. Raises OutOfOrder.
    """
    last = next(iter(every()), None)
    edition = Edition(
        slug=slugs.unused(Edition, facts["name"], "festival")[:60],
        is_current=current() is None,
        **{"time_zone": words.LONDON.key} | _taken_over(last, facts) | dict(facts),
    )
    _check_order(edition)
    db.session.add(edition)
    db.session.flush()
    audit.record("edition.begun", edition, actor=actor)
    return edition


def change(
    edition: Edition, facts: Mapping[str, Any], *, actor: User | None, seen: str | None = None
) -> None:
    """Change some of CHANGEABLE. ``seen`` is the ``stamp`` of what was changed.

    Raises OutOfOrder, RunsOutside with the runs, and NotAllowed where somebody else has changed
    the same edition meanwhile.
    """
    unknown = set(facts) - set(CHANGEABLE)
    assert not unknown, unknown
    db.session.refresh(edition, with_for_update=True)
    if seen is not None and seen != stamp(edition):
        raise NotAllowed(
            N_(
                "Somebody else has changed this festival since you opened the page. What you "
                "typed is below. Look at both, then save again."
            )
        )
    changed = sorted(name for name in facts if getattr(edition, name) != facts[name])
    for name in changed:
        setattr(edition, name, facts[name])
    _check_order(edition)
    if {"starts_on", "ends_on", "time_zone"} & {*changed} and (outside := runs_outside(edition)):
        raise RunsOutside(outside, edition.zone)
    db.session.flush()
    if "submissions_close_at" in changed:
        _remind_anew(edition)
    if changed:
        audit.record("edition.changed", edition, actor=actor, fields=changed)


def _remind_anew(edition: Edition) -> None:
    """The call ends at another time: whoever has a draft is reminded again before that."""
    mine = sa.select(FestivalSession.id).where(FestivalSession.edition_id == edition.id)
    update = sa.update(Revision).where(
        Revision.session_id.in_(mine), Revision.state == RevisionState.draft
    )
    db.session.execute(
        update.values(reminded=0), execution_options={"synchronize_session": "fetch"}
    )


def stamp(edition: Edition) -> str:
    """What tells this state of an edition from any other."""
    told = [str(getattr(edition, name)) for name in (*CHANGEABLE, "questions")]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def runs_outside(edition: Edition) -> list[Occurrence]:
    """The runs that stand, or may still, on days that are not the festival's; soonest first."""
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .where(
            FestivalSession.edition_id == edition.id,
            FestivalSession.state != SessionState.withdrawn,
            Occurrence.state != OccurrenceState.cancelled,
            sa.exists().where(
                Revision.session_id == FestivalSession.id, Revision.state.in_(STANDS)
            ),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    with db.session.no_autoflush:
        found = list(db.session.scalars(query))
    return [run for run in found if not _is_inside(run, edition)]


def _is_inside(run: Occurrence, edition: Edition) -> bool:
    day = run.starts_at.astimezone(edition.zone).date()
    return edition.starts_on <= day <= edition.ends_on


def _named(run: Occurrence, zone: ZoneInfo) -> str:
    return f"{run.session.code}, {words.day(run.starts_at, zone)}"


def booked_to_come(edition: Edition) -> tuple[int, int]:
    """How many runs of this edition are still to come that people are expected at, and how many
    people."""
    query = sa.select(
        sa.func.count(Occurrence.id), sa.func.coalesce(sa.func.sum(Occurrence.people_expected), 0)
    ).join(Occurrence.session)
    query = query.where(
        FestivalSession.edition_id == edition.id,
        Occurrence.state == OccurrenceState.scheduled,
        Occurrence.people_expected > 0,
        Occurrence.ends_at > clock.now(),
    )
    runs, people = db.session.execute(query).one()
    return runs, people


def make_current(edition: Edition, *, actor: User | None) -> None:
    """Show this edition to the public from now on, and take offers for it.

    Raises StillRuns while people are booked for what the present one has still to come: they
    could not find it any more.
    """
    rows = db.session.scalars(sa.select(Edition).order_by(Edition.id).with_for_update())
    present = next((one for one in rows if one.is_current), None)
    if present is edition:
        return
    if present is not None:
        runs, people = booked_to_come(present)
        if runs:
            raise StillRuns(
                N_(
                    "%(name)s is not over: %(people)s people are booked for what is still to "
                    "come. Show the next festival after that."
                ),
                name=present.name,
                people=people,
            )
        present.is_current = False
        db.session.flush()  # before the other: there is never more than one
    edition.is_current = True
    db.session.flush()
    audit.record("edition.shown", edition, actor=actor)


def _taken_over(last: Edition | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    if last is None:
        return {}
    found = {name: getattr(last, name) for name in TAKEN_OVER}
    found["questions"] = [dict(one) for one in last.questions]
    found["default_shares"] = [dict(one) for one in last.default_shares]
    found["time_zone"] = last.time_zone
    zone = ZoneInfo(facts.get("time_zone") or last.time_zone)
    for name in MOMENTS:
        found[name] = _moved(getattr(last, name), last, facts["starts_on"], zone)
    return found


def _moved(
    moment: datetime | None, last: Edition, starts_on: date, zone: ZoneInfo
) -> datetime | None:
    """As long before the festival as it was last time, at the same time of the day."""
    if moment is None:
        return None
    local = moment.astimezone(last.zone)
    day = local.date() + (starts_on - last.starts_on)
    # What the clocks leave out is an hour later: nobody has typed it.
    return datetime.combine(day, local.time(), zone)


def _check_order(edition: Edition) -> None:
    if edition.ends_on < edition.starts_on:
        raise OutOfOrder(N_("The last day cannot be before the first."), field="ends_on")
    if edition.ends_on - edition.starts_on > LONGEST:
        raise OutOfOrder(
            N_("The festival would be %(days)s days long. Look at the year."),
            field="ends_on",
            days=(edition.ends_on - edition.starts_on).days + 1,
        )
    opens, closes = edition.submissions_open_at, edition.submissions_close_at
    if opens and closes and closes <= opens:
        raise OutOfOrder(N_("The call cannot close before it opens."), field="submissions_close_at")
    for name in MOMENTS:
        moment = getattr(edition, name)
        if moment and moment.astimezone(edition.zone).date() > edition.ends_on:
            raise OutOfOrder(N_("The festival is over by then."), field=name)
