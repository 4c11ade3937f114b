"""The rooms of a venue, its closures, and whether it is on the list."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import clock, venues
from festival.domain.errors import DomainError
from festival.domain.venues import TooSmall
from festival.extensions import db, write
from festival.forms.base import in_words
from festival.forms.venues import ClosureForm, RoomForm
from festival.models import Closure, Room, Venue
from festival.views import said
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import blueprint
from festival.views.office.outbox import LARGEST_ID
from festival.views.office.venues import VENUES, show, venue_or_404
from festival.views.page import edition as current_edition
from festival.views.writing import write_for

ROOM = f"/venues/<slug>/rooms/<int(max={LARGEST_ID}):room_id>"


@blueprint.get("/venues/<slug>/rooms/new")
@office(*VENUES)
def new_room(slug: str) -> ResponseReturnValue:
    """Ask for a room that is not there yet."""
    return _ask(RoomForm.of(), venue_or_404(slug))


@blueprint.post("/venues/<slug>/rooms/new")
@office(*VENUES)
def add_room(slug: str) -> ResponseReturnValue:
    """Add it to the venue."""
    venue, form = venue_or_404(slug), RoomForm.of()
    if not form.validate_on_submit():
        return _ask(form, venue)
    with write_for(form, "name"):
        venues.add_room(venue, form.told(), form.facts(), actor=me())
    return _ask(form, venue) if form.refused else _kept(venue)


@blueprint.get(ROOM)
@office(*VENUES)
def edit_room(slug: str, room_id: int) -> ResponseReturnValue:
    """Ask what is known of a room."""
    venue = venue_or_404(slug)
    room = _room(venue, room_id)
    return _ask(RoomForm.of(room), venue, room)


@blueprint.post(ROOM)
@office(*VENUES)
def save_room(slug: str, room_id: int) -> ResponseReturnValue:
    """Keep it; fewer people by law than are planned there is refused with the sessions named."""
    venue = venue_or_404(slug)
    room = _room(venue, room_id)
    form = RoomForm.of(room)
    if not form.validate_on_submit():
        return _ask(form, venue, room)
    with write_for(form, "name"):
        venues.change_room(room, form.told(), form.facts(), actor=me())
    return _ask(form, venue, room) if form.refused else _kept(venue)


@blueprint.post("/venues/<slug>/closures")
@office(*VENUES)
def close_days(slug: str) -> ResponseReturnValue:
    """Close it on some days; what takes place there is shown, and not touched."""
    venue, form = venue_or_404(slug), ClosureForm()
    if not form.validate_on_submit():
        return show(venue, form)
    first, last = form.days()
    with write_for(form, "ends_on"):
        venues.add_closure(venue, first, last, form.reason.data or "", actor=me())
    if form.refused:
        return show(venue, form)
    edition = current_edition()
    number = len(venues.runs_between(venue, first, last, edition)) if edition else 0
    _say_closed(number)
    return redirect(url_for("office.venue", slug=venue.slug))


def _say_closed(number: int) -> None:
    if not number:
        say(gettext("Kept. Nothing takes place there on these days."), kind="success")
        return
    planned = ngettext(
        "%(num)s session is planned there on these days. Move it or cancel it: see below.",
        "%(num)s sessions are planned there on these days. Move or cancel them: see below.",
        number,
    )
    say(f"{gettext('Kept.')} {planned}", kind="warning")


@blueprint.post(f"/venues/<slug>/closures/<int(max={LARGEST_ID}):closure_id>/remove")
@office(*VENUES)
def remove_closure(slug: str, closure_id: int) -> ResponseReturnValue:
    """It is open on these days after all."""
    venue = venue_or_404(slug)
    closure = db.session.get(Closure, closure_id)
    if closure is None or closure.venue_id != venue.id:
        abort(404)
    with write():
        venues.remove_closure(closure, actor=me())
    return _kept(venue)


@blueprint.post("/venues/<slug>/list")
@office(*VENUES)
def list_venue(slug: str) -> ResponseReturnValue:
    """A proposed place is good: everybody may choose it."""
    venue = venue_or_404(slug)
    try:
        with write():
            venues.list_place(venue, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
        return redirect(url_for("office.venue", slug=venue.slug))
    return _kept(venue)


@blueprint.post("/venues/<slug>/close")
@office(*VENUES)
def close_venue(slug: str) -> ResponseReturnValue:
    """It is closed for good: nobody can choose it any more."""
    venue = venue_or_404(slug)
    with write():
        venues.close_for_good(venue, actor=me())
    runs = len(venues.runs_to_come(venue, clock.now()))
    words = ngettext(
        "%(num)s session is still planned there.", "%(num)s sessions are still planned there.", runs
    )
    say(words if runs else gettext("Kept."), kind="warning" if runs else "success")
    return redirect(url_for("office.venue", slug=venue.slug))


@blueprint.post("/venues/<slug>/open")
@office(*VENUES)
def open_venue(slug: str) -> ResponseReturnValue:
    """It can be chosen again."""
    venue = venue_or_404(slug)
    with write():
        venues.open_again(venue, actor=me())
    return _kept(venue)


def _room(venue: Venue, room_id: int) -> Room:
    return next((one for one in venue.rooms if one.id == room_id), None) or abort(404)


def _kept(venue: Venue) -> ResponseReturnValue:
    say(gettext("Kept."), kind="success")
    return redirect(url_for("office.venue", slug=venue.slug))


def _ask(form: RoomForm, venue: Venue, room: Room | None = None) -> ResponseReturnValue:
    refusal = form.refusal if isinstance(form.refusal, TooSmall) else None
    runs = [(run, said.title(run.session)) for run in refusal.runs] if refusal else []
    return render_template("office/venue_room.html", form=form, venue=venue, room=room, runs=runs)
