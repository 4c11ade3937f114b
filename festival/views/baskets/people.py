"""The second and third step: who books, and who comes."""

from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue

from festival.domain import bookings, clock
from festival.domain.parties import Person, RuleBroken, adults_of
from festival.extensions import write
from festival.forms.baskets import ContactForm, PeopleForm
from festival.models import AttendeeKind, Booking, Occurrence
from festival.views import shown
from festival.views.access import by_link
from festival.views.baskets.lines import title_of
from festival.views.baskets.opened import (
    ages_for,
    blueprint,
    next_page,
    opened,
    questions_of,
    step,
)
from festival.views.page import edition as current_edition
from festival.views.writing import write_for


@blueprint.get("/basket/contact")
@by_link
def contact() -> ResponseReturnValue:
    """Who books."""
    booking, elsewhere = opened()
    if booking is None:
        return elsewhere
    form = ContactForm.of(questions_of(booking), booking.answers)
    return step("baskets/contact.html", booking, 2, form=form)


@blueprint.post("/basket/contact")
@by_link
def save_contact() -> ResponseReturnValue:
    booking, elsewhere = opened()
    if booking is None:
        return elsewhere
    form = ContactForm.of(questions_of(booking), booking.answers)
    if not form.validate_on_submit():
        return step("baskets/contact.html", booking, 2, form=form)
    following = next_page(booking, {**booking.answers, **form.answers})
    with write():
        bookings.remember(booking, form.answers)
    return redirect(following)


@blueprint.get("/basket/people")
@by_link
def people() -> ResponseReturnValue:
    """Who comes: once for all sessions."""
    booking, elsewhere = opened()
    if booking is None:
        return elsewhere
    return _ask(_form(booking), booking)


@blueprint.post("/basket/people")
@by_link
def save_people() -> ResponseReturnValue:
    booking, elsewhere = opened()
    if booking is None:
        return elsewhere
    form = _form(booking)
    if not form.validate_on_submit():
        return _ask(form, booking)
    with write():  # by itself, so that it stays when the next is refused
        bookings.remember(booking, form.answers)
    with write_for(form, form.first_age):
        bookings.name_people(booking, form.people)
    if form.refused:
        booking, elsewhere = opened()
        return elsewhere if booking is None else _ask(form, booking)
    return redirect(next_page(booking))


def _form(booking: Booking) -> PeopleForm:
    return PeopleForm.of(
        bookings.household(booking),
        ages_for=ages_for(booking),
        booker=booking.answers.get("name", ""),
        answers=booking.answers.get("people", {}),
    )


def _ask(form: PeopleForm, booking: Booking) -> ResponseReturnValue:
    return step("baskets/people.html", booking, 3, form=form, **_instead(form, booking))


def _instead(form: PeopleForm, booking: Booking) -> dict[str, Any]:
    """Where a rule is broken: of which session, and what the party could come to instead."""
    edition, broken = current_edition(), form.refusal
    if not isinstance(broken, RuleBroken) or broken.about is None or edition is None:
        return {"about": None, "others": []}
    about, now = broken.about, clock.now()
    numbers = _numbers_at(about, booking)
    party = [one for one in form.people if one.number in numbers]
    others = shown.instead_of(about, party, edition, now) or shown.instead_of(
        about, _whom_it_is_about(party, broken), edition, now
    )
    return {"about": about, "about_title": title_of(about), "others": others}


def _numbers_at(occurrence: Occurrence, booking: Booking) -> set[int | None]:
    """Who was to come to this session."""
    return {
        person.number
        for line in bookings.lines_of(booking)
        if occurrence.id in {one.id for one in line.occurrences}
        for person in line.party
    }


def _whom_it_is_about(party: list[Person], broken: RuleBroken) -> list[Person]:
    """The child whose age does not fit, with the adults: what would do for all may not exist."""
    child = [
        one
        for one in party
        if one.kind == AttendeeKind.child and f"age_{one.number}" == broken.field
    ]
    return [*adults_of(party), *child] if child else party
