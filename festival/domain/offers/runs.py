"""The dates of an offer: whether they can be, what stands in their way, and how they are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from festival.domain.errors import N_
from festival.domain.occurrences import CannotRun, all_in_the_way, check_run, propose
from festival.domain.offers.offer import Offer, OfferedRun
from festival.domain.venues import check_open
from festival.extensions import db
from festival.models import (
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Room,
)

DATES = 20  # the most dates of one session that are offered at once
NO_ROOM = N_("Choose a room from the list.")


@dataclass(frozen=True)
class Clash:
    """Another run in the same room at the same time, with what it needs before and after."""

    run: Occurrence
    is_same_time: bool


def numbered(field: str, row: int) -> str:
    """The name of a date's field: the first date has none, the others their number."""
    return field if row == 0 else f"{field}_{row + 1}"


def check_runs(session: FestivalSession, offer: Offer) -> None:
    """Raise CannotRun, on the field of its date, unless every date of the offer may be."""
    if not offer.runs and not session.published_revision_id:
        raise CannotRun(N_("Add a date."), field="day")
    if any(one.series_part for one in session.occurrences) and session.published_revision_id:
        _no_more_parts(offer)
    check_dates(session, offer.runs)


def check_dates(session: FestivalSession, runs: Sequence[OfferedRun]) -> None:
    """Raise CannotRun, on the field of its date, unless each of these may be."""
    for row, run in enumerate(runs):
        try:
            _check(session, run)
        except CannotRun as refusal:
            if refusal.field in ("day", "ends"):
                refusal.field = numbered(refusal.field, row)
            raise
    _check_among_themselves(runs)


def _no_more_parts(offer: Offer) -> None:
    if offer.runs:
        raise CannotRun(
            N_(
                "People have one booking for all dates of this series, so no date can be added. "
                "Call the festival team."
            ),
            field="day",
        )


def _check(session: FestivalSession, run: OfferedRun) -> None:
    room = db.session.get(Room, run.room_id)
    if room is None:
        raise CannotRun(NO_ROOM, field="room")
    check_run(session.edition, room, run.starts_at, run.ends_at, run.capacity)
    check_open(room.venue, run.starts_at.astimezone(session.edition.zone).date())
    if any(clash.is_same_time for clash in clashes_of(run, except_for=session)):
        raise CannotRun(
            N_("%(room)s is taken at exactly this time. Choose another time or another room."),
            field="day",
            room=room.name,
        )


def _check_among_themselves(runs: Sequence[OfferedRun]) -> None:
    for row, run in enumerate(runs):
        for before in runs[:row]:
            if run.starts_at < before.ends_at and before.starts_at < run.ends_at:
                raise CannotRun(
                    N_("This date is at the same time as another of your dates."),
                    field=numbered("day", row),
                )


def clashes_of(run: OfferedRun, *, except_for: FestivalSession | None = None) -> list[Clash]:
    """What else is planned in this room at this time, or so near that setting up and clearing
    away get in one another's way; earliest first. Runs of ``except_for`` do not count."""
    room = db.session.get(Room, run.room_id)
    if room is None:
        return []
    found = all_in_the_way(
        room, *_occupied(run, room), but_session=except_for.id if except_for else None
    )
    return [
        Clash(one, (one.starts_at, one.ends_at) == (run.starts_at, run.ends_at)) for one in found
    ]


def clashes(occurrence: Occurrence) -> list[Clash]:
    """The same, of a run that is proposed or stands already; for who reviews it."""
    run = OfferedRun(
        room_id=occurrence.room_id,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        capacity=occurrence.capacity,
        setup_minutes=occurrence.setup_minutes,
        cleardown_minutes=occurrence.cleardown_minutes,
    )
    return [one for one in clashes_of(run) if one.run.id != occurrence.id]


def _occupied(run: OfferedRun, room: Room) -> tuple[datetime, datetime]:
    before = room.setup_minutes if run.setup_minutes is None else run.setup_minutes
    after = room.cleardown_minutes if run.cleardown_minutes is None else run.cleardown_minutes
    return run.starts_at - timedelta(minutes=before), run.ends_at + timedelta(minutes=after)


def propose_runs(session: FestivalSession, offer: Offer) -> None:
    """Put the offer's dates in the place of those that were proposed before. Raises CannotRun."""
    for old in [one for one in session.occurrences if one.state == OccurrenceState.proposed]:
        for share in old.allocations:
            db.session.delete(share)
        db.session.delete(old)
    db.session.flush()
    db.session.expire(session, ["occurrences"])
    is_series = offer.together and len(offer.runs) > 1
    for number, run in enumerate(sorted(offer.runs, key=lambda one: one.starts_at), start=1):
        made = propose(
            session=session,
            room=db.session.get_one(Room, run.room_id),
            starts_at=run.starts_at,
            ends_at=run.ends_at,
            capacity=run.capacity,
            booking_mode=offer.booking_mode,
            calendar_domain=offer.calendar_domain,
            series_part=number if is_series else None,
        )
        if run.setup_minutes is not None:
            made.setup_minutes = run.setup_minutes
        if run.cleardown_minutes is not None:
            made.cleardown_minutes = run.cleardown_minutes
    db.session.flush()
