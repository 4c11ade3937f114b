"""Who works in an organisation: their roles, a handover, somebody who leaves."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import clock
from festival.domain.errors import DomainError, NotFound
from festival.domain.providers import invitations
from festival.domain.providers import people as working
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.providers import FEW_WORDS, HandOverForm, RoleForm
from festival.models import Membership, MembershipRole, Provider
from festival.views.access import me, signed_in
from festival.views.flashes import say
from festival.views.provider.blueprint import blueprint
from festival.views.provider.own import LARGEST_ID, choose, led, only_own, own
from festival.views.writing import write_for

PERSON = f"/people/<slug>/<int(max={LARGEST_ID}):user_id>"


@blueprint.get("/people")
@blueprint.get("/people/<slug>")
@signed_in
def people(slug: str | None = None) -> ResponseReturnValue:
    """Everybody with a role in the organisation, and who was invited."""
    provider = only_own(slug)
    if provider is None:
        return choose("provider.people", gettext("People"))
    now = clock.now()
    return render_template(
        "provider/people.html",
        provider=provider,
        members=working.members(provider),
        invited=[(one, invitations.how(one, now)) for one in invitations.open_ones(provider)],
        may_manage=working.may_manage(me(), provider),
        words=FEW_WORDS,
    )


@blueprint.get(PERSON)
@signed_in
def person(slug: str, user_id: int) -> ResponseReturnValue:
    """One of them: what they do, and the way out."""
    provider = led(slug)
    membership = _member(provider, user_id)
    return _show(membership, RoleForm(role=membership.role.value))


@blueprint.post(PERSON)
@signed_in
def set_role(slug: str, user_id: int) -> ResponseReturnValue:
    """Let them do something else from now on."""
    provider, form = led(slug), RoleForm()
    membership = _member(provider, user_id)
    if not form.validate_on_submit():
        return _show(membership, form)
    with write_for(form, "role"):
        working.set_role(provider, user_id, MembershipRole(form.role.data), actor=me())
    if form.refused:
        return _show(membership, form)
    say(gettext("Done."), kind="success")
    return _back(provider)


@blueprint.post(f"{PERSON}/remove")
@signed_in
def remove_person(slug: str, user_id: int) -> ResponseReturnValue:
    """Take somebody out of the organisation; what they wrote stays."""
    provider = led(slug)
    name = _member(provider, user_id).user.name
    try:
        with write():
            working.remove(provider, user_id, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("%(name)s is out. What they wrote is still here.", name=name), kind="success")
    return _back(provider)


@blueprint.get("/people/<slug>/hand-over")
@signed_in
def hand_over(slug: str) -> ResponseReturnValue:
    """Ask who leads from now on."""
    provider = led(slug)
    return _ask_who(provider, HandOverForm.of(_takers(provider)))


@blueprint.post("/people/<slug>/hand-over")
@signed_in
def hand_it_over(slug: str) -> ResponseReturnValue:
    """Somebody else leads from now on."""
    provider = led(slug)
    form = HandOverForm.of(_takers(provider))
    if not form.validate_on_submit():
        return _ask_who(provider, form)
    leaves = bool(form.leaves.data)
    with write_for(form, "taker"):
        working.hand_over(provider, giver=me(), taker_id=int(form.taker.data), leaves=leaves)
    if form.refused:
        return _ask_who(provider, form)
    say(gettext("You have handed the organisation over."), kind="success")
    return _away() if leaves else _back(provider)


@blueprint.get("/people/<slug>/leave")
@signed_in
def leave(slug: str) -> ResponseReturnValue:
    """Ask whether they mean it."""
    provider = own(slug)
    return render_template("provider/leave.html", provider=provider)


@blueprint.post("/people/<slug>/leave")
@signed_in
def leave_it(slug: str) -> ResponseReturnValue:
    """Somebody goes; who is the only one to lead hands over first."""
    provider = own(slug)
    try:
        with write():
            working.remove(provider, me().id, actor=me())
    except working.OnlyLead:
        say(gettext("You are the only one who leads it. Hand it over first."), kind="warning")
        return redirect(url_for("provider.hand_over", slug=provider.slug))
    say(gettext("You have left %(name)s.", name=provider.name), kind="success")
    return _away()


def _member(provider: Provider, user_id: int) -> Membership:
    try:
        return working.member(provider, user_id)
    except NotFound:
        if request.method == "GET":
            abort(404)
        raise


def _takers(provider: Provider) -> list[tuple[int, str]]:
    """Who may lead instead."""
    return [
        (one.user_id, one.user.name)
        for one in working.members(provider)
        if one.user_id != me().id and one.user.is_active
    ]


def _show(membership: Membership, form: RoleForm) -> ResponseReturnValue:
    provider = membership.provider
    leads = [user.id for user in working.leads(provider)]
    return render_template(
        "provider/person.html",
        form=form,
        membership=membership,
        provider=provider,
        is_only_lead=leads == [membership.user_id],
        is_me=membership.user_id == me().id,
    )


def _ask_who(provider: Provider, form: HandOverForm) -> ResponseReturnValue:
    return render_template("provider/hand_over.html", provider=provider, form=form)


def _back(provider: Provider) -> ResponseReturnValue:
    if not working.may_see(me(), provider):
        return _away()
    return redirect(url_for("provider.people", slug=provider.slug))


def _away() -> ResponseReturnValue:
    """Where somebody goes who belongs here no more."""
    return redirect(url_for("provider.home" if me().memberships else "programme.home"))
