"""The call list: who is to be rung up, what to say, and ticking off."""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.delivery.blocks import announced
from festival.domain import calls, clock, words
from festival.domain.calls import Call
from festival.domain.errors import N_, DomainError, NotFound
from festival.extensions import write
from festival.forms.base import in_words
from festival.models import Reservation
from festival.views import said, shown
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import DESK, blueprint
from festival.views.office.outbox import LARGEST_ID

KINDS = {
    "booked": _("Our email to them did not arrive"),
    "offered": _("Places have become free for them"),
    "offer_over": _("Their time to answer is over"),
    "place_free": _("A place is free: whoever comes first has it"),
    "withdrawn": _("Their session is cancelled"),
    "reinstated": _("Their session takes place after all"),
    "changed_by_us": _("Their session has changed"),
    "announcement": _("The organiser has something to tell them"),
    "reminder": _("Their session is tomorrow"),
    "joining": _("Their online session is tomorrow"),
}
WORDS = {
    "booked": _("Your booking is made, but our email did not reach you. Is your address right?"),
    "offered": _("There are places for you now. Would you like them?"),
    "offer_over": _("We kept places for you, but the time to answer is over. Stay in line?"),
    "place_free": _("There is a place now. Whoever books it first has it. Shall I book it?"),
    "withdrawn": _("We are sorry. This session is cancelled. You do not need to come."),
    "reinstated": _("We are sorry for the confusion. It takes place. You have again what you had."),
    "changed_by_us": _("Something has changed about your session. I read it to you now."),
    "announcement": _("There is something you should know. I read it to you now."),
    "reminder": _("We look forward to seeing you. Can you still come?"),
    "joining": _("Your session is online. Shall I read you the address where you join?"),
}


@blueprint.get("/calls")
@office(*DESK)
def call_list() -> ResponseReturnValue:
    """The calls to make, oldest first; those that nobody answered come again later."""
    now = clock.now()
    rows = calls.open_calls(now)
    return render_template(
        "office/calls.html",
        due=[_row(one) for one in rows if one.is_due(now)],
        later=[_row(one) for one in rows if not one.is_due(now)],
    )


def _row(call: Call) -> dict[str, Any]:
    kind, offered = call.message.kind, call.offered
    return {
        "call": call,
        "id": call.message.id,
        "name": call.booking.name,
        "proxy": call.booking.proxy_name,
        "number": call.message.recipient,
        "tel": "".join(one for one in call.message.recipient if one.isdigit() or one == "+"),
        "title": KINDS.get(kind, kind),
        "words": WORDS.get(kind, ""),
        "reason": call.message.facts.get("reason", "") or " ".join(announced(call.message.facts)),
        "about": [_about(one) for one in call.claims],
        "offered": offered,
        "places": offered.places if offered else 0,
        "until": offered.offer_until if offered else None,
        "tries": call.message.attempts,
        "href": manage_path(call.booking),
    }


def _about(claim: Reservation) -> str:
    occurrence = claim.occurrence
    zone = occurrence.session.edition.zone
    when = words.when(occurrence.starts_at, occurrence.ends_at, zone)
    return f"{said.title(occurrence.session)}, {when}. {shown.party(claim)}"


@blueprint.post(f"/calls/<int(max={LARGEST_ID}):call_id>")
@office(*DESK)
def tick_off(call_id: int) -> ResponseReturnValue:
    """What came of one call."""
    outcome = OUTCOMES.get(request.form.get("outcome", "")) or abort(400)
    tick, sentence = outcome
    try:
        with write():
            call = calls.call_of(call_id)
            tick(call)
    except NotFound:
        abort(404)
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext(sentence), kind="success")
    return redirect(url_for("office.call_list"))


OUTCOMES: dict[str, tuple[Callable[[Call], object], str]] = {
    "reached": (lambda call: calls.reached(call.message, actor=me()), N_("Ticked off. Thank you.")),
    "no_answer": (
        lambda call: calls.no_answer(call.message, actor=me()),
        N_("The call comes again later."),
    ),
    "wrong_number": (
        lambda call: calls.wrong_number(call.message, actor=me()),
        N_("We do not call this number again for this."),
    ),
    "accept": (
        lambda call: calls.accept(call, booking_rules(), actor=me()),
        N_("The places are booked for them."),
    ),
    "decline": (
        lambda call: calls.decline(call, actor=me()),
        N_("The places go to who is next in line."),
    ),
    "stay": (lambda call: calls.stay(call, actor=me()), N_("They stay in line.")),
}
