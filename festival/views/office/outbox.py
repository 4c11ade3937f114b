"""The outbox: what was told to whom, and what did not get through."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from festival.domain import sending
from festival.domain.errors import DomainError
from festival.extensions import db, write
from festival.forms.base import in_words
from festival.models import Message, MessageState
from festival.views.access import office
from festival.views.flashes import say
from festival.views.office.desk import OUTBOX, blueprint

PAGE = 50
LAST_PAGE = 100_000
LARGEST_ID = 2**31 - 1
STATES = {
    MessageState.queued: (_("Waiting"), "blue"),
    MessageState.leased: (_("Being sent"), "blue"),
    MessageState.sent: (_("Sent"), "green"),
    MessageState.failed: (_("Failed"), "red"),
    MessageState.bounced: (_("Came back"), "red"),
    MessageState.dropped: (_("Not needed any more"), "grey"),
}
KINDS = {
    "booked": _("Booking with ticket"),
    "changed": _("Booking changed"),
    "cancelled": _("Booking cancelled"),
    "reminded": _("Reference sent again"),
    "waiting": _("On the waiting list"),
    "offered": _("Places offered"),
    "offer_over": _("Stay in line?"),
    "place_free": _("Places free, first come"),
    "swapped": _("Moved to another date"),
    "passed_on": _("Given to somebody else"),
    "withdrawn": _("Called off by us"),
    "reinstated": _("Takes place after all"),
    "asked": _("What people need"),
    "session_returned": _("Session returned"),
    "session_approved": _("Session approved"),
    "session_declined": _("Session declined"),
    "password_reset": _("New password"),
}


@blueprint.get("/outbox")
@office(*OUTBOX)
def messages() -> ResponseReturnValue:
    """The messages, newest first, fifty on a page."""
    state = _wanted_state()
    number = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    found = sending.newest(state, PAGE + 1, PAGE * (number - 1))
    return render_template(
        "office/outbox.html",
        messages=found[:PAGE],
        filters=_filters(state),
        older=_address(state, number + 1) if len(found) > PAGE else None,
        newer=_address(state, number - 1) if number > 1 else None,
        states=STATES,
        kinds=KINDS,
    )


def _wanted_state() -> MessageState | None:
    wanted = request.args.get("state", "")
    return MessageState(wanted) if wanted in set(MessageState) else None


def _address(state: MessageState | None, page: int = 1) -> str:
    return url_for("office.messages", state=state, page=page if page > 1 else None)


def _filters(state: MessageState | None) -> list[dict[str, Any]]:
    """All states there are, each a link with its count."""
    counts = sending.counts()
    rows: list[tuple[MessageState | None, str, int]]
    rows = [(None, gettext("All"), sum(counts.values()))]
    rows += [(one, str(STATES[one][0]), counts[one]) for one in STATES if one in counts]
    return [
        {"text": f"{text} ({count})", "href": _address(one), "active": one == state}
        for one, text, count in rows
    ]


@blueprint.post(f"/outbox/<int(max={LARGEST_ID}):message_id>/again")
@office(*OUTBOX)
def send_again(message_id: int) -> ResponseReturnValue:
    """Try a failed message once more."""
    message = db.session.get(Message, message_id)
    if message is None:
        abort(404)
    try:
        with write():
            sending.try_again(message)
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("We try to send it again."), kind="success")
    return redirect(_address(_wanted_state()))
