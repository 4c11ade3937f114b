"""A provider's own sessions: begin one, write it, send it in, see what became of it."""

from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import accounts, clock, offers, programme
from festival.domain.errors import DomainError
from festival.domain.states import may_move
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.offers import OfferForm
from festival.models import Revision, RevisionState
from festival.views import offered
from festival.views.access import authorise, me, signed_in
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.provider.blueprint import blueprint
from festival.views.writing import write_for


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
    return redirect(url_for("provider.edit", code=revision.session.code))


@blueprint.get("/sessions/<code>")
@signed_in
def show(code: str) -> ResponseReturnValue:
    """One session: what is proposed, what the festival team says, the page people see."""
    revision = _visible(code)
    is_open = revision.state in offers.OPEN_STATES
    typed = offered.as_typed(_form(revision, kept=revision.proposal)) if is_open else []
    return render_template(
        "provider/show.html",
        revision=revision,
        session=revision.session,
        facts=typed or offered.facts(revision.session),
        is_open=is_open,
        is_public=programme.is_public(revision.session, clock.now()),
        comment=revision.comment if accounts.may_read_comment(me(), revision) else "",
        may_edit=accounts.may_edit_session(me(), revision.session),
        runs=programme.public_occurrences(revision.session),
        may_revise=offers.may_revise(revision.session),
        may_withdraw=may_move(revision.state, RevisionState.withdrawn),
        offered=offered,
    )


@blueprint.get("/sessions/<code>/edit")
@signed_in
def edit(code: str) -> ResponseReturnValue:
    """The form, with what the draft has kept."""
    revision = _editable(code)
    if revision.state not in offers.OPEN_STATES:
        return _not_now(revision)
    form = _form(revision, kept=revision.proposal)
    form.version.data = offers.version(revision)
    return _ask(form, revision)


@blueprint.post("/sessions/<code>/edit")
@signed_in
def save(code: str) -> ResponseReturnValue:
    """Keep what was typed, whatever it is; sent in, it must be in order."""
    revision = _editable(code)
    if revision.state not in offers.OPEN_STATES:
        return _not_now(revision)
    form = _form(revision)
    with write_for(form):
        form.version.data = offers.save_draft(revision, form.typed(), seen=form.version.data or "")
    if form.refused or "send" not in request.form:
        return _ask(form, revision) if form.refused else _saved(revision)
    if form.validate_on_submit():
        with write_for(form):
            offers.submit(
                revision,
                form.offer,
                author=me(),
                calendar_domain=current_app.config["CALENDAR_DOMAIN"],
                seen=form.version.data,
            )
        if not form.refused:
            say(gettext("Thank you. The festival team looks at it next."), kind="success")
            return redirect(url_for("provider.show", code=code))
    return _ask(form, revision)


@blueprint.post("/sessions/<code>/withdraw")
@signed_in
def withdraw(code: str) -> ResponseReturnValue:
    """Take an offer back before it is decided."""
    revision = _editable(code)
    try:
        with write():
            offers.withdraw(revision, author=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("You have taken this session back."), kind="success")
    return redirect(url_for("provider.show", code=code))


def _visible(code: str) -> Revision:
    revision = offers.revision_of(code)
    if revision is None:
        abort(404)
    authorise(accounts.may_see_offer, revision)
    return revision


def _editable(code: str) -> Revision:
    revision = _visible(code)
    authorise(accounts.may_edit_session, revision.session)
    return revision


def _not_now(revision: Revision) -> ResponseReturnValue:
    say(gettext("This session has been sent in. It can be changed when it is returned to you."))
    return redirect(url_for("provider.show", code=revision.session.code))


def _saved(revision: Revision) -> ResponseReturnValue:
    say(gettext("Your draft is kept. You can come back at any time."), kind="success")
    return redirect(url_for("provider.show", code=revision.session.code))


def _form(revision: Revision, kept: dict[str, Any] | None = None) -> OfferForm:
    edition = revision.session.edition
    return OfferForm.of(
        edition, offers.rooms(), programme.themes(), programme.days(edition), kept=kept
    )


def _ask(form: OfferForm, revision: Revision) -> ResponseReturnValue:
    edition = revision.session.edition
    closed = revision.state == RevisionState.draft and not offers.submissions_open(
        edition, clock.now()
    )
    return render_template(
        "provider/edit.html",
        form=form,
        revision=revision,
        session=revision.session,
        closed=closed,
        changed=form.version.data != offers.version(revision),
    )
