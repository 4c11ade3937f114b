"""Reviewing what providers offer: the queue, one offer, the answer."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import clock, offers, programme, review
from festival.forms.offers import CommentForm, ReviewForm
from festival.models import Revision, RevisionState
from festival.views import offered, reviewed
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import REVIEW, blueprint
from festival.views.writing import write_for


@blueprint.get("/offers")
@office(*REVIEW)
def queue() -> ResponseReturnValue:
    """Offers that wait, longest waiting first or most complete first; all or some."""
    part, order = request.args.get("show", "all"), request.args.get("order", "age")
    theme = request.args.get("theme", "")
    part = part if part in review.PARTS else "all"
    order = order if order in review.ORDERS else "age"
    found = review.waiting_for(me(), clock.now())
    return render_template(
        "office/queue.html",
        waiting=review.part_of(found, me(), part=part, theme=theme, order=order),
        counts=review.counts(found, me()),
        part=part,
        order=order,
        theme=theme,
        themes=programme.themes(),
        offered=offered,
        reviewed=reviewed,
        version=offers.version,
        useful=len(review.USEFUL),
    )


@blueprint.get("/offers/<code>", endpoint="review")
@office(*REVIEW)
def review_offer(code: str) -> ResponseReturnValue:
    """Everything an offer proposes, beside what is public, and what to say to it."""
    revision = sent_in(code)
    return ask(ReviewForm.of(review.STARTS, offers.version(revision)), revision)


@blueprint.post("/offers/<code>")
@office(*REVIEW)
def decide(code: str) -> ResponseReturnValue:
    """Give the answer to the version of the offer that was read."""
    form, newest = ReviewForm.of(review.STARTS), offers.revision_of(code) or abort(404)
    if is_over(newest):
        return over(newest, form.comment.data or "")
    revision = sent_in(code)
    if "insert" in request.form:
        form.insert(review.STARTS)
        return ask(form, revision)
    if not form.validate_on_submit():
        return ask(form, revision)
    with write_for(form):
        _decide(form, revision)
    if form.refused:
        form.version.data = offers.version(revision)  # of what the answer's page shows
        return over(newest, form.comment.data or "") if is_over(newest) else ask(form, revision)
    say(gettext("Done. We tell the provider by email."), kind="success")
    return redirect(url_for("office.queue"))


def _decide(form: ReviewForm, revision: Revision) -> None:
    comment, seen = form.comment.data or "", form.version.data or ""
    if form.decision.data == "return":
        review.give_back(revision, comment, reviewer=me(), seen=seen)
    elif form.decision.data == "decline":
        offers.decline(revision, comment, reviewer=me(), seen=seen)
    else:
        review.approve(
            revision,
            reviewer=me(),
            publish_at=form.publish_at(revision.session.edition.zone, clock.now()),
            comment=comment,
            seen=seen,
            reason=form.reason.data or "",
            in_words=reviewed.lost(revision),
        )


def sent_in(code: str) -> Revision:
    """The newest version of this session that was sent in; what is still being written is its
    provider's own business."""
    newest = offers.revision_of(code) or abort(404)
    seen = review.versions(newest.session, me())
    return seen[0] if seen else abort(404)


def is_over(revision: Revision) -> bool:
    """Whether it was sent in, and went back to its provider before this answer came."""
    away = (RevisionState.returned, RevisionState.withdrawn)
    return revision.submitted_at is not None and revision.state in away


def over(revision: Revision, typed: str) -> ResponseReturnValue:
    """What became of an offer meanwhile (nothing of what is being written), and what was typed."""
    return render_template(
        "office/review_over.html",
        revision=revision,
        typed=typed,
        by=review.names_of([revision]).get(revision.decided_by_id or 0, ""),
        was_returned=revision.state == RevisionState.returned,
    )


def ask(
    form: ReviewForm, revision: Revision, comment: CommentForm | None = None
) -> ResponseReturnValue:
    """The page of one offer."""
    waits = revision.state == RevisionState.submitted
    chosen = request.args.get("about", review.WHOLE)
    return render_template(
        "office/review.html",
        form=form,
        comment=comment or comment_form(chosen),
        revision=revision,
        session=revision.session,
        waits=waits,
        by=review.names_of([revision]).get(revision.decided_by_id or 0, ""),
        is_change=reviewed.is_change(revision),
        wording=reviewed.wording(revision),
        pictures=reviewed.pictures(revision),
        proposed=reviewed.facts(revision),
        same=reviewed.same_facts(revision),
        facts=offered.facts(revision.session),
        new_dates=reviewed.new_dates(revision),
        reviewers=review.reviewers(),
        standing=reviewed.standing(revision, me()) if waits else {},
        offered=offered,
        reviewed=reviewed,
    )


def comment_form(chosen: str = review.WHOLE) -> CommentForm:
    fields = [(name, reviewed.label(name)) for name in (review.WHOLE, *review.FIELDS)]
    return CommentForm.of(fields, chosen if chosen in review.FIELDS else review.WHOLE)
