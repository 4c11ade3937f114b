"""What the duty manager may do to the whole festival: stop booking, stop every change, give
everybody who is booking more time.

While booking or every change is stopped, the time of no hold and of no offer runs out; when it
goes on, each has the time it had left, and the waiting lists are served before the public.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from festival.domain import audit, capacity, clock
from festival.domain.capacity.reading import has_run_out
from festival.domain.errors import N_, DomainError
from festival.extensions import db
from festival.models import (
    Edition,
    FestivalSession,
    Occurrence,
    Reservation,
    ReservationState,
    User,
)

EVER = datetime.min.replace(tzinfo=UTC)
LEAST_LEFT = timedelta(minutes=10)  # to notice that it goes on
MOST_MINUTES = 120
RETRY_SECONDS = 300  # when programs may ask again while nothing may be changed
ON_CLOCK = (ReservationState.held, ReservationState.offered)
What = Literal["booking", "changes"]
COLUMNS: dict[What, tuple[str, str]] = {
    "booking": ("booking_paused_at", "paused_because"),
    "changes": ("read_only_at", "read_only_because"),
}


class NoReason(DomainError):
    """People are to be told why."""

    reason = "no_reason"


class TooLong(DomainError):
    """More minutes than anybody means."""

    reason = "too_long"


@dataclass(frozen=True)
class Standing:
    """Who is booking, and who is to answer, at one moment."""

    baskets: int  # that hold places
    places: int  # which they hold
    first_ends: datetime | None  # of these holds (aware, UTC)
    offers: int  # parties that are to answer
    waiting: int  # parties in line


def stop(edition: Edition, what: What, because: str, *, actor: User | None) -> None:
    """Nobody can book from now on (``booking``), or change anything at all but at the doors
    (``changes``); ``because`` is read by everybody. Stopped already: only the reason changes.

    Raises NoReason.
    """
    if not because.strip():
        raise NoReason(N_("Say why, in words that everybody may read."), field="because")
    at, reason = COLUMNS[what]
    _lock(edition)
    if getattr(edition, at) is None:
        setattr(edition, at, clock.now())
    setattr(edition, reason, because.strip())
    db.session.flush()
    audit.record(f"edition.{what}_stopped", edition, actor=actor, because=because.strip())


def go_on(edition: Edition, what: What, *, actor: User | None) -> int:
    """Booking, or every change, is possible again. Holds and offers get back the time that stood
    still; what became free meanwhile goes to who waits. How many of them there were; 0 where
    nothing was stopped."""
    at, reason = COLUMNS[what]
    now = clock.now()
    _lock(edition)
    since = getattr(edition, at)
    if since is None:
        return 0
    setattr(edition, at, None)
    setattr(edition, reason, "")
    db.session.flush()
    audit.record(f"edition.{what}_goes_on", edition, actor=actor)
    locked = capacity.lock(_moving(edition))
    other = edition.read_only_at or edition.booking_paused_at
    if other is None:
        given = _give_time(locked, now - since, now + LEAST_LEFT)
    else:  # which counts the time from its own beginning
        given = _give_time(locked, max(other, since) - since)
    capacity.settle(locked, now)
    return given


def extend_holds(edition: Edition, minutes: int, *, actor: User | None) -> int:
    """Everybody who is booking just now has so many ``minutes`` more; how many places are held for
    longer by that. What has run out stays so. Raises TooLong."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise TooLong(
            N_("Give from 1 to %(most)s minutes."), field="minutes", most=str(MOST_MINUTES)
        )
    now = clock.now()
    locked = capacity.lock_and_settle(_moving(edition, ReservationState.held), now)
    held = [one for one in _on_clock(locked) if one.state == ReservationState.held]
    for one in held:
        assert one.held_until is not None
        one.held_until += timedelta(minutes=minutes)
    db.session.flush()
    places = sum(one.places for one in held)
    audit.record("edition.holds_extended", edition, actor=actor, minutes=minutes, places=places)
    return places


def standing(edition: Edition, now: datetime) -> Standing:
    """Who is booking and who is to answer at ``now`` (aware); a pure reading."""
    mine = _of(edition)
    held = Reservation.state == ReservationState.held
    baskets, places, first_ends = db.session.execute(
        sa.select(
            sa.func.count(sa.distinct(Reservation.booking_id)),
            sa.func.coalesce(sa.func.sum(Reservation.places), 0),
            sa.func.min(Reservation.held_until),
        ).where(mine, held, ~has_run_out(now))
    ).one()
    party = sa.func.count(
        sa.distinct(sa.func.coalesce(Reservation.series_claim, sa.cast(Reservation.id, sa.String)))
    )
    offers, waiting = (
        db.session.scalar(sa.select(party).where(mine, Reservation.state == state, more)) or 0
        for state, more in (
            (ReservationState.offered, ~has_run_out(now)),
            (ReservationState.waiting, Reservation.waiting_since.is_not(None)),
        )
    )
    return Standing(baskets, places, first_ends, offers, waiting)


def _lock(edition: Edition) -> None:
    # Not against rows that point at it: who books meanwhile holds other locks that we want next.
    db.session.refresh(edition, with_for_update={"key_share": True})


def _of(edition: Edition) -> sa.ColumnElement[bool]:
    runs = (
        sa.select(Occurrence.id)
        .join(Occurrence.session)
        .where(FestivalSession.edition_id == edition.id)
    )
    return Reservation.occurrence_id.in_(runs)


def _moving(edition: Edition, *states: ReservationState) -> list[int]:
    """Ids of the runs on which something is held, offered or waited for."""
    wanted = states or (*ON_CLOCK, ReservationState.waiting)
    query = sa.select(Reservation.occurrence_id).where(_of(edition), Reservation.state.in_(wanted))
    return list(db.session.scalars(query.distinct()))


def _on_clock(locked: Sequence[Occurrence]) -> list[Reservation]:
    query = (
        sa.select(Reservation)
        .where(
            Reservation.occurrence_id.in_([one.id for one in locked]),
            Reservation.state.in_(ON_CLOCK),
        )
        .order_by(Reservation.id)
        .options(lazyload(Reservation.attendees), lazyload(Reservation.ticket))
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def _give_time(locked: Sequence[Occurrence], span: timedelta, least: datetime = EVER) -> int:
    """Move the ends of holds and offers by so much; none is over before ``least``. An offer never
    outlasts its booking."""
    claims = _on_clock(locked)
    closes = {one.id: capacity.closes_at(one) for one in locked}
    ends: dict[object, datetime] = {}  # of a series as one
    for one in claims:
        key = one.series_claim or one.id
        closing = closes[one.occurrence_id]
        ends[key] = min(ends.get(key, closing), closing)
    for one in claims:
        if one.held_until is not None and one.state == ReservationState.held:
            one.held_until = max(one.held_until + span, least)
        elif one.offer_until is not None:
            until = max(one.offer_until + span, least)
            one.offer_until = min(until, ends[one.series_claim or one.id])
    db.session.flush()
    return len(claims)
