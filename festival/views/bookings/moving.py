"""A line moves to another date or session in one step."""

from collections.abc import Sequence

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings, capacity, clock, programme, words
from festival.domain.alternatives import alternatives
from festival.domain.parties import count_places
from festival.forms.base import pairs
from festival.forms.bookings import SearchForm, SwapForm
from festival.models import Occurrence
from festival.views import shown
from festival.views.access import by_link
from festival.views.bookings.lines import ShownLine
from festival.views.bookings.opened import blueprint, booked_line, the_edition, who_acts
from festival.views.flashes import say
from festival.views.writing import write_for

MOST = 8


@blueprint.get("/bookings/<reference>/swap/<int:reservation_id>")
@by_link
def swap(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Other dates and sessions with places for the whole party."""
    _booking, item = booked_line(reference, reservation_id)
    return _page(SwapForm(), item)


@blueprint.post("/bookings/<reference>/swap/<int:reservation_id>")
@by_link
def swap_it(reference: str, reservation_id: int) -> ResponseReturnValue:
    """Move: the old places are given up only when the new ones are had."""
    booking, item = booked_line(reference, reservation_id)
    form = SwapForm()
    if form.validate_on_submit():
        with write_for(form, "target"):
            target = int(form.target.data)
            bookings.swap(booking, item.claim, target, booking_rules(), who_acts(booking))
        if not form.refused:
            say(gettext("Done. You have moved. Please use the new ticket."), kind="success")
            return redirect(manage_path(booking))
    return _page(form, item)


def _page(form: SwapForm, item: ShownLine) -> ResponseReturnValue:
    code = request.args.get("code", "").strip()[:12]
    found = _of_code(code, item) if code else _alternatives(item)
    form.target.choices = pairs(choices_of(found))
    return render_template(
        "bookings/swap.html",
        form=form,
        search=SearchForm(data={"code": code}, formdata=None),
        item=item,
        code=code,
        nothing=bool(code) and not found,
        token=request.args.get("t", ""),
        here=item.path("swap"),
        back=item.path("change"),
    )


def _alternatives(item: ShownLine) -> Sequence[Occurrence]:
    return alternatives(item.claim.occurrence, item.line.party, clock.now(), MOST)


def _of_code(code: str, item: ShownLine) -> Sequence[Occurrence]:
    """The runs of this session that have places for all of them; a series by its first part."""
    now = clock.now()
    session = programme.session_by_code(code, now)
    runs = programme.public_occurrences(session) if session else []
    mine = {claim.occurrence_id for claim in item.line.claims}
    runs = [one for one in runs if one.series_part in (None, 1) and one.id not in mine]
    free = capacity.availabilities(runs, now)
    needed = max(1, count_places(session, item.line.party)) if session else 1
    return [one for one in runs if free[one.id].places >= needed]


def choices_of(found: Sequence[Occurrence]) -> list[tuple[str, str]]:
    free = capacity.availabilities(found, clock.now())
    return [(str(one.id), _words(one, free[one.id])) for one in found]


def _words(occurrence: Occurrence, free: capacity.Availability) -> str:
    revision = occurrence.session.published_revision
    assert revision is not None  # only public sessions are offered
    _kind, places = shown.places(occurrence, free, the_edition())
    return gettext(
        "%(title)s: %(when)s, %(venue)s (%(places)s)",
        title=revision.text().title,
        when=words.when(occurrence.starts_at, occurrence.ends_at, the_edition().zone),
        venue=occurrence.room.venue.name,
        places=places,
    )
