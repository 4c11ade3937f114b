"""Posters of a session: for a wall, and for the door of a date that is cancelled."""

from typing import Any

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import printed, sheets
from festival.domain import clock, offers, programme
from festival.domain import sheets as rules
from festival.domain.running import notices
from festival.models import FestivalSession, Occurrence, OccurrenceState
from festival.views import runs as pages
from festival.views import shown
from festival.views.access import authorise, signed_in
from festival.views.flashes import say
from festival.views.provider.blueprint import blueprint
from festival.views.provider.runs import RUN

POSTER, CANCELLED = "/sessions/<code>/poster", f"{RUN}/cancelled-poster"


@blueprint.get(POSTER)
@signed_in
def poster(code: str) -> ResponseReturnValue:
    """The poster as a page."""
    facts = _poster(code)
    if facts is None:
        return _not_yet(code)
    pdf = url_for("provider.poster_file", code=code) if printed.can_print() else None
    return render_template("provider/poster.html", pdf=pdf, **facts)


@blueprint.get(f"{POSTER}.pdf")
@signed_in
def poster_file(code: str) -> ResponseReturnValue:
    """The poster as PDF; where none can be made, its page."""
    facts = _poster(code)
    if facts is None or not printed.can_print():
        return redirect(url_for("provider.poster", code=code))
    return as_pdf(sheets.pdf_of("provider/poster_file.html", **facts), f"poster-{code.upper()}")


@blueprint.get(CANCELLED)
@signed_in
def cancelled_poster(code: str, occurrence_id: int) -> ResponseReturnValue:
    """For the door of a date that is cancelled: why, and where to go instead."""
    facts = _cancelled(code, occurrence_id)
    pdf = url_for("provider.cancelled_poster_file", code=code, occurrence_id=occurrence_id)
    return render_template(
        "provider/cancelled_poster.html", pdf=pdf if printed.can_print() else None, **facts
    )


@blueprint.get(f"{CANCELLED}.pdf")
@signed_in
def cancelled_poster_file(code: str, occurrence_id: int) -> ResponseReturnValue:
    """The same as PDF; where none can be made, its page."""
    facts = _cancelled(code, occurrence_id)
    if not printed.can_print():
        page = url_for("provider.cancelled_poster", code=code, occurrence_id=occurrence_id)
        return redirect(page)
    made = sheets.pdf_of("provider/cancelled_poster_file.html", **facts)
    return as_pdf(made, f"cancelled-{code.upper()}")


def as_pdf(content: bytes, name: str) -> Response:
    """A PDF to look at and to print, kept nowhere on the way."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response


def own_run(code: str, occurrence_id: int) -> Occurrence:
    """This run of the session of this code, or 404."""
    occurrence = pages.run_or_404(occurrence_id)
    if occurrence.session.code != code.upper():
        abort(404)
    return occurrence


def _poster(code: str) -> dict[str, Any] | None:
    """What the poster shows; None of a session that people cannot see yet."""
    session = _printable(code)
    now = clock.now()
    if not programme.is_public(session, now):
        return None
    runs = programme.public_occurrences(session)
    coming = [one for one in runs if one.ends_at > now] or runs
    return {
        "poster": sheets.poster_of(session, coming, session.edition),
        "edition": session.edition,
        "audience": shown.audience(session),
        "access": shown.access(session) + shown.other_languages(session),
    }


def _printable(code: str) -> FestivalSession:
    revision = offers.revision_of(code) or abort(404)
    authorise(rules.may_print, revision.session)
    return revision.session


def _not_yet(code: str) -> ResponseReturnValue:
    say(gettext("There is a poster as soon as people can see the session."))
    return redirect(url_for("provider.show", code=code))


def _cancelled(code: str, occurrence_id: int) -> dict[str, Any]:
    run = own_run(code, occurrence_id)
    authorise(rules.may_print, run.session)
    if run.state != OccurrenceState.cancelled:
        abort(404)
    notice = notices.why_cancelled([run.id]).get(run.id)
    revision = run.session.published_revision or abort(404)
    instead = notice.alternative if notice is not None else None
    if instead is not None and not programme.is_public(instead.session, clock.now()):
        instead = None
    reason = notice.reason if notice is not None else ""
    edition = run.session.edition
    return {
        "poster": sheets.CancelledPoster(run, revision.text(), edition, reason, instead),
        "edition": edition,
    }
