"""A provider's session: begun, seen, taken back. Writing it is the wizard's business."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import accounts, clock, offers, programme
from festival.domain.errors import DomainError
from festival.domain.states import may_move
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.offers import parts_of
from festival.models import RevisionState
from festival.views import offered
from festival.views.access import me, signed_in
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.provider import drafts
from festival.views.provider.blueprint import blueprint


@blueprint.post("/sessions")
@signed_in
def start() -> ResponseReturnValue:
    """Begin a new session for one of the organisations the person writes for."""
    wanted = request.form.get("provider", "")
    mine = {str(provider.id): provider for provider in accounts.offering_for(me())}
    provider, edition = mine.get(wanted), current_edition()
    if provider is None or edition is None:
        abort(404)
    with write():
        revision = offers.start(edition=edition, provider=provider, author=me())
    return redirect(url_for("provider.edit_part", code=revision.session.code, part="what"))


@blueprint.get("/sessions/<code>")
@signed_in
def show(code: str) -> ResponseReturnValue:
    """One session: what is proposed, what the festival team says, the page people see."""
    revision = drafts.visible(code)
    session, is_open = revision.session, drafts.is_open(revision)
    parts = parts_of(session.edition)
    form, may_read = drafts.form_of(revision), accounts.may_read_comment(me(), revision)
    return render_template(
        "provider/show.html",
        revision=revision,
        session=session,
        typed=offered.as_typed(form, parts) if is_open else [],
        facts=offered.facts(session),
        is_open=is_open,
        is_public=programme.is_public(session, clock.now()),
        comment=revision.comment if may_read else "",
        comments=offered.told_of_fields(revision, form, parts) if may_read else [],
        may_edit=accounts.may_edit_session(me(), session),
        runs=programme.public_occurrences(session),
        may_revise=offers.may_revise(session),
        may_withdraw=may_move(revision.state, RevisionState.withdrawn),
        offered=offered,
    )


@blueprint.post("/sessions/<code>/withdraw")
@signed_in
def withdraw(code: str) -> ResponseReturnValue:
    """Take an offer back before it is decided."""
    revision = drafts.editable(code)
    try:
        with write():
            offers.withdraw(revision, author=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("You have taken this session back."), kind="success")
    return redirect(url_for("provider.show", code=code))
