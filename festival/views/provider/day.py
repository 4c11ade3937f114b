"""The day of a run: who is in, who came without a booking, how many heads there are."""

import uuid
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import access_requests, accounts, attendance, clock
from festival.domain.access_requests import RunRequests
from festival.domain.sheets import is_its_day
from festival.extensions import write
from festival.forms.attendance import HeadsForm, KeyForm, WalkUpForm, new_key
from festival.forms.door import UndoForm
from festival.models import Occurrence, OccurrenceState, Scan, ScanKind
from festival.views import requested, said
from festival.views import runs as pages
from festival.views.access import authorise, me, signed_in
from festival.views.flashes import say
from festival.views.provider.blueprint import blueprint
from festival.views.provider.runs import RUN
from festival.views.writing import write_for


@blueprint.get(f"{RUN}/today")
@signed_in
def day(code: str, occurrence_id: int) -> ResponseReturnValue:
    """One run on its day, in numbers."""
    return _show(own_run(code, occurrence_id))


@blueprint.post(f"{RUN}/walk-ups")
@signed_in
def add_walk_up(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Let people in who have no booking."""
    run, form = own_run(code, occurrence_id), WalkUpForm()
    if form.validate_on_submit():
        people = form.people.number or 0
        with write_for(form, "people"):
            attendance.walk_up(
                run,
                people=people,
                scan_id=form.scan_id.data,
                actor=me(),
                name=form.name.data or "",
                age_band=form.band,
            )
        if not form.refused:
            say(ngettext("%(num)s person is in.", "%(num)s people are in.", people), kind="success")
            return _back(run)
    return _show(run, walk_up=form)


@blueprint.post(f"{RUN}/headcount")
@signed_in
def count_heads(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Write down how many are in the room."""
    run, form = own_run(code, occurrence_id), HeadsForm()
    if form.validate_on_submit():
        with write_for(form, "heads"):
            attendance.count_heads(
                run, people=form.heads.number or 0, scan_id=form.scan_id.data, actor=me()
            )
        if not form.refused:
            return _back(run)
    return _show(run, heads=form)


@blueprint.post(f"{RUN}/headcount/step")
@signed_in
def step_heads(code: str, occurrence_id: int) -> ResponseReturnValue:
    """One more, or one fewer."""
    run, form = own_run(code, occurrence_id), KeyForm()
    by = {"more": 1, "fewer": -1}.get(request.form.get("step", ""))
    if by is not None and form.validate_on_submit():
        with write():
            attendance.change_heads(run, by=by, scan_id=form.scan_id.data, actor=me())
    return _back(run)


@blueprint.post(f"{RUN}/undo")
@signed_in
def undo_count(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Take back what one of us counted."""
    run, form = own_run(code, occurrence_id), UndoForm()
    if form.validate_on_submit():
        with write():
            attendance.undo(run, target=form.target.data, scan_id=str(uuid.uuid4()), actor=me())
        say(gettext("That was taken back."), kind="success")
    return _back(run)


@blueprint.post(f"{RUN}/access-today")
@signed_in
def look_at_access_today(code: str, occurrence_id: int) -> ResponseReturnValue:
    """What people of this run need, on its day. A POST, because the look is recorded."""
    run = own_run(code, occurrence_id)
    authorise(accounts.may_know_needs, run.session)
    if not is_its_day(run, clock.now()):
        abort(404)
    with write():
        found = access_requests.look_at_run(run, actor=me())
    page = _show(run, found=found)
    return make_response(page, {"Cache-Control": "no-store"})


def own_run(code: str, occurrence_id: int) -> Occurrence:
    """This run, where the person may run its day; else 404."""
    run = pages.run_or_404(occurrence_id)
    if run.session.code != code.upper():
        abort(404)
    authorise(accounts.may_run_day, run.session)
    return run


def _back(run: Occurrence) -> ResponseReturnValue:
    return redirect(url_for("provider.day", code=run.session.code, occurrence_id=run.id))


def _show(
    run: Occurrence,
    walk_up: WalkUpForm | None = None,
    heads: HeadsForm | None = None,
    found: RunRequests | None = None,
) -> str:
    now = clock.now()
    return render_template(
        "provider/day.html",
        run=run,
        session=run.session,
        title=said.title(run.session),
        counts=attendance.counts_of(run),
        may_count=attendance.is_door_time(run, now),
        is_cancelled=run.state == OccurrenceState.cancelled,
        is_today=is_its_day(run, now),
        is_over=run.ends_at <= now,
        has_begun=run.starts_at <= now,
        may_edit=accounts.may_edit_session(me(), run.session),
        may_return=accounts.may_return(me(), run.session),
        walk_up=walk_up or WalkUpForm(formdata=None, scan_id=new_key(), age_band="none"),
        heads=heads or HeadsForm(formdata=None, scan_id=new_key()),
        step_key=new_key(),
        records=[_record(one) for one in attendance.latest_records(run)],
        asks=access_requests.count_of_run(run),
        may_know_needs=accounts.may_know_needs(me(), run.session),
        requests=requested.rows_of([found])[0]["requests"] if found else None,
    )


def _record(scan: Scan) -> dict[str, Any]:
    words = {
        ScanKind.admit: ngettext(
            "%(num)s person with a ticket", "%(num)s people with a ticket", scan.people
        ),
        ScanKind.walk_up: ngettext(
            "%(num)s person without a booking", "%(num)s people without a booking", scan.people
        ),
        ScanKind.headcount: ngettext(
            "Headcount: %(num)s person", "Headcount: %(num)s people", scan.people
        ),
    }
    return {
        "target": scan.scan_id,
        "at": scan.device_at,
        "what": words[scan.kind],
        "may_undo": scan.recorded_by_id is not None,
        "over": attendance.OVER_LEGAL in scan.flags,
    }
