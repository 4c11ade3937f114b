"""Changing words that are public, and the history of them."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import accounts, offers
from festival.domain.errors import DomainError
from festival.extensions import write
from festival.forms.base import in_words
from festival.models import FestivalSession
from festival.views import history as pages
from festival.views.access import authorise, me, signed_in
from festival.views.flashes import say
from festival.views.provider.blueprint import blueprint

MOST = 9999


@blueprint.post("/sessions/<code>/revise")
@signed_in
def revise(code: str) -> ResponseReturnValue:
    """Begin to change the words of a session that people can see."""
    session = _session(code)
    authorise(accounts.may_edit_session, session)
    try:
        with write():
            offers.revise(session, author=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
        return redirect(url_for("provider.show", code=code))
    say(gettext("People see the old words until the new ones are approved."))
    return redirect(url_for("provider.edit", code=code))


@blueprint.get("/sessions/<code>/history")
@signed_in
def history(code: str) -> ResponseReturnValue:
    """Every version of the session: who wrote it, and what the team answered."""
    session = _session(code)
    authorise(accounts.may_edit_session, session)
    return pages.listed("provider", session, me())


@blueprint.get(f"/sessions/<code>/history/<int(max={MOST}):number>")
@signed_in
def version(code: str, number: int) -> ResponseReturnValue:
    """The words of one version."""
    session = _session(code)
    authorise(accounts.may_edit_session, session)
    return pages.one("provider", pages.version_of(session, number, me()) or abort(404), me())


def _session(code: str) -> FestivalSession:
    newest = offers.revision_of(code) or abort(404)
    return newest.session
