"""The list for the door: as a page, as one file for a phone without network, as PDF."""

from typing import Any

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from festival.delivery import printed, sheets
from festival.domain import clock, door_sheet
from festival.domain.attendance import PaperLine
from festival.domain.door_sheet import DoorSheet, NobodyComes
from festival.domain.exports import NotInTime, window
from festival.domain.words import surname_first
from festival.extensions import write
from festival.forms.base import in_words
from festival.models import Occurrence, OccurrenceState
from festival.views import requested, said, shown
from festival.views.access import me, signed_in
from festival.views.provider.blueprint import blueprint
from festival.views.provider.day import own_run
from festival.views.provider.runs import RUN
from festival.views.provider.sheets import as_pdf

WAYS = ("page", "file", "pdf")
MOST_BOXES = 12  # of a larger party the number is written


@blueprint.get(f"{RUN}/door-sheet", endpoint="door_sheet")
@signed_in
def ask_for_sheet(code: str, occurrence_id: int) -> ResponseReturnValue:
    """What is in the list, and when it can be had."""
    return _ask(own_run(code, occurrence_id))


@blueprint.post(f"{RUN}/door-sheet")
@signed_in
def take_door_sheet(code: str, occurrence_id: int) -> ResponseReturnValue:
    """The list. A POST, because it is recorded who took it."""
    run = own_run(code, occurrence_id)
    way = request.form.get("as", "")
    way = way if way in WAYS else "page"
    try:
        with write():
            facts = _facts(door_sheet.take(run, actor=me()))
    except (NobodyComes, NotInTime) as error:
        return _ask(run, in_words(error))
    name = f"door-{run.session.code}"
    if way == "pdf" and printed.can_print():
        return as_pdf(sheets.pdf_of("provider/door_sheet_file.html", **facts), name)
    if way == "file":
        return _as_file(sheets.file_of("provider/door_sheet_file.html", styled=True, **facts), name)
    return _kept_nowhere(make_response(render_template("provider/door_list.html", **facts)))


def _ask(run: Occurrence, refused: str = "") -> str:
    first, last = window(run)
    now = clock.now()
    return render_template(
        "provider/door_sheet.html",
        run=run,
        session=run.session,
        title=said.title(run.session),
        first=first,
        last=last,
        is_open=first <= now < last,
        is_early=now < first,
        is_cancelled=run.state == OccurrenceState.cancelled,
        has_begun=run.starts_at <= now,
        can_print=printed.can_print(),
        refused=refused,
    )


def _facts(sheet: DoorSheet) -> dict[str, Any]:
    needs = _needs(sheet)
    return {
        "sheet": sheet,
        "run": sheet.run,
        "session": sheet.run.session,
        "title": said.title(sheet.run.session),
        "edition": sheet.run.session.edition,
        "rows": [_row(line, needs) for line in sheet.lines],
        "needs": list(needs.values()),
        "feedback": sheets.feedback_link(sheet.run),
    }


def _needs(sheet: DoorSheet) -> dict[int, dict[str, Any]]:
    """What parties need, by the id of their reservation, numbered as they stand in the list: at
    the door the number is beside the name, and what it means on a sheet that nobody else reads."""
    if sheet.needs is None:
        return {}
    told = requested.rows_of([sheet.needs])[0]["requests"]
    asked = {
        one.reservation_id: words for one, words in zip(sheet.needs.requests, told, strict=True)
    }
    ids = [line.reservation.id for line in sheet.lines if line.reservation.id in asked]
    return {one: {"number": number, **asked[one]} for number, one in enumerate(ids, 1)}


def _row(line: PaperLine, needs: dict[int, dict[str, Any]]) -> dict[str, Any]:
    booking = line.reservation.booking
    surname, rest = surname_first(booking.name)
    return {
        "surname": surname,
        "rest": rest,
        "reference": booking.reference,
        "party": shown.party(line.reservation),
        "people": line.people,
        "boxes": min(line.people, MOST_BOXES),
        "admitted": line.admitted,
        "note": needs.get(line.reservation.id, {}).get("number"),
    }


def _as_file(content: str, name: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.html"'
    return _kept_nowhere(answer)


def _kept_nowhere(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
