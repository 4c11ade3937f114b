"""The first step: how many people come, and the waiting list where there are too few places."""

from flask import abort, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from festival.delivery import booking_rules
from festival.domain import bookings, capacity, clock, parties, programme
from festival.domain.bookings import Line
from festival.domain.observations import HOLDS, tries
from festival.domain.parties import Person
from festival.forms.baskets import PartyForm
from festival.models import AttendeeKind, Booking, Edition, Occurrence
from festival.views import shown
from festival.views.access import public
from festival.views.baskets.lines import had_already, title_of
from festival.views.baskets.opened import begun, blueprint, booked_here, next_page
from festival.views.page import BASKET, visitor
from festival.views.page import edition as current_edition
from festival.views.writing import write_for

FULL = (capacity.NoPlacesLeft, capacity.RoomFull)


@blueprint.get("/sessions/<code>/book/<int:occurrence_id>")
@public
def party(code: str, occurrence_id: int) -> ResponseReturnValue:
    """How many people, or who of those that are in the basket already."""
    occurrence, edition = _occurrence(code, occurrence_id)
    # Before the first press, so that two presses are one basket.
    session[BASKET], booking = begun()
    return _ask(_form(occurrence, booking), occurrence, edition)


@blueprint.post("/sessions/<code>/book/<int:occurrence_id>")
@public
def hold(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Hold the places, or wish for a turn in the waiting list."""
    occurrence, edition = _occurrence(code, occurrence_id)
    if not tries.allow(HOLDS, visitor()):
        raise TooManyRequests
    secret, booking = begun()
    form = _form(occurrence, booking)
    if not form.validate_on_submit():
        return _ask(form, occurrence, edition)
    session[BASKET], following = secret, ""
    with write_for(form, form.first_field):
        following = next_page(_add(form, edition, secret, occurrence))
    if form.refused:
        return _ask(form, *_occurrence(code, occurrence_id))
    return redirect(following)


def _add(form: PartyForm, edition: Edition, secret: str, occurrence: Occurrence) -> Booking:
    party, rules = form.party, booking_rules()
    if form.wait.data:
        return bookings.wish_to_wait(
            edition=edition,
            secret=secret,
            occurrence=occurrence,
            party=party,
            rules=rules,
            least=form.least_places,
        )
    return bookings.hold(
        edition=edition, secret=secret, occurrence=occurrence, party=party, rules=rules
    )


def _form(occurrence: Occurrence, booking: Booking | None) -> PartyForm:
    """Filled in with who is in the basket for this session, or could be."""
    line = _line_about(occurrence, booking)
    coming = line.party if line else None
    was_group = any(one.kind == AttendeeKind.unnamed for one in coming or ())
    return PartyForm.of(
        occurrence.session,
        bookings.household(booking) if booking else (),
        coming,
        group=was_group or request.args.get("for") == "group",
    )


def _line_about(occurrence: Occurrence, booking: Booking | None) -> Line | None:
    parts = {part.id for part in bookings.parts_of(occurrence)}
    lines = bookings.lines_of(booking) if booking else []
    return next((one for one in lines if one.first.occurrence_id in parts), None)


def _ask(form: PartyForm, occurrence: Occurrence, edition: Edition) -> ResponseReturnValue:
    now = clock.now()
    free = capacity.availability(occurrence, now)
    kind, text = shown.places(occurrence, free, edition)
    may_wait = free.reason == "full" or form.wait.data or isinstance(form.refusal, FULL)
    return render_template(
        "baskets/party.html",
        form=form,
        occurrence=occurrence,
        festival_session=occurrence.session,
        title=title_of(occurrence),
        parts=bookings.parts_of(occurrence),
        free=free,
        places_kind=kind,
        places_text=text,
        may_wait=may_wait,
        closed=capacity.SENTENCES.get(free.reason, ""),
        had=had_already(occurrence, booked_here()),
        most=parties.most_places(occurrence.session),
        group_limit=parties.group_limit(occurrence.session, occurrence.capacity),
        may_be_group=_may_be_group(occurrence, form),
        others=[]
        if free.is_open and not form.refused
        else shown.instead_of(occurrence, form.party or _somebody(occurrence), edition, now),
        shown=shown,
    )


def _may_be_group(occurrence: Occurrence, form: PartyForm) -> bool:
    return "unnamed" not in form and not parties.adults_only_accompany(occurrence.session)


def _somebody(occurrence: Occurrence) -> list[Person]:
    """The smallest party, while nobody has said who comes."""
    session = occurrence.session
    children = parties.adults_only_accompany(session)
    return parties.party_of(int(parties.adults_may_come(session)), int(children))


def _occurrence(code: str, occurrence_id: int) -> tuple[Occurrence, Edition]:
    occurrence = programme.occurrence_for_booking(code, occurrence_id, clock.now())
    edition = current_edition()
    if occurrence is None or edition is None:
        abort(404)
    return occurrence, edition
