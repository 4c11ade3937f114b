"""What is on: the programme, as it is searched and narrowed down."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from festival.views import finder, results
from festival.views.access import public

blueprint = Blueprint("programme", __name__)


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """The programme, searched and narrowed down: as a list, a calendar or a map; as a fragment
    where a script asks for it."""
    shown_now = finder.take()
    if shown_now is None:
        return render_template("programme/none.html")
    on_script = request.headers.get("HX-Request") == "true"
    asked = finder.read(shown_now)
    if not on_script and not finder.is_clean(asked):
        return redirect(finder.address_of(asked.query))
    return results.answer(shown_now, asked, on_script=on_script)


@blueprint.get("/suggest")
@public
def suggest() -> ResponseReturnValue:
    """What somebody may mean who has typed so far: links, for a script to show under the field."""
    shown_now = finder.take()
    typed = request.args.get("q", "")[: finder.LONGEST]
    if request.headers.get("HX-Request") != "true":
        return redirect(url_for("programme.home", q=typed or None))
    found = results.suggestions(shown_now, typed) if shown_now else []
    return render_template("programme/suggestions.html", suggestions=found)
