"""Parts of a series that the organiser called off: should they take place after all, who had them
has them again. Until then they follow what becomes of the other parts."""

from collections.abc import Collection
from datetime import datetime

from festival.domain.parties import count_companions, count_places, persons_of
from festival.models import Booking, Reservation, ReservationState


def called_off(booking: Booking, reservation: Reservation) -> list[Reservation]:
    """The parts of this reservation's series that were called off after they were booked."""
    return [
        one
        for one in booking.reservations
        if one.series_claim is not None
        and one.series_claim == reservation.series_claim
        and one.state == ReservationState.withdrawn
        and one.confirmed_at is not None
    ]


def leave_out(part: Reservation, positions: Collection[int]) -> None:
    """The people at these positions would not come either; where nobody is left, the part stays
    as it was called off. It takes no places, so none are given back."""
    kept = [one for place, one in enumerate(part.attendees) if place not in positions]
    if not kept:
        return
    part.attendees = kept
    party = persons_of(kept)
    part.places, part.people = count_places(part.occurrence.session, party), len(kept)
    part.companions = count_companions(party)


def was_given_up(claim: Reservation, now: datetime) -> bool:
    """Whether its booker has given up, or moved, what was left of its series meanwhile."""
    if claim.series_claim is None:
        return False
    others = {
        one.state
        for one in claim.booking.reservations
        if one.series_claim == claim.series_claim and one.occurrence.starts_at > now
    }
    return ReservationState.cancelled in others and ReservationState.confirmed not in others
