"""Changes to one line of a booking: more people, names, two tickets, somebody else, what helps."""

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings
from festival.domain.bookings import Contact
from festival.domain.capacity import NoPlacesLeft, RoomFull
from festival.extensions import write
from festival.forms.access import AccessForm
from festival.forms.base import Form
from festival.forms.bookings import AddForm, NamesForm, PassOnForm, SplitForm
from festival.models import AttendeeKind, ReservationState
from festival.views import shown
from festival.views.access import by_link
from festival.views.bookings.lines import ShownLine
from festival.views.bookings.opened import blueprint, booked_line, may_read_requests, who_acts
from festival.views.flashes import say
from festival.views.writing import write_for

FULL = (NoPlacesLeft, RoomFull)


@blueprint.get("/bookings/<reference>/change/<int:reservation_id>")
@by_link
def change(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Everything that can be done about one line."""
    _booking, item = booked_line(reference, reservation_id)
    return render_template(
        "bookings/change.html",
        item=item,
        back=_back(item),
        may_read_requests=may_read_requests(),
    )


def _back(item: ShownLine) -> str:
    return manage_path(item.booking)


def _page(name: str, form: Form, item: ShownLine, **more: object) -> ResponseReturnValue:
    return render_template(
        f"bookings/{name}.html", form=form, item=item, back=item.path("change"), **more
    )


# --- more people


@blueprint.get("/bookings/<reference>/add/<int:reservation_id>")
@by_link
def add(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Ask who comes as well."""
    _booking, item = booked_line(reference, reservation_id)
    return _page("add", _add_form(item), item)


@blueprint.post("/bookings/<reference>/add/<int:reservation_id>")
@by_link
def add_them(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Add them; where it is full, offer a turn in the waiting list for them alone."""
    booking, item = booked_line(reference, reservation_id)
    form = _add_form(item)
    if form.validate_on_submit():
        wait = "wait" in request.form
        with write_for(form, form.first_field):
            line = bookings.add_people(
                booking, item.claim, form.party, booking_rules(), who_acts(booking), wait=wait
            )
            waits = line.state == ReservationState.waiting
        if not form.refused:
            _say_added(waits=waits)
            return redirect(manage_path(booking))
    return _page("add", form, item, full=isinstance(form.refusal, FULL))


def _say_added(*, waits: bool) -> None:
    if waits:
        say(
            gettext("You keep your places. The others are on the waiting list now."),
            kind="success",
        )
    else:
        say(gettext("Done. They can come too. Please use the new ticket."), kind="success")


def _add_form(item: ShownLine) -> AddForm:
    kinds = {one.kind for one in item.claim.attendees}
    return AddForm.of(item.claim.occurrence.session, group=AttendeeKind.unnamed in kinds)


# --- names


@blueprint.get("/bookings/<reference>/names/<int:reservation_id>")
@by_link
def names(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Show the names, to be changed."""
    _booking, item = booked_line(reference, reservation_id)
    return _page("names", _names_form(item), item)


@blueprint.post("/bookings/<reference>/names/<int:reservation_id>")
@by_link
def save_names(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Write these names down."""
    booking, item = booked_line(reference, reservation_id)
    form = _names_form(item)
    if not form.validate_on_submit():
        return _page("names", form, item)
    with write():
        bookings.rename(booking, item.claim, form.names, who_acts(booking))
    say(gettext("The names are saved."), kind="success")
    return redirect(manage_path(booking))


def _names_form(item: ShownLine) -> NamesForm:
    return NamesForm.of(
        [
            (one.id, shown.attendee_kind(item.claim, place), one.name)
            for place, one in enumerate(item.claim.attendees)
        ]
    )


# --- two tickets


@blueprint.get("/bookings/<reference>/split/<int:reservation_id>")
@by_link
def split(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Ask who gets a ticket of their own."""
    _booking, item = booked_line(reference, reservation_id)
    return _page("split", _split_form(item), item)


@blueprint.post("/bookings/<reference>/split/<int:reservation_id>")
@by_link
def split_it(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Make two tickets of one."""
    booking, item = booked_line(reference, reservation_id)
    form = _split_form(item)
    if form.validate_on_submit():
        with write_for(form, "people"):
            bookings.split(
                booking, item.claim, form.people.data or [], booking_rules(), who_acts(booking)
            )
        if not form.refused:
            say(gettext("Done. There are two tickets now. Both are new."), kind="success")
            return redirect(manage_path(booking, "bookings.show_tickets"))
    return _page("split", form, item)


def _split_form(item: ShownLine) -> SplitForm:
    form = SplitForm()
    form.people.choices = item.choices
    return form


# --- to somebody else


@blueprint.get("/bookings/<reference>/pass-on/<int:reservation_id>")
@by_link
def pass_on(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Ask who gets the places."""
    _booking, item = booked_line(reference, reservation_id)
    return _page("pass_on", PassOnForm(), item)


@blueprint.post("/bookings/<reference>/pass-on/<int:reservation_id>")
@by_link
def pass_it_on(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Give the places to them; the reference to tell them is shown this once."""
    booking, item = booked_line(reference, reservation_id)
    form = PassOnForm()
    if form.validate_on_submit():
        contact = Contact(
            name=form.name.data or "", email=form.email.data or "", mobile=form.mobile.data or ""
        )
        with write_for(form):
            made = bookings.pass_on(booking, item.claim, contact, who_acts(booking))
            reference_now = made.reference
        if not form.refused:
            words = gettext(
                "Done. Tell %(name)s the new booking reference: %(reference)s. "
                "Your ticket for this session does not work any more.",
                name=contact.name,
                reference=reference_now,
            )
            say(words, kind="success")
            return redirect(manage_path(booking))
    return _page("pass_on", form, item)


# --- what helps


@blueprint.get("/bookings/<reference>/access/<int:reservation_id>")
@by_link
def access(reference: str, reservation_id: int) -> ResponseReturnValue:
    """What was asked for, to be changed."""
    _booking, item = booked_line(reference, reservation_id)
    if not may_read_requests():
        abort(404)
    return _page("access", _access_form(item), item)


@blueprint.post("/bookings/<reference>/access/<int:reservation_id>")
@by_link
def save_access(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Keep it as it is now, and let the people who run the session know."""
    booking, item = booked_line(reference, reservation_id)
    if not may_read_requests():
        abort(404)
    form = _access_form(item)
    if form.validate_on_submit():
        with write_for(form):
            bookings.ask(booking, item.claim, form.asked, form.given_answer, who_acts(booking))
        if not form.refused:
            say(gettext("Saved. The people who run the session are told."), kind="success")
            return redirect(manage_path(booking))
    return _page("access", form, item)


def _access_form(item: ShownLine) -> AccessForm:
    return AccessForm.of(item.claim.occurrence.session, item.claim.access_request)
