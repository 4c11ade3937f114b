"""How the booker is reached: put right, and used to send the tickets again."""

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery.addresses import manage_path
from festival.domain import bookings
from festival.domain.bookings import Contact
from festival.domain.observations import LOST_REFERENCE, tries
from festival.extensions import write
from festival.forms.base import Form
from festival.forms.baskets import ContactForm
from festival.models import Booking
from festival.views.access import by_link
from festival.views.bookings.opened import blueprint, managed, who_acts
from festival.views.flashes import say


@blueprint.get("/bookings/<reference>/contact")
@by_link
def contact(reference: str) -> ResponseReturnValue:
    """Name, email address and phone number, to be put right."""
    booking = managed(reference)
    known = {"name": booking.name, "email": booking.email, "mobile": booking.mobile}
    return _page(ContactForm(data=known), booking)


@blueprint.post("/bookings/<reference>/contact")
@by_link
def save_contact(reference: str) -> ResponseReturnValue:
    """Write them down; another email address ends the links that went to the old one."""
    booking = managed(reference)
    form = ContactForm()
    if not form.validate_on_submit():
        return _page(form, booking)
    told = Contact(
        name=form.name.data or "", email=form.email.data or "", mobile=form.mobile.data or ""
    )
    version = booking.link_version
    with write():
        bookings.change_contact(booking, told, who_acts(booking))
    if booking.link_version != version and booking.email:
        say(
            gettext(
                "Saved. We are sending your tickets there. Older tickets and links have ended."
            ),
            kind="success",
        )
    elif booking.link_version != version:
        say(gettext("Saved. Older tickets and links have ended."), kind="success")
    else:
        say(gettext("Saved."), kind="success")
    return redirect(manage_path(booking))


def _page(form: ContactForm, booking: Booking) -> ResponseReturnValue:
    back = manage_path(booking)
    return render_template("bookings/contact.html", form=form, booking=booking, back=back)


@blueprint.post("/bookings/<reference>/send-again")
@by_link
def send_again(reference: str) -> ResponseReturnValue:
    """Mail the booking with its tickets once more."""
    booking = managed(reference)
    back = redirect(manage_path(booking))
    if not Form().validate_on_submit():
        return back
    if not booking.email:
        say(gettext("We have no email address of yours. Add one first."), kind="warning")
        return back
    if not tries.allow(LOST_REFERENCE, booking.email):
        say(gettext("We have sent it several times. Wait an hour, or call us."), kind="warning")
        return back
    with write():
        bookings.resend(booking)
    say(gettext("We are sending it again. It can take a few minutes."), kind="success")
    return back
