"""Reviewing what providers offer."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import accounts, clock, offers
from festival.forms.offers import ReviewForm
from festival.models import Revision, RevisionState
from festival.views import offered
from festival.views.access import authorise, me, office
from festival.views.flashes import say
from festival.views.office.desk import REVIEW, blueprint
from festival.views.writing import write_for


@blueprint.get("/offers")
@office(*REVIEW)
def queue() -> ResponseReturnValue:
    """Offers that wait, longest waiting first."""
    return render_template("office/queue.html", revisions=offers.review_queue(), offered=offered)


@blueprint.get("/offers/<code>")
@office(*REVIEW)
def review(code: str) -> ResponseReturnValue:
    """Everything an offer proposes, and what to say to it."""
    revision = _sent_in(code)
    return _ask(ReviewForm(version=offers.version(revision)), revision)


@blueprint.post("/offers/<code>")
@office(*REVIEW)
def decide(code: str) -> ResponseReturnValue:
    """Give the answer to the version of the offer that was read."""
    revision = _sent_in(code)
    form = ReviewForm()
    if not form.validate_on_submit():
        return _ask(form, revision)
    with write_for(form):
        _decide(form, revision)
    if form.refused:
        form.version.data = offers.version(revision)  # of what the answer's page shows
        return _ask(form, revision)
    say(gettext("Done. We tell the provider by email."), kind="success")
    return redirect(url_for("office.queue"))


def _decide(form: ReviewForm, revision: Revision) -> None:
    comment, seen = form.comment.data or "", form.version.data or ""
    if form.decision.data == "return":
        offers.give_back(revision, comment, reviewer=me(), seen=seen)
    elif form.decision.data == "decline":
        offers.decline(revision, comment, reviewer=me(), seen=seen)
    else:
        publish_at = form.publish_at(revision.session.edition.zone, clock.now())
        offers.approve(revision, reviewer=me(), publish_at=publish_at, comment=comment, seen=seen)


def _sent_in(code: str) -> Revision:
    """The offer of this code; what is still being written is its provider's own business."""
    revision = offers.revision_of(code) or abort(404)
    authorise(accounts.may_see_offer, revision)
    return revision


def _ask(form: ReviewForm, revision: Revision) -> ResponseReturnValue:
    return render_template(
        "office/review.html",
        form=form,
        revision=revision,
        session=revision.session,
        waits=revision.state == RevisionState.submitted,
        facts=offered.facts(revision.session),
        offered=offered,
    )
