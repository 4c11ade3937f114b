"""Door passes and what happened at the doors."""

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import clock, door
from festival.extensions import db, write
from festival.forms.office import DoorPassForm
from festival.models import DoorPass
from festival.views import verdicts
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.board import ago
from festival.views.office.desk import DOORS, blueprint
from festival.views.office.outbox import LARGEST_ID
from festival.views.office.shifts import Slip
from festival.views.page import edition as current_edition
from festival.views.writing import write_for

NEWEST = 200


@blueprint.get("/door-passes")
@office(*DOORS)
def door_passes() -> ResponseReturnValue:
    """The newest passes, and a form for one more."""
    return _list(DoorPassForm.of(door.venues()))


@blueprint.post("/door-passes")
@office(*DOORS)
def make_pass() -> ResponseReturnValue:
    """Make a pass. Its link and PIN stand on the answer and nowhere else."""
    form = DoorPassForm.of(door.venues())
    if not form.validate_on_submit():
        return _list(form)
    edition = current_edition() or abort(404)
    with write_for(form, "ends"):
        from_at, until_at = form.hours(edition.zone)
        venue = door.venue_by_slug(form.venue.data) or abort(404)
        label = form.label.data or ""
        made, secret, pin = door.make_pass(
            venue=venue, from_at=from_at, until_at=until_at, label=label, actor=me()
        )
    if form.refused:
        return _list(form)
    slip = Slip.made(made, secret, pin, label or gettext("Door"))
    page = render_template("office/door_pass.html", door_pass=made, slip=slip)
    return make_response(page, {"Cache-Control": "no-store"})


def _list(form: DoorPassForm) -> ResponseReturnValue:
    now, passes = clock.now(), door.passes(NEWEST)
    phones = door.phones_of(passes)
    return render_template(
        "office/door_passes.html",
        form=form,
        passes=[(one, verdicts.pass_state(one, now), phones[one.id]) for one in passes],
        newest=NEWEST,
        now=now,
        ago=ago,
    )


@blueprint.post(f"/door-passes/<int(max={LARGEST_ID}):pass_id>/revoke")
@office(*DOORS)
def revoke(pass_id: int) -> ResponseReturnValue:
    """Switch a pass off."""
    door_pass = db.session.get(DoorPass, pass_id)
    if door_pass is None:
        abort(404)
    with write():
        door.revoke(door_pass, actor=me())
    say(gettext("The door pass is switched off."), kind="success")
    return redirect(url_for("office.door_passes"))
