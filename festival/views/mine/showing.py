"""Everything under one address: what comes, what was; on a shared address, why it is not shown."""

from collections.abc import Sequence

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery.addresses import manage_path
from festival.domain import bookings, clock, contacts, waiting
from festival.domain.observations import LOST_REFERENCE, tries
from festival.extensions import write
from festival.forms.bookings import FindForm
from festival.models import Booking
from festival.views.access import by_link
from festival.views.bookings.lines import (
    ENDED,
    OFFERED,
    UNANSWERED,
    WAITING,
    ShownLine,
    position_words,
    shown_lines,
)
from festival.views.flashes import say
from festival.views.mine.opened import blueprint, somebody
from festival.views.mine.preferring import preferences_in_words


@blueprint.get("")
@by_link
def show() -> ResponseReturnValue:
    """Everything, the next first; what asks for an answer before that."""
    contact = somebody()
    found = bookings.everything_under(contact.address)
    if contacts.is_shared(contact, found):
        return render_template("mine/shared.html", form=FindForm(), contact=contact)
    lines = _lines(found)
    coming = [one for one in lines if _is_ahead(one)]
    return render_template(
        "mine/show.html",
        contact=contact,
        coming=sorted(coming, key=lambda one: one.state not in (OFFERED, UNANSWERED)),
        past=[one for one in reversed(lines) if not _is_ahead(one)],
        turns=_turns(coming),
        preferences=preferences_in_words(contact),
        manage_path=manage_path,
    )


def _lines(found: Sequence[Booking]) -> list[ShownLine]:
    now = clock.now()
    lines = [line for booking in found for line in shown_lines(booking, now)]
    return sorted(lines, key=lambda one: (one.claim.occurrence.starts_at, one.claim.id))


def _is_ahead(one: ShownLine) -> bool:
    """What stands until it is over, and what we called off until it would have been."""
    if one.state == ENDED:
        return one.is_coming and one.is_our_doing
    return one.line.claims[-1].occurrence.ends_at > one.now


def _turns(lines: Sequence[ShownLine]) -> dict[int, str]:
    """Where each stands in its line, in words."""
    places = waiting.positions([one.claim for one in lines if one.state == WAITING])
    return {number: position_words(place) for number, place in places.items()}


@blueprint.post("/references")
@by_link
def send_references() -> ResponseReturnValue:
    """Mail each reference under the address once more."""
    contact = somebody()
    if not tries.allow(LOST_REFERENCE, contact.address):
        say(gettext("We have sent it several times. Wait an hour, or call us."), kind="warning")
        return redirect(url_for("mine.show"))
    with write():
        number = bookings.send_references(contact.address)
    say(_sent_words(number), kind="success" if number else "information")
    return redirect(url_for("mine.show"))


def _sent_words(number: int) -> str:
    if not number:
        return gettext("Nothing is booked with this address that is still to come.")
    return gettext(
        "We are sending each reference in an email of its own. It can take a few minutes."
    )
