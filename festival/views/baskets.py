"""Booking, step by step: how many, who books, who comes, check, confirm.

The basket is a row that a secret in the visitor's cookie owns; what was typed is kept in it, so
that nothing is lost when the time runs out.
"""

import uuid
from typing import Any

from flask import Blueprint, abort, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import TooManyRequests

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings, capacity, clock, parties, programme, words
from festival.domain.bookings import Contact
from festival.domain.errors import DomainError
from festival.domain.observations import HOLDS, tries
from festival.extensions import write
from festival.forms.base import in_words
from festival.forms.baskets import ConfirmForm, ContactForm, PartyForm, PeopleForm
from festival.models import AttendeeKind, Booking, Edition, Occurrence
from festival.views import shown
from festival.views.access import by_link, public
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.page import visitor
from festival.views.writing import write_for

blueprint = Blueprint("baskets", __name__)
COOKIE = "basket"


@blueprint.get("/sessions/<code>/book/<int:occurrence_id>")
@public
def party(code: str, occurrence_id: int) -> ResponseReturnValue:
    """The first step: how many people."""
    occurrence, edition = _occurrence(code, occurrence_id)
    session[COOKIE] = _secret()  # before the first press, so that two presses are one basket
    return _ask_party(PartyForm.of(occurrence.session), occurrence, edition)


@blueprint.post("/sessions/<code>/book/<int:occurrence_id>")
@public
def hold(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Hold the places."""
    occurrence, edition = _occurrence(code, occurrence_id)
    if not tries.allow(HOLDS, visitor()):
        raise TooManyRequests
    form = PartyForm.of(occurrence.session)
    if not form.validate_on_submit():
        return _ask_party(form, occurrence, edition)
    secret = session[COOKIE] = _secret()
    people = parties.party_of(form.number("adults"), form.number("children"))
    with write_for(form, form.first_field):
        bookings.hold(
            edition=edition,
            secret=secret,
            occurrence=occurrence,
            party=people,
            rules=booking_rules(),
        )
    if form.refused:
        return _ask_party(form, occurrence, edition)
    return redirect(url_for("baskets.contact"))


def _ask_party(form: PartyForm, occurrence: Occurrence, edition: Edition) -> ResponseReturnValue:
    free = capacity.availability(occurrence, clock.now())
    kind, text = shown.places(occurrence, free, edition)
    return render_template(
        "baskets/party.html",
        form=form,
        occurrence=occurrence,
        festival_session=occurrence.session,
        text=_wording(occurrence),
        parts=bookings.parts_of(occurrence),
        free=free,
        places_kind=kind,
        places_text=text,
        most=parties.most_places(occurrence.session),
        shown=shown,
    )


def _occurrence(code: str, occurrence_id: int) -> tuple[Occurrence, Edition]:
    occurrence = programme.occurrence_for_booking(code, occurrence_id, clock.now())
    edition = current_edition()
    if occurrence is None or edition is None:
        abort(404)
    return occurrence, edition


def _wording(occurrence: Occurrence) -> Any:
    revision = occurrence.session.published_revision
    assert revision is not None  # only such sessions are public
    return revision.text()


def _secret() -> str:
    """This visitor's basket secret; a new one once theirs has become a booking."""
    secret = session.get(COOKIE)
    known = bookings.of_secret(secret) if secret else None
    if not secret or (known is not None and known.confirmed_at is not None):
        return bookings.new_secret()
    return str(secret)


@blueprint.get("/basket")
@by_link
def show() -> ResponseReturnValue:
    """Go on where the visitor left off."""
    booking, elsewhere = _basket()
    if booking is None:
        return elsewhere
    return redirect(url_for("baskets.check" if booking.answers.get("name") else "baskets.contact"))


@blueprint.get("/basket/contact")
@by_link
def contact() -> ResponseReturnValue:
    """The second step: who books."""
    booking, elsewhere = _basket()
    if booking is None:
        return elsewhere
    return _step("baskets/contact.html", booking, 2, form=ContactForm(data=booking.answers))


@blueprint.post("/basket/contact")
@by_link
def save_contact() -> ResponseReturnValue:
    booking, elsewhere = _basket()
    if booking is None:
        return elsewhere
    form = ContactForm()
    if not form.validate_on_submit():
        return _step("baskets/contact.html", booking, 2, form=form)
    with write():
        bookings.remember(booking, form.answers)
    return redirect(url_for("baskets.people" if _several(booking) else "baskets.check"))


@blueprint.get("/basket/people")
@by_link
def people() -> ResponseReturnValue:
    """The third step, for parties: who comes."""
    booking, elsewhere = _basket()
    if booking is None:
        return elsewhere
    return _step("baskets/people.html", booking, 3, form=_people_form(booking))


@blueprint.post("/basket/people")
@by_link
def save_people() -> ResponseReturnValue:
    booking, elsewhere = _basket()
    if booking is None:
        return elsewhere
    form = _people_form(booking)
    if not form.validate_on_submit():
        return _step("baskets/people.html", booking, 3, form=form)
    with write():  # by itself, so that it stays when the next is refused
        bookings.remember(booking, form.answers)
    with write_for(form, form.first_age):
        bookings.name_party(booking, form.party, booking_rules())
    if form.refused:
        return _step("baskets/people.html", booking, 3, form=form)
    return redirect(url_for("baskets.check"))


@blueprint.get("/basket/check")
@by_link
def check() -> ResponseReturnValue:
    """The last step: check answers."""
    booking, elsewhere = _basket()
    if booking is None:
        return elsewhere
    if not booking.answers.get("name"):
        return redirect(url_for("baskets.contact"))
    return _check(booking, ConfirmForm())


@blueprint.post("/basket/check")
@by_link
def confirm() -> ResponseReturnValue:
    """Make it a booking. Pressed twice, it is one."""
    booking, elsewhere = _basket()
    if booking is None:
        return elsewhere
    form = ConfirmForm()
    if not form.validate_on_submit() or not booking.answers.get("name"):
        return redirect(url_for("baskets.check"))
    done = booking
    with write_for(form):
        done = bookings.confirm(
            booking, _contact(booking), form.confirm_key.data, booking_rules(), form.shown
        )
    if form.refused:
        return _check(booking, form)
    return redirect(manage_path(done))


def _check(booking: Booking, form: ConfirmForm) -> ResponseReturnValue:
    """The page; its hidden fields are anew of what it shows, whatever was sent."""
    total = 4 if _several(booking) else 3
    form.confirm_key.data = str(uuid.uuid4())
    form.claims.data = " ".join(one.calendar_uid for one in bookings.latest_claims(booking))
    return _step("baskets/check.html", booking, total, form=form, several=_several(booking))


@blueprint.post("/basket/extend")
@by_link
def extend() -> ResponseReturnValue:
    """Hold the places for longer."""
    booking, elsewhere = _basket()
    if booking is None:
        return elsewhere
    try:
        with write():
            bookings.extend(booking, booking_rules())
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("We are holding your places for longer."), kind="success")
    return redirect(url_for("baskets.show"))


@blueprint.post("/basket/leave")
@by_link
def leave() -> ResponseReturnValue:
    """Give the places back without booking."""
    booking, elsewhere = _basket()
    if booking is None:
        return elsewhere
    try:
        with write():
            bookings.leave(booking)
    except DomainError as error:
        say(in_words(error), kind="warning")
        return redirect(url_for("baskets.show"))
    session.pop(COOKIE, None)
    say(gettext("You have not booked anything. We are not holding any places for you."))
    return redirect(url_for("programme.home"))


def _basket() -> tuple[Booking | None, ResponseReturnValue]:
    """The visitor's basket, or where to go when there is none (any more)."""
    secret = session.get(COOKIE)
    booking = bookings.of_secret(secret) if secret else None
    if booking is not None and booking.confirmed_at is not None:
        return None, redirect(manage_path(booking))
    if booking is None or not bookings.latest_claims(booking):
        return None, _nothing_chosen()
    return booking, ""


def _nothing_chosen() -> ResponseReturnValue:
    say(gettext("You have not chosen a session yet. Look for one here."))
    return redirect(url_for("programme.home"))


def _step(template: str, booking: Booking, step: int, **context: Any) -> ResponseReturnValue:
    """One step's page, with what is being booked and until when it is held."""
    claims = bookings.latest_claims(booking)
    if not claims:  # given up in another window in this very moment
        return _nothing_chosen()
    now, rules = clock.now(), booking_rules()
    until = None if bookings.is_over(booking, now) else bookings.held_until(booking)
    return render_template(
        template,
        booking=booking,
        claims=claims,
        text=_wording(claims[0].occurrence),
        answers=booking.answers,
        step=step,
        total=4 if _several(booking) else 3,
        until=until,
        until_words=words.hour(until, booking_zone()) if until else "",
        hold_minutes=int(rules.hold.total_seconds() // 60),
        may_extend=booking.extensions < rules.extensions,
        shown=shown,
        **context,
    )


def booking_zone() -> Any:
    edition = current_edition()
    return edition.zone if edition else None


def _several(booking: Booking) -> bool:
    """Whether there is somebody to name besides whoever books."""
    attendees = [one for claim in bookings.latest_claims(booking)[:1] for one in claim.attendees]
    return len(attendees) > 1 or any(one.kind == AttendeeKind.child for one in attendees)


def _people_form(booking: Booking) -> PeopleForm:
    claim = bookings.latest_claims(booking)[0]
    return PeopleForm.of(
        claim.occurrence.session,
        claim.attendees,
        booker=booking.answers.get("name", ""),
        answers=booking.answers.get("people", {}),
    )


def _contact(booking: Booking) -> Contact:
    kept = booking.answers
    return Contact(kept.get("name", ""), kept.get("email", ""), kept.get("mobile", ""))
