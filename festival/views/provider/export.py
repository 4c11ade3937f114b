"""The list of who is booked, to take home: names and party sizes, close to the day."""

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import accounts, clock, exports
from festival.extensions import write
from festival.models import Occurrence
from festival.views import said, shown
from festival.views.access import authorise, me, signed_in
from festival.views.provider.blueprint import blueprint
from festival.views.provider.day import own_run
from festival.views.provider.runs import RUN


@blueprint.get(f"{RUN}/export")
@signed_in
def export(code: str, occurrence_id: int) -> ResponseReturnValue:
    """What is in the list, when it can be had, and why there are no email addresses."""
    run = _own(code, occurrence_id)
    now, (first, last) = clock.now(), exports.window(run)
    return render_template(
        "provider/export.html",
        run=run,
        session=run.session,
        title=said.title(run.session),
        first=first,
        last=last,
        is_open=first <= now < last,
        is_early=now < first,
    )


@blueprint.post(f"{RUN}/export")
@signed_in
def download_names(code: str, occurrence_id: int) -> ResponseReturnValue:
    """The list as a file. A POST, because it is recorded who took it."""
    run = _own(code, occurrence_id)
    with write():
        found = exports.take(run, actor=me())
        rows = [
            (one.booking.reference, one.booking.name, one.people, shown.party(one)) for one in found
        ]
    headings = [gettext("Reference"), gettext("Name"), gettext("People"), gettext("Who comes")]
    answer = make_response(exports.as_csv(headings, rows))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Cache-Control"] = "no-store"
    name = f"booked-{run.session.code}-{run.id}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _own(code: str, occurrence_id: int) -> Occurrence:
    run = own_run(code, occurrence_id)
    authorise(accounts.may_return, run.session)
    return run
