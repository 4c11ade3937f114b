"""The door: a volunteer's phone opens a pass, checks tickets and lets people in.

The plain page, which needs nothing but a browser: one field for a code or a reference.
"""

import uuid

from flask import (
    Blueprint,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import ticket_keys
from festival.domain import clock, door
from festival.domain.door import PassRefused, Verdict
from festival.domain.errors import DomainError
from festival.domain.observations import DOOR_PIN, tries
from festival.extensions import db, write
from festival.forms.base import in_words
from festival.forms.door import AdmitForm, CheckForm, PinForm, UndoForm
from festival.models import DoorPass, Edition
from festival.views import verdicts
from festival.views.access import by_link, public
from festival.views.accounts import start_anew
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.page import visitor
from festival.views.scanner_words import all_words
from festival.views.standstill import in_any_case
from festival.views.writing import write_for

blueprint = Blueprint("scan", __name__, url_prefix="/scan")
COOKIE = "door_pass"
LOG = 20
SOURCE = "typed"  # or by a scanner that types: the page cannot tell


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """The scanner: the same page for everybody, without a name in it, so that a phone may keep it.
    What it shows it asks for with its own key."""
    response = make_response(render_template("scan/scanner.html", words=all_words()))
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/open/<secret>")
@by_link
def pin(secret: str) -> ResponseReturnValue:
    """Ask for the PIN of the pass that this link belongs to."""
    _door_pass, refusal = _opening(secret)
    return refusal or render_template("scan/pin.html", form=PinForm())


@blueprint.post("/open/<secret>")
@by_link
@in_any_case
def check_pin(secret: str) -> ResponseReturnValue:
    """Open the door on this phone."""
    door_pass, refusal = _opening(secret)
    if refusal:
        return refusal
    form = PinForm()
    if not form.validate_on_submit():
        return render_template("scan/pin.html", form=form)
    if not may_try(door_pass):
        form.say_above(gettext("There were too many tries. Wait 15 minutes, or ask for help."))
        return render_template("scan/pin.html", form=form), 429
    if not door.pin_fits(door_pass, secret, form.pin.data):
        tries.allow(DOOR_PIN, visitor())
        form.pin.errors = [gettext("This is not the PIN. Ask the venue lead.")]
        return render_template("scan/pin.html", form=form)
    tries.forget(DOOR_PIN, door_pass.secret_hash)
    start_anew()
    session[COOKIE] = door_pass.id
    return redirect(url_for("scan.home"))


def _opening(secret: str) -> tuple[DoorPass, ResponseReturnValue]:
    """The pass of this link; with the words for it when it does not open its door now."""
    door_pass = door.pass_of(secret) or abort(404)
    return door_pass, _refusal(door_pass)


def _refusal(door_pass: DoorPass) -> ResponseReturnValue:
    now = clock.now()
    try:
        door.check_pass(door_pass, now)
    except PassRefused as error:
        over = door_pass.revoked_at is not None or now >= door_pass.until_at
        page = render_template("scan/refused.html", message=in_words(error))
        return page, 410 if over else 409
    return ""


def may_try(door_pass: DoorPass) -> bool:
    """Count a try for this pass. Tries from one place count when they are wrong: a whole venue's
    phones stand behind one address."""
    key = door_pass.secret_hash  # whichever way its code is spelt
    return not tries.exhausted(DOOR_PIN, visitor()) and tries.allow(DOOR_PIN, key)


@blueprint.get("/plain")
@by_link
def plain() -> ResponseReturnValue:
    """The door's page: one field, what runs here, what happened last."""
    door_pass, refusal = _door()
    if door_pass is None:
        return refusal
    return _page(door_pass, done=request.args.get("done", ""))


@blueprint.post("/plain")
@by_link
@in_any_case
def check() -> ResponseReturnValue:
    """Judge a code or a reference; what lets nobody in is noted."""
    door_pass, refusal = _door()
    if door_pass is None:
        return refusal
    form = CheckForm()
    if not form.validate_on_submit():
        return _page(door_pass, form=form)
    verdict = door.judge(door_pass, form.code.data, ticket_keys(), _edition())
    if not verdict.may_admit:
        with write():
            door.note(door_pass, verdict, scan_id=form.scan_id.data, source=SOURCE)
    admit_form = _admit_form(verdict, form.code.data)
    return _page(door_pass, verdict=verdict, admit_form=admit_form)


@blueprint.post("/admit")
@by_link
@in_any_case
def admit() -> ResponseReturnValue:
    """Let so many of a party in. Pressed twice, it is once."""
    door_pass, refusal = _door()
    if door_pass is None:
        return refusal
    form = AdmitForm()
    if form.validate_on_submit():
        with write_for(form, "people"):
            _let_in(door_pass, form)
        if not form.refused:
            return redirect(url_for("scan.plain", done=form.scan_id.data))
    return _page(door_pass, verdict=_look_again(door_pass, form), admit_form=form)


def _let_in(door_pass: DoorPass, form: AdmitForm) -> None:
    people, scan_id = form.people.number or 0, form.scan_id.data
    if code := form.ticket.data:
        door.admit_unlisted(
            door_pass=door_pass,
            code=code,
            keys=ticket_keys(),
            people=people,
            scan_id=scan_id,
            source=SOURCE,
        )
    else:
        door.admit(
            door_pass=door_pass,
            reservation_id=int(form.reservation.data),
            people=people,
            scan_id=scan_id,
            source=SOURCE,
        )


def _look_again(door_pass: DoorPass, form: AdmitForm) -> Verdict:
    if code := form.ticket.data:
        return door.judge(door_pass, code, ticket_keys(), _edition())
    known = not form.reservation.errors
    return door.look_again(door_pass, int(form.reservation.data) if known else 0)


@blueprint.post("/undo")
@by_link
@in_any_case
def undo() -> ResponseReturnValue:
    """Take an admission back."""
    door_pass, refusal = _door()
    if door_pass is None:
        return refusal
    form = UndoForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        with write():
            door.undo(door_pass=door_pass, target=form.target.data, scan_id=str(uuid.uuid4()))
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("Undone. Nobody is counted for that scan."), kind="success")
    return redirect(url_for("scan.plain"))


def _door() -> tuple[DoorPass | None, ResponseReturnValue]:
    """This phone's pass, or what to say when it has none that works now."""
    identifier = session.get(COOKIE)
    door_pass = db.session.get(DoorPass, identifier) if identifier else None
    if door_pass is None:
        return None, (render_template("scan/no_pass.html"), 404)
    refusal = _refusal(door_pass)
    return (None, refusal) if refusal else (door_pass, "")


def _page(
    door_pass: DoorPass,
    *,
    form: CheckForm | None = None,
    verdict: Verdict | None = None,
    admit_form: AdmitForm | None = None,
    done: str = "",
) -> ResponseReturnValue:
    edition = _edition()
    rows = verdicts.log_rows(door.log(LOG, door_pass.venue_id), edition)
    title, lines = verdicts.said(verdict, edition) if verdict else ("", [])
    return render_template(
        "scan/plain.html",
        door_pass=door_pass,
        form=form or CheckForm(formdata=None, scan_id=str(uuid.uuid4())),
        verdict=verdict,
        title=title,
        lines=lines,
        admit_form=admit_form,
        sessions=verdicts.sessions_here(door_pass, edition),
        rows=rows,
        done=next((row for row in rows if done and row["scan_id"] == done), None),
    )


def _admit_form(verdict: Verdict, typed: str) -> AdmitForm | None:
    """Asks how many are here: all who are not in yet, unless somebody says otherwise."""
    if not verdict.may_admit:
        return None
    claim = verdict.reservation
    return AdmitForm(
        formdata=None,
        reservation=claim.id if claim else "",
        ticket="" if claim else typed,
        scan_id=str(uuid.uuid4()),
        people=str(verdict.remaining),
    )


def _edition() -> Edition:
    return current_edition() or abort(404)
