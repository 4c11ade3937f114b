"""Every version of a session, as the team sees them."""

from flask import abort
from flask.typing import ResponseReturnValue

from festival.models import Revision
from festival.views import history
from festival.views.access import me, office
from festival.views.office.desk import REVIEW, blueprint
from festival.views.office.offers import sent_in

MOST = 9999


@blueprint.get("/offers/<code>/history")
@office(*REVIEW)
def offer_history(code: str) -> ResponseReturnValue:
    """Who wrote what and when, and who answered."""
    return history.listed("office", sent_in(code).session, me())


@blueprint.get(f"/offers/<code>/history/<int(max={MOST}):number>")
@office(*REVIEW)
def offer_version(code: str, number: int) -> ResponseReturnValue:
    """The words of one version, beside what was public before it."""
    revision: Revision | None = history.version_of(sent_in(code).session, number, me())
    return history.one("office", revision or abort(404), me())
