"""Organisations: the team looks at who they are and at what they declare."""

from datetime import date

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import clock, offers
from festival.domain.errors import DomainError
from festival.domain.providers import declarations, finding, organisations, people
from festival.domain.words import fold
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.providers import CheckOrganisationForm
from festival.models import DeclarationKind, Provider, ProviderState
from festival.views import declared, offered
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import REVIEW, blueprint
from festival.views.page import edition as current_edition
from festival.views.writing import write_for

KINDS = "<any(insurance, safeguarding, risk_assessment):kind>"


@blueprint.get("/organisations")
@office(*REVIEW)
def organisation_list() -> ResponseReturnValue:
    """Every organisation, or those that wait, or those with something to do about declarations."""
    edition = current_edition() or abort(404)
    found = finding.entries(edition, today())
    show, wanted = request.args.get("show", ""), request.args.get("q", "").strip()[:80]
    rows = [one for one in found if _is_wanted(one, show) and fold(wanted) in fold(_all_of(one))]
    return render_template(
        "office/providers.html",
        rows=rows,
        show=show,
        q=wanted,
        counts={name: sum(_is_wanted(one, name) for one in found) for name in SHOWN},
        declared=declared,
    )


SHOWN = ("", "waiting", "declarations", "headless")


def _is_wanted(entry: finding.Entry, show: str) -> bool:
    if show == "waiting":
        return entry.provider.state == ProviderState.unchecked
    if show == "declarations":
        return bool(entry.cautions)
    if show == "headless":
        return not entry.leads
    return True


def _all_of(entry: finding.Entry) -> str:
    return " ".join([entry.provider.name, *entry.leads])


@blueprint.get("/organisations/<slug>")
@office(*REVIEW)
def organisation(slug: str) -> ResponseReturnValue:
    """One of them: who they are, what they declare, what they offer."""
    return _show(provider_or_404(slug), CheckOrganisationForm())


@blueprint.post("/organisations/<slug>")
@office(*REVIEW)
def check_organisation(slug: str) -> ResponseReturnValue:
    """Say that they are known, or that they cannot be taken."""
    provider, form = provider_or_404(slug), CheckOrganisationForm()
    if not form.validate_on_submit():
        return _show(provider, form)
    with write_for(form, "decision"):
        if form.decision.data == "check":
            organisations.check(provider, actor=me())
        else:
            organisations.refuse(provider, form.comment.data or "", actor=me())
    if form.refused:
        return _show(provider, form)
    say(gettext("Done. We tell them by email."), kind="success")
    return redirect(url_for("office.organisation", slug=provider.slug))


@blueprint.post(f"/organisations/<slug>/declarations/{KINDS}")
@office(*REVIEW)
def check_declaration(slug: str, kind: str) -> ResponseReturnValue:
    """Say that what they declare is in order: the very thing that the page showed."""
    provider = provider_or_404(slug)
    found = declarations.declaration_of(provider, DeclarationKind(kind)) or abort(404)
    try:
        with write():
            organisations.check_declaration(found, actor=me(), seen=request.form.get("seen", ""))
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("Checked."), kind="success")
    return redirect(url_for("office.organisation", slug=provider.slug))


def provider_or_404(slug: str) -> Provider:
    return organisations.by_slug(slug) or abort(404)


def today() -> date:
    """The day it is at the festival."""
    edition = current_edition() or abort(404)
    return clock.now().astimezone(edition.zone).date()


def _show(provider: Provider, form: CheckOrganisationForm) -> ResponseReturnValue:
    return render_template(
        "office/provider.html",
        form=form,
        provider=provider,
        state=declared.state_words(provider),
        facts=declared.facts_of(provider),
        declarations=declared.rows_of(provider, today()),
        same_name=finding.of_the_same_name(provider),
        members=people.members(provider),
        revisions=[one for one in offers.offers_of([provider]) if one.state in SEEN_BY_TEAM],
        may_decide=provider.state != ProviderState.checked,
        offered=offered,
        declared=declared,
    )


SEEN_BY_TEAM = ("submitted", "approved", "declined", "superseded")
