"""The team watches the doors: the live board, what two doors did twice, the scan log."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import clock, door
from festival.extensions import write
from festival.forms.office import read_day
from festival.models import Edition
from festival.views import verdicts, watched
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import DOORS, blueprint
from festival.views.page import edition as current_edition
from festival.views.standstill import in_any_case

PAGE = 200
LARGEST_TICKET = 2**32 - 1


@blueprint.get("/board")
@office(*DOORS)
def board() -> ResponseReturnValue:
    """The doors of today; a script asks for the inner part alone, every few seconds. ``?still=1``
    stays as it is."""
    return _board("office/board.html", "office/board_rows.html")


@blueprint.get("/board/wall")
@office(*DOORS)
def wall() -> ResponseReturnValue:
    """The same in large figures, for everybody in the room to see: it names nobody."""
    return _board("office/wall.html", "office/wall_rows.html")


def _board(page: str, inner: str) -> ResponseReturnValue:
    edition = _edition()
    found = door.board(edition, clock.now())
    on_script = request.headers.get("HX-Request") == "true"
    made = render_template(
        inner if on_script else page,
        board=found,
        flags=watched.flags(found, edition),
        watched=watched,
        still=request.args.get("still", "") == "1",
    )
    return Response(made, headers={"Vary": "HX-Request, Cookie", "Cache-Control": "no-store"})


def ago(age: timedelta) -> str:
    """``3 minutes ago``, in whole minutes."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 120:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes)
    return gettext("%(hours)s hours ago", hours=minutes // 60)


@blueprint.get("/conflicts")
@office(*DOORS)
def conflicts() -> ResponseReturnValue:
    """Tickets by which more people came in than they have places."""
    edition = _edition()
    rows = [
        {
            "number": one.ticket_number,
            "reference": one.reference,
            "places": one.places,
            "people": one.people,
            "beyond": one.beyond,
            "lines": verdicts.session_lines(one.occurrence, edition),
            "scans": [
                (verdicts.scan_facts(two.scan, edition), two.beyond) for two in one.admissions
            ],
        }
        for one in door.conflicts()
    ]
    return render_template("office/conflicts.html", rows=rows)


@blueprint.post(f"/conflicts/<int(max={LARGEST_TICKET}):number>")
@office(*DOORS)
@in_any_case
def settle(number: int) -> ResponseReturnValue:
    """The same people, or more of them."""
    extra = request.form.get("how") == "extra"
    with write():
        people = door.settle(number, extra=extra, actor=me())
    if not people:
        say(gettext("This was settled before."))
    elif extra:
        say(gettext("They are counted as people without a ticket."), kind="success")
    else:
        say(gettext("They are counted once."), kind="success")
    return redirect(url_for("office.conflicts"))


@blueprint.get("/scans")
@office(*DOORS)
def scans() -> ResponseReturnValue:
    """What happened at the doors, newest first: by day, venue and session."""
    edition = _edition()
    typed = {
        name: request.args.get(name, "").replace("\0", "").strip()
        for name in ("day", "venue", "code")
    }
    day = read_day(typed["day"])
    page = max(1, request.args.get("page", 1, type=int))
    rows = door.log(
        PAGE + 1,
        offset=min(page - 1, 10_000) * PAGE,
        venue_slug=typed["venue"],
        code=typed["code"].upper(),
        between=whole(day, edition) if day else None,
    )
    return render_template(
        "office/scans.html",
        rows=verdicts.log_rows(rows[:PAGE], edition),
        typed=typed,
        wrong_day=bool(typed["day"]) and day is None,
        venues=door.venues(),
        page=page,
        more=len(rows) > PAGE,
    )


def whole(day: date, edition: Edition) -> tuple[datetime, datetime]:
    """From midnight to midnight there (aware)."""
    begins, ends = (
        datetime.combine(one, time(), edition.zone) for one in (day, day + timedelta(days=1))
    )
    return begins.astimezone(UTC), ends.astimezone(UTC)


def _edition() -> Edition:
    return current_edition() or abort(404)
