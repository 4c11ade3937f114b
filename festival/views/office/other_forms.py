"""What people asked for in another way: due first at the top, until it is done."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import clock, other_forms
from festival.domain.errors import NotFound
from festival.forms.other_forms import FORMS, DoneForm
from festival.models import FormRequest
from festival.views.access import me, office
from festival.views.changing import LARGEST_ID
from festival.views.flashes import say
from festival.views.office.desk import OTHER_FORMS, blueprint
from festival.views.page import edition as current_edition
from festival.views.writing import write_for

ONE = f"/other-forms/<int(max={LARGEST_ID}):request_id>"


@blueprint.get("/other-forms", endpoint="other_forms")
@office(*OTHER_FORMS)
def every() -> ResponseReturnValue:
    """Those to do, then those that were done last."""
    return render_template(
        "office/other_forms.html",
        open=[_row(one) for one in other_forms.open_requests()],
        done=[_row(one) for one in other_forms.done_requests()],
    )


@blueprint.get(ONE)
@office(*OTHER_FORMS)
def other_form(request_id: int) -> ResponseReturnValue:
    """One of them, to say what came of it."""
    return _show(request_id, DoneForm())


@blueprint.post(ONE)
@office(*OTHER_FORMS)
def finish_other_form(request_id: int) -> ResponseReturnValue:
    """It is done."""
    form = DoneForm()
    if form.validate_on_submit():
        try:
            with write_for(form):
                other_forms.finish(request_id, form.outcome.data or "", actor=me())
        except NotFound:
            abort(404)
        if not form.refused:
            say(gettext("Marked as done. Thank you."), kind="success")
            return redirect(url_for("office.other_forms"))
    return _show(request_id, form)


def _show(request_id: int, form: DoneForm) -> ResponseReturnValue:
    found = other_forms.get(request_id) or abort(404)
    return render_template("office/other_form.html", row=_row(found), form=form)


def _row(request: FormRequest) -> dict[str, Any]:
    edition = current_edition()
    is_open = request.done_at is None
    today = other_forms.today(clock.now(), edition) if edition else request.due_on
    wanted = FORMS[request.form]
    return {
        "request": request,
        "wanted": f"{wanted}: {request.language}" if request.language else str(wanted),
        "is_open": is_open,
        "is_overdue": is_open and request.due_on < today,
        "is_forgotten": not request.contact,
    }
