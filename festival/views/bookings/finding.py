"""A booking is found again: by reference and name, or the reference is sent once more."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery.addresses import manage_path
from festival.domain import bookings, references
from festival.domain.observations import (
    FIND_BOOKING,
    FIND_REFERENCE,
    LOST_REFERENCE,
    LOST_REFERENCE_ADDRESS,
    tries,
)
from festival.extensions import write
from festival.forms.bookings import FindForm, LostForm
from festival.views.access import public
from festival.views.bookings.opened import blueprint, the_edition
from festival.views.page import visitor


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
    form, edition = FindForm(), the_edition()
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
