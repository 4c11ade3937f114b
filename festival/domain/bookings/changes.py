"""Changes of mind about one reservation: fewer, more, other names, nobody at all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from festival.domain import audit, clock, outbox, scans, tickets
from festival.domain.bookings.called_off import called_off, leave_out
from festival.domain.bookings.claims import Line, follow_places, make_claims, note_asked, numbered
from festival.domain.bookings.confirming import FULL, begin_turn
from festival.domain.bookings.finding import read_again, standing
from festival.domain.bookings.terms import Asked, BasketChanged, Rules, Who
from festival.domain.capacity import (
    BookingClosed,
    check_open,
    lock,
    lock_and_settle,
    offer_what_is_free,
)
from festival.domain.errors import N_, NotFound
from festival.domain.offers import people_of
from festival.domain.parties import (
    Person,
    RuleBroken,
    check_party,
    count_companions,
    count_places,
    persons_of,
    takes_place,
)
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Attendee,
    Booking,
    Occurrence,
    Reservation,
    ReservationState,
)


def locked_parts(
    booking: Booking,
    reservation: Reservation,
    now: datetime,
    *,
    also: Collection[int] = (),
    states: Collection[ReservationState] = (ReservationState.confirmed,),
) -> tuple[list[Occurrence], list[Reservation]]:
    """Lock, settle and read again what this reservation is about (all parts of its series) and
    these other occurrences; the locked ones, and the parts that are still to come.

    Raises NotFound where it is in none of these states any more, BookingClosed once it started.
    """
    ids = {part.occurrence_id for part in _series_of(booking, reservation)}
    locked = lock_and_settle({*ids, *also}, now)
    read_again(booking)
    passed_on = reservation not in booking.reservations  # while we waited for the lock
    if passed_on or reservation.state not in states:
        raise NotFound(N_("This has been cancelled or changed already. Look at your booking."))
    if reservation.occurrence.starts_at <= now:
        raise BookingClosed(N_("This session has started, so it cannot be changed any more."))
    return locked, [
        one
        for one in _series_of(booking, reservation)
        if one.state in states and one.occurrence.starts_at > now
    ]


def _series_of(booking: Booking, reservation: Reservation) -> list[Reservation]:
    if reservation.series_claim is None:
        return [reservation]
    return [one for one in booking.reservations if one.series_claim == reservation.series_claim]


def lock_people(booking: Booking) -> None:
    """Lock what this booking is about before the booking itself, as every other verb does, and
    read it again: parties and tickets are as the last change left them."""
    lock({one.occurrence_id for one in booking.reservations})
    read_again(booking)
    db.session.refresh(booking, ["link_version"], with_for_update={"of": Booking})


def give_up(
    booking: Booking,
    reservation: Reservation,
    attendee_ids: Collection[int],
    who: Who | None = None,
) -> None:
    """Cancel these people of a confirmed reservation; all of them cancels it.

    In a series the same people leave every part that is still to come. The places go to the
    waiting list, else they are free at once. Raises NotFound, RuleBroken, BookingClosed, and
    NoPlacesLeft where an adult who is left begins to count.
    """
    now = clock.now()
    locked, parts = locked_parts(booking, reservation, now)
    positions = positions_of(reservation, attendee_ids)
    for part in parts:
        shrink(part, positions, now)
    for part in called_off(booking, reservation):
        leave_out(part, positions)
    gone = reservation.state == ReservationState.cancelled
    outbox.tell_booker(booking, "cancelled" if gone else "changed", parts)
    _record("booking.cancelled" if gone else "booking.reduced", booking, who, people=len(positions))
    offer_what_is_free(locked, now)


def cancel_reservation(booking: Booking, reservation: Reservation, who: Who | None = None) -> None:
    """Nobody of this reservation comes, nor to the parts of its series that are still to come."""
    give_up(booking, reservation, [one.id for one in reservation.attendees], who)


def cancel_all(booking: Booking, who: Who | None = None) -> int:
    """Cancel everything of this booking that has not started, and leave every line; how many
    reservations ended. Raises NotFound where nothing was left to cancel, BasketChanged where it is
    about something else by now, which is not locked."""
    now = clock.now()
    locked = lock_and_settle({one.occurrence_id for one in booking.reservations}, now)
    read_again(booking)
    if not {one.id for one in locked}.issuperset(one.occurrence_id for one in booking.reservations):
        raise BasketChanged
    coming = [one for one in standing(booking) if one.occurrence.starts_at > now]
    waiting = [
        one
        for one in booking.reservations
        if one.state in (ReservationState.waiting, ReservationState.offered)
    ]
    if not coming and not waiting:
        raise NotFound(N_("There is nothing left to cancel in this booking."))
    for part in coming:
        shrink(part, set(range(len(part.attendees))), now)
    for claim in waiting:
        if claim.state == ReservationState.offered:
            follow_places(claim, 0, 0, now)
        move(claim, ReservationState.cancelled)
        claim.ended_at = now
    if coming:
        outbox.tell_booker(booking, "cancelled", coming)
    _record("booking.cancelled", booking, who, reservations=len(coming) + len(waiting))
    offer_what_is_free(locked, now)
    return len(coming) + len(waiting)


def positions_of(reservation: Reservation, attendee_ids: Collection[int]) -> set[int]:
    """Where in the party these people stand, as it is under the lock: pressed twice, the second
    time finds nobody. Raises RuleBroken."""
    positions = {
        place for place, one in enumerate(reservation.attendees) if one.id in set(attendee_ids)
    }
    if not positions:
        raise RuleBroken(N_("Say who cannot come."), field="people")
    return positions


def shrink(part: Reservation, positions: Collection[int], now: datetime) -> None:
    """Take the people at these positions out of one reservation; without anybody left it is
    cancelled."""
    kept = [one for place, one in enumerate(part.attendees) if place not in positions]
    check_nobody_is_in(part, len(kept))
    if kept:
        set_people(part, kept, now)
        return
    move(part, ReservationState.cancelled)
    places, people = part.places, part.people
    follow_places(part, 0, 0, now)
    part.places, part.people = places, people  # what was given up stays to be read
    part.ended_at = now
    _revised(part, now)
    db.session.flush()


def set_people(part: Reservation, people: Sequence[Attendee], now: datetime) -> None:
    """These are the people of a confirmed reservation from now on: its rules, places and ticket
    follow. Raises RuleBroken, NoPlacesLeft, RoomFull."""
    session, party = part.occurrence.session, persons_of(people)
    check_party(session, party, capacity=part.occurrence.capacity, by_staff=True)
    companions = count_companions(party)
    follow_places(part, count_places(session, party), len(party), now, companions)
    part.attendees = list(people)
    for one, person in zip(people, party, strict=True):
        one.takes_place = takes_place(session, person, party)
    _revised(part, now)
    tickets.reissue(part)
    db.session.flush()


def _revised(part: Reservation, now: datetime) -> None:
    part.calendar_sequence += 1
    part.revised_at = now


def check_nobody_is_in(part: Reservation, kept: int) -> None:
    """Who has been let in is in the room: that place cannot be given to somebody else."""
    inside = scans.people_in(part.ticket.number) if part.ticket else 0
    if inside > kept:
        raise RuleBroken(
            N_("%(inside)s of you have been let in already. Ask at the door."),
            field="people",
            inside=inside,
        )


def add_people(
    booking: Booking,
    reservation: Reservation,
    party: Sequence[Person],
    rules: Rules,
    who: Who | None = None,
    *,
    wait: bool = False,
) -> Line:
    """More people come, to all parts of a series that are still to come; the line they are on.

    Where there are too few places and ``wait`` is asked for, those who are already booked keep
    their places and the others get a turn in the waiting list. Raises RuleBroken, GroupTooLarge,
    NoPlacesLeft, RoomFull, BookingClosed, NotFound.
    """
    now = clock.now()
    who = who or Who(channel=booking.channel)
    locked, parts = locked_parts(booking, reservation, now)
    for part in parts:
        check_open(part.occurrence, now)
    session, occurrence = reservation.occurrence.session, reservation.occurrence
    together = [*persons_of(reservation.attendees), *party]
    check_party(
        session, together, complete=True, capacity=occurrence.capacity, by_staff=who.is_staff
    )
    joining = numbered(booking, party)
    try:
        with db.session.begin_nested():
            for part in parts:
                new = [as_attendee(person) for person in joining]
                set_people(part, [*part.attendees, *new], now)
    except FULL:
        if not wait:
            raise
        line = _queue_the_others(booking, parts, joining, rules, who, now)
        offer_what_is_free(locked, now)  # another share may have what the first one lacked
        return line
    outbox.tell_booker(booking, "changed", parts)
    _record("booking.enlarged", booking, who, people=len(joining))
    offer_what_is_free(locked, now)
    return Line(parts)


def as_attendee(person: Person) -> Attendee:
    return Attendee(
        kind=person.kind, name=person.name, age=person.age, person=person.number, takes_place=True
    )


def _queue_the_others(
    booking: Booking,
    parts: Sequence[Reservation],
    joining: Sequence[Person],
    rules: Rules,
    who: Who,
    now: datetime,
) -> Line:
    db.session.expire_all()
    occurrences = [part.occurrence for part in parts]
    state = ReservationState.waiting
    line = make_claims(booking, occurrences, joining, rules, state, who.share)
    begin_turn(line, None, now)
    outbox.tell_booker(booking, "waiting", line.claims)
    _record("waiting.joined", booking, who, people=len(joining))
    return line


def rename(
    booking: Booking, reservation: Reservation, names: Mapping[int, str], who: Who | None = None
) -> None:
    """Write other names on people of this reservation, by attendee id; the same person is called
    so in all sessions of the booking. A group's unnamed people keep their number."""
    lock_people(booking)
    changed = {
        one.person or -one.id: names[one.id]
        for one in reservation.attendees
        if one.id in names and names[one.id] != one.name
    }
    for claim in booking.reservations:
        for one in claim.attendees:
            key = one.person or -one.id
            if key in changed:
                one.name = changed[key]
    if changed:
        _record("booking.renamed", booking, who, people=len(changed))
    db.session.flush()


def ask(
    booking: Booking,
    reservation: Reservation,
    asked: Asked,
    answer: str,
    who: Who | None = None,
) -> None:
    """Write down anew what a party asks for so that they can take part, and its answer to the
    session's question, for all parts of a series that are still to come. The session's provider
    hears that it changed, not what it says: mail is kept longer than we keep this.

    Raises NotFound, BookingClosed.
    """
    now = clock.now()
    _locked, parts = locked_parts(booking, reservation, now)
    if not _says_something_new(reservation, asked, answer):
        return
    for part in parts:
        note_asked(part, asked, answer, now)
    db.session.flush()
    session = reservation.occurrence.session
    for one in people_of(session.provider_id):
        outbox.queue("asked", one.email, name=one.name, reservation=reservation.id)
    _record("booking.asked", booking, who, session=session.code)


def _says_something_new(reservation: Reservation, asked: Asked, answer: str) -> bool:
    kept = reservation.access_request
    before = (list(kept.adjustments), kept.note, kept.answer) if kept else ([], "", "")
    given = asked or Asked()
    return before != (list(given.adjustments), given.note, answer)


def _record(action: str, booking: Booking, who: Who | None, **facts: object) -> None:
    who = who or Who(channel=booking.channel)
    audit.record(action, booking, actor=who.user, **facts)
