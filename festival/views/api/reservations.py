"""Changes of mind about one reservation: who comes, to which run, or nobody."""

from typing import Any

from flask.typing import ResponseReturnValue

from festival.delivery import booking_rules
from festival.domain import bookings
from festival.domain.parties import persons_of
from festival.views.api import shown, wishes
from festival.views.api.asking import BOOKERS, caller, carried_out, may, once
from festival.views.api.blueprint import RESERVATION, blueprint, filed
from festival.views.api.refusals import helpfully
from festival.views.api.schemas import BookingFacts, Party, Refusal, Target
from festival.views.api.wishes import reservation_of


@blueprint.patch(RESERVATION, **filed("reservations"))
@may(*BOOKERS)
@once
@blueprint.arguments(Party())
@blueprint.response(200, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def change_reservation(
    sent: dict[str, Any], reference: str, reservation_id: int
) -> ResponseReturnValue:
    """Change who comes: say the whole party as it is to be.

    Who stays keeps name and place. The ticket is made anew; the old one ends.
    """
    party = wishes.party(sent)

    def change() -> dict[str, Any]:
        booking, reservation = reservation_of(reference, reservation_id)
        with helpfully(reservation.occurrence_id, party):
            bookings.change_party(booking, reservation, party, caller().who)
        return shown.booking(booking)

    return carried_out(change)


@blueprint.post(f"{RESERVATION}/swap", **filed("reservations"))
@may(*BOOKERS)
@once
@blueprint.arguments(Target())
@blueprint.response(200, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def swap(sent: dict[str, Any], reference: str, reservation_id: int) -> ResponseReturnValue:
    """Move the party to another run or session. The old place is given up only for the new one."""
    target = sent["occurrence"]

    def move() -> dict[str, Any]:
        booking, reservation = reservation_of(reference, reservation_id)
        party = persons_of(reservation.attendees)
        with helpfully(target, party):
            bookings.swap(booking, reservation, target, booking_rules(), caller().who)
        return shown.booking(booking)

    return carried_out(move)


@blueprint.post(f"{RESERVATION}/cancel", **filed("reservations"))
@may(*BOOKERS)
@once
@blueprint.response(200, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def cancel_reservation(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Cancel one reservation, with all parts of its series that are still to come."""

    def cancel() -> dict[str, Any]:
        booking, reservation = reservation_of(reference, reservation_id)
        bookings.cancel_reservation(booking, reservation, caller().who)
        return shown.booking(booking)

    return carried_out(cancel)
