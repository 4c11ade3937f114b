"""A provider's sessions at a glance."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from festival.domain import accounts, clock, glance, offers, rollover
from festival.views import offered, said
from festival.views.access import me, signed_in
from festival.views.page import edition as current_edition
from festival.views.provider import drafts
from festival.views.provider.blueprint import blueprint


@blueprint.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """The week of the person's organisations, and everything they offer."""
    person, edition = me(), current_edition()
    if edition is None or not person.memberships:
        abort(404)
    mine = [membership.provider for membership in person.memberships]
    now = clock.now()
    shown = [drafts.shown_to(person, one) for one in offers.offers_of(mine)]
    return render_template(
        "provider/home.html",
        revisions=[one for one in shown if one is not None],
        providers=mine,
        offering_for=accounts.offering_for(person),
        open=offers.submissions_open(edition, now),
        may_roll_over=rollover.is_there(accounts.offering_for(person), edition),
        glance=glance.at_a_glance(mine, now.astimezone(edition.zone).date(), now),
        may_return={one.id for one in accounts.offering_for(person)},
        said=said,
        offered=offered,
    )
