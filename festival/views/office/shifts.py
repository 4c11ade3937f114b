"""Volunteers' turns at the doors: the roster, and the slips that open their phones."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import codes
from festival.delivery.addresses import address
from festival.domain import clock, door
from festival.domain.door import Granted, PassRefused, Planned
from festival.domain.errors import N_, DomainError
from festival.extensions import db, write
from festival.forms.base import in_words
from festival.forms.office import read_day
from festival.forms.shifts import ROLES, RosterForm, ShiftForm
from festival.models import DoorDevice, DoorPass, Edition, Shift
from festival.views import verdicts
from festival.views.access import me, office
from festival.views.changing import digest
from festival.views.flashes import say
from festival.views.office.board import ago, whole
from festival.views.office.desk import DOORS, blueprint
from festival.views.office.outbox import LARGEST_ID
from festival.views.page import edition as current_edition
from festival.views.writing import write_for

SHIFT = f"/shifts/<int(max={LARGEST_ID}):shift_id>"
ALREADY = N_("There is this shift already. Choose “New slip” where it stands for a slip.")
PHONE = f"/door-phones/<int(max={LARGEST_ID}):device_id>"


@dataclass(frozen=True)
class Slip:
    """What a volunteer is given; the PIN stands on the lead's sheet alone."""

    volunteer: str
    role: str
    venue: str
    from_at: datetime
    until_at: datetime
    code: str
    pin: str
    link: str
    home: str
    picture: str

    @classmethod
    def of(cls, granted: Granted) -> "Slip":
        shift = granted.shift
        role = str(ROLES[shift.role])
        return cls.made(shift.door_pass, granted.code, granted.pin, shift.volunteer, role)

    @classmethod
    def made(cls, held: DoorPass, code: str, pin: str, name: str, role: str = "") -> "Slip":
        link = address("scan.pin", secret=code)
        png = base64.b64encode(codes.png_of_address(link, 6)).decode()
        return cls(
            name,
            role,
            held.venue.name,
            held.from_at,
            held.until_at,
            code,
            pin,
            link,
            address("scan.home"),
            f"data:image/png;base64,{png}",
        )


@blueprint.get("/shifts")
@office(*DOORS)
def shifts() -> ResponseReturnValue:
    """Who is on at one day, and forms for more."""
    edition = _edition()
    return _page(ShiftForm.of(door.venues()), RosterForm.of(door.venues(), edition.zone))


def _page(one: ShiftForm, many: RosterForm) -> ResponseReturnValue:
    edition, now = _edition(), clock.now()
    day = _day_of(request.args.get("day", ""), edition, now)
    turns = door.shifts_between(*whole(day, edition))
    by_venue = [
        (venue, list(rows)) for venue, rows in groupby(turns, key=lambda one: one.shift.venue)
    ]
    return render_template(
        "office/shifts.html",
        one=one,
        many=many,
        day=day,
        typed_day=_typed(day),
        by_venue=by_venue,
        roles=ROLES,
        states={turn.shift.id: _state(turn, now) for turn in turns},
        now=now,
        ago=ago,
    )


def _typed(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def _day_of(typed: str, edition: Edition, now: datetime) -> date:
    """The day that was asked for, else the festival's day that is nearest to today."""
    day = read_day(typed)
    if day is not None:
        return day
    today = now.astimezone(edition.zone).date()
    return min(max(today, edition.starts_on), edition.ends_on)


def _state(turn: door.Turn, now: datetime) -> tuple[str, str]:
    """How a shift stands: the words, and the colour of its tag."""
    shift = turn.shift
    if shift.cancelled_at is not None:
        return gettext("Cancelled"), "grey"
    if shift.door_pass.revoked_at is None and shift.from_at <= now < shift.until_at:
        if any(phone.signed_out_at is None for phone in turn.phones):
            return gettext("On the phone"), "green"
        return (gettext("Signed out") if turn.phones else gettext("No phone opened yet")), "red"
    return verdicts.pass_state(shift.door_pass, now)


@blueprint.post("/shifts/one")
@office(*DOORS)
def make_shift() -> ResponseReturnValue:
    """One turn; its slip stands on the answer and nowhere else."""
    edition, venues = _edition(), door.venues()
    form = ShiftForm.of(venues)
    if not form.validate_on_submit():
        return _page(form, RosterForm.of(venues, edition.zone))
    granted: list[Granted] = []
    with write_for(form, "ends"):
        granted = door.make_shifts([form.wanted(edition.zone)], actor=me())
    if not granted and not form.refused:
        form.refuse(PassRefused(ALREADY, field="volunteer"))
    if form.refused:
        return _page(form, RosterForm.of(venues, edition.zone))
    return _slips([Slip.of(one) for one in granted])


@blueprint.post("/shifts/many")
@office(*DOORS)
def make_shifts() -> ResponseReturnValue:
    """First show what becomes of each line; once that was seen, make them all, or nothing."""
    edition, venues = _edition(), door.venues()
    form = RosterForm.of(venues, edition.zone)
    if not form.validate_on_submit() or "change" in request.form:
        form.seen.data = ""
        return _page(ShiftForm.of(venues), form)
    if form.seen.data != _seen(door.plan_shifts(form.wanted)):
        return _preview(form)
    granted: list[Granted] = []
    with write_for(form, "lines"):
        granted = door.make_shifts(form.wanted, actor=me())
    if form.refused:
        return _page(ShiftForm.of(venues), form)
    # Somebody may have sent the same meanwhile: then there is nothing to print.
    return _slips([Slip.of(one) for one in granted]) if granted else _preview(form)


def _preview(form: RosterForm) -> ResponseReturnValue:
    planned = door.plan_shifts(form.wanted)
    changed, form.seen.data = bool(form.seen.data), _seen(planned)
    return render_template(
        "office/shifts_preview.html",
        form=form,
        changed=changed,
        new=[one for one in planned if not one.is_there],
        already=[one for one in planned if one.is_there],
        roles=ROLES,
        now=clock.now(),
    )


def _seen(planned: Sequence[Planned]) -> str:
    """What the page has shown of a roster, in short."""
    return digest([[*map(str, one.wanted.key), one.is_there] for one in planned])


def _slips(slips: Sequence[Slip]) -> ResponseReturnValue:
    by_venue = [
        (venue, list(rows))
        for venue, rows in groupby(
            sorted(slips, key=lambda one: (one.venue, one.from_at)), key=lambda one: one.venue
        )
    ]
    page = render_template("office/slips.html", by_venue=by_venue, slips=slips)
    return make_response(page, {"Cache-Control": "no-store"})


@blueprint.post(f"{SHIFT}/cancel")
@office(*DOORS)
def cancel_shift(shift_id: int) -> ResponseReturnValue:
    """Somebody does not come."""
    shift = db.session.get(Shift, shift_id) or abort(404)
    with write():
        door.cancel_shift(db.session.get_one(Shift, shift.id), actor=me())
    say(gettext("The shift is cancelled, and its pass is switched off."), kind="success")
    return _back_to(shift_id)


def _back_to(shift_id: int) -> ResponseReturnValue:
    """The day of this shift."""
    begins = db.session.get_one(Shift, shift_id).from_at.astimezone(_edition().zone)
    return redirect(url_for("office.shifts", day=_typed(begins.date())))


@blueprint.post(f"{SHIFT}/slip")
@office(*DOORS)
def renew_shift(shift_id: int) -> ResponseReturnValue:
    """A new slip for one that was lost."""
    shift = db.session.get(Shift, shift_id) or abort(404)
    try:
        with write():
            granted = door.renew_shift(db.session.get_one(Shift, shift.id), actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
        return _back_to(shift_id)
    return _slips([Slip.of(granted)])


@blueprint.post(f"/door-passes/<int(max={LARGEST_ID}):pass_id>/slip")
@office(*DOORS)
def renew_pass(pass_id: int) -> ResponseReturnValue:
    """A new link and PIN of a pass, to print."""
    held = db.session.get(DoorPass, pass_id) or abort(404)
    try:
        with write():
            again = db.session.get_one(DoorPass, held.id)
            code, pin = door.renew_pass(again, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
        return redirect(url_for("office.door_passes"))
    return _slips([Slip.made(again, code, pin, again.label or gettext("Door"))])


@blueprint.post(f"{PHONE}/sign-out")
@office(*DOORS)
def sign_out_phone(device_id: int) -> ResponseReturnValue:
    """One phone is signed out from afar: it deletes its list at its next contact."""
    device = db.session.get(DoorDevice, device_id) or abort(404)
    with write():
        door.sign_out(db.session.get_one(DoorDevice, device.id), actor=me())
    say(gettext("The phone is signed out. It deletes its list when it next has a network."))
    return redirect(url_for("office.door_passes"))


def _edition() -> Edition:
    return current_edition() or abort(404)
