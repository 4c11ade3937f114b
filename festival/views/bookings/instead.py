"""What was called off: the same party comes to something else, by one press."""

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings, clock
from festival.domain.alternatives import alternatives
from festival.domain.running import notices
from festival.forms.base import pairs
from festival.forms.bookings import SwapForm
from festival.models import ReservationState
from festival.views.access import by_link
from festival.views.bookings.lines import ShownLine
from festival.views.bookings.moving import MOST, choices_of
from festival.views.bookings.opened import blueprint, line_of, managed, who_acts
from festival.views.flashes import say
from festival.views.writing import write_for


@blueprint.get("/bookings/<reference>/instead/<int:reservation_id>")
@by_link
def instead(reference: str, reservation_id: int) -> ResponseReturnValue:
    """What else has places for the whole party; what the mail's link was about is chosen."""
    item = _called_off(reference, reservation_id)
    return _page(SwapForm(data={"target": request.args.get("run", "")}), item)


@blueprint.post("/bookings/<reference>/instead/<int:reservation_id>")
@by_link
def come_instead(reference: str, reservation_id: int) -> ResponseReturnValue:
    """They come to this one."""
    item = _called_off(reference, reservation_id)
    form = SwapForm()
    if form.validate_on_submit():
        with write_for(form, "target"):
            target = int(form.target.data)
            who = who_acts(item.booking)
            bookings.come_instead(item.booking, item.claim, target, booking_rules(), who)
        if not form.refused:
            say(gettext("Done. Your places are booked. We send you your ticket."), kind="success")
            return redirect(manage_path(item.booking))
    return _page(form, item)


def _called_off(reference: str, reservation_id: int) -> ShownLine:
    """A line that we called off. What has changed since leads to the booking as it is."""
    booking = managed(reference)
    item = line_of(booking, reservation_id)
    if item.claim.state != ReservationState.withdrawn:
        say(gettext("This has been changed already. Look at your booking."))
        abort(redirect(manage_path(booking)))
    return item


def _page(form: SwapForm, item: ShownLine) -> ResponseReturnValue:
    run = item.claim.occurrence
    notice = notices.why_cancelled([run.id]).get(run.id)
    suggested = notice.alternative_id if notice is not None else None
    found = alternatives(run, item.line.party, clock.now(), MOST)
    found.sort(key=lambda one: one.id != suggested)  # what its organiser suggests comes first
    form.target.choices = pairs(choices_of(found))
    return render_template(
        "bookings/instead.html",
        form=form,
        item=item,
        why=notice.reason if notice is not None else "",
        back=manage_path(item.booking),
    )
