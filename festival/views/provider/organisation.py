"""What an organisation says of itself, and what it declares."""

from datetime import date

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import clock
from festival.domain.providers import declarations, organisations, people
from festival.extensions import write
from festival.forms.providers import DECLARED, DeclarationForm, OrganisationForm
from festival.models import DeclarationKind, Provider
from festival.views import declared
from festival.views.access import me, signed_in
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.provider.blueprint import blueprint
from festival.views.provider.own import choose, led, only_own
from festival.views.writing import write_for

DECLARATION = "/organisation/<slug>/<any(insurance, safeguarding, risk_assessment):kind>"


@blueprint.get("/organisation")
@blueprint.get("/organisation/<slug>")
@signed_in
def organisation(slug: str | None = None) -> ResponseReturnValue:
    """What is said of it, how it stands with the team, and what it declares."""
    provider = only_own(slug)
    if provider is None:
        return choose("provider.organisation", gettext("Our organisation"))
    return render_template(
        "provider/organisation.html",
        provider=provider,
        state=declared.state_words(provider),
        facts=declared.facts_of(provider),
        declarations=declared.rows_of(provider, _today()),
        may_manage=people.may_manage(me(), provider),
    )


@blueprint.get("/organisation/<slug>/change")
@signed_in
def change_organisation(slug: str) -> ResponseReturnValue:
    """Ask what is said of it."""
    provider = led(slug)
    return _ask(provider, OrganisationForm.of(provider))


@blueprint.post("/organisation/<slug>/change")
@signed_in
def save_organisation(slug: str) -> ResponseReturnValue:
    """Keep what is said of it."""
    provider, form = led(slug), OrganisationForm()
    if not form.validate_on_submit():
        return _ask(provider, form)
    with write_for(form):
        organisations.describe(provider, form.facts(), actor=me())
    if form.refused:
        return _ask(provider, form)
    say(gettext("Kept."), kind="success")
    return redirect(url_for("provider.organisation", slug=provider.slug))


@blueprint.get(DECLARATION)
@signed_in
def declaration(slug: str, kind: str) -> ResponseReturnValue:
    """Ask for one thing that organisations declare."""
    provider, wanted = led(slug), DeclarationKind(kind)
    return _ask_for(provider, _form(provider, wanted))


@blueprint.post(DECLARATION)
@signed_in
def declare(slug: str, kind: str) -> ResponseReturnValue:
    """Keep it; the team checks it."""
    provider, wanted = led(slug), DeclarationKind(kind)
    form = _form(provider, wanted)
    if not form.validate_on_submit():
        return _ask_for(provider, form)
    with write():
        organisations.declare(provider, wanted, form.facts(), actor=me())
    say(gettext("Kept. The festival team checks it."), kind="success")
    return redirect(url_for("provider.organisation", slug=provider.slug))


@blueprint.post(f"{DECLARATION}/none")
@signed_in
def declare_none(slug: str, kind: str) -> ResponseReturnValue:
    """They do not have it: no dead end, the team talks to them."""
    provider, wanted = led(slug), DeclarationKind(kind)
    with write():
        organisations.declare(provider, wanted, {"not_held": True}, actor=me())
    return redirect(url_for("provider.talk_to_us", slug=provider.slug, kind=kind))


@blueprint.get(f"{DECLARATION}/none")
@signed_in
def talk_to_us(slug: str, kind: str) -> ResponseReturnValue:
    """What to do without it."""
    provider, wanted = led(slug), DeclarationKind(kind)
    known = declarations.declaration_of(provider, wanted)
    if known is None or not known.not_held:
        return redirect(url_for("provider.declaration", slug=provider.slug, kind=kind))
    return render_template(
        "provider/talk_to_us.html", provider=provider, kind=kind, title=DECLARED[wanted][0]
    )


def _today() -> date:
    edition = current_edition() or abort(404)
    return clock.now().astimezone(edition.zone).date()


def _form(provider: Provider, kind: DeclarationKind) -> DeclarationForm:
    return DeclarationForm.of(kind, declarations.declaration_of(provider, kind))


def _ask(provider: Provider, form: OrganisationForm) -> ResponseReturnValue:
    return render_template("provider/change_organisation.html", provider=provider, form=form)


def _ask_for(provider: Provider, form: DeclarationForm) -> ResponseReturnValue:
    title, why, *_rest = DECLARED[form.kind]
    return render_template(
        "provider/declaration.html", provider=provider, form=form, title=title, why=why
    )
