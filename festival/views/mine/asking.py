"""The way in: an address, the code that is mailed there, or the link beside it.

Every answer is the same whether or not the address is known. A GET lets nobody in: programs that
look at mail follow every link in it.
"""

from flask import current_app, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import mine
from festival.domain.observations import (
    MINE_ADDRESS,
    MINE_CODE,
    MINE_CODE_DAY,
    MINE_GUESS,
    tries,
)
from festival.extensions import write
from festival.forms.base import Form
from festival.forms.mine import AskForm, CodeForm
from festival.views.access import by_link, public
from festival.views.flashes import say
from festival.views.mine.opened import ASKED, blueprint, leave, let_in, who_is_in
from festival.views.page import visitor


@blueprint.get("/ask")
@public
def ask() -> ResponseReturnValue:
    """Ask for the email address; who is in already goes on."""
    if who_is_in() is not None:
        return redirect(url_for("mine.show"))
    return render_template("mine/ask.html", form=AskForm())


@blueprint.post("/ask")
@public
def send_code() -> ResponseReturnValue:
    """Mail a code, if anything is booked there; the next page says the same either way."""
    form = AskForm()
    if not form.validate_on_submit():
        return render_template("mine/ask.html", form=form)
    email = (form.email.data or "").lower()
    if not _may_ask(email):
        form.say_above(gettext("There were too many tries. Wait an hour, or call us."))
        return render_template("mine/ask.html", form=form), 429
    with write():
        mine.ask_code(email)
    session[ASKED] = email
    return redirect(url_for("mine.code"))


def _may_ask(email: str) -> bool:
    """Count a try of this visitor and for this address, known or not."""
    return (
        tries.allow(MINE_ADDRESS, visitor())
        and tries.allow(MINE_CODE, email)
        and tries.allow(MINE_CODE_DAY, email)
    )


@blueprint.get("/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the code."""
    if ASKED not in session:
        return redirect(url_for("mine.ask"))
    return _ask_for_code(CodeForm())


@blueprint.post("/code")
@public
def enter() -> ResponseReturnValue:
    """Let in who types the right code; one sentence for all that can be wrong with it."""
    email, form = session.get(ASKED), CodeForm()
    if email is None:
        say(gettext("Please type your email address once more."))
        return redirect(url_for("mine.ask"))
    if not form.validate_on_submit():
        return _ask_for_code(form)
    if not tries.allow(MINE_GUESS, visitor()):
        form.say_above(gettext("There were too many tries. Wait an hour, or call us."))
        return _ask_for_code(form), 429
    with write():
        contact = mine.enter(current_app.config["SECRET_KEY"], email, form.digits)
        if contact is not None:
            let_in(contact)
    if contact is None:
        wrong = gettext(
            "This code is not right, or it does not work any more. "
            "Look at our newest email, or ask for a new code."
        )
        form.code.errors = [wrong]
        return _ask_for_code(form)
    return redirect(url_for("mine.show"))


def _ask_for_code(form: CodeForm) -> str:
    return render_template("mine/code.html", form=form, email=session[ASKED])


@blueprint.get("/link/<token>")
@by_link
def link(token: str) -> ResponseReturnValue:
    """The page behind the link in our mail: one button."""
    if mine.at_link(current_app.config["SECRET_KEY"], token) is None:
        return _link_over()
    return render_template("mine/link.html", form=Form())


@blueprint.post("/link/<token>")
@by_link
def follow(token: str) -> ResponseReturnValue:
    """Let in who pressed it."""
    with write():
        contact = mine.follow(current_app.config["SECRET_KEY"], token)
        if contact is not None:
            let_in(contact)
    return _link_over() if contact is None else redirect(url_for("mine.show"))


def _link_over() -> ResponseReturnValue:
    """Pressed twice, it is no harm; else they are told what to do."""
    if who_is_in() is not None:
        return redirect(url_for("mine.show"))
    return render_template("mine/link_over.html"), 410


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Forget in this browser whose bookings it showed."""
    leave()
    say(gettext("You have signed out. Nobody else can see your bookings here."), kind="success")
    return redirect(url_for("bookings.find"))
