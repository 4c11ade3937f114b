"""Standing pages: privacy, accessibility, cookies; help, and asking for a page in another way."""

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import other_forms, statements
from festival.domain.observations import OTHER_FORMS, tries
from festival.extensions import db
from festival.forms.other_forms import OtherWayForm
from festival.models import Edition
from festival.views.access import public
from festival.views.page import edition as current_edition
from festival.views.page import visitor
from festival.views.told import FORM, local_page
from festival.views.writing import write_for

blueprint = Blueprint("pages", __name__)


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    return render_template("pages/privacy.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    return render_template(
        "pages/accessibility.html", statement=statements.accessibility(), in_words=gettext
    )


@blueprint.get("/cookies")
@public
def cookies() -> ResponseReturnValue:
    return render_template("pages/cookies.html")


@blueprint.get("/help")
@public
def show_help() -> ResponseReturnValue:
    """How all of it goes; and the form to ask for a page in another way."""
    return _help(OtherWayForm(data={"about": request.args.get("about", "")}))


@blueprint.post("/help")
@public
def ask_another_way() -> ResponseReturnValue:
    """Keep what somebody asks for; the next page says by when they hear from us."""
    edition, form = current_edition() or abort(404), OtherWayForm()
    if not form.validate_on_submit():
        return _help(form)
    if not tries.allow(OTHER_FORMS, visitor()):
        form.say_above(gettext("We have been asked a lot from here. Try again later, or call us."))
        return _help(form), 429
    with write_for(form):
        asked = other_forms.ask(
            db.session.get_one(Edition, edition.id),
            about=local_page(form.about.data or ""),
            **form.asked,
        )
        day = asked.due_on
    return redirect(url_for("pages.thank", by=day))


@blueprint.get("/help/thanks")
@public
def thank() -> ResponseReturnValue:
    """Thank you, and by when. The day is in the address, so that it stays the one we promised."""
    by = request.args.get("by", type=date.fromisoformat)
    return render_template("pages/help_thanks.html", by=by, days=other_forms.WORKING_DAYS)


def _help(form: OtherWayForm) -> str:
    form.about.data = local_page(form.about.data or "")
    days = other_forms.WORKING_DAYS
    return render_template("pages/help.html", form=form, anchor=FORM, days=days)
