"""The waiting list: join it, answer an offer, stay in line, leave it."""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from festival.delivery import booking_rules
from festival.domain import waiting
from festival.domain.bookings import Who
from festival.models import Booking, Reservation
from festival.views.api import shown, wishes
from festival.views.api.asking import BOOKERS, caller, carried_out, may, once
from festival.views.api.blueprint import BOOKING, RESERVATION, blueprint, filed
from festival.views.api.refusals import helpfully
from festival.views.api.schemas import Acceptance, BookingFacts, Joining, Refusal
from festival.views.api.wishes import booking_of, reservation_of


@blueprint.post(f"{BOOKING}/waiting", **filed("waiting list"))
@may(*BOOKERS)
@once
@blueprint.arguments(Joining())
@blueprint.response(201, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def join(sent: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Join the waiting list of one more run, in a booking that is there. What is free already is
    offered at once."""
    run, party = sent["occurrence"], wishes.party(sent)

    def wait() -> dict[str, Any]:
        booking = booking_of(reference)
        with helpfully(run, party):
            waiting.join(
                booking, run, party, booking_rules(), caller().who, least=sent["least_places"]
            )
        return shown.booking(booking)

    return carried_out(wait, 201)


@blueprint.post(f"{RESERVATION}/accept", **filed("waiting list"))
@may(*BOOKERS)
@once
@blueprint.arguments(Acceptance(), required=False)
@blueprint.response(200, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def accept(sent: dict[str, Any], reference: str, reservation_id: int) -> ResponseReturnValue:
    """Say yes to an offer: the places are booked."""

    def yes(booking: Booking, reservation: Reservation, who: Who) -> None:
        waiting.accept(
            booking,
            reservation,
            who,
            attendee_ids=sent["people"],
            keep_waiting=sent["keep_waiting"],
            rules=booking_rules(),
        )

    return _answering(reference, reservation_id, yes)


@blueprint.post(f"{RESERVATION}/decline", **filed("waiting list"))
@may(*BOOKERS)
@once
@blueprint.response(200, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def decline(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Say no to an offer: the places go to who is next, and the turn ends."""
    return _answering(reference, reservation_id, waiting.decline)


@blueprint.post(f"{RESERVATION}/stay", **filed("waiting list"))
@may(*BOOKERS)
@once
@blueprint.response(200, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def stay(reference: str, reservation_id: int) -> ResponseReturnValue:
    """After an offer that nobody answered: stay in line, with the same turn."""
    return _answering(reference, reservation_id, waiting.stay)


@blueprint.post(f"{RESERVATION}/leave", **filed("waiting list"))
@may(*BOOKERS)
@once
@blueprint.response(200, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def leave(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Give up the turn, or the offer."""
    return _answering(reference, reservation_id, waiting.leave_line)


def _answering(
    reference: str, reservation_id: int, verb: Callable[[Booking, Reservation, Who], None]
) -> ResponseReturnValue:
    def answer() -> dict[str, Any]:
        booking, reservation = reservation_of(reference, reservation_id)
        verb(booking, reservation, caller().who)
        return shown.booking(booking)

    return carried_out(answer)
