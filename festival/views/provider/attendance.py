"""After a run: the paper list is typed in, or somebody says how many came."""

from datetime import UTC, datetime, time
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import accounts, attendance, clock
from festival.forms.attendance import PaperForm, ReturnForm, new_key
from festival.models import Occurrence, OccurrenceState
from festival.views import said, shown
from festival.views.access import authorise, me, signed_in
from festival.views.flashes import say
from festival.views.provider.blueprint import blueprint
from festival.views.provider.day import own_run
from festival.views.provider.runs import RUN
from festival.views.writing import write_for


@blueprint.get(f"{RUN}/paper")
@signed_in
def key_in_paper(code: str, occurrence_id: int) -> ResponseReturnValue:
    """The list of parties, with a number and a time for each."""
    run = _takes_place(own_run(code, occurrence_id))
    if run.starts_at > clock.now():
        return _not_yet(run)
    lines = attendance.paper_list(run)
    return _show_paper(run, lines, PaperForm.of(lines, _as_typed(run), key=new_key()))


@blueprint.post(f"{RUN}/paper")
@signed_in
def save_paper(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Write down who came, as it stood on paper."""
    run = _takes_place(own_run(code, occurrence_id))
    lines = attendance.paper_list(run)
    form, written = PaperForm.of(lines, _as_typed(run)), 0
    if not form.validate_on_submit():
        return _show_paper(run, lines, form)
    came = {
        number: (people, _on_its_day(run, at))
        for number, (people, at) in form.came(_start(run)).items()
    }
    with write_for(form):
        written = attendance.key_in(run, came, key=form.key.data, actor=me())
    if form.refused:
        return _show_paper(run, lines, form)
    say(ngettext("%(num)s person was counted.", "%(num)s people were counted.", written))
    return _to_day(run)


@blueprint.get(f"{RUN}/attendance")
@signed_in
def attendance_return(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Ask how many came."""
    run = _returnable(code, occurrence_id)
    if run.starts_at > clock.now():
        return _not_yet(run)
    counts = attendance.counts_of(run)
    before = counts.returned
    people = before.people if before else counts.came
    form = ReturnForm(
        formdata=None,
        people="" if people is None else str(people),
        children=str(before.children) if before and before.children else "",
        note=before.note if before else "",
    )
    return _show_return(run, form, counts)


@blueprint.post(f"{RUN}/attendance")
@signed_in
def save_attendance(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Keep how many came."""
    run, form = _returnable(code, occurrence_id), ReturnForm()
    if form.validate_on_submit():
        with write_for(form, "people"):
            attendance.give_back_numbers(
                run,
                people=form.people.number or 0,
                children=form.children.number or 0,
                note=form.note.data or "",
                actor=me(),
            )
        if not form.refused:
            say(gettext("Thank you. The numbers are with the festival team."), kind="success")
            return _to_day(run)
    return _show_return(run, form, attendance.counts_of(run))


def _takes_place(run: Occurrence) -> Occurrence:
    if run.state != OccurrenceState.scheduled:
        abort(404)
    return run


def _not_yet(run: Occurrence) -> str:
    """Say when this can be done."""
    title = said.title(run.session)
    return render_template("provider/not_yet.html", run=run, session=run.session, title=title)


def _returnable(code: str, occurrence_id: int) -> Occurrence:
    run = _takes_place(own_run(code, occurrence_id))
    authorise(accounts.may_return, run.session)
    return run


def _to_day(run: Occurrence) -> ResponseReturnValue:
    return redirect(url_for("provider.day", code=run.session.code, occurrence_id=run.id))


def _start(run: Occurrence) -> time:
    return run.starts_at.astimezone(run.session.edition.zone).time().replace(second=0)


def _as_typed(run: Occurrence) -> str:
    return _start(run).strftime("%H:%M")


def _on_its_day(run: Occurrence, at: time) -> datetime:
    """This time of the run's day, in the festival's zone."""
    zone = run.session.edition.zone
    day = run.starts_at.astimezone(zone).date()
    return datetime.combine(day, at, zone).astimezone(UTC)


def _show_paper(run: Occurrence, lines: list[attendance.PaperLine], form: PaperForm) -> str:
    return render_template(
        "provider/paper.html",
        run=run,
        session=run.session,
        title=said.title(run.session),
        form=form,
        lines=[_line(one) for one in lines],
    )


def _line(one: attendance.PaperLine) -> dict[str, Any]:
    claim = one.reservation
    return {
        "id": claim.id,
        "name": claim.booking.name,
        "reference": claim.booking.reference,
        "party": shown.party(claim),
        "admitted": one.admitted,
        "remaining": one.remaining,
    }


def _show_return(run: Occurrence, form: ReturnForm, counts: attendance.Counts) -> str:
    return render_template(
        "provider/attendance.html",
        run=run,
        session=run.session,
        title=said.title(run.session),
        form=form,
        counts=counts,
        due_at=run.ends_at + attendance.RETURN_WITHIN,
    )
