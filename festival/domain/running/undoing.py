"""A change is taken back before anybody has heard of it."""

from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa

from festival.domain import audit, clock
from festival.domain.capacity import (
    back_in_line,
    forget_unmet,
    give_all_back,
    lock,
    offer_what_is_free,
)
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.domain.running import notices
from festival.domain.running.calling_off import renew_entry, seat
from festival.domain.running.moving import REMINDED, check_free
from festival.domain.running.places import give_places
from festival.domain.running.telling import claims_on
from festival.domain.sending import mark_dropped
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    ChangeNotice,
    Message,
    MessageState,
    NoticeKind,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Room,
    User,
)

State = ReservationState
TOO_LATE = N_(
    "The two minutes are over and people are being told. You can change it again, and they hear "
    "of that too."
)
NEWER = N_("There is a newer change of this date. Undo that one first.")
DOES_NOT_FIT = N_(
    "People have booked meanwhile, so it cannot be as it was. Change it again, and they are told."
)


def undo(notice_id: int, *, actor: User | None) -> list[ChangeNotice]:
    """Take a change back within its two minutes, with all that was decided together with it:
    everything is as it was, and nobody is told anything.

    Raises NotAllowed where the time is over, there is a newer change, or it does not fit any more.
    """
    now = clock.now()
    asked = db.session.get_one(ChangeNotice, notice_id)
    runs = {one.occurrence_id for one in notices.together(asked)}
    locked = {one.id: one for one in lock(runs)}
    db.session.expire_all()  # what others decided before we had the lock
    undone = notices.together(asked)
    newest = notices.newest(runs)
    for notice in undone:
        if not notices.may_undo(notice, now):
            raise NotAllowed(TOO_LATE)
        if newest[notice.occurrence_id].id != notice.id:
            raise NotAllowed(NEWER)
    for notice in undone:
        occurrence = locked[notice.occurrence_id]
        try:
            UNDOING[notice.kind](occurrence, notice, now)
        except DomainError as error:
            raise NotAllowed(DOES_NOT_FIT) from error
        occurrence.calendar_sequence += 1
        occurrence.revised_at = now
        notice.undone_at, notice.undone_by_id = now, actor.id if actor is not None else None
        audit.record("occurrence.undone", occurrence, actor=actor, change=notice.kind.value)
    _drop_messages(undone)
    db.session.flush()
    offer_what_is_free(list(locked.values()), now)
    return undone


def _drop_messages(undone: list[ChangeNotice]) -> None:
    """What was to be told of this is not; a message that took up another change as well tells of
    that alone."""
    runs = [one.occurrence_id for one in undone]
    query = (
        sa.select(Message)
        .where(
            Message.notice_id.in_([one.id for one in undone]),
            Message.kind.in_(("withdrawn", "changed_by_us", "reinstated", "fewer_places")),
            Message.state == MessageState.queued,
            Message.attempts == 0,
        )
        .with_for_update(of=Message)
    )
    waits = list(db.session.scalars(query))
    about = {number for one in waits for number in one.facts["reservations"]}
    elsewhere = set(
        db.session.scalars(
            sa.select(Reservation.id).where(
                Reservation.id.in_(about), Reservation.occurrence_id.not_in(runs)
            )
        )
    )
    for message in waits:
        left = [one for one in message.facts["reservations"] if one in elsewhere]
        if left:
            message.facts = {**message.facts, "reservations": left}
        else:
            mark_dropped(message, "taken back in time")


def _cancelled(occurrence: Occurrence, notice: ChangeNotice, now: datetime) -> None:
    """Everybody has again what they had: places, offers, turns, and what baskets held. Not who
    has come to something else meanwhile."""
    move(occurrence, OccurrenceState.scheduled)
    query = (
        sa.select(Reservation)
        .where(
            Reservation.occurrence_id == occurrence.id,
            Reservation.state == State.withdrawn,
            Reservation.withdrawn_from.is_not(None),
            Reservation.ended_at >= notice.created_at,
        )
        .order_by(Reservation.id)
    )
    back = list(db.session.scalars(query))
    forget_unmet(occurrence, [one for one in back if one.withdrawn_from == State.waiting])
    for claim in back:
        was = claim.withdrawn_from
        assert was is not None  # the query says so
        if was != State.waiting:
            seat(claim, now)
        move(claim, was)
        claim.ended_at = claim.withdrawn_from = None
        renew_entry(claim, now)


def _reinstated(occurrence: Occurrence, _notice: ChangeNotice, now: datetime) -> None:
    """Called off again, without a word."""
    move(occurrence, OccurrenceState.cancelled)
    for claim in claims_on(occurrence):
        claim.withdrawn_from = claim.state
        if claim.state != State.waiting:
            give_all_back(claim)
        move(claim, State.withdrawn)
        claim.ended_at = now
        renew_entry(claim, now)


def _changed(occurrence: Occurrence, notice: ChangeNotice, now: datetime) -> None:
    """Time, room and number of places as they were; offers that came of it are back in line."""
    before = notice.before
    _take_offers_back(notice)
    places = before.get("places", occurrence.capacity)
    if places < occurrence.capacity:
        give_places(occurrence, places)
    if "room" in before:
        room = db.session.get_one(Room, before["room"])
        if occurrence.people_expected > room.legal_capacity:
            raise NotAllowed(DOES_NOT_FIT)
        occurrence.room, occurrence.legal_capacity = room, room.legal_capacity
        occurrence.starts_at = datetime.fromisoformat(before["starts_at"])
        occurrence.ends_at = datetime.fromisoformat(before["ends_at"])
        db.session.flush()
        if occurrence.starts_at <= now:
            raise NotAllowed(DOES_NOT_FIT)
        check_free(occurrence, room, occurrence.starts_at, occurrence.ends_at)
        _remind_as_before(occurrence, before.get(REMINDED, {}), now)
    if places > occurrence.capacity:
        give_places(occurrence, places)


def _take_offers_back(notice: ChangeNotice) -> None:
    ids = notice.after.get("offered", [])
    query = sa.select(Reservation).where(
        Reservation.id.in_(ids), Reservation.state == State.offered
    )
    for claim in db.session.scalars(query.order_by(Reservation.id)):
        give_all_back(claim)
        back_in_line(claim)
    db.session.flush()


def _remind_as_before(occurrence: Occurrence, reminded: Mapping[str, int], now: datetime) -> None:
    for claim in claims_on(occurrence):
        claim.reminded = reminded.get(str(claim.id), claim.reminded)
        renew_entry(claim, now)


UNDOING: Mapping[NoticeKind, Callable[[Occurrence, ChangeNotice, datetime], None]] = {
    NoticeKind.cancelled: _cancelled,
    NoticeKind.reinstated: _reinstated,
    NoticeKind.moved: _changed,
    NoticeKind.fewer_places: _changed,
}
