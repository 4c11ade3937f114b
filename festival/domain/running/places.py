"""More or fewer places, booking closed and open again."""

from datetime import datetime

import sqlalchemy as sa

from festival.domain import audit, clock
from festival.domain.capacity import lock_and_settle, offer_what_is_free, public_share, share_for
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.running import notices
from festival.domain.running.telling import claims_on, tell_each, told_of
from festival.extensions import db
from festival.models import (
    AllocationKind,
    ChangeNotice,
    Message,
    MessageState,
    NoticeKind,
    Occurrence,
    Reservation,
    ReservationState,
    Room,
    User,
)


class BelowBooked(DomainError):
    """Fewer places than are taken. Nobody loses a place by a number: the choices are to close
    booking and keep who is booked, to move to a larger room, to ask people to move to another
    date, or to cancel with a reason."""

    reason = "below_booked"
    choices = ("close", "move_room", "ask_to_move", "cancel")

    def __init__(self, taken: int) -> None:
        self.taken = taken
        super().__init__(
            N_(
                "%(taken)s places are taken already. You can close booking and keep these people, "
                "move to a larger room, ask people to change to another date, or cancel."
            ),
            field="places",
            taken=taken,
        )


class AboveLegal(DomainError):
    """More places than the room may hold by law, or than its access reserve leaves."""

    reason = "above_legal"


def set_capacity(
    occurrence_id: int, places: int, *, actor: User | None, reason: str = ""
) -> Occurrence:
    """So many places from now on (the public share takes up the difference). What is added goes
    to the waiting list first; where there are fewer, who waits is told, with the ``reason``.

    Raises BelowBooked, AboveLegal, and NotAllowed where shares that are kept back leave no room.
    """
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    before = occurrence.capacity
    if places == before:
        return occurrence
    give_places(occurrence, places)
    if places < before:
        _tell_of_fewer(occurrence, before, reason, now, actor)
    audit.record("occurrence.capacity", occurrence, actor=actor, before=before, after=places)
    offer_what_is_free(locked, now)
    return occurrence


def _tell_of_fewer(
    occurrence: Occurrence, before: int, reason: str, now: datetime, actor: User | None
) -> None:
    """Nobody loses a place; who waits is less likely to get one, and may look elsewhere."""
    notice = notices.post(
        occurrence,
        NoticeKind.fewer_places,
        now=now,
        actor=actor,
        reason=reason,
        before={"places": before},
        after={"places": occurrence.capacity},
    )
    waiting = [one for one in claims_on(occurrence) if one.state == ReservationState.waiting]
    notices.keep_told(notice, told_of(waiting, "fewer_places"))
    tell_each(waiting, "fewer_places", notice=notice, reason=notice.reason)


def give_places(occurrence: Occurrence, places: int) -> None:
    """So many places in all, under the lock; the public share takes up the difference.

    Raises BelowBooked, AboveLegal, NotAllowed.
    """
    _check_capacity(occurrence, places)
    public = public_share(occurrence)
    difference = places - occurrence.capacity
    kept_back = occurrence.capacity - public.places
    if public.places + difference < public.places_taken:
        raise NotAllowed(
            N_(
                "%(kept)s places are kept back for the phone line and partners. "
                "Choose more places, or release those first."
            ),
            field="places",
            kept=kept_back,
        )
    occurrence.capacity = places
    public.places += difference
    db.session.flush()


def offered_on(occurrence: Occurrence) -> set[int]:
    """The reservations of this run that places are offered to."""
    query = sa.select(Reservation.id).where(
        Reservation.occurrence_id == occurrence.id,
        Reservation.state == ReservationState.offered,
    )
    return set(db.session.scalars(query))


def hold_back_offers(notice: ChangeNotice, offered: set[int]) -> None:
    """What this change has ``offered`` to the waiting list is told when the change cannot be
    undone any more; until then it can be taken back."""
    notice.after = {**notice.after, "offered": sorted(offered)}
    query = sa.select(Message).where(
        Message.kind == "offered",
        Message.state == MessageState.queued,
        Message.created_at >= notice.created_at,
    )
    for message in db.session.scalars(query):
        if offered.intersection(message.facts["reservations"]):
            message.notice_id = notice.id
            message.next_attempt_at = max(message.next_attempt_at, notice.undo_until)


def _check_capacity(occurrence: Occurrence, places: int) -> None:
    if places < 1:
        raise AboveLegal(N_("The number of places must be 1 or more."), field="places")
    if places < occurrence.places_taken:
        raise BelowBooked(occurrence.places_taken)
    kept = _kept_for_access(occurrence)
    legal = occurrence.legal_capacity - kept
    if places > legal:
        raise AboveLegal(
            N_("The room can hold %(legal)s people by law, and %(kept)s are kept for access."),
            field="places",
            legal=occurrence.legal_capacity,
            kept=kept,
        )


def close_booking(occurrence_id: int, *, actor: User | None) -> None:
    """Nobody more can book, by web as little as by phone; who is booked stays booked."""
    _set_closed(occurrence_id, closed=True, actor=actor)


def open_booking(occurrence_id: int, *, actor: User | None) -> None:
    """It can be booked again; what is free goes to the waiting list first."""
    _set_closed(occurrence_id, closed=False, actor=actor)


def _set_closed(occurrence_id: int, *, closed: bool, actor: User | None) -> None:
    now = clock.now()
    locked = lock_and_settle({occurrence_id}, now)
    occurrence = next(one for one in locked if one.id == occurrence_id)
    if occurrence.is_closed == closed:
        return
    occurrence.is_closed = closed
    action = "occurrence.closed" if closed else "occurrence.opened"
    audit.record(action, occurrence, actor=actor)
    offer_what_is_free(locked, now)


def check_fits(occurrence: Occurrence, room: Room) -> None:
    """Raise AboveLegal unless this room holds by law what is offered, and who is expected."""
    legal = room.legal_capacity
    if occurrence.capacity + _kept_for_access(occurrence) > legal:
        raise AboveLegal(
            N_(
                "%(room)s can hold %(legal)s people by law, and %(places)s places are offered. "
                "Choose a larger room, or fewer places first."
            ),
            field="room",
            room=room.name,
            legal=legal,
            places=occurrence.capacity,
        )
    if occurrence.people_expected > legal:
        raise AboveLegal(
            N_("%(room)s can hold %(legal)s people by law, and %(people)s are expected."),
            field="room",
            room=room.name,
            legal=legal,
            people=occurrence.people_expected,
        )


def _kept_for_access(occurrence: Occurrence) -> int:
    reserve = share_for(occurrence, AllocationKind.access)
    return reserve.places if reserve.kind == AllocationKind.access else 0
