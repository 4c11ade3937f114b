"""A place that is not on the list, proposed by a provider."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import offers
from festival.forms.offers import PlaceForm
from festival.models import Revision
from festival.views.access import me, signed_in
from festival.views.flashes import say
from festival.views.provider import drafts
from festival.views.provider.blueprint import blueprint
from festival.views.writing import write_for


@blueprint.get("/sessions/<code>/place")
@signed_in
def propose_place(code: str) -> ResponseReturnValue:
    """Ask where it is and how many people may be in it."""
    revision = drafts.editable(code)
    return _ask(PlaceForm(), revision) if drafts.is_open(revision) else _back(revision)


@blueprint.post("/sessions/<code>/place")
@signed_in
def add_place(code: str) -> ResponseReturnValue:
    """Keep the place for the team to check, and choose it for this draft."""
    revision, form = drafts.editable(code), PlaceForm()
    if not drafts.is_open(revision):
        return _back(revision)
    if not form.validate_on_submit():
        return _ask(form, revision)
    with write_for(form):
        room = offers.propose_place(
            provider=revision.session.provider,
            author=me(),
            name=form.name.data,
            address=form.address.data,
            postcode=form.postcode.data.upper(),
            room=form.room.data,
            people=form.people.number or 1,
            step_free=form.said("step_free"),
            accessible_toilet=form.said("accessible_toilet"),
        )
        chosen = {"room": str(room.id)}
        offers.save_page(revision, chosen, seen=offers.version(revision), author=me())
    if form.refused:
        return _ask(form, revision)
    say(gettext("We have put your place in. The festival team checks it."), kind="success")
    return _back(revision)


def _back(revision: Revision) -> ResponseReturnValue:
    code = revision.session.code
    return redirect(url_for("provider.edit_part", code=code, part="dates"))


def _ask(form: PlaceForm, revision: Revision) -> ResponseReturnValue:
    return render_template("provider/place.html", form=form, session=revision.session)
