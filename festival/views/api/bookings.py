"""Book, look at a booking, change who booked, cancel all of it."""

from typing import Any

from flask.typing import ResponseReturnValue

from festival.delivery import booking_rules
from festival.domain import bookings
from festival.domain.bookings import NotAllHad
from festival.views.api import shown
from festival.views.api.answers import shown as answered
from festival.views.api.asking import (
    BOOKERS,
    caller,
    carried_out,
    may,
    once,
    told_already,
)
from festival.views.api.blueprint import BOOKING, blueprint, filed
from festival.views.api.refusals import look_first, not_all_had
from festival.views.api.schemas import (
    BookingChange,
    BookingFacts,
    BookingRefusal,
    NewBooking,
    Refusal,
)
from festival.views.api.wishes import booking_of, changed_contact, contact, wish


@blueprint.post("/bookings", **filed("bookings"))
@may(*BOOKERS)
@once
@blueprint.arguments(NewBooking())
@blueprint.response(201, BookingFacts)
@blueprint.alt_response(409, schema=BookingRefusal)
def book(sent: dict[str, Any]) -> ResponseReturnValue:
    """Book places in one or more sessions: all of them at once, or none.

    Where something cannot be had, nothing is booked, and the answer says for each reservation what
    is wrong and what the same party could come to instead. With join_waiting_list a party waits
    where there are too few places, and the rest is booked.
    """
    wishes = [wish(one) for one in sent["reservations"]]
    asked = {"rules": booking_rules(), "who": caller().who, "language": sent["language"]}
    try:
        look_first(wishes)
        return carried_out(
            lambda: shown.booking(
                bookings.book(wishes=wishes, contact=contact(sent["contact"]), **asked)
            ),
            201,
        )
    except NotAllHad as error:
        if (before := told_already()) is not None:
            return before
        raise not_all_had(error, wishes) from error


@blueprint.get(BOOKING, **filed("bookings"))
@may(*BOOKERS)
@blueprint.response(200, BookingFacts)
def booking(reference: str) -> ResponseReturnValue:
    """Read a booking as it stands. Programs see the bookings they made, the desk sees all."""
    return answered(shown.booking(booking_of(reference)))


@blueprint.patch(BOOKING, **filed("bookings"))
@may(*BOOKERS)
@once
@blueprint.arguments(BookingChange())
@blueprint.response(200, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def change_booking(sent: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Change the name, email or phone of whoever booked. What is left out stays.

    With another email address all tickets are made anew and sent there; the old ones end.
    """

    def change() -> dict[str, Any]:
        made = booking_of(reference)
        bookings.change_contact(made, changed_contact(made, sent["contact"]), caller().who)
        return shown.booking(made)

    return carried_out(change)


@blueprint.post(f"{BOOKING}/cancel", **filed("bookings"))
@may(*BOOKERS)
@once
@blueprint.response(200, BookingFacts)
@blueprint.alt_response(409, schema=Refusal)
def cancel_booking(reference: str) -> ResponseReturnValue:
    """Cancel everything of a booking that has not started, waiting places too."""

    def cancel() -> dict[str, Any]:
        made = booking_of(reference)
        bookings.cancel_all(made, caller().who)
        return shown.booking(made)

    return carried_out(cancel)
