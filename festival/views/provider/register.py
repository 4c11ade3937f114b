"""The way in: an organisation registers, or somebody comes by an invitation."""

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user, login_user

from festival.domain import accounts, clock, offers
from festival.domain.bookings import hash_secret
from festival.domain.errors import DomainError
from festival.domain.observations import REGISTER, REGISTER_ADDRESS, tries
from festival.domain.providers import invitations
from festival.domain.providers.invitations import How
from festival.extensions import write
from festival.forms.providers import JoinForm, RegisterForm
from festival.models import Invitation
from festival.views.access import by_link, me, public
from festival.views.accounts import start_anew
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.page import visitor
from festival.views.provider.blueprint import blueprint
from festival.views.writing import write_for


@blueprint.get("/register")
@public
def register() -> ResponseReturnValue:
    """Ask who wants to offer sessions."""
    return _ask_who(RegisterForm())


@blueprint.post("/register")
@public
def send_registration() -> ResponseReturnValue:
    """Mail a link; says the same whether or not the address is known."""
    form = RegisterForm()
    if not form.validate_on_submit():
        return _ask_who(form)
    if not _may_register(form.email.data or ""):
        form.say_above(gettext("There were too many tries. Wait an hour and try again."))
        return _ask_who(form), 429
    with write():
        invitations.register(
            current_edition(),
            organisation=form.organisation.data or "",
            name=form.name.data or "",
            email=form.email.data or "",
        )
    return redirect(url_for("provider.registration_sent"))


def _ask_who(form: RegisterForm) -> str:
    edition = current_edition()
    is_open = edition is not None and offers.submissions_open(edition, clock.now())
    return render_template("provider/register.html", form=form, is_open=is_open)


def _may_register(email: str) -> bool:
    """Count a try for this address of mail and for where it comes from."""
    by_visitor = tries.allow(REGISTER_ADDRESS, visitor())
    return tries.allow(REGISTER, hash_secret(accounts.fold_email(email))) and by_visitor


@blueprint.get("/register/sent")
@public
def registration_sent() -> ResponseReturnValue:
    """What happens next."""
    return render_template("provider/register_sent.html")


@blueprint.get("/join/<token>")
@by_link
def join(token: str) -> ResponseReturnValue:
    """Whom this link lets in, and into what; if it lets in nobody any more, what to do."""
    invitation = _of(token)
    if invitation is None or invitations.how(invitation, clock.now()) != How.open:
        return _over(invitation)
    return _ask(invitation, JoinForm(name=invitation.name), token)


@blueprint.post("/join/<token>")
@by_link
def accept(token: str) -> ResponseReturnValue:
    """Come in: with the account one has signed in with, or with a new one."""
    invitation = _of(token)
    if invitation is None or invitations.how(invitation, clock.now()) != How.open:
        return _over(invitation)
    form = JoinForm()
    if current_user.is_authenticated:
        with write_for(form):
            invitations.accept(invitation, me())
    elif (hashed := _hash(form)) is not None:
        with write_for(form):
            name = form.name.data or ""
            user = invitations.accept_anew(invitation, name=name, password_hash=hashed)
        if not form.refused:
            start_anew()
            login_user(user)
    if form.errors:
        return _ask(invitation, form, token)
    say(gettext("Welcome. Your sessions stand here."), kind="success")
    return redirect(url_for("provider.home"))


def _of(token: str) -> Invitation | None:
    return invitations.of_link(current_app.config["SECRET_KEY"], token)


def _ask(invitation: Invitation, form: JoinForm, token: str) -> ResponseReturnValue:
    """The page for who has signed in, for who has an account, or for who has none."""
    known = accounts.by_email(invitation.email)
    is_theirs = current_user.is_authenticated and known is not None and me().id == known.id
    is_stranger = current_user.is_authenticated and not is_theirs
    page = render_template(
        "provider/join.html",
        form=form,
        invitation=invitation,
        organisation=invitation.provider.name if invitation.provider else invitation.organisation,
        known=known is not None,
        is_theirs=is_theirs,
        is_stranger=is_stranger,
        here=url_for("provider.join", token=token),
    )
    return page, 409 if is_stranger else 200


def _over(invitation: Invitation | None) -> ResponseReturnValue:
    """The link lets in nobody: why, and what to do."""
    state = invitations.how(invitation, clock.now()) if invitation else None
    is_own = invitation is not None and invitation.created_by_id is None
    return render_template("provider/join_over.html", state=state, is_own=is_own), 410


def _hash(form: JoinForm) -> str | None:
    """The new password's hash; None where the form is not in order. Slow: not in a transaction."""
    if not form.validate_on_submit():
        return None
    try:
        return accounts.hash_password(form.password.data)
    except DomainError as error:
        form.refuse(error)
        return None
