"""What people asked for so that they can take part: for the provider of the session."""

from flask import abort, make_response, render_template
from flask.typing import ResponseReturnValue

from festival.domain import access_requests, accounts, clock, offers
from festival.extensions import write
from festival.models import FestivalSession
from festival.views import requested, said
from festival.views.access import authorise, me, signed_in
from festival.views.provider.blueprint import blueprint


@blueprint.get("/sessions/<code>/access-requests")
@signed_in
def access_requests_of(code: str) -> ResponseReturnValue:
    """How many there are, and who will know that they were looked at."""
    session = _own(code)
    number = access_requests.count_coming(clock.now(), session)
    return render_template(
        "provider/access_requests.html",
        session=session,
        title=said.title(session),
        number=number,
        rows=None,
    )


@blueprint.post("/sessions/<code>/access-requests")
@signed_in
def look_at_access_requests(code: str) -> ResponseReturnValue:
    """The requests. A POST, because the look is recorded."""
    session = _own(code)
    with write():
        found = access_requests.look(clock.now(), actor=me(), session=session)
        rows = requested.rows_of(found)
    page = render_template(
        "provider/access_requests.html",
        session=session,
        title=said.title(session),
        number=len(rows),
        rows=rows,
    )
    return make_response(page, {"Cache-Control": "no-store"})


def _own(code: str) -> FestivalSession:
    revision = offers.revision_of(code) or abort(404)
    authorise(accounts.may_edit_session, revision.session)
    return revision.session
