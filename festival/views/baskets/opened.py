"""The visitor's basket: whose it is, where to go on, and what every step's page shows of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings, clock, parties, words
from festival.domain.errors import DomainError
from festival.extensions import write
from festival.forms.base import in_words
from festival.models import AttendeeKind, Booking, Edition, Reservation
from festival.views import shown
from festival.views.access import by_link
from festival.views.baskets.lines import LineShown
from festival.views.flashes import say
from festival.views.page import BASKET, SAVED
from festival.views.page import edition as current_edition

blueprint = Blueprint("baskets", __name__)
BOOKED = "booked"  # in the signed cookie: what was confirmed in this browser
REMEMBERED = 5


def begun() -> tuple[str, Booking | None]:
    """This visitor's secret and the basket it owns; a new secret once theirs has become a
    booking."""
    secret = session.get(BASKET)
    known = bookings.open_basket(secret) if secret else None
    if not secret or (known is not None and known.confirmed_at is not None):
        return bookings.new_secret(), None
    return str(secret), known


def opened() -> tuple[Booking | None, ResponseReturnValue]:
    """The visitor's basket, or where to go when there is none (any more)."""
    secret = session.get(BASKET)
    booking = bookings.open_basket(secret) if secret else None
    if booking is not None and booking.confirmed_at is not None:
        return None, redirect(manage_path(booking))
    if booking is None or not bookings.lines_of(booking):
        return None, nothing_chosen()
    return booking, ""


def nothing_chosen() -> ResponseReturnValue:
    say(gettext("You have not chosen a session yet. Look for one here."))
    return redirect(url_for("programme.home"))


def booked_here() -> list[Reservation]:
    """What stands of the bookings that were made in this browser. Never found by an address that
    somebody typed: that would tell them what others book."""
    return bookings.standing_of(session.get(BOOKED, []))


def remember_booked(booking: Booking) -> None:
    """Keep in the signed cookie that this booking was made here."""
    known = [one for one in session.get(BOOKED, []) if one != booking.id]
    session[BOOKED] = [*known, booking.id][-REMEMBERED:]
    codes = {one.occurrence.session.code for one in booking.reservations}
    if saved := session.get(SAVED):  # what is booked need not be thought about any more
        session[SAVED] = [one for one in saved if one not in codes]


def questions_of(booking: Booking) -> dict[str, str]:
    """The sessions' own questions, by their codes."""
    sessions = [line.first.occurrence.session for line in bookings.lines_of(booking)]
    return {one.code: one.question for one in sessions if one.question}


def names_people(booking: Booking) -> bool:
    """Whether there is somebody to name besides whoever books, or an age to say."""
    household = bookings.household(booking)
    return len(household) > 1 or any(one.kind == AttendeeKind.child for one in household)


def ages_for(booking: Booking) -> set[int | None]:
    """Whose age some session of the basket asks for, by number."""
    return {
        person.number
        for line in bookings.lines_of(booking)
        if parties.ages_matter(line.first.occurrence.session)
        for person in line.party
        if person.kind == AttendeeKind.child
    }


def next_page(booking: Booking, answers: Mapping[str, Any] | None = None) -> str:
    """The first step that is not done yet, by what the basket keeps or is about to."""
    answers = booking.answers if answers is None else answers
    if not answers.get("name") or set(questions_of(booking)) - set(answers.get("questions", {})):
        return url_for("baskets.contact")
    asked = answers.get("people", {})
    wanted = ages_for(booking)
    for person in bookings.household(booking) if names_people(booking) else ():
        if f"name_{person.number}" not in asked or (person.age is None and person.number in wanted):
            return url_for("baskets.people")
    return url_for("baskets.check")


def step(template: str, booking: Booking, number: int, **context: Any) -> ResponseReturnValue:
    """One step's page, with what is being booked and until when it is held."""
    lines = bookings.lines_of(booking)
    if not lines:  # given up in another window in this very moment
        return nothing_chosen()
    now, rules, edition = clock.now(), booking_rules(), current_edition()
    until = None if _stands(booking, edition, now) else bookings.held_until(booking)
    return render_template(
        template,
        booking=booking,
        lines=[LineShown(line, now) for line in lines],
        answers=booking.answers,
        step=number,
        total=4 if names_people(booking) else 3,
        is_over=bookings.is_over(booking, now),
        until=until,
        until_words=words.hour(until, edition.zone if edition else None) if until else "",
        hold_minutes=int(rules.hold.total_seconds() // 60),
        may_extend=booking.extensions < rules.extensions,
        shown=shown,
        **context,
    )


def _stands(booking: Booking, edition: Edition | None, now: datetime) -> bool:
    """Whether no time runs out: it is over already, or nobody can book just now."""
    return bookings.is_over(booking, now) or (edition is not None and edition.stands_still)


@blueprint.get("/basket")
@by_link
def show() -> ResponseReturnValue:
    """Go on where the visitor left off."""
    booking, elsewhere = opened()
    return elsewhere if booking is None else redirect(next_page(booking))


@blueprint.post("/basket/extend")
@by_link
def extend() -> ResponseReturnValue:
    """Hold the places for longer."""
    booking, elsewhere = opened()
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
    booking, elsewhere = opened()
    if booking is None:
        return elsewhere
    try:
        with write():
            bookings.leave(booking)
    except DomainError as error:
        say(in_words(error), kind="warning")
        return redirect(url_for("baskets.show"))
    session.pop(BASKET, None)
    say(gettext("You have not booked anything. We are not holding any places for you."))
    return redirect(url_for("programme.home"))
