"""Another party for a booked reservation, said as a whole: for programs, which send what is to be
instead of who leaves and who joins."""

from collections.abc import Sequence

from festival.domain import audit, clock, outbox
from festival.domain.bookings.changes import (
    as_attendee,
    check_nobody_is_in,
    locked_parts,
    set_people,
)
from festival.domain.bookings.claims import Line, numbered
from festival.domain.bookings.terms import Who
from festival.domain.capacity import check_open, offer_what_is_free
from festival.domain.parties import Person, check_party
from festival.models import Attendee, Booking, Reservation


def change_party(
    booking: Booking, reservation: Reservation, party: Sequence[Person], who: Who | None = None
) -> Line:
    """These people come instead, to all parts of a series that are still to come. Who was in the
    party before and is in it still (by kind and age) keeps name and place; the counters move once,
    by the difference, so that one child for another needs no free place.

    Raises NotFound, RuleBroken, GroupTooLarge, NoPlacesLeft, RoomFull, BookingClosed.
    """
    now = clock.now()
    who = who or Who(channel=booking.channel)
    locked, parts = locked_parts(booking, reservation, now)
    occurrence = reservation.occurrence
    check_party(
        occurrence.session,
        party,
        complete=True,
        capacity=occurrence.capacity,
        by_staff=who.is_staff or len(party) <= len(reservation.attendees),
    )
    _kept, joining = _compare(reservation.attendees, party)
    if not joining and len(party) == len(reservation.attendees):
        return Line(parts)
    joining = numbered(booking, joining)
    for part in parts:
        if len(party) > len(part.attendees):
            check_open(part.occurrence, now)
        kept, _joining = _compare(part.attendees, party)
        check_nobody_is_in(part, len(party))
        set_people(part, [*kept, *(as_attendee(person) for person in joining)], now)
    outbox.tell_booker(booking, "changed", parts)
    audit.record("booking.regrouped", booking, actor=who.user, people=len(party))
    offer_what_is_free(locked, now)
    return Line(parts)


def _compare(
    attendees: Sequence[Attendee], party: Sequence[Person]
) -> tuple[list[Attendee], list[Person]]:
    """Who of these is in this party still, and who of it is new."""
    left, joining = list(attendees), []
    kept = []
    for person in party:
        same = next((one for one in left if (one.kind, one.age) == (person.kind, person.age)), None)
        if same is None:
            joining.append(person)
        else:
            left.remove(same)
            kept.append(same)
    return kept, joining
