"""Tickets and calendar of a booking: what the second link shows, and nothing else."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from festival.delivery import codes, printed, ticket_keys
from festival.delivery.addresses import manage_path
from festival.delivery.shown_tickets import ticket_of
from festival.domain import links, tickets
from festival.models import Booking, Reservation, ReservationState, Ticket
from festival.views.access import by_link
from festival.views.bookings import calendar
from festival.views.bookings.opened import blueprint, manages, opened, the_edition

WERE_BOOKED = (
    ReservationState.confirmed,
    ReservationState.cancelled,
    ReservationState.withdrawn,
)


@blueprint.get("/bookings/<reference>/tickets")
@by_link
def show_tickets(reference: str) -> ResponseReturnValue:
    """The tickets, to show on a phone or to print."""
    booking = opened(reference, links.MANAGE, links.TICKETS) or abort(404)
    managing = manages(booking)
    keys, edition = ticket_keys(), the_edition()
    page = render_template(
        "bookings/tickets.html",
        booking=booking,
        tickets=[
            ticket_of(one, booking, edition, keys, named=managing) for one in _to_show(booking)
        ],
        back=manage_path(booking) if managing else None,
        ways=calendar.ways(booking, edition, managing=managing),
        large=_large(),
        pdf=_address("tickets_file", booking) if printed.can_print() else None,
        large_pdf=_address("tickets_file", booking, print="large"),
        large_page=_address("show_tickets", booking, print="large"),
        normal_page=_address("show_tickets", booking),
    )
    return _kept(Response(page))


@blueprint.get("/bookings/<reference>/tickets.pdf")
@by_link
def tickets_file(reference: str) -> ResponseReturnValue:
    """The tickets as PDF; where none can be made, their page."""
    booking = opened(reference, links.MANAGE, links.TICKETS) or abort(404)
    if not printed.can_print():
        return redirect(_address("show_tickets", booking, **request.args.to_dict()))
    content = printed.tickets(
        _to_show(booking),
        booking,
        the_edition(),
        ticket_keys(),
        large=_large(),
        named=manages(booking),
    )
    response = Response(content, mimetype="application/pdf")
    name = f"tickets-{booking.reference}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["X-Robots-Tag"] = "noindex"
    return _kept(response)


def _large() -> bool:
    return request.args.get("print") == "large"


def _address(page: str, booking: Booking, **more: Any) -> str:
    """A page of this booking, opened by the link that opened this one."""
    values = {"t": request.args.get("t", ""), **more}
    return url_for(f"bookings.{page}", reference=booking.reference, **values)


def _kept(response: Response) -> Response:
    """A phone may keep it and show it where there is no signal; with signal it asks if it still
    holds."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _were_booked(booking: Booking) -> list[Reservation]:
    """What was ever booked, and still is or was given up; not what was only held on the way."""
    return [one for one in booking.reservations if one.state in WERE_BOOKED and one.confirmed_at]


def _to_show(booking: Booking) -> list[Reservation]:
    """One ticket for each confirmed reservation, and for what we called off, so that nobody comes
    in vain; what was given up is shown only where nothing else is left."""
    known = [one for one in _were_booked(booking) if one.ticket is not None]
    given_up = [one for one in known if one.state == ReservationState.cancelled]
    return [one for one in known if one not in given_up] or given_up


def _of(reservation: Reservation) -> Ticket:
    assert reservation.ticket is not None  # looked at before
    return reservation.ticket


@blueprint.get("/bookings/<reference>/tickets/<int:reservation_id>.<any(svg, png):kind>")
@by_link
def code(reference: str, reservation_id: int, kind: str) -> ResponseReturnValue:
    """One ticket's code as a picture."""
    booking = opened(reference, links.MANAGE, links.TICKETS) or abort(404)
    found = [one for one in _to_show(booking) if one.id == reservation_id]
    if not found or found[0].state != ReservationState.confirmed:
        abort(404)
    letters = tickets.code_of(_of(found[0]), ticket_keys())
    picture = codes.svg(letters) if kind == "svg" else codes.png(letters)
    return _kept(Response(picture, mimetype=f"image/{kind.replace('svg', 'svg+xml')}"))
