"""The places of a provider's own runs: numbers, and nobody's name, email or phone number."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from festival.domain import accounts, reminders, running
from festival.forms.desk import CapacityForm
from festival.forms.joining import JoiningForm
from festival.models import Occurrence
from festival.views import changing
from festival.views import runs as pages
from festival.views.access import authorise, signed_in
from festival.views.provider.blueprint import blueprint

LARGEST_ID = 2**31 - 1
RUN = f"/sessions/<code>/runs/<int(max={LARGEST_ID}):occurrence_id>"


@blueprint.get(RUN)
@signed_in
def run(code: str, occurrence_id: int) -> ResponseReturnValue:
    """One run: how many are booked, wait and are kept back."""
    occurrence = _own(code, occurrence_id)
    return _show(occurrence, CapacityForm.of(occurrence))


@blueprint.post(RUN)
@signed_in
def change_run(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Change how many places there are."""
    occurrence, form = _own(code, occurrence_id), CapacityForm()
    if not form.validate_on_submit():
        return _show(occurrence, form)
    if pages.is_heard_of(form, occurrence):
        return redirect(
            url_for(
                "provider.move_run", code=code, occurrence_id=occurrence_id, places=form.places.data
            )
        )
    refusal = pages.change_places(form, occurrence)
    if form.refused:
        return _show(occurrence, form, refusal)
    return _back(occurrence)


@blueprint.post(f"{RUN}/booking")
@signed_in
def open_or_close_run(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Close booking for this run, or open it again."""
    occurrence = _own(code, occurrence_id)
    pages.open_or_close(occurrence, closed=request.form.get("booking") == "close")
    return _back(occurrence)


@blueprint.post(f"{RUN}/meeting")
@signed_in
def set_meeting(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Say where this run meets online."""
    occurrence, form = _own(code, occurrence_id), JoiningForm()
    if not reminders.is_online(occurrence):
        abort(404)
    if pages.set_meeting(form, occurrence):
        return _back(occurrence)
    return _show(occurrence, CapacityForm.of(occurrence), meeting=form)


def _own(code: str, occurrence_id: int) -> Occurrence:
    occurrence = pages.run_or_404(occurrence_id)
    if occurrence.session.code != code.upper():
        abort(404)
    authorise(accounts.may_edit_session, occurrence.session)
    return occurrence


def _back(occurrence: Occurrence) -> ResponseReturnValue:
    code = occurrence.session.code
    return redirect(url_for("provider.run", code=code, occurrence_id=occurrence.id))


def _show(
    occurrence: Occurrence,
    form: CapacityForm,
    refusal: running.BelowBooked | None = None,
    meeting: JoiningForm | None = None,
) -> ResponseReturnValue:
    return render_template(
        "provider/run.html",
        form=form,
        meeting=meeting or JoiningForm.of(occurrence),
        choices=refusal.choices if refusal else (),
        **pages.facts_of(occurrence),
    )


changing.add_pages(
    changing.Side(
        blueprint=blueprint,
        run=RUN,
        guard=signed_in,
        load=_own,
        where=lambda run: {"code": run.session.code, "occurrence_id": run.id},
        layout="layouts/base.html",
    )
)
