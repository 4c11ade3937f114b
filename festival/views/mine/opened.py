"""Who is in: an entry in the signed cookie that names the address's row and nothing else. It ends
after a day, after an hour without a press, and when the address's links are ended."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, redirect, session, url_for
from flask_babel import gettext

from festival.domain import clock
from festival.extensions import db
from festival.models import Contact
from festival.views.flashes import say

blueprint = Blueprint("mine", __name__, url_prefix="/bookings/mine")
IN, ASKED = "mine", "mine_asked"
LONGEST, IDLE = timedelta(days=1), timedelta(hours=1)


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """Who signs out of a shared computer is not to be seen by its back button."""
    response.headers["Cache-Control"] = "no-store"
    return response


def let_in(contact: Contact) -> None:
    now = clock.now().timestamp()
    session.pop(ASKED, None)
    session[IN] = {
        "contact": contact.id,
        "version": contact.feed_version,
        "made": contact.created_at.timestamp(),  # another row may have its number one day
        "since": now,
        "seen": now,
    }


def leave() -> None:
    session.pop(IN, None)
    session.pop(ASKED, None)


def who_is_in() -> Contact | None:
    """Whose bookings this browser may see now."""
    kept = session.get(IN)
    if kept is None:
        return None
    now = clock.now().timestamp()
    contact = db.session.get(Contact, kept["contact"])
    idle, whole = now - kept["seen"], now - kept["since"]
    is_over = idle > IDLE.total_seconds() or whole > LONGEST.total_seconds()
    if contact is None or is_over or not _is_the_same(contact, kept):
        session.pop(IN)
        return None
    session[IN] = {**kept, "seen": now}
    return contact


def _is_the_same(contact: Contact, kept: dict[str, Any]) -> bool:
    """Whether it is the row that this browser was let in to, with its links as they were."""
    return (contact.feed_version, contact.created_at.timestamp()) == (
        kept["version"],
        kept.get("made"),
    )


def somebody() -> Contact:
    """Who is in, else the way to ask for a code."""
    was_in = IN in session
    contact = who_is_in()
    if contact is None:
        if was_in:
            say(gettext("To keep your bookings safe, we closed this page. Ask for a new code."))
        abort(redirect(url_for("mine.ask")))
    return contact
