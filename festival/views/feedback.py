"""How it was: asked behind a link that is the same for all who came, and tells nothing of them."""

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import clock, feedback, links
from festival.domain.observations import FEEDBACK, tries
from festival.extensions import db
from festival.forms.feedback import FeedbackForm
from festival.models import Occurrence, OccurrenceState
from festival.views import said, shown
from festival.views.access import by_link
from festival.views.page import visitor
from festival.views.writing import write_for

blueprint = Blueprint("feedback", __name__, url_prefix="/feedback")


@blueprint.get("/<token>")
@by_link
def give(token: str) -> ResponseReturnValue:
    """Ask; before it has begun and long after, say that we do not."""
    return _page(FeedbackForm.fresh(), _run(token))


@blueprint.post("/<token>")
@by_link
def keep(token: str) -> ResponseReturnValue:
    """Keep it, once however often it is sent."""
    run, form = _run(token), FeedbackForm()
    if not form.validate_on_submit():
        return _page(form, run)
    if not tries.allow(FEEDBACK, visitor()):
        form.say_above(gettext("We have had a lot of answers from here. Please try again later."))
        return _page(form, run), 429
    with write_for(form):
        feedback.give(
            run,
            rating=int(form.rating.data),
            is_first_time=form.is_first_time,
            words=(form.words.data or "").replace("\r\n", "\n"),
            key=form.key.data or "",
        )
    return _page(form, run) if form.refused else redirect(url_for("feedback.thank", token=token))


@blueprint.get("/<token>/thanks")
@by_link
def thank(token: str) -> ResponseReturnValue:
    """Thank you, and what they may like next."""
    run = _run(token)
    others = shown.next_after(run, run.session.edition, clock.now())
    return render_template(
        "feedback/thanks.html", run=run, title=said.title(run.session), others=others
    )


def _run(token: str) -> Occurrence:
    """The run this link asks about, else a 404: also of one that did not take place."""
    number = links.row_id(token)
    run = db.session.get(Occurrence, number) if number is not None else None
    if run is None or not links.opens_occurrence(current_app.config["SECRET_KEY"], run, token):
        abort(404)
    return run if run.state == OccurrenceState.scheduled else abort(404)


def _page(form: FeedbackForm, run: Occurrence) -> str:
    now = clock.now()
    return render_template(
        "feedback/give.html",
        form=form,
        run=run,
        title=said.title(run.session),
        is_asked=feedback.is_asked(run, now),
        is_early=now < run.starts_at,
    )
