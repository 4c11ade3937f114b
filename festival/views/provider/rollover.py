"""Sessions of an earlier festival, offered again."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import accounts, clock, offers, rollover
from festival.domain.rollover import Rolled
from festival.extensions import write
from festival.models import Edition
from festival.views import offered
from festival.views.access import me, signed_in
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.provider.blueprint import blueprint

MOST = 50  # at once


@blueprint.get("/again")
@signed_in
def offer_again() -> ResponseReturnValue:
    """What one's organisations offered before, to choose from."""
    return _ask(_edition())


@blueprint.post("/again")
@signed_in
def roll_over() -> ResponseReturnValue:
    """Begin a draft of each that was chosen; what was begun already is not begun again."""
    edition = _edition()
    wanted = set(request.form.getlist("session")[:MOST])
    with write():
        found = rollover.earlier(accounts.offering_for(me()), edition)
        chosen = [one.session for one in found if one.session.code in wanted and not one.again]
        made = rollover.roll_over(chosen, edition=edition, author=me())
        told = [(offered.title(one.revision), _notes(one)) for one in made]
    if not made:
        return _ask(edition, error=gettext("Choose at least one session."))
    number = ngettext("%(num)s draft is begun.", "%(num)s drafts are begun.", len(made))
    say(f"{number} {gettext('Look at each of them, then send it in.')}", kind="success")
    for title, notes in told:
        if notes:
            say(f"{title}: {' '.join(notes)}", kind="warning")
    return redirect(url_for("provider.home"))


def _notes(rolled: Rolled) -> list[str]:
    return [str(gettext(one.text, **one.facts)) for one in rolled.notes]


def _edition() -> Edition:
    """The current festival, for who may offer sessions in it."""
    edition = current_edition()
    if edition is None or not accounts.offering_for(me()):
        abort(404)
    return edition


def _ask(edition: Edition, error: str = "") -> ResponseReturnValue:
    mine = accounts.offering_for(me())
    return render_template(
        "provider/again.html",
        rows=rollover.earlier(mine, edition),
        several=len(mine) > 1,
        open=offers.submissions_open(edition, clock.now()),
        error=error,
        edition=edition,
    )
