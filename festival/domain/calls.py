"""The call list: what people without email are rung up for, until they have been reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain import audit, clock, outbox, sending, waiting
from festival.domain.bookings import Line, Rules, Who
from festival.domain.capacity import ran_out
from festival.domain.errors import N_, NotAllowed, NotFound
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Booking,
    Channel,
    Message,
    MessageState,
    Occurrence,
    Reservation,
    ReservationState,
    User,
)

AGAIN = (30, 120, 240)  # minutes until the next try; the last of them from then on
MOST = 200
V = ReservationState
# What must still be so of a reservation for the call about it to make sense.
STATES: Mapping[str, tuple[ReservationState, ...]] = {
    "booked": (V.confirmed, V.offered, V.waiting),
    "offered": (V.offered,),
    "offer_over": (V.waiting,),
    "place_free": (V.waiting,),
    "withdrawn": (V.withdrawn,),
    "reinstated": (V.confirmed, V.offered, V.waiting),
    "changed_by_us": (V.confirmed, V.offered, V.waiting),
    "announcement": (V.confirmed,),
    "reminder": (V.confirmed,),
    "joining": (V.confirmed,),
}


@dataclass(frozen=True)
class Call:
    """One call to make, and what it is about."""

    message: Message
    claims: Sequence[Reservation]

    @property
    def booking(self) -> Booking:
        assert self.message.booking is not None  # only bookers are on the list
        return self.message.booking

    @property
    def offered(self) -> Reservation | None:
        """The offer that can be answered in this call."""
        return next((one for one in self.claims if one.state == V.offered), None)

    @property
    def stays(self) -> Reservation | None:
        """Who was passed over and has not said whether they stay in line."""
        if self.message.kind != "offer_over":
            return None
        return next((one for one in self.claims if one.passed_over), None)

    def is_due(self, now: datetime) -> bool:
        return self.message.next_attempt_at <= now


def open_calls(now: datetime) -> list[Call]:
    """The calls that are to be made, oldest first; not those about what is over by now."""
    return [call for call in _queued() if _makes_sense(call, now)]


def call_of(message_id: int) -> Call:
    """This call of the list, whether it was made or not. Raises NotFound."""
    message = db.session.get(Message, message_id)
    if message is None or message.channel != outbox.CALL or message.booking is None:
        raise NotFound(N_("There is no such call."))
    return _with_claims([message])[0]


def _queued() -> list[Call]:
    """Those that are due, and those that are for later again; not what can still be taken back."""
    query = (
        sa.select(Message)
        .where(
            Message.channel == outbox.CALL,
            Message.state == MessageState.queued,
            Message.booking_id.is_not(None),
            sa.or_(Message.attempts > 0, Message.next_attempt_at <= clock.now()),
        )
        .order_by(Message.created_at, Message.id)
        .limit(MOST)
        .options(joinedload(Message.booking))
    )
    return _with_claims(list(db.session.scalars(query)))


def _with_claims(messages: Sequence[Message]) -> list[Call]:
    wanted = {number for one in messages for number in one.facts.get("reservations", [])}
    query = (
        sa.select(Reservation)
        .where(Reservation.id.in_(wanted))
        .order_by(Reservation.id)
        .options(joinedload(Reservation.occurrence).joinedload(Occurrence.session))
    )
    found = {one.id: one for one in db.session.scalars(query)} if wanted else {}
    return [
        Call(
            one,
            [
                found[number]
                for number in one.facts.get("reservations", [])
                if number in found and found[number].booking_id == one.booking_id
            ],
        )
        for one in messages
    ]


def _makes_sense(call: Call, now: datetime) -> bool:
    states = STATES.get(call.message.kind, tuple(V))
    about = [one for one in call.claims if one.state in states and one.occurrence.ends_at > now]
    if call.message.kind == "offered":
        about = [one for one in about if not ran_out(one, now)]
    return bool(about)


def drop_what_is_over(now: datetime) -> int:
    """Take calls off the list that make no sense any more; how many."""
    over = [call for call in _queued() if not _makes_sense(call, now)]
    for call in over:
        sending.mark_dropped(call.message, "over before anybody was reached")
    return len(over)


def reached(message: Message, *, actor: User) -> None:
    """They know now. Raises NotAllowed where the call was ticked off before."""
    _lock(message)
    message.attempts += 1
    message.outcome = "reached"
    move(message, MessageState.sent)
    message.sent_at = clock.now()
    audit.record("call.reached", message, actor=actor)


def no_answer(message: Message, *, actor: User) -> None:
    """Nobody answered: the call stays on the list, for later. Raises NotAllowed."""
    _lock(message)
    wait = AGAIN[min(message.attempts, len(AGAIN) - 1)]
    message.attempts += 1
    message.outcome = "no_answer"
    message.next_attempt_at = clock.now() + timedelta(minutes=wait)
    audit.record("call.no_answer", message, actor=actor)


def wrong_number(message: Message, *, actor: User) -> None:
    """Somebody else has this number: it is not called again. Raises NotAllowed."""
    _lock(message)
    message.attempts += 1
    message.outcome = "wrong_number"
    message.last_error = "wrong number"
    move(message, MessageState.failed)
    audit.record("call.wrong_number", message, actor=actor)


def _lock(message: Message) -> None:
    """Of two people at two telephones only one ticks it off."""
    db.session.refresh(message, with_for_update={"of": Message})
    if message.state != MessageState.queued:
        raise NotAllowed(N_("Somebody has ticked this call off already."))


def accept(call: Call, rules: Rules, *, actor: User) -> Line:
    """The caller says yes to what is offered; the call is done.

    Raises OfferOver, NotFound, BookingClosed, NotAllowed.
    """
    reservation = _answered(call)
    who = Who(channel=Channel.phone, user=actor)
    line = waiting.accept(call.booking, reservation, who, keep_waiting=True, rules=rules)
    reached(call.message, actor=actor)
    return line


def decline(call: Call, *, actor: User) -> None:
    """The caller says no; the call is done. Raises OfferOver, NotFound, NotAllowed."""
    reservation = _answered(call)
    waiting.decline(call.booking, reservation, Who(channel=Channel.phone, user=actor))
    reached(call.message, actor=actor)


def stay(call: Call, *, actor: User) -> None:
    """The caller stays in line after an offer that ran out; the call is done.

    Raises NotFound, BookingClosed, NotAllowed.
    """
    if call.stays is None:
        raise NotFound(N_("This party is not in line any more. Look at its booking."))
    waiting.stay(call.booking, call.stays, Who(channel=Channel.phone, user=actor))
    reached(call.message, actor=actor)


def _answered(call: Call) -> Reservation:
    if call.offered is None:
        raise waiting.OfferOver(
            N_("This offer is over or was answered already. Look at the booking.")
        )
    return call.offered
