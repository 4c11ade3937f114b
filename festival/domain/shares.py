"""Who may have how many of a run's places, and from when: shares kept back, phases that open
later, when booking opens and closes."""

from collections.abc import Sequence
from datetime import datetime

from festival.domain import audit, clock
from festival.domain.capacity import lock_and_settle, offer_what_is_free, public_share, share_for
from festival.domain.errors import N_, DomainError
from festival.domain.occurrences import Share
from festival.extensions import db
from festival.models import Allocation, AllocationKind, Occurrence, User

KEPT_BACK = (
    AllocationKind.phone,
    AllocationKind.partner,
    AllocationKind.walk_up,
    AllocationKind.access,
)


class SharesDoNotFit(DomainError):
    """These shares cannot be: too many places together, or fewer than are taken of one."""

    reason = "shares_do_not_fit"


class GatesOutOfOrder(DomainError):
    """Booking cannot open and close so."""

    reason = "gates_out_of_order"


def set_shares(occurrence_id: int, shares: Sequence[Share], *, actor: User | None) -> Occurrence:
    """Keep these shares back from now on, as numbers or parts of the capacity; what is not named
    is kept back no longer, and the public has the rest. Phases are ``phase`` shares with the time
    at which they open. What becomes public goes to the waiting list first.

    Raises SharesDoNotFit on the field ``share_`` with the kind.
    """
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    for kind in KEPT_BACK:
        wanted = next((share for share in shares if share.kind == kind), Share(kind))
        _set_one(occurrence, wanted)
    _set_phases(occurrence, [one for one in shares if one.kind == AllocationKind.phase])
    _set_public(occurrence)
    db.session.flush()
    told = {one.kind.value: one.places for one in occurrence.allocations if one.places}
    audit.record("occurrence.shares", occurrence, actor=actor, shares=told)
    offer_what_is_free(locked, now)
    return occurrence


def _set_one(occurrence: Occurrence, wanted: Share) -> None:
    """A share that has been booked from stays as a row, so that places can come home to it."""
    kept, places = share_for(occurrence, wanted.kind), wanted.of(occurrence.capacity)
    field = f"share_{wanted.kind.value}"
    if wanted.kind == AllocationKind.access:
        room = occurrence.legal_capacity - occurrence.capacity
        if places > room:
            raise SharesDoNotFit(
                N_("Only %(room)s more people fit into the room by law."), field=field, room=room
            )
    if kept.kind != wanted.kind:
        if places:
            _add(occurrence, wanted)
        return
    if places < kept.places_taken:
        raise SharesDoNotFit(
            N_("%(taken)s of these are booked already. Keep at least as many."),
            field=field,
            taken=kept.places_taken,
        )
    kept.places, kept.releases_at = places, wanted.releases_at


def _set_phases(occurrence: Occurrence, wanted: Sequence[Share]) -> None:
    """Nobody books from a phase before it opens, so they can be written anew."""
    for old in [one for one in occurrence.allocations if one.kind == AllocationKind.phase]:
        occurrence.allocations.remove(old)
        db.session.delete(old)
    for share in wanted:
        if share.releases_at is None:
            raise SharesDoNotFit(N_("Say when these places open."), field="share_phase")
        _add(occurrence, share)


def _add(occurrence: Occurrence, share: Share) -> None:
    occurrence.allocations.append(
        Allocation(
            kind=share.kind,
            places=share.of(occurrence.capacity),
            places_taken=0,
            releases_at=share.releases_at,
        )
    )


def _set_public(occurrence: Occurrence) -> None:
    public = public_share(occurrence)
    beside = (AllocationKind.public, AllocationKind.access)
    left = occurrence.capacity - sum(
        one.places for one in occurrence.allocations if one.kind not in beside
    )
    if left < public.places_taken:
        raise SharesDoNotFit(
            N_(
                "%(taken)s public places are booked already, and these shares leave %(left)s. "
                "Keep fewer places back."
            ),
            field="share_phone",
            taken=public.places_taken,
            left=max(0, left),
        )
    public.places = left


def set_gates(
    occurrence_id: int,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    actor: User | None,
) -> Occurrence:
    """When booking of this run opens and closes (aware; None: with the festival, at the start), on
    the web and by phone at the same minute. Raises GatesOutOfOrder."""
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    closing = closes_at or occurrence.starts_at
    if closing > occurrence.starts_at:
        raise GatesOutOfOrder(
            N_("Booking cannot close after the session starts."), field="closes_at"
        )
    if opens_at is not None and opens_at >= closing:
        raise GatesOutOfOrder(N_("Booking must open before it closes."), field="opens_at")
    occurrence.bookings_open_at, occurrence.bookings_close_at = opens_at, closes_at
    db.session.flush()
    audit.record("occurrence.gates", occurrence, actor=actor)
    offer_what_is_free(locked, now)
    return occurrence
