"""What every page of a booking begins with: whose link it is, which line it is about, who acts."""

from flask import Blueprint, abort, current_app, redirect, request
from flask_babel import gettext
from flask_login import current_user

from festival.delivery.addresses import manage_path
from festival.domain import bookings, clock, links, references
from festival.domain.bookings import Who
from festival.models import Booking, Edition, Office
from festival.views.access import me
from festival.views.bookings.lines import BOOKED, ShownLine, shown_lines
from festival.views.flashes import say
from festival.views.page import edition as current_edition

blueprint = Blueprint("bookings", __name__)


def the_edition() -> Edition:
    return current_edition() or abort(404)


def opened(reference: str, *purposes: str) -> Booking | None:
    """The booking this address's token opens; None as much for a wrong token as for no booking."""
    read = references.read_reference(reference, the_edition().reference_prefix)
    booking = bookings.by_reference(read) if read else None
    if booking is None:
        return None
    secret = current_app.config["SECRET_KEY"]
    return booking if links.opens(secret, booking, request.args.get("t", ""), *purposes) else None


def manages(booking: Booking) -> bool:
    """Whether the link that opened this booking may change it, or shows tickets alone."""
    secret = current_app.config["SECRET_KEY"]
    return links.opens(secret, booking, request.args.get("t", ""), links.MANAGE)


def managed(reference: str) -> Booking:
    """The booking that this link may change, else a 404."""
    return opened(reference, links.MANAGE) or abort(404)


def line_of(booking: Booking, reservation_id: int) -> ShownLine:
    """The line of this booking that has this reservation, else a 404."""
    return next(
        (
            one
            for one in shown_lines(booking, clock.now())
            if any(claim.id == reservation_id for claim in one.line.claims)
        ),
        None,
    ) or abort(404)


def booked_line(reference: str, reservation_id: int) -> tuple[Booking, ShownLine]:
    """A line that is booked. What was booked and is not any more leads to the booking as it is."""
    booking = managed(reference)
    item = line_of(booking, reservation_id)
    if item.state != BOOKED:
        say(gettext("This has been cancelled or changed already. Look at your booking."))
        abort(redirect(manage_path(booking)))
    return booking, item


def may_read_requests() -> bool:
    """Whether what helps a party may be shown: to the booker, and of the team to the access lead
    alone."""
    if not current_user.is_authenticated or not current_user.holds(*Office):
        return True
    return bool(current_user.holds(Office.access_lead))


def who_acts(booking: Booking) -> Who:
    """The booker; or one of the team who has opened the booking for them, so that the log of what
    was done names them."""
    staff = me() if current_user.is_authenticated and current_user.holds(*Office) else None
    return Who(channel=booking.channel, user=staff)
