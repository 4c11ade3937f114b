"""Who leads an organisation asks others in."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain.errors import DomainError
from festival.domain.observations import INVITE, tries
from festival.domain.providers import invitations
from festival.extensions import db, write
from festival.forms.base import in_words
from festival.forms.providers import InviteForm
from festival.models import Invitation, MembershipRole, Provider
from festival.views.access import me, signed_in
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.provider.blueprint import blueprint
from festival.views.provider.own import LARGEST_ID, led
from festival.views.writing import write_for

INVITATION = f"/people/<slug>/invitations/<int(max={LARGEST_ID}):invitation_id>"


@blueprint.get("/people/<slug>/invite")
@signed_in
def invite_person(slug: str) -> ResponseReturnValue:
    """Ask whom to ask in, and as what."""
    return _ask(led(slug), InviteForm(role=MembershipRole.editor.value))


@blueprint.post("/people/<slug>/invite")
@signed_in
def send_invitation(slug: str) -> ResponseReturnValue:
    """Mail them a link of their own."""
    provider, form = led(slug), InviteForm()
    if not form.validate_on_submit():
        return _ask(provider, form)
    if not _may_invite():
        form.say_above(gettext("You have invited many people. Wait an hour, then go on."))
        return _ask(provider, form), 429
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
        return _ask(provider, form)
    say(gettext("We have mailed them an invitation. It is good for 30 days."), kind="success")
    return redirect(url_for("provider.people", slug=provider.slug))


@blueprint.post(f"{INVITATION}/again")
@signed_in
def invite_again(slug: str, invitation_id: int) -> ResponseReturnValue:
    """Mail them a new link; the older one is over."""
    provider = led(slug)
    invitation = _of(provider, invitation_id)
    if not _may_invite():
        say(gettext("You have invited many people. Wait an hour, then go on."), kind="warning")
        return redirect(url_for("provider.people", slug=provider.slug))
    try:
        with write():
            invitations.send_again(invitation, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("We have mailed them a new link."), kind="success")
    return redirect(url_for("provider.people", slug=provider.slug))


@blueprint.post(f"{INVITATION}/take-back")
@signed_in
def take_invitation_back(slug: str, invitation_id: int) -> ResponseReturnValue:
    """Let them not in after all."""
    provider = led(slug)
    invitation = _of(provider, invitation_id)
    try:
        with write():
            invitations.withdraw(invitation, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("The invitation is taken back."), kind="success")
    return redirect(url_for("provider.people", slug=provider.slug))


def _may_invite() -> bool:
    return tries.allow(INVITE, str(me().id))


def _of(provider: Provider, invitation_id: int) -> Invitation:
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or invitation.provider_id != provider.id:
        abort(404)
    return invitation


def _ask(provider: Provider, form: InviteForm) -> str:
    return render_template("provider/invite.html", provider=provider, form=form)
