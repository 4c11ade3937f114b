"""Signing in and out, and choosing a new password."""

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user

from festival.domain import accounts, outbox
from festival.domain.bookings import hash_secret
from festival.domain.errors import DomainError
from festival.domain.observations import PASSWORD_RESET, SIGN_IN, SIGN_IN_ADDRESS, tries
from festival.extensions import db, write
from festival.forms.accounts import ForgottenForm, NewPasswordForm, SignInForm
from festival.models import Office, User
from festival.views.access import by_link, public
from festival.views.flashes import say
from festival.views.page import visitor
from festival.views.standstill import in_any_case
from festival.views.writing import write_for

blueprint = Blueprint("accounts", __name__)
KEPT = ("basket",)  # what of the visitor's cookie outlives signing in


def load_user(identifier: str) -> User | None:
    """Who signed in with this; nobody once the password has changed or the account is closed."""
    user = db.session.get(User, int(identifier.partition(":")[0]))
    if user is None or not user.is_active or user.get_id() != identifier:
        return None
    return user


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask who it is; whoever has signed in goes to their work."""
    if current_user.is_authenticated:
        return redirect(_after_sign_in(current_user))
    return _ask(SignInForm())


@blueprint.post("/sign-in")
@public
@in_any_case
def check_sign_in() -> ResponseReturnValue:
    """Sign in; says the same of a wrong address and a wrong password."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _ask(form)
    if not _may_try(form.email.data):
        form.say_above(gettext("There were too many tries. Wait 15 minutes and try again."))
        return _ask(form), 429
    user = accounts.by_email(form.email.data)
    fits = accounts.password_fits(user, form.password.data)
    if user is None or not fits or not user.is_active:
        form.say_above(gettext("The email address or the password is not right."))
        return _ask(form)
    tries.forget(SIGN_IN, _key(user.email))
    start_anew()
    login_user(user)
    return redirect(_after_sign_in(user))


def _ask(form: SignInForm) -> str:
    return render_template("accounts/sign_in.html", form=form)


def _may_try(email: str) -> bool:
    """Count a try for this address of mail and for where it comes from."""
    by_visitor = tries.allow(SIGN_IN_ADDRESS, visitor())
    return tries.allow(SIGN_IN, _key(email)) and by_visitor


def _key(email: str) -> str:
    """What tries for an email address are counted under: the address itself is not kept."""
    return hash_secret(accounts.fold_email(email))


def start_anew() -> None:
    """Forget the visitor's cookie but for their basket: who knew the old one gains nothing."""
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)


def _after_sign_in(user: User) -> str:
    """Where they wanted to go, else to their work."""
    wanted = request.args.get("next", "")
    if is_own_path(wanted):
        return wanted
    if user.holds(*Office):
        return url_for("office.home")
    return url_for("provider.home" if user.memberships else "programme.home")


def is_own_path(path: str) -> bool:
    """Whether this leads to a page of ours and nowhere else, however a browser reads it."""
    return path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()


@blueprint.post("/sign-out")
@public
@in_any_case
def sign_out() -> ResponseReturnValue:
    """Forget who it was, and their basket."""
    logout_user()
    session.clear()
    say(gettext("You have signed out."))
    return redirect(url_for("programme.home"))


@blueprint.get("/forgotten-password")
@public
def forgotten() -> ResponseReturnValue:
    """Ask for the address to mail a link to."""
    return render_template("accounts/forgotten.html", form=ForgottenForm())


@blueprint.post("/forgotten-password")
@public
def send_reset() -> ResponseReturnValue:
    """Mail a link; says the same whether or not somebody has this address."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form)
    if not tries.allow(PASSWORD_RESET, _key(form.email.data)):
        form.say_above(gettext("There were too many tries. Wait an hour and try again."))
        return render_template("accounts/forgotten.html", form=form), 429
    user = accounts.by_email(form.email.data)
    if user is not None and user.is_active:
        with write():
            outbox.queue("password_reset", user.email, user=user.id)
    return redirect(url_for("accounts.reset_sent"))


@blueprint.get("/forgotten-password/sent")
@public
def reset_sent() -> ResponseReturnValue:
    """What happens next, whether or not somebody has this address."""
    return render_template("accounts/sent.html")


@blueprint.get("/choose-password/<token>")
@by_link
def choose_password(token: str) -> ResponseReturnValue:
    """Ask whom this link belongs to for a new password."""
    if accounts.user_of_reset(current_app.config["SECRET_KEY"], token) is None:
        return render_template("accounts/link_over.html"), 410
    return render_template("accounts/choose_password.html", form=NewPasswordForm())


@blueprint.post("/choose-password/<token>")
@by_link
def save_password(token: str) -> ResponseReturnValue:
    """Keep the new password; the link and every sign-in are over."""
    secret = current_app.config["SECRET_KEY"]
    user = accounts.user_of_reset(secret, token)
    if user is None:
        return render_template("accounts/link_over.html"), 410
    form = NewPasswordForm()
    hashed = _hash(form) if form.validate_on_submit() else ""
    if hashed:
        with write_for(form):
            accounts.choose_password(secret, token, hashed)
    if form.errors:
        return render_template("accounts/choose_password.html", form=form)
    tries.forget(SIGN_IN, _key(user.email))
    start_anew()
    say(gettext("You have a new password. Sign in with it now."), kind="success")
    return redirect(url_for("accounts.sign_in"))


def _hash(form: NewPasswordForm) -> str:
    """The new password's hash; a weak one is refused at its field. Slow: not in a transaction."""
    try:
        return accounts.hash_password(form.password.data)
    except DomainError as error:
        form.refuse(error)
        return ""
