"""The duty manager's page: what concerns the whole festival at once."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import calls, clock, duty, sending
from festival.extensions import db, write
from festival.forms.duty import MoreTimeForm, StopForm
from festival.models import Edition, MessageState
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import DOORS, blueprint
from festival.views.page import edition as current_edition
from festival.views.standstill import in_any_case
from festival.views.writing import write_for

WHAT: dict[str, duty.What] = {"booking": "booking", "changes": "changes"}


@blueprint.get("/duty")
@office(*DOORS)
def on_duty() -> ResponseReturnValue:
    """How things stand, and what can be done at once."""
    edition, now = current_edition() or abort(404), clock.now()
    counts = sending.counts()
    return render_template(
        "office/duty.html",
        standing=duty.standing(edition, now),
        to_call=sum(one.is_due(now) for one in calls.open_calls(now)),
        queued=counts.get(MessageState.queued, 0) + counts.get(MessageState.leased, 0),
        failed=counts.get(MessageState.failed, 0),
    )


@blueprint.get("/duty/stop/<what>")
@office(*DOORS)
def stop(what: str) -> ResponseReturnValue:
    """Say what it means, and ask why."""
    edition = current_edition() or abort(404)
    reason = duty.COLUMNS[_known(what)][1]
    return _ask(what, StopForm(data={"because": getattr(edition, reason)}))


@blueprint.post("/duty/stop/<what>")
@office(*DOORS)
@in_any_case
def stop_it(what: str) -> ResponseReturnValue:
    """Nobody can book, or change anything, from now on."""
    form, known, edition = StopForm(), _known(what), current_edition() or abort(404)
    if not form.validate_on_submit():
        return _ask(what, form)
    with write_for(form, "because"):
        duty.stop(_again(edition), known, form.because.data or "", actor=me())
    if form.refused:
        return _ask(what, form)
    stopped = {
        "booking": gettext("Booking is stopped. Everybody reads why on every page."),
        "changes": gettext("Nothing can be changed now, but at the doors and on this page."),
    }
    say(stopped[known], kind="success")
    return redirect(url_for("office.on_duty"))


@blueprint.post("/duty/go-on/<what>")
@office(*DOORS)
@in_any_case
def go_on(what: str) -> ResponseReturnValue:
    """It goes on, and who was on the way to book has the time that was left."""
    known, edition = _known(what), current_edition() or abort(404)
    with write():
        duty.go_on(_again(edition), known, actor=me())
    goes_on = {
        "booking": gettext("People can book again. Who was booking has the time that was left."),
        "changes": gettext("Everything can be changed again."),
    }
    say(goes_on[known], kind="success")
    return redirect(url_for("office.on_duty"))


@blueprint.get("/duty/more-time")
@office(*DOORS)
def more_time() -> ResponseReturnValue:
    """Ask how much longer places are to be held."""
    return _more_time_page(MoreTimeForm())


@blueprint.post("/duty/more-time")
@office(*DOORS)
@in_any_case
def give_more_time() -> ResponseReturnValue:
    """Who is booking just now has so much longer."""
    form, edition, places = MoreTimeForm(), current_edition() or abort(404), 0
    if not form.validate_on_submit():
        return _more_time_page(form)
    with write_for(form, "minutes"):
        places = duty.extend_holds(_again(edition), form.minutes.number or 0, actor=me())
    if form.refused:
        return _more_time_page(form)
    longer = ngettext(
        "%(num)s place is held for longer.", "%(num)s places are held for longer.", places
    )
    say(longer if places else gettext("Nobody is booking just now."), kind="success")
    return redirect(url_for("office.on_duty"))


def _known(what: str) -> duty.What:
    return WHAT.get(what) or abort(404)


def _again(edition: Edition) -> Edition:
    return db.session.get_one(Edition, edition.id)


def _ask(what: str, form: StopForm) -> ResponseReturnValue:
    return render_template("office/duty_stop.html", form=form, what=what)


def _more_time_page(form: MoreTimeForm) -> ResponseReturnValue:
    edition: Any = current_edition() or abort(404)
    standing = duty.standing(edition, clock.now())
    return render_template("office/duty_more_time.html", form=form, standing=standing)
