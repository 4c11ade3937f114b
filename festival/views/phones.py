"""What the scanner's page talks to: pairing a phone, and the one address it sends to and fetches
from.

A phone comes with its own key in a header; cookies are read only to take over the pass that was
opened in the same browser. So no other site can make a phone send anything: such a request needs
the header, or JSON, which a form elsewhere cannot send.
"""

import base64
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import ticket_keys
from festival.domain import clock, door
from festival.domain.door import PassRefused, Phone
from festival.domain.observations import DOOR_PIN, tries
from festival.domain.tickets import TicketKeys
from festival.extensions import csrf, db, write
from festival.forms.base import in_words
from festival.forms.door_events import MOST_EVENTS, Batch, Wrong, read_batch
from festival.models import DoorPass, Edition
from festival.views.access import by_link, public
from festival.views.page import edition as current_edition
from festival.views.page import visitor
from festival.views.scan import COOKIE, may_try
from festival.views.standstill import in_any_case

blueprint = Blueprint("phones", __name__, url_prefix="/scan")
LARGEST_BODY = 512 * 1024  # 200 events have about 80 KB
SCHEME = "Bearer "


def init_app(app: Flask) -> None:
    """Phones come without a form's secret: see above."""
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)


@blueprint.post("/pair")
@by_link
@in_any_case
def pair() -> ResponseReturnValue:
    """Take a phone in: by code and PIN, or by the pass that was opened in this browser."""
    body = _body()
    if "code" in body:
        door_pass, refusal = _by_code(str(body["code"])[:100], str(body.get("pin", ""))[:20])
    else:
        door_pass, refusal = _by_cookie()
    if door_pass is None:
        return refusal
    try:
        with write():
            device, token = door.pair(door_pass)
            letter = device.letter
    except PassRefused as error:
        return _no(403, "refused", in_words(error))
    return jsonify(token=token, letter=letter, door=_door(door_pass)), 201


def _by_code(code: str, pin: str) -> tuple[DoorPass | None, ResponseReturnValue]:
    door_pass = door.pass_of(code)
    if door_pass is None:
        if not tries.allow(DOOR_PIN, visitor()):
            return None, _too_many()
        return None, _no(404, "code", gettext("We do not know this code. Look at it once more."))
    if not may_try(door_pass):
        return None, _too_many()
    if not door.pin_fits(door_pass, code, pin):
        tries.allow(DOOR_PIN, visitor())
        return None, _no(403, "pin", gettext("This is not the PIN. Ask the venue lead."))
    tries.forget(DOOR_PIN, door_pass.secret_hash)
    return door_pass, ""


def _too_many() -> ResponseReturnValue:
    return _no(
        429, "tries", gettext("There were too many tries. Wait 15 minutes, or ask for help.")
    )


def _by_cookie() -> tuple[DoorPass | None, ResponseReturnValue]:
    identifier = session.get(COOKIE)
    door_pass = db.session.get(DoorPass, identifier) if identifier else None
    if door_pass is None:
        return None, _no(404, "no_pass", gettext("This browser has not opened a door pass."))
    return door_pass, ""


@blueprint.post("/sync")
@by_link
@in_any_case
def sync() -> ResponseReturnValue:
    """Take what a phone has written down; tell it what others have."""
    phone = Phone.by(request.headers.get("Authorization", "").removeprefix(SCHEME))
    if phone is None:
        return _no(401, "unknown_phone", gettext("This phone is not signed in any more."))
    try:
        batch = read_batch(_body())
    except Wrong as error:
        status = 413 if str(error) == "too_many_events" else 400
        return _no(status, "wrong", gettext("What this phone sent is not right."), str(error))
    now = clock.now()
    with write():
        results = door.fold(
            phone, batch.events, sent_at=batch.sent_at, unsent=batch.unsent, wiped=batch.wiped
        )
    answer: dict[str, Any] = {
        "server_now": clock.in_ms(now),
        "results": results,
        "refused": batch.refused,
        "most": MOST_EVENTS,
    }
    if not phone.may_fetch(now):
        return jsonify(answer | {"pass": _state(phone, now), "wipe": not now < phone.from_at})
    return jsonify(answer | {"pass": "open"} | _news(phone, batch))


def _news(phone: Phone, batch: Batch) -> dict[str, Any]:
    """What this phone may have: always what others wrote down, and the rest when it asks."""
    events, cursor, more = door.others_events(phone, batch.cursor, clock.now())
    news: dict[str, Any] = {"events": events, "cursor": cursor, "more": more}
    if not batch.wants:
        return news
    edition, door_pass = _edition(), db.session.get_one(DoorPass, phone.pass_id)
    here = door.ids_at(door_pass)
    parts = door.people_lists(here)
    fresh, gone = door.changed_parts(parts, batch.has)
    return news | {
        "list": {"parts": fresh, "gone": gone, "version": door.version_of(sorted(parts.items()))},
        "sessions": door.sessions_of(here),
        "call": door.whom_to_call(here, edition),
        "door": _door(door_pass),
        "keys": _keys(ticket_keys()),
    }


@blueprint.get("/nearby.json")
@public
def nearby() -> ResponseReturnValue:
    """What runs anywhere in these weeks: public, so that a ticket for elsewhere can be explained
    where there is no network."""
    response = jsonify(door.nearby(_edition(), clock.now()))
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    return response.make_conditional(request)


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    if request.endpoint != "phones.nearby":
        response.headers["Cache-Control"] = "no-store"
    return response


def _body() -> Any:
    if (request.content_length or 0) > LARGEST_BODY:
        abort(_no(413, "too_large", gettext("That was too much at once."), "body"))
    if request.mimetype != "application/json":
        abort(_no(415, "no_json", gettext("What this phone sent is not right."), "body"))
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(_no(400, "wrong", gettext("What this phone sent is not right."), "body"))
    return body


def _no(status: int, reason: str, message: str, what: str = "") -> Response:
    response = jsonify(reason=reason, message=message, what=what, most=MOST_EVENTS)
    response.status_code = status
    return response


def _door(door_pass: DoorPass) -> dict[str, Any]:
    return {
        "label": door_pass.label,
        "venue": door_pass.venue.name,
        "venue_id": door_pass.venue_id,
        "from": clock.in_ms(door_pass.from_at),
        "until": clock.in_ms(door_pass.until_at),
        "zone": _edition().time_zone,
    }


def _state(phone: Phone, now: datetime) -> str:
    if not phone.is_open:
        return "signed_out"
    return "early" if now < phone.from_at else "over"


def _keys(keys: TicketKeys) -> dict[str, Any]:
    return {
        "instance": keys.instance,
        "keys": {
            str(number): base64.urlsafe_b64encode(key.public_bytes_raw()).decode().rstrip("=")
            for number, key in keys.public.items()
        },
    }


def _edition() -> Edition:
    return current_edition() or abort(404)
