"""A booking afterwards: see it, its tickets and calendar, find it again, give places back."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import codes, ticket_keys
from festival.delivery.addresses import address, manage_path
from festival.delivery.calendars import booked_calendar
from festival.domain import bookings, clock, links, references, tickets
from festival.domain.observations import (
    FIND_BOOKING,
    FIND_REFERENCE,
    LOST_REFERENCE,
    LOST_REFERENCE_ADDRESS,
    tries,
)
from festival.extensions import write
from festival.forms.bookings import CancelForm, FindForm, LostForm
from festival.models import Booking, Edition, Reservation, ReservationState, RevisionText, Ticket
from festival.views import shown
from festival.views.access import by_link, public
from festival.views.files import calendar_file
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.page import visitor
from festival.views.writing import write_for

blueprint = Blueprint("bookings", __name__)
SHOWN = (
    ReservationState.confirmed,
    ReservationState.cancelled,
    ReservationState.withdrawn,
)


@blueprint.get("/bookings/")
@public
def find() -> ResponseReturnValue:
    """Ask for the reference and a word of the name."""
    return render_template(
        "bookings/find.html",
        form=FindForm(data={"reference": request.args.get("reference", "")[:40]}),
    )


@blueprint.post("/bookings/")
@public
def find_it() -> ResponseReturnValue:
    form, edition = FindForm(), _edition()
    if not form.validate_on_submit():
        return render_template("bookings/find.html", form=form)
    typed = form.reference.data or ""
    reference = references.read_reference(typed, edition.reference_prefix) or typed[:40]
    if tries.exhausted(FIND_BOOKING, visitor()) or tries.exhausted(FIND_REFERENCE, reference):
        form.say_above(
            gettext("There were too many tries. Wait a while and try again, or call us.")
        )
        return render_template("bookings/find.html", form=form), 429
    booking = bookings.find(reference, form.name.data or "")
    if booking is None:
        tries.allow(FIND_BOOKING, visitor())
        tries.allow(FIND_REFERENCE, reference)
        form.say_above(
            gettext("We cannot find a booking with this reference and name. Check both.")
        )
        return render_template("bookings/find.html", form=form)
    return redirect(manage_path(booking))


@blueprint.get("/bookings/lost-reference")
@public
def lost() -> ResponseReturnValue:
    """Ask where to send the references to."""
    return render_template("bookings/lost.html", form=LostForm())


@blueprint.post("/bookings/lost-reference")
@public
def send_lost() -> ResponseReturnValue:
    """Send them, if there are any; the page says the same either way."""
    form = LostForm()
    if not form.validate_on_submit():
        return render_template("bookings/lost.html", form=form)
    email = form.email.data or ""
    if not tries.allow(LOST_REFERENCE_ADDRESS, visitor()) or not tries.allow(LOST_REFERENCE, email):
        form.say_above(gettext("There were too many tries. Wait an hour, or call us."))
        return render_template("bookings/lost.html", form=form), 429
    with write():
        bookings.send_references(email)
    return redirect(url_for("bookings.lost_sent"))


@blueprint.get("/bookings/lost-reference/sent")
@public
def lost_sent() -> ResponseReturnValue:
    return render_template("bookings/lost_sent.html")


@blueprint.get("/bookings/<reference>")
@by_link
def show(reference: str) -> ResponseReturnValue:
    """The booking, by its signed link; without one, the way to find it."""
    booking = _opened(reference, links.MANAGE)
    if booking is None:
        return redirect(url_for("bookings.find", reference=reference[:40]))
    claims = _shown(booking)
    return render_template(
        "bookings/show.html",
        booking=booking,
        claims=[_claim(one) for one in claims],
        stands=any(one.state == ReservationState.confirmed for one in claims),
        links={
            "tickets": manage_path(booking, "bookings.show_tickets"),
            "calendar": manage_path(booking, "bookings.calendar"),
            "share": _tickets_address(booking),
        },
        now=clock.now(),
    )


def _shown(booking: Booking) -> list[Reservation]:
    """What was ever booked, and still is or was given up; not what was only held on the way."""
    return [one for one in booking.reservations if one.state in SHOWN and one.confirmed_at]


def _claim(reservation: Reservation) -> dict[str, Any]:
    occurrence = reservation.occurrence
    revision = occurrence.session.published_revision
    assert revision is not None  # only published sessions are booked
    booking = reservation.booking
    standing = reservation.state == ReservationState.confirmed
    return {
        "reservation": reservation,
        "occurrence": occurrence,
        "text": revision.text(booking.language),
        "people": shown.attendee_labels(reservation),
        "party": shown.party(reservation),
        "standing": standing,
        "where": shown.venue_line(occurrence.room.venue),
        "may_cancel": standing and occurrence.starts_at > clock.now(),
        "cancel": manage_path(booking, "bookings.cancel", reservation_id=reservation.id),
    }


def _tickets_address(booking: Booking) -> str:
    """The second link: it shows tickets and nothing else."""
    token = links.token(current_app.config["SECRET_KEY"], booking, links.TICKETS)
    return address("bookings.show_tickets", reference=booking.reference, t=token)


@blueprint.get("/bookings/<reference>/tickets")
@by_link
def show_tickets(reference: str) -> ResponseReturnValue:
    """The tickets, to show on a phone or to print."""
    booking = _opened(reference, links.MANAGE, links.TICKETS) or abort(404)
    managing = _opened(reference, links.MANAGE) is not None
    return render_template(
        "bookings/tickets.html",
        booking=booking,
        tickets=[_ticket(one) for one in _with_tickets(booking)],
        back=manage_path(booking) if managing else None,
    )


def _with_tickets(booking: Booking) -> list[Reservation]:
    return [one for one in _shown(booking) if one.ticket is not None]


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
        "calendar_href": url_for("bookings.calendar", reference=booking.reference, t=token),
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
    booking = _opened(reference, links.MANAGE, links.TICKETS) or abort(404)
    found = [one for one in _with_tickets(booking) if one.id == reservation_id]
    if not found or found[0].state != ReservationState.confirmed:
        abort(404)
    letters = tickets.code_of(_of(found[0]), ticket_keys())
    picture = codes.svg(letters) if kind == "svg" else codes.png(letters)
    headers = {"Cache-Control": "private, no-store"}
    return Response(picture, mimetype=f"image/{kind.replace('svg', 'svg+xml')}", headers=headers)


@blueprint.get("/bookings/<reference>/calendar.ics")
@by_link
def calendar(reference: str) -> ResponseReturnValue:
    """What was booked, for a calendar; cancelled places are marked so."""
    booking = _opened(reference, links.MANAGE, links.TICKETS) or abort(404)
    claims = _shown(booking)
    content = booked_calendar(claims, _edition(), address("bookings.find"))
    return calendar_file(content, str(booking.reference), private=True)


@blueprint.get("/bookings/<reference>/cancel/<int:reservation_id>")
@by_link
def cancel(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Ask who cannot come."""
    booking, reservation = _standing(reference, reservation_id)
    alone = len(reservation.attendees) == 1
    form = CancelForm(data={"people": [one.id for one in reservation.attendees] if alone else []})
    return _ask_who(form, booking, reservation)


@blueprint.post("/bookings/<reference>/cancel/<int:reservation_id>")
@by_link
def cancel_it(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Give these people's places back."""
    booking, reservation = _standing(reference, reservation_id)
    form = CancelForm()
    form.people.choices = _choices(reservation)
    if not form.validate_on_submit():
        return _ask_who(form, booking, reservation)
    with write_for(form, "people"):
        bookings.give_up(booking, reservation, form.people.data or [])
    if form.refused:
        return _ask_who(form, booking, reservation)
    say(gettext("Done. Thank you for telling us: somebody else can come now."), kind="success")
    return redirect(manage_path(booking))


def _ask_who(form: CancelForm, booking: Booking, reservation: Reservation) -> ResponseReturnValue:
    form.people.choices = _choices(reservation)
    return render_template(
        "bookings/cancel.html",
        form=form,
        booking=booking,
        claim=_claim(reservation),
        series=reservation.series_claim is not None,
        back=manage_path(booking),
    )


def _choices(reservation: Reservation) -> list[tuple[int, str]]:
    labels = shown.attendee_labels(reservation)
    return [(one.id, label) for one, label in zip(reservation.attendees, labels, strict=True)]


def _standing(reference: str, reservation_id: int) -> tuple[Booking, Reservation]:
    booking = _opened(reference, links.MANAGE) or abort(404)
    standing = {
        one.id: one for one in booking.reservations if one.state == ReservationState.confirmed
    }
    return booking, standing.get(reservation_id) or abort(404)


def _opened(reference: str, *purposes: str) -> Booking | None:
    """The booking this address's token opens; None as much for a wrong token as for no booking."""
    read = references.read_reference(reference, _edition().reference_prefix)
    booking = bookings.by_reference(read) if read else None
    if booking is None:
        return None
    secret = current_app.config["SECRET_KEY"]
    return booking if links.opens(secret, booking, request.args.get("t", ""), *purposes) else None


def _edition() -> Edition:
    return current_edition() or abort(404)
