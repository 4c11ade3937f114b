"""Making true in the rows what time has done, and offering what is free to who waits.

Every write on an occurrence begins with ``lock_and_settle`` and, where it gave something back,
ends with ``offer_what_is_free``: a freed place belongs to the waiting list before it is public.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from festival.domain import outbox
from festival.domain.capacity.free import (
    Free,
    Turn,
    Want,
    best_fit,
    free_in_rows,
    free_of,
    plan,
    public_share,
    want_of,
)
from festival.domain.capacity.gates import (
    closes_at,
    is_last_call,
    list_is_over,
    list_is_served,
    offer_deadline,
)
from festival.domain.capacity.reading import has_run_out, in_groups, with_other_parts
from festival.domain.capacity.taking import give_all_back, release_shares, take
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Allocation,
    AllocationKind,
    AttendeeKind,
    FestivalSession,
    Occurrence,
    Reservation,
    ReservationState,
    SessionState,
    UnmetDemand,
)

IN_LINE = (ReservationState.waiting, ReservationState.offered)


@dataclass(frozen=True)
class Party(Turn):
    """A turn with its rows, in the order of the parts."""

    claims: Sequence[Reservation] = ()


def lock(occurrence_ids: Collection[int]) -> list[Occurrence]:
    """Lock these occurrences, and all parts of a series with any of them, lowest id first, and
    read them afresh with their shares, session and edition."""
    others = sa.select(Occurrence.session_id).where(
        Occurrence.id.in_(occurrence_ids), Occurrence.series_part.is_not(None)
    )
    is_part = sa.and_(Occurrence.series_part.is_not(None), Occurrence.session_id.in_(others))
    query = (
        sa.select(Occurrence)
        .where(sa.or_(Occurrence.id.in_(occurrence_ids), is_part))
        .order_by(Occurrence.id)
        .with_for_update(of=Occurrence)
        .options(
            joinedload(Occurrence.session).options(
                joinedload(FestivalSession.edition),
                lazyload(FestivalSession.provider),
                lazyload(FestivalSession.theme),
            ),
            lazyload(Occurrence.room),
        )
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def lock_and_settle(occurrence_ids: Collection[int], now: datetime) -> list[Occurrence]:
    """Lock these occurrences and bring each up to ``now``: how every write on them begins."""
    occurrences = lock(occurrence_ids)
    settle(occurrences, now)
    return occurrences


def settle(occurrences: Sequence[Occurrence], now: datetime) -> bool:
    """Make what time has done true in the rows of these locked occurrences: holds and offers that
    ran out, shares to release, lists that close, free places for who waits. Tells whether
    anything changed."""
    rows = _moving_rows(occurrences, now)
    changed = _run_out([one for claims in rows.values() for one in claims], now)
    for occurrence in occurrences:
        changed = release_shares(occurrence, now) or changed
    for group in in_groups(occurrences):
        line = _in_line(group, rows)
        changed = _serve(group, line, now) or changed
    return changed


def offer_what_is_free(occurrences: Sequence[Occurrence], now: datetime) -> None:
    """Offer what was given back just now on these locked occurrences to who waits for it."""
    db.session.flush()
    rows = _moving_rows(occurrences, now)
    for occurrence in occurrences:
        release_shares(occurrence, now)
    for group in in_groups(occurrences):
        _serve(group, _in_line(group, rows), now)


def _moving_rows(occurrences: Sequence[Occurrence], now: datetime) -> dict[int, list[Reservation]]:
    """Holds and offers that ran out, and who is in line, by occurrence and age."""
    waits = sa.and_(
        Reservation.state == ReservationState.waiting, Reservation.waiting_since.is_not(None)
    )
    query = (
        sa.select(Reservation)
        .where(
            Reservation.occurrence_id.in_([one.id for one in occurrences]),
            sa.or_(waits, has_run_out(now)),
        )
        .order_by(Reservation.id)
        .options(lazyload(Reservation.attendees), lazyload(Reservation.ticket))
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Reservation]] = defaultdict(list)
    for claim in db.session.scalars(query):
        found[claim.occurrence_id].append(claim)
    return found


def _run_out(claims: Sequence[Reservation], now: datetime) -> bool:
    """Holds that nobody confirmed and offers that nobody answered in time."""
    over = [claim for claim in claims if claim.state != ReservationState.waiting]
    unanswered: dict[object, list[Reservation]] = defaultdict(list)
    for claim in over:
        give_all_back(claim)
        if claim.state == ReservationState.held:
            move(claim, ReservationState.lapsed)
            claim.ended_at = now
        else:
            back_in_line(claim)
            claim.passed_over = True  # until they say whether they stay in line
            unanswered[claim.series_claim or claim.id].append(claim)
    for parts in unanswered.values():
        outbox.tell_booker(parts[0].booking, "offer_over", parts)
    return bool(over)


def back_in_line(claim: Reservation) -> None:
    """An offer ends: the party waits again for all it wants. Its places were given back."""
    move(claim, ReservationState.waiting)
    claim.offer_until = None
    claim.own_places = 0
    claim.places = sum(one.takes_place for one in claim.attendees)
    claim.people = len(claim.attendees)
    claim.companions = sum(one.kind == AttendeeKind.companion for one in claim.attendees)


def _in_line(group: Sequence[Occurrence], rows: dict[int, list[Reservation]]) -> list[Party]:
    """Who waits for this occurrence, or for all parts of this series."""
    by_claim: dict[object, list[Reservation]] = defaultdict(list)
    for occurrence in group:
        for claim in rows.get(occurrence.id, ()):
            if claim.state == ReservationState.waiting:
                by_claim[claim.series_claim or claim.id].append(claim)
    return [_party(group, claims) for claims in by_claim.values()]


def _party(group: Sequence[Occurrence], claims: Sequence[Reservation]) -> Party:
    wants: list[Want | None] = []
    by_part = {claim.occurrence_id: claim for claim in claims}
    for occurrence in group:
        claim = by_part.get(occurrence.id)
        if claim is None:  # this part was called off for them
            wants.append(None)
            continue
        ids = {share.id for share in occurrence.allocations}
        home = claim.allocation_id
        wants.append(want_of(claim, home if home in ids else public_share(occurrence).id))
    first = min(claims, key=lambda one: one.id)
    assert first.waiting_since is not None  # only such rows were asked for
    return Party(first.waiting_since, first.id, wants, first.least_places, claims)


def _serve(group: Sequence[Occurrence], line: Sequence[Party], now: datetime) -> bool:
    """Close the list of this occurrence or series, or offer what is free."""
    if not line and not any(list_is_over(one, now) for one in group):
        return False
    if any(list_is_over(one, now) for one in group):
        return _close(group, line, now)
    waiting = [party for party in line if not party.claims[0].passed_over]
    frees = [free_of(one, now) for one in group]
    if all(list_is_served(one, now) for one in group):
        given = plan(frees, waiting)
        for party, size in given:
            _offer(group, party, size, now)
        return bool(given)
    if any(is_last_call(one, now) for one in group):
        return _tell_of_free(frees, waiting, now)
    return False


def _offer(group: Sequence[Occurrence], party: Party, size: int, now: datetime) -> None:
    first = min(group, key=lambda one: one.starts_at)
    until = offer_deadline(now, first.starts_at, first.session.edition.zone)
    until = min([until, *(closes_at(one) for one in group)])
    by_part = {claim.occurrence_id: claim for claim in party.claims}
    for occurrence, asked in zip(group, party.wants, strict=True):
        if asked is None:
            continue
        wanted, claim = asked.of(size), by_part[occurrence.id]
        share = next(one for one in occurrence.allocations if one.id == wanted.share_id)
        claim.own_places = take(
            occurrence, share, size, wanted.people, now, companions=wanted.companions
        )
        move(claim, ReservationState.offered)
        claim.allocation_id, claim.places, claim.people = share.id, size, wanted.people
        claim.offer_until = until
    db.session.flush()
    outbox.tell_booker(party.claims[0].booking, "offered", party.claims)


def _tell_of_free(frees: Sequence[Free], waiting: Sequence[Party], now: datetime) -> bool:
    """So close to the start no place is kept for anybody: who waits is told, once."""
    told = False
    for party in waiting:
        if best_fit(frees, party) is not None and party.claims[0].told_free_at is None:
            for claim in party.claims:
                claim.told_free_at = now
            outbox.tell_booker(party.claims[0].booking, "place_free", party.claims)
            told = True
    return told


def _close(group: Sequence[Occurrence], line: Sequence[Party], now: datetime) -> bool:
    """The list ends with the booking; what it could not give is kept as numbers."""
    offered = sa.select(Reservation).where(
        Reservation.occurrence_id.in_([one.id for one in group]),
        Reservation.state == ReservationState.offered,
    )
    still_offered = list(db.session.scalars(offered)) if line or _has_offers(group) else []
    for claim in still_offered:
        give_all_back(claim)
        back_in_line(claim)
    claims = [*still_offered, *(claim for party in line for claim in party.claims)]
    for claim in claims:
        move(claim, ReservationState.closed)
        claim.ended_at = now
    if claims:
        db.session.flush()
        record_unmet(group, claims, now)
    return bool(claims)


def _has_offers(group: Sequence[Occurrence]) -> bool:
    """Only worth asking where more is taken than nothing."""
    return any(one.places_taken for one in group)


def record_unmet(group: Sequence[Occurrence], claims: Sequence[Reservation], now: datetime) -> None:
    """Keep how many parties and places were asked for in vain, per occurrence."""
    for occurrence in group:
        mine = [claim for claim in claims if claim.occurrence_id == occurrence.id]
        if not mine:
            continue
        kept = db.session.scalar(
            sa.select(UnmetDemand).where(UnmetDemand.occurrence_id == occurrence.id)
        )
        if kept is None:
            kept = UnmetDemand(occurrence_id=occurrence.id, parties=0, places=0, recorded_at=now)
            db.session.add(kept)
        kept.parties += len(mine)
        kept.places += sum(claim.places for claim in mine)
        kept.recorded_at = now
    db.session.flush()


def forget_unmet(occurrence: Occurrence, claims: Sequence[Reservation]) -> None:
    """These are in line again: what they asked for was not asked in vain."""
    kept = db.session.scalar(
        sa.select(UnmetDemand).where(UnmetDemand.occurrence_id == occurrence.id)
    )
    if kept is None or not claims:
        return
    kept.parties -= len(claims)
    kept.places -= sum(claim.places for claim in claims)
    if kept.parties <= 0:
        db.session.delete(kept)
    db.session.flush()


def could_be_offered(occurrence: Occurrence, now: datetime) -> list[int]:
    """Ids of reservations that wait for places of this occurrence although its rows have some for
    them: none, if every write did what it must."""
    group = next(one for one in in_groups(with_other_parts([occurrence])) if occurrence in one)
    if not all(list_is_served(one, now) for one in group):
        return []
    query = sa.select(Reservation).where(
        Reservation.occurrence_id.in_([one.id for one in group]),
        Reservation.state == ReservationState.waiting,
        Reservation.waiting_since.is_not(None),
        Reservation.passed_over.is_(False),
    )
    rows: dict[int, list[Reservation]] = defaultdict(list)
    for claim in db.session.scalars(query.order_by(Reservation.id)):
        rows[claim.occurrence_id].append(claim)
    given = plan([free_in_rows(one) for one in group], _in_line(group, rows))
    return [party.claims[0].id for party, _size in given]


def due_to_settle(now: datetime, limit: int = 100) -> list[int]:
    """Ids of occurrences on which time has work to do: holds and offers that ran out, shares to
    release, waiting lists to close or to serve."""
    run_out = sa.select(Reservation.occurrence_id).where(has_run_out(now))
    released = sa.select(Allocation.occurrence_id).where(
        Allocation.kind != AllocationKind.public,
        Allocation.releases_at <= now,
        Allocation.places > Allocation.places_taken,
    )
    over = sa.or_(
        Occurrence.starts_at <= now,
        Occurrence.bookings_close_at <= now,
        FestivalSession.state == SessionState.withdrawn,
    )
    closing = (
        sa.select(Reservation.occurrence_id)
        .join(Reservation.occurrence)
        .join(Occurrence.session)
        .where(Reservation.state.in_(IN_LINE), Reservation.waiting_since.is_not(None), over)
    )
    due = run_out.union(released, closing)
    return sorted(set(db.session.scalars(due.limit(limit))))
