"""Nothing suits: people tell us what they would like to learn."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import programme, venues, wishes
from festival.domain.observations import WISHES, tries
from festival.forms.wishes import WishForm
from festival.views.access import public
from festival.views.page import edition as current_edition
from festival.views.page import visitor
from festival.views.writing import write_for

blueprint = Blueprint("wishes", __name__, url_prefix="/wishes")


@blueprint.get("")
@public
def ask() -> ResponseReturnValue:
    """Ask, with what they searched for filled in."""
    if current_edition() is None:
        abort(404)
    asked = {name: request.args.get(name, "") for name in ("theme", "near")}
    return _page(_form(words=request.args.get("q", ""), **asked))


@blueprint.post("")
@public
def keep() -> ResponseReturnValue:
    """Keep it, once however often it is sent."""
    edition, form = current_edition() or abort(404), _form()
    if not form.validate_on_submit():
        return _page(form)
    if not tries.allow(WISHES, visitor()):
        form.say_above(gettext("We have had a lot of wishes from here. Please try again later."))
        return _page(form), 429
    with write_for(form):
        wishes.ask(edition, **form.chosen)
    return _page(form) if form.refused else redirect(url_for("wishes.thank"))


@blueprint.get("/thanks")
@public
def thank() -> ResponseReturnValue:
    """Thank you, and what happens with it."""
    return render_template("wishes/thanks.html")


def _form(**begun: str) -> WishForm:
    return WishForm.of(programme.themes(), venues.wards(), **begun)


def _page(form: WishForm) -> str:
    return render_template("wishes/ask.html", form=form)
