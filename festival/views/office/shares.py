"""What is kept back of a run's places, and when its booking opens and closes."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import shares
from festival.forms.shares import SharesForm
from festival.models import Occurrence
from festival.views import runs as pages
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import RUNS, blueprint
from festival.views.office.runs import RUN
from festival.views.writing import write_for


@blueprint.get(f"{RUN}/shares")
@office(*RUNS)
def run_shares(occurrence_id: int) -> ResponseReturnValue:
    """How they are now."""
    occurrence = pages.run_or_404(occurrence_id)
    return _ask(occurrence, SharesForm.of(occurrence))


@blueprint.post(f"{RUN}/shares")
@office(*RUNS)
def save_shares(occurrence_id: int) -> ResponseReturnValue:
    """Keep them so; what becomes public goes to the waiting list first."""
    occurrence, form = pages.run_or_404(occurrence_id), SharesForm()
    if not form.validate_on_submit() or not form.read_moments(occurrence):
        return _ask(occurrence, form)
    kept, opens_at, closes_at = (
        form.shares(occurrence),
        form.opens_at.moment,
        form.closes_at.moment,
    )
    with write_for(form, "share_phone"):
        shares.set_shares(occurrence_id, kept, actor=me())
        shares.set_gates(occurrence_id, opens_at=opens_at, closes_at=closes_at, actor=me())
    if form.refused:
        return _ask(pages.run_or_404(occurrence_id), form)
    say(gettext("Saved. What became free was offered to the waiting list first."), kind="success")
    return redirect(url_for("office.run", occurrence_id=occurrence_id))


def _ask(occurrence: Occurrence, form: SharesForm) -> ResponseReturnValue:
    return render_template("office/run_shares.html", form=form, **pages.facts_of(occurrence))
