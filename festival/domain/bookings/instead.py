"""A party whose session the organiser called off comes to another one instead, in one step."""

from festival.domain import audit, clock, outbox
from festival.domain.bookings.called_off import called_off
from festival.domain.bookings.claims import Line, make_claims, parts_among, settle_confirmed
from festival.domain.bookings.finding import read_again
from festival.domain.bookings.moves import carry_asked
from festival.domain.bookings.terms import Rules, Who
from festival.domain.capacity import check_open, lock_and_settle
from festival.domain.errors import N_, NotFound
from festival.domain.parties import RuleBroken, check_party, persons_of
from festival.domain.programme import is_public
from festival.models import Booking, Reservation, ReservationState

STANDING = (ReservationState.confirmed, ReservationState.waiting, ReservationState.offered)


def come_instead(
    booking: Booking,
    reservation: Reservation,
    target_id: int,
    rules: Rules,
    who: Who | None = None,
) -> Line:
    """Book the same party into another run, all of them or nobody. What was called off is given up
    for it: should it take place after all, it is not theirs again, and others may have it.
    Returns the new, confirmed line.

    Raises NotFound, RuleBroken, BookingClosed, NoPlacesLeft, RoomFull; nothing changes then.
    """
    now = clock.now()
    who = who or Who(channel=booking.channel)
    locked = lock_and_settle({target_id}, now)
    read_again(booking)
    if reservation not in booking.reservations or reservation.state != ReservationState.withdrawn:
        raise NotFound(N_("This has been cancelled or changed already. Look at your booking."))
    targets = parts_among(locked, target_id)
    if not is_public(targets[0].session, now):
        raise NotFound(N_("There is no such session."))
    mine = {one.occurrence_id for one in booking.reservations if one.state in STANDING}
    if mine & {target.id for target in targets}:
        raise RuleBroken(N_("You have this place already. Choose another date."), field="target")
    for target in targets:
        check_open(target, now)
    party = persons_of(reservation.attendees)
    check_party(
        targets[0].session,
        party,
        complete=True,
        capacity=targets[0].capacity,
        by_staff=who.is_staff,
    )
    made = make_claims(booking, targets, party, rules, ReservationState.confirmed, who.share)
    for part in (reservation, *called_off(booking, reservation)):
        part.withdrawn_from = None
    for claim in made.claims:
        settle_confirmed(claim, now)
        carry_asked(reservation, claim, now)
    outbox.tell_booker(booking, "booked", made.claims)
    audit.record("booking.came_instead", booking, actor=who.user, to=targets[0].session.code)
    return made
