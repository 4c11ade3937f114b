"""Answers to an offer of places, and staying in line or leaving it: two buttons behind a link.

A GET changes nothing: programs that look at mail follow every link in it.
"""

from collections.abc import Callable, Mapping

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import waiting
from festival.forms.bookings import AnswerForm
from festival.views.access import by_link
from festival.views.bookings.lines import ShownLine
from festival.views.bookings.opened import blueprint, line_of, managed, who_acts
from festival.views.flashes import say
from festival.views.writing import write_for


@blueprint.get("/bookings/<reference>/offers/<int:reservation_id>")
@by_link
def offer(reference: str, reservation_id: int) -> ResponseReturnValue:
    """The offer with its two buttons; or how things stand, where there is none any more."""
    item = line_of(managed(reference), reservation_id)
    return _page(_form(item), item)


@blueprint.post("/bookings/<reference>/offers/<int:reservation_id>")
@by_link
def answer(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Yes, no thanks, stay in line or leave it."""
    booking = managed(reference)
    item = line_of(booking, reservation_id)
    said = request.form.get("answer", "")
    form = _form(item) if said == "yes" else AnswerForm.of([], 0)
    if said not in VERBS:
        form.say_above(gettext("Press one of the buttons."))
        return _page(form, item)
    if not form.validate_on_submit():
        return _page(form, item)
    with write_for(form, "people"):
        VERBS[said](item, form)
    if form.refused:
        return _page(form, line_of(booking, reservation_id))
    say(_done(said), kind="success")
    return redirect(manage_path(booking))


def _form(item: ShownLine) -> AnswerForm:
    people = item.choices if item.is_partial else []
    return AnswerForm.of(people, item.claim.places)


def _page(form: AnswerForm, item: ShownLine) -> ResponseReturnValue:
    back = manage_path(item.booking)
    return render_template("bookings/offer.html", form=form, item=item, back=back)


def _accept(item: ShownLine, form: AnswerForm) -> None:
    waiting.accept(
        item.booking,
        item.claim,
        who_acts(item.booking),
        attendee_ids=form.chosen,
        keep_waiting=form.others_wait,
        rules=booking_rules(),
    )


def _decline(item: ShownLine, _form: AnswerForm) -> None:
    waiting.decline(item.booking, item.claim, who_acts(item.booking))


def _stay(item: ShownLine, _form: AnswerForm) -> None:
    waiting.stay(item.booking, item.claim, who_acts(item.booking))


def _leave(item: ShownLine, _form: AnswerForm) -> None:
    waiting.leave_line(item.booking, item.claim, who_acts(item.booking))


VERBS: Mapping[str, Callable[[ShownLine, AnswerForm], None]] = {
    "yes": _accept,
    "no": _decline,
    "stay": _stay,
    "leave": _leave,
}


def _done(said: str) -> str:
    return {
        "yes": gettext("Your places are booked. Here is your booking."),
        "no": gettext("Thank you for telling us. The places go to whoever is next."),
        "stay": gettext("You are still in line. You keep your turn."),
        "leave": gettext("You have left the waiting list."),
    }[said]
