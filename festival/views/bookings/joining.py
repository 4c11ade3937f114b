"""The way in to an online session: one button, from the day before. The meeting's address stands
on no page; it is where the button leads."""

from typing import Any

from flask import Response, abort, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from festival.delivery.addresses import manage_path
from festival.domain import clock, joining
from festival.forms.base import Form
from festival.models import OccurrenceState, Reservation, ReservationState
from festival.views.access import by_link
from festival.views.bookings.lines import ShownLine
from festival.views.bookings.opened import blueprint, line_of, managed
from festival.views.page import CONTENT_SECURITY_POLICY
from festival.views.writing import write_for

GONE, EARLY, OVER, UNKNOWN, OPEN = "gone", "early", "over", "unknown", "open"
# Browsers hold a form also to where its answer leads: this one leads to a meeting elsewhere.
LEADS_ELSEWHERE = CONTENT_SECURITY_POLICY.replace("form-action 'self'", "form-action 'self' https:")


@blueprint.get("/bookings/<reference>/join/<int:reservation_id>")
@by_link
def join(reference: str, reservation_id: int) -> ResponseReturnValue:
    """The button; before its time, when it comes."""
    return _page(Form(), *_online(reference, reservation_id))


@blueprint.post("/bookings/<reference>/join/<int:reservation_id>")
@by_link
def join_it(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Note that they come in, and let them."""
    item, claim = _online(reference, reservation_id)
    form, meeting = Form(), ""
    if form.validate_on_submit():
        with write_for(form):
            meeting = joining.join(claim)
    if not meeting:
        return _page(form, item, claim)
    return _unkept(make_response(redirect(meeting, 303)))


def _online(reference: str, reservation_id: int) -> tuple[ShownLine, Reservation]:
    """The line and its part that this is about, else a 404."""
    item = line_of(managed(reference), reservation_id)
    if not item.is_online:
        abort(404)
    return item, next(one for one in item.line.claims if one.id == reservation_id)


def _page(form: Form, item: ShownLine, claim: Reservation) -> ResponseReturnValue:
    values: dict[str, Any] = {
        "item": item,
        "claim": claim,
        "state": _state(claim),
        "opens_at": joining.opens_at(claim.occurrence),
        "back": manage_path(item.booking),
    }
    return _unkept(make_response(render_template("bookings/join.html", form=form, **values)))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = LEADS_ELSEWHERE
    return response


def _state(claim: Reservation) -> str:
    """What this page can offer these people now."""
    occurrence, now = claim.occurrence, clock.now()
    called_off = occurrence.state != OccurrenceState.scheduled
    if claim.state != ReservationState.confirmed or called_off:
        return GONE
    if now >= occurrence.ends_at:
        return OVER
    if now < joining.opens_at(occurrence):
        return EARLY
    return OPEN if occurrence.joining_url else UNKNOWN
