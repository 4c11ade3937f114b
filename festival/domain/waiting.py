"""The waiting list as residents meet it: join, be offered places, answer, stay, leave.

A reservation that waits or is offered places is the entry; there is no second table. Offers are
made where places are freed (``capacity``).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from festival.domain import audit, clock, outbox
from festival.domain.bookings import Line, Rules, Who
from festival.domain.bookings.changes import locked_parts
from festival.domain.bookings.claims import (
    follow_places,
    make_claims,
    numbered,
    parts_among,
    settle_confirmed,
)
from festival.domain.bookings.confirming import begin_turn
from festival.domain.bookings.finding import read_again
from festival.domain.capacity import (
    back_in_line,
    check_open,
    lock_and_settle,
    offer_what_is_free,
)
from festival.domain.errors import N_, DomainError, NotFound
from festival.domain.parties import (
    Person,
    RuleBroken,
    check_party,
    count_companions,
    count_places,
    persons_of,
    takes_place,
)
from festival.domain.programme import is_public
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Attendee,
    Booking,
    Occurrence,
    Reservation,
    ReservationState,
)

WAITS = (ReservationState.waiting,)
IS_OFFERED = (ReservationState.offered,)
IN_LINE = (ReservationState.waiting, ReservationState.offered)


class OfferOver(DomainError):
    """The time to answer is over: the places went to who is next."""

    reason = "offer_over"


@dataclass(frozen=True)
class Position:
    """Where a party stands: at best and at worst, the first in line being 1. Between the two are
    parties that need more places: whoever fits what is free is asked first."""

    best: int
    worst: int


def join(
    booking: Booking,
    occurrence_id: int,
    party: Sequence[Person],
    rules: Rules,
    who: Who | None = None,
    *,
    least: int | None = None,
) -> Line:
    """A confirmed booking gets a turn for this party, in all parts of a series; what is free is
    offered at once. ``least`` places would do; None: all together.

    Raises NotFound, RuleBroken, GroupTooLarge, BookingClosed.
    """
    now = clock.now()
    who = who or Who(channel=booking.channel)
    locked = lock_and_settle({occurrence_id}, now)
    read_again(booking)
    parts = parts_among(locked, occurrence_id)
    if not is_public(parts[0].session, now):
        raise NotFound(N_("There is no such session."))
    _check_waits_once(booking, parts)
    check_party(
        parts[0].session, party, complete=True, capacity=parts[0].capacity, by_staff=who.is_staff
    )
    for part in parts:
        check_open(part, now)
    people = numbered(booking, party)
    line = make_claims(booking, parts, people, rules, ReservationState.waiting, who.share)
    begin_turn(line, least, now)
    outbox.tell_booker(booking, "waiting", line.claims)
    audit.record("waiting.joined", booking, actor=who.user)
    offer_what_is_free(locked, now)
    return line


def _check_waits_once(booking: Booking, parts: Sequence[Occurrence]) -> None:
    ids = {part.id for part in parts}
    if any(one.state in IN_LINE and one.occurrence_id in ids for one in booking.reservations):
        raise RuleBroken(N_("This booking is on the waiting list of this session already."))


def accept(
    booking: Booking,
    reservation: Reservation,
    who: Who | None = None,
    *,
    attendee_ids: Collection[int] | None = None,
    keep_waiting: bool = False,
    rules: Rules | None = None,
) -> Line:
    """Say yes to an offer: the places are booked. Pressed twice, it is one.

    Where fewer places were offered than asked for, ``attendee_ids`` says who takes them (else the
    first of the party), and with ``keep_waiting`` the others keep their turn (``rules`` then).
    Raises OfferOver, RuleBroken, NotFound, BookingClosed.
    """
    now = clock.now()
    locked, parts = _answering(booking, reservation, now)
    if all(part.state == ReservationState.confirmed for part in parts):
        return Line(parts)
    for part in parts:
        check_open(part.occurrence, now)
    others = _who_stays_behind(reservation, attendee_ids)
    behind = [_leave_behind(part, others, now) for part in parts]
    _check_together(booking, reservation)
    for part in parts:
        part.least_places = None
        move(part, ReservationState.confirmed)
        settle_confirmed(part, now)
        part.calendar_sequence += 1
    session = reservation.occurrence.session
    if keep_waiting and rules is not None and count_places(session, persons_of(behind[0])):
        _keep_turn(booking, parts, behind[0], rules)
    db.session.flush()
    outbox.tell_booker(booking, "booked", parts)
    audit.record("waiting.accepted", booking, actor=who.user if who else None)
    offer_what_is_free(locked, now)
    return Line(parts)


def _answering(
    booking: Booking, reservation: Reservation, now: datetime
) -> tuple[list[Occurrence], list[Reservation]]:
    """The locked occurrences and the parts of what is answered to. Raises OfferOver, NotFound."""
    same = [
        one
        for one in booking.reservations
        if one is reservation
        or (one.series_claim is not None and one.series_claim == reservation.series_claim)
    ]
    locked = lock_and_settle({one.occurrence_id for one in same}, now)
    read_again(booking)
    if reservation not in booking.reservations:
        raise NotFound(N_("This has been cancelled or changed already. Look at your booking."))
    if reservation.state == ReservationState.waiting:
        raise OfferOver(
            N_("The time to answer is over, and the places went to somebody else. Stay in line?")
        )
    if reservation.state not in (*IS_OFFERED, ReservationState.confirmed):
        raise NotFound(N_("This offer is not there any more. Look at your booking."))
    # Of a series a part may have been called off meanwhile: it is not answered for.
    return locked, [one for one in same if one.state == reservation.state]


def _who_stays_behind(reservation: Reservation, attendee_ids: Collection[int] | None) -> set[int]:
    """Places in the party of those for whom there is no place. Raises RuleBroken."""
    takers = [place for place, one in enumerate(reservation.attendees) if one.takes_place]
    if attendee_ids is None:
        return set(takers[reservation.places :])
    chosen = {
        place for place, one in enumerate(reservation.attendees) if one.id in set(attendee_ids)
    }
    coming = [place for place in takers if place in chosen]
    if len(coming) > reservation.places:
        raise RuleBroken(
            N_("There are %(places)s places for you. Choose who comes."),
            field="people",
            places=reservation.places,
        )
    if not coming and (takers or not chosen):
        raise RuleBroken(N_("Choose who comes."), field="people")
    return set(range(len(reservation.attendees))) - chosen


def _leave_behind(part: Reservation, others: Collection[int], now: datetime) -> list[Attendee]:
    """Take these out of the party; the counters follow who is left. Gives who was taken out."""
    gone = [one for place, one in enumerate(part.attendees) if place in others]
    kept = [one for place, one in enumerate(part.attendees) if place not in others]
    session, party = part.occurrence.session, persons_of(kept)
    follow_places(part, count_places(session, party), len(kept), now, count_companions(party))
    part.attendees = kept
    for one, person in zip(kept, party, strict=True):
        one.takes_place = takes_place(session, person, party)
    return gone


def _check_together(booking: Booking, reservation: Reservation) -> None:
    """The session's rules, for all of this booking who come to it: a child may have waited for a
    place beside a family that has places already."""
    session = reservation.occurrence.session
    beside = [
        person
        for one in booking.reservations
        if one.occurrence_id == reservation.occurrence_id
        and one.state == ReservationState.confirmed
        and one is not reservation
        for person in persons_of(one.attendees)
    ]
    party = [*beside, *persons_of(reservation.attendees)]
    check_party(session, party, capacity=reservation.occurrence.capacity, by_staff=True)


def _keep_turn(
    booking: Booking, parts: Sequence[Reservation], behind: Sequence[Attendee], rules: Rules
) -> None:
    """Who found no place waits on, where the whole party stood."""
    people = persons_of(behind)
    occurrences = [part.occurrence for part in parts]
    share = parts[0].allocation
    assert share is not None  # a CHECK says so of what was offered
    line = make_claims(booking, occurrences, people, rules, ReservationState.waiting, share.kind)
    since = parts[0].waiting_since
    assert since is not None  # it waited
    begin_turn(line, None, since)


def decline(booking: Booking, reservation: Reservation, who: Who | None = None) -> None:
    """Say no to an offer: the places go to who is next, and the turn ends. Pressed twice, it is
    one. Raises OfferOver, NotFound."""
    now = clock.now()
    if reservation.state == ReservationState.declined:
        return
    locked, parts = _answering(booking, reservation, now)
    if any(part.state == ReservationState.confirmed for part in parts):
        raise NotFound(N_("You have said yes already. Cancel the places if nobody comes."))
    for part in parts:
        follow_places(part, 0, 0, now)
        move(part, ReservationState.declined)
        part.ended_at = now
    audit.record("waiting.declined", booking, actor=who.user if who else None)
    offer_what_is_free(locked, now)


def stay(booking: Booking, reservation: Reservation, who: Who | None = None) -> None:
    """After an offer that was not answered: stay in line, with the turn one had.

    Raises NotFound, BookingClosed."""
    now = clock.now()
    locked, parts = locked_parts(booking, reservation, now, states=IN_LINE)
    for part in parts:
        part.passed_over = False
    audit.record("waiting.stayed", booking, actor=who.user if who else None)
    offer_what_is_free(locked, now)


def leave_line(booking: Booking, reservation: Reservation, who: Who | None = None) -> None:
    """Give up the turn, or the offer. Raises NotFound, BookingClosed."""
    now = clock.now()
    locked, parts = locked_parts(booking, reservation, now, states=IN_LINE)
    for part in parts:
        if part.state == ReservationState.offered:
            follow_places(part, 0, 0, now)
            back_in_line(part)
        move(part, ReservationState.cancelled)
        part.ended_at = now
    audit.record("waiting.left", booking, actor=who.user if who else None)
    offer_what_is_free(locked, now)


def position(reservation: Reservation) -> Position:
    """Where this waiting party stands in line."""
    return positions([reservation])[reservation.id]


def positions(waiting: Sequence[Reservation]) -> dict[int, Position]:
    """Where each of these waiting parties stands in its line, by reservation: one question to the
    database, however many they are."""
    mine, other = aliased(Reservation), aliased(Reservation)
    ahead = sa.and_(
        other.occurrence_id == mine.occurrence_id,
        other.state == ReservationState.waiting,
        other.waiting_since.is_not(None),
        other.passed_over.is_(False),
        sa.or_(
            other.waiting_since < mine.waiting_since,
            sa.and_(other.waiting_since == mine.waiting_since, other.id < mine.id),
        ),
    )
    needs = sa.func.coalesce(other.least_places, other.places)
    had = sa.func.coalesce(mine.least_places, mine.places)
    smaller = sa.func.coalesce(sa.func.sum(sa.case((needs <= had, 1), else_=0)), 0)
    query = (
        sa.select(mine.id, sa.func.count(other.id), smaller)
        .select_from(mine)
        .outerjoin(other, ahead)
        .where(mine.id.in_([one.id for one in waiting]))
        .group_by(mine.id)
    )
    return {
        number: Position(best=int(first) + 1, worst=int(everybody) + 1)
        for number, everybody, first in db.session.execute(query)
    }
