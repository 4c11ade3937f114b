"""Who works in an organisation, when nobody there can see to it: its leader has left, say."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain.errors import DomainError
from festival.domain.providers import invitations, people
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.providers import FEW_WORDS, InviteForm, ReassignForm
from festival.models import MembershipRole, Provider
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import REVIEW, blueprint
from festival.views.office.outbox import LARGEST_ID
from festival.views.office.providers import provider_or_404
from festival.views.page import edition as current_edition
from festival.views.writing import write_for


@blueprint.get("/organisations/<slug>/people")
@office(*REVIEW)
def organisation_people(slug: str) -> ResponseReturnValue:
    """Who works there, and who could lead."""
    provider = provider_or_404(slug)
    return _show(provider)


@blueprint.post("/organisations/<slug>/people")
@office(*REVIEW)
def reassign_organisation(slug: str) -> ResponseReturnValue:
    """Put somebody who works there at its head; who is gone goes."""
    provider = provider_or_404(slug)
    form = ReassignForm.of(people.members(provider))
    if not form.validate_on_submit():
        return _show(provider, reassign=form)
    gone_id = int(form.gone.data) or None
    with write_for(form, "taker"):
        people.reassign(provider, int(form.taker.data), gone_id=gone_id, actor=me())
    if form.refused:
        return _show(provider, reassign=form)
    say(gettext("Done."), kind="success")
    return redirect(url_for("office.organisation_people", slug=provider.slug))


@blueprint.post("/organisations/<slug>/people/invite")
@office(*REVIEW)
def invite_into_organisation(slug: str) -> ResponseReturnValue:
    """Ask somebody in: to lead it, where nobody does."""
    provider, form = provider_or_404(slug), InviteForm()
    if not form.validate_on_submit():
        return _show(provider, invite=form)
    with write_for(form, "email"):
        invitations.invite(
            current_edition(),
            form.email.data or "",
            provider=provider,
            role=MembershipRole(form.role.data),
            name=form.name.data or "",
            inviter=me(),
        )
    if form.refused:
        return _show(provider, invite=form)
    say(gettext("We have mailed them an invitation. It is good for 30 days."), kind="success")
    return redirect(url_for("office.organisation_people", slug=provider.slug))


@blueprint.post(f"/organisations/<slug>/people/<int(max={LARGEST_ID}):user_id>/close")
@office(*REVIEW)
def close_account(slug: str, user_id: int) -> ResponseReturnValue:
    """Somebody has left: nobody signs in as them any more."""
    provider = provider_or_404(slug)
    try:
        with write():
            people.close_account(people.member(provider, user_id).user, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("The account is closed. What they wrote stays."), kind="success")
    return redirect(url_for("office.organisation_people", slug=provider.slug))


def _show(
    provider: Provider, *, reassign: ReassignForm | None = None, invite: InviteForm | None = None
) -> ResponseReturnValue:
    members = people.members(provider)
    return render_template(
        "office/provider_people.html",
        provider=provider,
        members=members,
        has_lead=bool(people.leads(provider)),
        invited=invitations.open_ones(provider),
        reassign=reassign or ReassignForm.of(members),
        invite=invite or InviteForm(role=MembershipRole.lead.value),
        words=FEW_WORDS,
    )
