"""A venue that cannot be used on a day: everything there is called off in one decision."""

from datetime import date

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import clock, door, programme, running
from festival.forms.runs import CloseVenueForm
from festival.models import Edition, Occurrence, Venue
from festival.views import runs as pages
from festival.views import said
from festival.views.access import me, office
from festival.views.changing import digest
from festival.views.flashes import say
from festival.views.office.desk import DOORS, blueprint
from festival.views.page import edition as current_edition
from festival.views.writing import write_for


@blueprint.get("/cancel-venue")
@office(*DOORS)
def cancel_venue() -> ResponseReturnValue:
    """Ask which venue, which day and why."""
    edition = current_edition() or abort(404)
    return _ask(_form(edition)[0])


@blueprint.post("/cancel-venue")
@office(*DOORS)
def cancel_everything_there() -> ResponseReturnValue:
    """First show what is there and who is told; once that was seen, call it all off."""
    edition = current_edition() or abort(404)
    form, venues = _form(edition)
    if not form.validate_on_submit():
        return _ask(form)
    dates = _there(form, venues, edition)
    if not dates:
        form.say_above(gettext("Nothing takes place there on this day any more."))
        return _ask(form)
    told = running.who_is_told_of_all(dates)
    seen = digest([told, [one.id for one in dates], form.hidden])
    if form.seen.data != seen:
        return _preview(form, dates, told, seen)
    with write_for(form, "reason"):
        ids = [one.id for one in _there(form, venues, edition)]
        running.cancel_runs(ids, form.reason.data or "", actor=me())
    if form.refused:
        return _ask(form)
    done = ngettext("%(num)s session is cancelled.", "%(num)s sessions are cancelled.", len(dates))
    say(f"{done} {gettext('We tell everybody in two minutes.')}", kind="success")
    return redirect(url_for("office.changes"))


def _form(edition: Edition) -> tuple[CloseVenueForm, list[Venue]]:
    venues = door.venues()
    today = clock.now().astimezone(edition.zone).date()
    return CloseVenueForm.of(venues, programme.days(edition), today), venues


def _there(form: CloseVenueForm, venues: list[Venue], edition: Edition) -> list[Occurrence]:
    venue = next(one for one in venues if str(one.id) == form.venue.data)
    day = date.fromisoformat(form.day.data)
    return running.at_venue(venue, day, edition, clock.now())


def _ask(form: CloseVenueForm) -> ResponseReturnValue:
    form.seen.data = ""
    return render_template("office/cancel_venue.html", form=form)


def _preview(
    form: CloseVenueForm, dates: list[Occurrence], told: running.Told, seen: str
) -> ResponseReturnValue:
    changed = bool(form.seen.data)
    form.seen.data = seen
    return render_template(
        "office/cancel_venue_preview.html",
        form=form,
        rows=[(one, said.title(one.session)) for one in dates],
        changed=changed,
        told=told,
        channels=pages.told_in_words(told),
    )
