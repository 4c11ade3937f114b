"""Addresses that do not work: whose they are, how those people hear of us now, and the way back."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from festival.delivery.addresses import manage_path
from festival.domain import refused, undelivered
from festival.domain.refused import Refused, Told
from festival.extensions import db, write
from festival.models import Contact
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import OUTBOX, blueprint
from festival.views.office.outbox import LARGEST_ID

TOLD = {
    Told.on_call_list: (_("On the call list"), "orange"),
    Told.by_email: (_("We send email"), "green"),
    Told.by_text: (_("We send texts"), "green"),
    Told.by_phone: (_("We ring them up when it matters"), "blue"),
    Told.not_at_all: (_("Nobody can tell them"), "red"),
}


@blueprint.get("/addresses")
@office(*OUTBOX)
def refused_addresses() -> ResponseReturnValue:
    """Each address that does not work, with the coming bookings under it."""
    rows = [_row(one) for one in refused.refused_addresses()]
    lost = sum(line["told"][1] == "red" for row in rows for line in row["bookings"])
    return render_template("office/addresses.html", rows=rows, lost=lost)


def _row(one: Refused) -> dict[str, Any]:
    return {
        "id": one.contact.id,
        "address": one.contact.address,
        "since": one.contact.refused_at,
        "why": one.contact.refused_why,
        "bookings": [
            {
                "reference": booking.reference,
                "name": booking.name,
                "told": TOLD[told],
                "can_be_called": told == Told.on_call_list,
                "href": manage_path(booking, "bookings.contact"),
            }
            for booking, told in one.bookings
        ],
    }


@blueprint.post(f"/addresses/<int(max={LARGEST_ID}):contact_id>/works")
@office(*OUTBOX)
def address_works(contact_id: int) -> ResponseReturnValue:
    """Write to this address again, beginning with what was not told otherwise."""
    contact = db.session.get(Contact, contact_id) or abort(404)
    with write():
        again = undelivered.works_again(contact, actor=me())
    said = gettext("We write to this address again.")
    if again:
        said += " " + ngettext(
            "%(num)s message is sent again.", "%(num)s messages are sent again.", again
        )
    say(said, kind="success")
    return redirect(url_for("office.refused_addresses"))
