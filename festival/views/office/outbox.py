"""The outbox: what was told to whom, and what did not get through."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from festival.domain import refused, sending
from festival.domain.channels import CALL, EMAIL, SMS
from festival.domain.errors import DomainError
from festival.extensions import db, write
from festival.forms.base import in_words
from festival.models import Message, MessageState
from festival.views.access import me, office
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
CHANNELS = {EMAIL: _("Email"), SMS: _("Text"), CALL: _("Phone call")}
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
    "changed_by_us": _("Changed by us"),
    "withdrawn": _("Called off by us"),
    "access_changed": _("Access changed"),
    "fewer_places": _("Fewer places"),
    "reinstated": _("Takes place after all"),
    "reminder": _("Reminder"),
    "joining": _("How to join online"),
    "thanks": _("Thank you, with questions"),
    "bookings_code": _("Code to see all bookings"),
    "test": _("Test of our wording"),
    "attendance_due": _("How many came?"),
    "asked": _("What people need"),
    "session_returned": _("Session returned"),
    "session_approved": _("Session approved"),
    "session_declined": _("Session declined"),
    "password_reset": _("New password"),
    "invitation": _("Invitation"),
    "welcome": _("Registration"),
    "provider_checked": _("Organisation checked"),
    "provider_refused": _("Organisation refused"),
}


@blueprint.get("/outbox")
@office(*OUTBOX)
def messages() -> ResponseReturnValue:
    """The messages, newest first, fifty on a page."""
    state, channel = _wanted()
    number = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    found = sending.newest(state, PAGE + 1, PAGE * (number - 1), channel)
    return render_template(
        "office/outbox.html",
        messages=found[:PAGE],
        by_channel=_channel_filters(state, channel),
        by_state=_state_filters(state, channel),
        here={"state": state or None, "channel": channel or None},
        older=_address(state, channel, number + 1) if len(found) > PAGE else None,
        newer=_address(state, channel, number - 1) if number > 1 else None,
        refused=len(refused.refused_addresses()),
        may_have_come_back=sending.may_have_come_back,
        states=STATES,
        channels=CHANNELS,
        kinds=KINDS,
    )


def _wanted() -> tuple[MessageState | None, str]:
    """The state and the channel that are asked for; of words we do not know, all."""
    state, channel = request.args.get("state", ""), request.args.get("channel", "")
    known = MessageState(state) if state in set(MessageState) else None
    return known, channel if channel in CHANNELS else ""


def _address(state: MessageState | None, channel: str, page: int = 1) -> str:
    number = page if page > 1 else None
    return url_for("office.messages", state=state, channel=channel or None, page=number)


def _channel_filters(state: MessageState | None, channel: str) -> list[dict[str, Any]]:
    every = [("", gettext("All")), *((one, str(text)) for one, text in CHANNELS.items())]
    return [
        {"text": text, "href": _address(state, one), "active": one == channel}
        for one, text in every
    ]


def _state_filters(state: MessageState | None, channel: str) -> list[dict[str, Any]]:
    """All states there are, each a link with its count."""
    counts = sending.counts(channel)
    rows: list[tuple[MessageState | None, str, int]]
    rows = [(None, gettext("All"), sum(counts.values()))]
    rows += [
        (one, str(STATES[one][0]), counts.get(one, 0))
        for one in STATES
        if one in counts or one == state
    ]
    return [
        {"text": f"{text} ({count})", "href": _address(one, channel), "active": one == state}
        for one, text, count in rows
    ]


@blueprint.post(f"/outbox/<int(max={LARGEST_ID}):message_id>/again")
@office(*OUTBOX)
def send_again(message_id: int) -> ResponseReturnValue:
    """Try a failed message once more."""
    message = _message(message_id)
    try:
        with write():
            sending.try_again(message)
    except DomainError as error:
        say(in_words(error), kind="warning")
    else:
        say(gettext("We try to send it again."), kind="success")
    return redirect(_address(*_wanted()))


@blueprint.post(f"/outbox/<int(max={LARGEST_ID}):message_id>/came-back")
@office(*OUTBOX)
def came_back(message_id: int) -> ResponseReturnValue:
    """The office had this message back, by mail: its address does not work."""
    message = _message(message_id)
    try:
        with write():
            sending.had_back(message, actor=me())
    except DomainError as error:
        say(in_words(error), kind="warning")
        return redirect(_address(*_wanted()))
    say(gettext("Noted. We do not write to this address until you say so."), kind="success")
    return redirect(url_for("office.refused_addresses"))


def _message(message_id: int) -> Message:
    return db.session.get(Message, message_id) or abort(404)
