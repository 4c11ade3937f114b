"""A provider's sessions at a glance."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from festival.domain import accounts, clock, offers
from festival.views import offered
from festival.views.access import me, signed_in
from festival.views.page import edition as current_edition
from festival.views.provider.blueprint import blueprint


@blueprint.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """Everything the person's organisations offer, with where each offer stands."""
    person, edition = me(), current_edition()
    if edition is None or not person.memberships:
        abort(404)
    mine = [membership.provider for membership in person.memberships]
    found = [one for one in offers.offers_of(mine) if accounts.may_see_offer(person, one)]
    return render_template(
        "provider/home.html",
        revisions=found,
        providers=mine,
        offering_for=accounts.offering_for(person),
        open=offers.submissions_open(edition, clock.now()),
        offered=offered,
    )
