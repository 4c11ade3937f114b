"""Runs as the team sees them: places, closing and opening, calling off and on again."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import clock, reminders, running, runs
from festival.domain.errors import DomainError
from festival.domain.running import notices
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.desk import CapacityForm
from festival.forms.joining import JoiningForm
from festival.models import Occurrence, OccurrenceState, Office
from festival.views import changing, said
from festival.views import runs as pages
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import RUNS, blueprint
from festival.views.office.outbox import LARGEST_ID
from festival.views.page import edition as current_edition

RUN = f"/runs/<int(max={LARGEST_ID}):occurrence_id>"


@blueprint.get("/runs")
@office(*RUNS)
def run_list() -> ResponseReturnValue:
    """The runs to come, soonest first, or those of one session."""
    edition = current_edition() or abort(404)
    code = request.args.get("code", "").strip()[:8]
    found = runs.coming(edition, clock.now(), code)
    rows = [(one, said.title(one.session)) for one in found[: runs.MOST]]
    return render_template(
        "office/runs.html", rows=rows, code=code, more=len(found) > runs.MOST, newest=runs.MOST
    )


@blueprint.get(RUN)
@office(*RUNS, Office.access_lead)
def run(occurrence_id: int) -> ResponseReturnValue:
    """One run: its places, share by share."""
    occurrence = pages.run_or_404(occurrence_id)
    return _show(occurrence, CapacityForm.of(occurrence))


@blueprint.post(RUN)
@office(*RUNS)
def change_run(occurrence_id: int) -> ResponseReturnValue:
    """Change how many places there are."""
    occurrence, form = pages.run_or_404(occurrence_id), CapacityForm()
    if not form.validate_on_submit():
        return _show(occurrence, form)
    if pages.is_heard_of(form, occurrence):
        places = form.places.data
        return redirect(url_for("office.move_run", occurrence_id=occurrence_id, places=places))
    refusal = pages.change_places(form, occurrence)
    if form.refused:
        return _show(occurrence, form, refusal)
    return redirect(url_for("office.run", occurrence_id=occurrence_id))


def _show(
    occurrence: Occurrence,
    form: CapacityForm,
    refusal: running.BelowBooked | None = None,
    meeting: JoiningForm | None = None,
) -> ResponseReturnValue:
    cancelled = occurrence.state == OccurrenceState.cancelled
    told = running.who_is_told_again(occurrence) if cancelled else None
    return render_template(
        "office/run.html",
        form=form,
        meeting=meeting or JoiningForm.of(occurrence),
        choices=refusal.choices if refusal else (),
        told=pages.told_in_words(told) if told else [],
        back_again=told.booked if told else 0,
        **pages.facts_of(occurrence),
    )


@blueprint.post(f"{RUN}/booking")
@office(*RUNS)
def open_or_close_run(occurrence_id: int) -> ResponseReturnValue:
    """Close booking for this run, or open it again."""
    occurrence = pages.run_or_404(occurrence_id)
    pages.open_or_close(occurrence, closed=request.form.get("booking") == "close")
    return redirect(url_for("office.run", occurrence_id=occurrence_id))


@blueprint.post(f"{RUN}/meeting")
@office(*RUNS)
def set_meeting(occurrence_id: int) -> ResponseReturnValue:
    """Say where this run meets online."""
    occurrence, form = pages.run_or_404(occurrence_id), JoiningForm()
    if not reminders.is_online(occurrence):
        abort(404)
    if pages.set_meeting(form, occurrence):
        return redirect(url_for("office.run", occurrence_id=occurrence_id))
    return _show(occurrence, CapacityForm.of(occurrence), meeting=form)


@blueprint.post(f"{RUN}/reinstate")
@office(*RUNS)
def reinstate_run(occurrence_id: int) -> ResponseReturnValue:
    """It takes place after all; the run's page has said who is told."""
    pages.run_or_404(occurrence_id)
    try:
        with write():
            back = running.reinstate(occurrence_id, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        done = gettext("The session takes place.")
        again = ngettext(
            "%(num)s party has its places again.", "%(num)s parties have their places again.", back
        )
        say(f"{done} {again}", kind="success")
    return redirect(url_for("office.run", occurrence_id=occurrence_id))


@blueprint.get("/changes")
@office(*RUNS, Office.phone_line, Office.access_lead)
def changes() -> ResponseReturnValue:
    """Everything that people had to hear of, the newest first."""
    edition = current_edition() or abort(404)
    now = clock.now()
    rows = [pages.change_in_words(one, now) for one in notices.all_of(edition.id)]
    titles = {row["notice"].id: said.title(row["notice"].occurrence.session) for row in rows}
    return render_template("office/changes.html", rows=rows, titles=titles)


changing.add_pages(
    changing.Side(
        blueprint=blueprint,
        run=RUN,
        guard=office(*RUNS, Office.access_lead),
        load=pages.run_or_404,
        where=lambda run: {"occurrence_id": run.id},
        layout="office/layout.html",
    )
)
