"""The last step: check answers, mend what cannot be had, confirm."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings, clock
from festival.domain.bookings import Asked, Contact
from festival.domain.errors import DomainError
from festival.extensions import write
from festival.forms.access import ADJUSTMENTS
from festival.forms.base import in_words
from festival.forms.baskets import ConfirmForm
from festival.models import Booking
from festival.views import shown
from festival.views.access import by_link
from festival.views.baskets.lines import LineShown, names_of, warn
from festival.views.baskets.opened import (
    blueprint,
    booked_here,
    names_people,
    next_page,
    opened,
    questions_of,
    remember_booked,
    step,
)
from festival.views.flashes import say
from festival.views.page import edition as current_edition
from festival.views.writing import write_for


@blueprint.get("/basket/check")
@by_link
def check() -> ResponseReturnValue:
    """Everything once more, with what may go wrong."""
    booking, elsewhere = opened()
    if booking is None:
        return elsewhere
    if not booking.answers.get("name"):
        return redirect(url_for("baskets.contact"))
    return _ask(booking, ConfirmForm.of(len(bookings.lines_of(booking))))


@blueprint.post("/basket/check")
@by_link
def confirm() -> ResponseReturnValue:
    """Make it a booking. Pressed twice, it is one."""
    booking, elsewhere = opened()
    if booking is None:
        return elsewhere
    form = ConfirmForm.of(len(bookings.lines_of(booking)))
    if not form.validate_on_submit() or not booking.answers.get("name"):
        return redirect(url_for("baskets.check"))
    kept, done = booking.answers, ""
    with write_for(form):
        made = _confirm(booking, form, kept)
        remember_booked(made)
        done = manage_path(made)
    if form.refused:
        refreshed, elsewhere = opened()
        return elsewhere if refreshed is None else _ask(refreshed, form)
    return redirect(done)


def _confirm(booking: Booking, form: ConfirmForm, kept: Mapping[str, Any]) -> Booking:
    return bookings.confirm(
        booking,
        Contact(kept.get("name", ""), kept.get("email", ""), kept.get("mobile", "")),
        form.confirm_key.data or "",
        booking_rules(),
        form.shown,
        instead=form.instead,
        asked=Asked(
            adjustments=kept.get("adjustments", ()),
            note=kept.get("note", ""),
            consent=kept.get("consent", False),
        ),
        proxy_name=kept.get("proxy_name", ""),
    )


@blueprint.post("/basket/remove")
@by_link
def remove() -> ResponseReturnValue:
    """Take one session out."""
    booking, elsewhere = opened()
    if booking is None:
        return elsewhere
    try:
        with write():
            bookings.remove_line(booking, request.form.get("line", "")[:120])
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("We took this session out. We are not holding its places any more."))
    return redirect(url_for("baskets.show"))


def _ask(booking: Booking, form: ConfirmForm) -> ResponseReturnValue:
    """The page; its hidden fields are anew of what it shows, whatever was sent."""
    lines, now = bookings.lines_of(booking), clock.now()
    names, booked = names_of(bookings.household(booking)), booked_here()
    form.show(str(uuid.uuid4()), [line.uid for line in lines])
    several = names_people(booking)
    return step(
        "baskets/check.html",
        booking,
        4 if several else 3,
        form=form,
        several=several,
        names=names,
        unfinished=next_page(booking) if _is_unfinished(booking) else "",
        warnings=warn(bookings.cautions(lines, booking_rules(), booked), names, booked),
        others=_others(booking, form),
        adjustments=[str(ADJUSTMENTS.get(one, one)) for one in _kept(booking, "adjustments")],
        questions=questions_of(booking),
        press=_press([LineShown(line, now) for line in lines], form),
    )


def _is_unfinished(booking: Booking) -> bool:
    return next_page(booking) != url_for("baskets.check")


def _kept(booking: Booking, name: str) -> Any:
    return booking.answers.get(name) or ()


def _others(booking: Booking, form: ConfirmForm) -> dict[str, list[dict[str, Any]]]:
    """What else each line's party could come to, where it cannot be had."""
    edition, now = current_edition(), clock.now()
    return {
        line.uid: shown.instead_of(line.first.occurrence, line.party, edition, now)
        for line in bookings.lines_of(booking)
        if line.uid in form.problems and edition is not None
    }


def _press(lines: list[LineShown], form: ConfirmForm) -> str:
    """What stands on the one button: what pressing it does."""
    if form.problems:
        rest = [line for line in lines if line.uid not in form.problems]
        return gettext("Book the rest") if rest else gettext("Continue")
    places = sum(line.places for line in lines if not line.waits)
    queues = sum(1 for line in lines if line.waits)
    book = ngettext("Book %(num)s place", "Book %(num)s places", max(1, places))
    if not queues:
        return str(book)
    if queues == len(lines):
        return str(ngettext("Join the waiting list", "Join %(num)s waiting lists", queues))
    join = ngettext("join %(num)s waiting list", "join %(num)s waiting lists", queues)
    return gettext("%(book)s and %(join)s", book=book, join=join)
