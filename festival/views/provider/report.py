"""How it went: a provider's own report."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from festival.domain import accounts, clock, reports
from festival.forms.feedback import RATINGS
from festival.views import said
from festival.views.access import me, signed_in
from festival.views.page import edition as current_edition
from festival.views.provider.blueprint import blueprint


@blueprint.get("/report")
@signed_in
def report() -> ResponseReturnValue:
    """Who came, who stayed away, what people said, what is asked for and not there."""
    providers, edition = accounts.offering_for(me()), current_edition()
    if edition is None or not providers:
        abort(404)
    return render_template(
        "provider/report.html",
        providers=providers,
        report=reports.report_of(providers, edition, clock.now()),
        smallest=reports.SMALLEST,
        enough=reports.ENOUGH_FOR_A_MEAN,
        ratings=RATINGS,
        said=said,
    )
