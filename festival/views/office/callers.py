"""Finding the booking of somebody who calls."""

from typing import Any

from flask import abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from festival.delivery.addresses import manage_path
from festival.domain import callers, clock, words
from festival.extensions import write
from festival.forms.desk import LookUpForm
from festival.models import Booking
from festival.views import said
from festival.views.access import me, office
from festival.views.office.desk import DESK, blueprint
from festival.views.page import edition as current_edition


@blueprint.get("/bookings")
@office(*DESK)
def find_booking() -> ResponseReturnValue:
    """Ask what is known of it."""
    return render_template("office/find.html", form=LookUpForm(), rows=None)


@blueprint.post("/bookings")
@office(*DESK)
def found_bookings() -> ResponseReturnValue:
    """The bookings that were found. A POST, so that nobody's name stands in an address, and
    because the look is recorded."""
    form, edition = LookUpForm(), current_edition() or abort(404)
    if not form.validate_on_submit():
        return render_template("office/find.html", form=form, rows=None)
    with write():
        found = callers.look_up(form.words.data or "", edition, actor=me())
        rows = [_row(one) for one in found[: callers.MOST]]
    page = render_template("office/find.html", form=form, rows=rows, more=len(found) > callers.MOST)
    return make_response(page, {"Cache-Control": "no-store"})


def _row(booking: Booking) -> dict[str, Any]:
    """Enough to know whether it is the caller's: not the whole phone number, no access notes."""
    now = clock.now()
    coming = [
        one
        for one in booking.reservations
        if one.state in callers.STANDS and one.occurrence.ends_at > now
    ]
    digits = "".join(letter for letter in booking.mobile if letter.isdigit())
    return {
        "reference": booking.reference,
        "href": manage_path(booking),
        "name": booking.name,
        "digits": digits[-3:],
        "email": bool(booking.email),
        "sharing": url_for("office.sharing", reference=booking.reference) if booking.email else "",
        "sessions": [
            f"{one.occurrence.session.code}, {said.title(one.occurrence.session)}, "
            f"{words.day(one.occurrence.starts_at, one.occurrence.session.edition.zone)}"
            for one in coming
        ],
    }
