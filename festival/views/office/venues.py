"""The register of venues: what is known of them, what is proposed, when they are closed."""

from datetime import date

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import clock, offers, venues
from festival.domain.words import fold
from festival.forms.venues import ClosureForm, MergeForm, VenueForm
from festival.models import NOT_KNOWN, Occurrence, Office, Room, Venue, VenueState
from festival.views import said
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import blueprint
from festival.views.writing import write_for

VENUES = (Office.reviewer, Office.access_lead)
STATES = {
    VenueState.proposed: "orange",
    VenueState.listed: "green",
    VenueState.closed: "grey",
}


@blueprint.get("/venues")
@office(*VENUES)
def venue_list() -> ResponseReturnValue:
    """The whole register, or what is like the words that were typed."""
    wanted = request.args.get("q", "").strip()[:80]
    found = venues.entries(clock.now())
    rows = [one for one in found if fold(wanted) in fold(f"{one.venue.name} {one.venue.address}")]
    return render_template("office/venues.html", rows=rows, q=wanted, state_words=state_words)


def state_words(venue: Venue) -> tuple[str, str]:
    """How a venue stands: the words, and the colour of its tag."""
    words = {
        VenueState.proposed: gettext("Proposed: look at it"),
        VenueState.listed: gettext("On the list"),
        VenueState.closed: gettext("Closed for good"),
    }
    return words[venue.state], STATES[venue.state]


@blueprint.get("/venues/new")
@office(*VENUES)
def new_venue() -> ResponseReturnValue:
    """Ask for a venue that is not there yet."""
    return _ask(VenueForm.of(venues.wards()))


@blueprint.post("/venues/new")
@office(*VENUES)
def add_venue() -> ResponseReturnValue:
    """Put it into the register; its rooms come next."""
    form = VenueForm.of(venues.wards())
    if not form.validate_on_submit():
        return _ask(form)
    with write_for(form, "name"):
        made = venues.add_venue(form.told(), form.facts(), actor=me())
        slug = made.slug
    if form.refused:
        return _ask(form)
    say(gettext("The venue is on the list. Now add its rooms."), kind="success")
    return redirect(url_for("office.venue", slug=slug))


@blueprint.get("/venues/<slug>")
@office(*VENUES)
def venue(slug: str) -> ResponseReturnValue:
    """One venue: its rooms, its facts, when it is closed, what takes place there."""
    return show(venue_or_404(slug), ClosureForm())


@blueprint.get("/venues/<slug>/change")
@office(*VENUES)
def edit_venue(slug: str) -> ResponseReturnValue:
    """Ask what is known of it."""
    found = venue_or_404(slug)
    return _ask(VenueForm.of(venues.wards(), found), found)


@blueprint.post("/venues/<slug>/change")
@office(*VENUES)
def save_venue(slug: str) -> ResponseReturnValue:
    """Keep what is known of it."""
    found = venue_or_404(slug)
    form = VenueForm.of(venues.wards(), found)
    if not form.validate_on_submit():
        return _ask(form, found)
    with write_for(form, "name"):
        venues.change_venue(found, form.told(), form.facts(), actor=me())
    if form.refused:
        return _ask(form, found)
    say(gettext("Kept."), kind="success")
    return redirect(url_for("office.venue", slug=found.slug))


@blueprint.get("/venues/<slug>/merge")
@office(*VENUES)
def merge_venue(slug: str) -> ResponseReturnValue:
    """Ask which room of the register a proposed place is."""
    found = _proposed(slug)
    return render_template("office/venue_merge.html", venue=found, form=MergeForm.of(_others()))


@blueprint.post("/venues/<slug>/merge")
@office(*VENUES)
def merge_it(slug: str) -> ResponseReturnValue:
    """What was offered there takes place in that room."""
    found, rooms = _proposed(slug), _others()
    form = MergeForm.of(rooms)
    target = slug
    if form.validate_on_submit():
        chosen = next(one for one in rooms if str(one.id) == form.room.data)
        target = chosen.venue.slug
        with write_for(form, "room"):
            venues.merge(found, chosen, actor=me())
    if form.errors:
        return render_template("office/venue_merge.html", venue=found, form=form)
    say(gettext("Done: it is one place now."), kind="success")
    return redirect(url_for("office.venue", slug=target))


def venue_or_404(slug: str) -> Venue:
    return venues.by_slug(slug) or abort(404)


def _proposed(slug: str) -> Venue:
    found = venue_or_404(slug)
    return found if found.state == VenueState.proposed else abort(404)


def _others() -> list[Room]:
    return [one for one in offers.rooms() if one.venue.state == VenueState.listed]


def _ask(form: VenueForm, found: Venue | None = None) -> ResponseReturnValue:
    return render_template("office/venue_form.html", form=form, venue=found)


def show(found: Venue, closing: ClosureForm, affected: list[Occurrence] | None = None) -> str:
    """The page of a venue; ``affected`` are the runs on days that it has just been closed on."""
    runs = affected if affected is not None else venues.runs_to_come(found, clock.now())
    return render_template(
        "office/venue.html",
        venue=found,
        state=state_words(found),
        facts=[(gettext(venues.FACTS[name]), _told(value)) for name, value in _facts(found)],
        rooms=[(one, _room_facts(one)) for one in found.rooms],
        runs=[(run, said.title(run.session), venues.is_open(found, _day(run))) for run in runs],
        closing=closing,
        may_merge=found.state == VenueState.proposed,
    )


def _facts(found: Venue) -> list[tuple[str, str]]:
    return list(venues.facts_of(found).items())


def _room_facts(room: Room) -> list[tuple[str, str]]:
    return [
        (gettext(venues.FACTS[name]), _told(value)) for name, value in venues.facts_of(room).items()
    ]


def _told(value: str) -> str:
    return {"yes": gettext("yes"), "no": gettext("no"), NOT_KNOWN: gettext("not known")}.get(
        value, value
    )


def _day(run: Occurrence) -> date:
    return run.starts_at.astimezone(run.session.edition.zone).date()
