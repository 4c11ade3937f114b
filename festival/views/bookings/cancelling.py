"""Places are given back: somebody's, a whole session's, everything."""

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery.addresses import manage_path
from festival.domain import bookings, clock
from festival.forms.base import Form
from festival.forms.bookings import CancelForm, SeriesCancelForm
from festival.models import Booking
from festival.views import shown
from festival.views.access import by_link
from festival.views.bookings.lines import BOOKED, ENDED, ShownLine, shown_lines
from festival.views.bookings.opened import blueprint, booked_line, line_of, managed, who_acts
from festival.views.flashes import say
from festival.views.writing import write_for


@blueprint.get("/bookings/<reference>/cancel/<int:reservation_id>")
@by_link
def cancel(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Ask who cannot come."""
    booking, item = booked_line(reference, reservation_id)
    return _ask_who(_cancel_form(item), booking, item)


@blueprint.post("/bookings/<reference>/cancel/<int:reservation_id>")
@by_link
def cancel_it(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Give these people's places back."""
    booking, item = booked_line(reference, reservation_id)
    form = _cancel_form(item)
    if not form.validate_on_submit():
        return _ask_who(form, booking, item)
    if isinstance(form, SeriesCancelForm) and form.only_one:
        say(
            gettext("Then keep your places, and come to the other dates. You need do nothing else.")
        )
        return redirect(manage_path(booking))
    with write_for(form, "people"):
        bookings.give_up(booking, item.claim, form.people.data or [], who_acts(booking))
    if form.refused:
        return _ask_who(form, booking, item)
    _thank()
    return redirect(manage_path(booking))


def _thank() -> None:
    say(gettext("Done. Thank you for telling us: somebody else can come now."), kind="success")


def _cancel_form(item: ShownLine) -> CancelForm:
    alone = [one for one, _label in item.choices] if len(item.choices) == 1 else []
    form = (SeriesCancelForm if item.is_series else CancelForm)(data={"people": alone})
    form.people.choices = item.choices
    return form


def _ask_who(form: CancelForm, booking: Booking, item: ShownLine) -> ResponseReturnValue:
    back = manage_path(booking)
    return render_template("bookings/cancel.html", form=form, item=item, back=back)


@blueprint.get("/bookings/<reference>/cannot-come/<int:reservation_id>")
@by_link
def cannot_come(reference: str, reservation_id: int) -> ResponseReturnValue:
    """The page behind the link in our mail: one button, because programs follow links too."""
    booking = managed(reference)
    return _one_button(Form(), booking, line_of(booking, reservation_id))


@blueprint.post("/bookings/<reference>/cannot-come/<int:reservation_id>")
@by_link
def nobody_comes(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Give all places of this session back."""
    booking = managed(reference)
    item = line_of(booking, reservation_id)
    form = Form()
    if item.state != BOOKED or not form.validate_on_submit():  # pressed twice, it is done
        return _one_button(form, booking, item)
    with write_for(form):
        bookings.cancel_reservation(booking, item.claim, who_acts(booking))
    if form.refused:
        return _one_button(form, booking, line_of(booking, reservation_id))
    _thank()
    return redirect(manage_path(booking))


def _one_button(form: Form, booking: Booking, item: ShownLine) -> ResponseReturnValue:
    back = manage_path(booking)
    return render_template("bookings/cannot_come.html", form=form, item=item, back=back)


@blueprint.get("/bookings/<reference>/cancel")
@by_link
def cancel_all(reference: str) -> ResponseReturnValue:
    """Show all that would be given back."""
    return _everything(Form(), managed(reference))


@blueprint.post("/bookings/<reference>/cancel")
@by_link
def cancel_all_of_it(reference: str) -> ResponseReturnValue:
    """Give everything back that is still to come."""
    booking = managed(reference)
    form = Form()
    if not form.validate_on_submit():
        return _everything(form, booking)
    with write_for(form):
        bookings.cancel_all(booking, who_acts(booking))
    if form.refused:
        return _everything(form, booking)
    _thank()
    return redirect(manage_path(booking))


def _everything(form: Form, booking: Booking) -> ResponseReturnValue:
    lines = [one for one in shown_lines(booking, clock.now()) if one.state != ENDED]
    return render_template(
        "bookings/cancel_all.html",
        form=form,
        lines=[one for one in lines if one.is_coming],
        shown=shown,
        back=manage_path(booking),
    )
