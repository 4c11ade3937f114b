"""What can be booked."""

from typing import Any

from flask.typing import ResponseReturnValue

from festival.domain import clock, listing
from festival.domain.listing import Filters
from festival.views.api import shown
from festival.views.api.answers import shown as answered
from festival.views.api.asking import EVERYBODY, caller, may
from festival.views.api.blueprint import RUN, blueprint, filed
from festival.views.api.errors import Problem
from festival.views.api.fields import as_moment
from festival.views.api.schemas import OccurrenceFacts, Occurrences, Search
from festival.views.page import edition


@blueprint.get("/occurrences", **filed("occurrences"))
@may(*EVERYBODY)
@blueprint.arguments(Search(), location="query")
@blueprint.response(200, Occurrences)
def occurrences(asked: dict[str, Any]) -> ResponseReturnValue:
    """List dated runs of sessions, in time, with what can be booked of each right now.

    The places are those this token can book: a partner's include the places kept for partners.
    """
    festival = edition()
    page, size = asked["page"], asked["page_size"]
    filters = Filters(
        session=asked["session"],
        theme=asked["theme"],
        begins=as_moment(asked["begins"], festival.zone if festival else None),
        ends=as_moment(asked["ends"], festival.zone if festival else None, end=True),
        has_places=asked["has_places"],
    )
    found = listing.find(filters, caller().who.share, clock.now(), page=page, page_size=size)
    listed = [shown.occurrence(one, found.free[one.id]) for one in found.occurrences]
    told = {"occurrences": listed, "page": page, "page_size": size, "total": found.total}
    return answered(told)


@blueprint.get(f"/occurrences/{RUN}", **filed("occurrences"))
@may(*EVERYBODY)
@blueprint.response(200, OccurrenceFacts)
def occurrence(occurrence_id: int) -> ResponseReturnValue:
    """Read one run, with what can be booked of it right now."""
    found = listing.one(occurrence_id, caller().who.share, clock.now())
    if not found.occurrences:
        raise Problem(404)
    return answered(shown.occurrence(found.occurrences[0], found.free[occurrence_id]))
