"""Working on an offer together: who looks at it, who keeps away, comments on its parts."""

from collections.abc import Callable

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import offers, review
from festival.domain.errors import DomainError
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.offers import ReviewForm
from festival.models import User
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import REVIEW, blueprint
from festival.views.office.offers import ask, comment_form, is_over, over, sent_in
from festival.views.office.outbox import LARGEST_ID
from festival.views.writing import write_for


@blueprint.post("/offers/<code>/reviewer")
@office(*REVIEW)
def assign(code: str) -> ResponseReturnValue:
    """Give the offer to somebody of the team, or to nobody."""
    revision, wanted = sent_in(code), request.form.get("reviewer", "")
    people = {str(one.id): one for one in review.reviewers()}
    if wanted and wanted not in people:
        abort(404)
    return _done(
        code,
        lambda: review.assign(revision, people.get(wanted), actor=me()),
        _given_to(people.get(wanted)),
    )


def _given_to(person: User | None) -> str:
    if person is None:
        return gettext("Nobody looks at this offer now.")
    return gettext("%(name)s looks at this offer now.", name=person.name)


@blueprint.post("/offers/<code>/interest")
@office(*REVIEW)
def conflict(code: str) -> ResponseReturnValue:
    """Say that one has an interest in it, or that this was a slip."""
    revision = sent_in(code)
    if request.form.get("interest") == "no":
        told = gettext("You can answer this offer again.")
        return _done(code, lambda: review.take_back_conflict(revision, me()), told)
    told = gettext("Thank you. Somebody else answers this offer.")
    return _done(code, lambda: review.keep_away(revision, me()), told)


@blueprint.post("/offers/<code>/first-look")
@office(*REVIEW)
def first_look(code: str) -> ResponseReturnValue:
    """Say that one has looked at a session to which children come alone."""
    revision, seen = sent_in(code), request.form.get("version", "")
    told = gettext("Thank you. Somebody else looks at it now and can approve it.")
    return _done(code, lambda: review.look_first(revision, me(), seen=seen), told)


@blueprint.post("/offers/<code>/comments")
@office(*REVIEW)
def comment(code: str) -> ResponseReturnValue:
    """Say something to one part of the offer."""
    form, newest = comment_form(), offers.revision_of(code) or abort(404)
    if is_over(newest):
        return over(newest, form.words.data or "")
    revision = sent_in(code)
    if form.validate_on_submit():
        with write_for(form):
            review.comment(revision, form.about, form.words.data or "", author=me())
        if not form.refused:
            say(gettext("Your comment is kept. They read it when you return the offer."))
            return redirect(url_for("office.review", code=code, _anchor="comments"))
        if is_over(newest):
            return over(newest, form.words.data or "")
    return ask(ReviewForm.of(review.STARTS, offers.version(revision)), revision, form)


@blueprint.post(f"/offers/<code>/comments/<int(max={LARGEST_ID}):comment_id>")
@office(*REVIEW)
def settle_comment(code: str, comment_id: int) -> ResponseReturnValue:
    """Say that nothing is left to do about a comment."""
    found = [one for one in sent_in(code).comments if one.id == comment_id]
    if not found:
        abort(404)
    return _done(code, lambda: review.settle(found[0], actor=me()), gettext("That is settled."))


def _done(code: str, verb: Callable[[], None], told: str) -> ResponseReturnValue:
    try:
        with write():
            verb()
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(told, kind="success")
    return redirect(url_for("office.review", code=code))
