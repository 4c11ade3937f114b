"""Who uses an email address: one household, or several that must not read each other's bookings."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import bookings, contacts, references
from festival.extensions import write
from festival.forms.sharing import SharingForm
from festival.models import Booking, Contact, ContactKind
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import DESK, blueprint
from festival.views.page import edition as current_edition


@blueprint.get("/bookings/<reference>/address")
@office(*DESK)
def sharing(reference: str) -> ResponseReturnValue:
    """What is known of the address of this booking, and what follows from it."""
    booking = _with_email(reference)
    return _page(SharingForm.of(contacts.of_email(booking.email)), booking)


@blueprint.post("/bookings/<reference>/address")
@office(*DESK)
def save_sharing(reference: str) -> ResponseReturnValue:
    booking, form = _with_email(reference), SharingForm()
    if not form.validate_on_submit():
        return _page(form, booking)
    with write():
        contact = contacts.remember(ContactKind.email, booking.email)
        contacts.mark_shared(contact, shared=form.shared, actor=me())
    say(gettext("Saved."), kind="success")
    return redirect(url_for("office.sharing", reference=reference))


def _with_email(reference: str) -> Booking:
    edition = current_edition() or abort(404)
    read = references.read_reference(reference, edition.reference_prefix)
    booking = bookings.by_reference(read) if read else None
    return booking if booking is not None and booking.email else abort(404)


def _page(form: SharingForm, booking: Booking) -> str:
    contact = contacts.of_email(booking.email)
    looked_at = contact or Contact(kind=ContactKind.email, address=booking.email_folded)
    under = contacts.bookings_under(looked_at)
    return render_template(
        "office/sharing.html",
        form=form,
        booking=booking,
        number=len(under),
        names=len({one.name_folded for one in under}),
        is_shared=contacts.is_shared(looked_at, under),
    )
