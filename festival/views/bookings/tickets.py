"""Tickets and calendar of a booking: what the second link shows, and nothing else."""

from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import codes, ticket_keys
from festival.delivery.addresses import manage_path
from festival.domain import links, tickets
from festival.models import Booking, Reservation, ReservationState, RevisionText, Ticket
from festival.views import shown
from festival.views.access import by_link
from festival.views.bookings import calendar
from festival.views.bookings.opened import blueprint, opened, the_edition

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
    managing = opened(reference, links.MANAGE) is not None
    return render_template(
        "bookings/tickets.html",
        booking=booking,
        tickets=[_ticket(one) for one in _to_show(booking)],
        back=manage_path(booking) if managing else None,
        ways=calendar.ways(booking, the_edition(), managing=managing),
    )


def _were_booked(booking: Booking) -> list[Reservation]:
    """What was ever booked, and still is or was given up; not what was only held on the way."""
    return [one for one in booking.reservations if one.state in WERE_BOOKED and one.confirmed_at]


def _to_show(booking: Booking) -> list[Reservation]:
    """One ticket for each confirmed reservation, and for what we called off, so that nobody comes
    in vain; what was given up is shown only where nothing else is left."""
    known = [one for one in _were_booked(booking) if one.ticket is not None]
    given_up = [one for one in known if one.state == ReservationState.cancelled]
    return [one for one in known if one not in given_up] or given_up


def _ticket(reservation: Reservation) -> dict[str, Any]:
    occurrence, booking = reservation.occurrence, reservation.booking
    revision = occurrence.session.published_revision
    assert revision is not None  # only published sessions are booked
    token = request.args.get("t", "")
    text = revision.text(booking.language)
    return {
        "state": "valid" if reservation.state == ReservationState.confirmed else "cancelled",
        "title": text.title,
        "occurrence": occurrence,
        "venue": occurrence.room.venue.name,
        "room": occurrence.room.name,
        "address": shown.venue_line(occurrence.room.venue),
        "people_text": shown.people(reservation.people),
        "reference": booking.reference,
        "notes": _notes(text),
        "qr_src": url_for(
            "bookings.code",
            reference=booking.reference,
            reservation_id=reservation.id,
            kind="svg",
            t=token,
        ),
        "qr_alt": gettext("QR code of this ticket. The reference above works as well."),
        "code_text": tickets.in_groups(tickets.code_of(_of(reservation), ticket_keys())),
    }


def _notes(text: RevisionText) -> list[str]:
    notes = (
        text.meeting_point and gettext("Where to go: %(place)s", place=text.meeting_point),
        text.what_to_bring and gettext("What to bring: %(things)s", things=text.what_to_bring),
    )
    return [note for note in notes if note]


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
    headers = {"Cache-Control": "private, no-store"}
    return Response(picture, mimetype=f"image/{kind.replace('svg', 'svg+xml')}", headers=headers)
