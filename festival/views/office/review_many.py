"""Approving several offers together: first what would happen, then each by itself."""

from collections.abc import Iterator

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import offers, review
from festival.domain.errors import DomainError
from festival.extensions import write
from festival.forms.base import in_words
from festival.models import Revision, RevisionState
from festival.views import offered, reviewed
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import REVIEW, blueprint

MOST = 50  # together; each is looked at again, and that takes time


@blueprint.post("/offers/together")
@office(*REVIEW)
def approve_many(*, most: int = MOST) -> ResponseReturnValue:
    """First show what can be approved and what not; once that was seen, approve each."""
    ticked = list(dict.fromkeys(request.form.getlist("offer")))[:most]
    if not ticked:
        say(gettext("Tick the sessions you want to approve."), kind="warning")
        return redirect(url_for("office.queue"))
    chosen = [(one, seen) for one, seen in _chosen(ticked)]
    if request.form.get("sure") != "yes":
        return _preview(chosen)
    refused = [(one, told) for one, seen in chosen if (told := _approve(one, seen))]
    done = len(chosen) - len(refused)
    if done:
        sentence = ngettext("%(num)s session is approved.", "%(num)s sessions are approved.", done)
        say(sentence, kind="success")
    for revision, told in refused:
        say(
            gettext("Not approved: %(what)s. %(why)s", what=_name(revision), why=told),
            kind="warning",
        )
    return redirect(url_for("office.queue"))


def _chosen(ticked: list[str]) -> Iterator[tuple[Revision, str]]:
    """The offers that were ticked (``code:version``), as far as this person may see them."""
    for one in ticked:
        code, _, seen = one.partition(":")
        newest = offers.revision_of(code)
        found = review.versions(newest.session, me()) if newest else ()
        if found:
            yield found[0], seen


def _preview(chosen: list[tuple[Revision, str]]) -> ResponseReturnValue:
    rows = [(one, seen, _why_not(one, seen)) for one, seen in chosen]
    return render_template(
        "office/review_many.html",
        good=[(one, seen) for one, seen, why in rows if not why],
        others=[(one, why) for one, _seen, why in rows if why],
        offered=offered,
    )


def _why_not(revision: Revision, seen: str) -> list[str]:
    """Why it would be refused now."""
    if revision.state != RevisionState.submitted or seen != offers.version(revision):
        return [gettext("It has been answered or changed since you ticked it.")]
    if offers.in_conflict(me(), revision):
        return [gettext("You have an interest in it, so somebody else must decide.")]
    if review.who_is_told(revision):
        return [gettext("People who have booked must be told why it changes. Open it to do so.")]
    return reviewed.sentences(offers.obstacles(revision, me()))


def _approve(revision: Revision, seen: str) -> str:
    """Approve one by itself; why it was refused, else nothing."""
    try:
        with write():
            review.approve(revision, reviewer=me(), seen=seen)
    except DomainError as error:
        return in_words(error)
    return ""


def _name(revision: Revision) -> str:
    return f"{offered.title(revision)} ({revision.session.code})"
