"""What people asked for so that they can take part: for the access lead, and for nobody else."""

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from festival.domain import access_requests, clock
from festival.extensions import write
from festival.models import Office
from festival.views import requested
from festival.views.access import me, office
from festival.views.office.desk import blueprint


@blueprint.get("/access-requests")
@office(Office.access_lead, administrators=False)
def access_requests_to_come() -> ResponseReturnValue:
    """How many there are, and who will know that they were looked at."""
    number = access_requests.count_coming(clock.now())
    return render_template("office/access_requests.html", number=number, rows=None)


@blueprint.post("/access-requests")
@office(Office.access_lead, administrators=False)
def look_at_access_requests() -> ResponseReturnValue:
    """The requests by run. A POST, because the look is recorded."""
    with write():
        rows = requested.rows_of(access_requests.look(clock.now(), actor=me()))
    page = render_template("office/access_requests.html", number=len(rows), rows=rows)
    return make_response(page, {"Cache-Control": "no-store"})
