"""Where the festival team begins: what waits, and where each person may go."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import access_requests, calls, clock, door, offers, sending, venues
from festival.domain.providers.finding import waiting as waiting_organisations
from festival.models import MessageState, Office
from festival.views.access import me, office

blueprint = Blueprint("office", __name__, url_prefix="/office")

# Which roles open which part; administrators open all of them.
REVIEW = (Office.reviewer,)
OUTBOX = (Office.phone_line, Office.duty_manager)  # it has the addresses of residents
DOORS = (Office.duty_manager,)
AUDIT = (Office.data_protection,)
WORDINGS: tuple[Office, ...] = ()  # administrators alone
EDITIONS: tuple[Office, ...] = ()
DESK = (Office.phone_line, Office.duty_manager, Office.access_lead)  # who books for others
RUNS = (Office.duty_manager, Office.reviewer)
ACCESS = (Office.access_lead,)  # who gives out what is kept for access


@blueprint.get("/")
@office(*Office)
def home() -> ResponseReturnValue:
    """The parts this person may open, with what waits in them."""
    parts = (
        (DESK, _book),
        (DESK, _find),
        (DESK, _calls),
        (RUNS, _runs),
        ((*RUNS, Office.phone_line, Office.access_lead), _changes),
        (DOORS, _on_duty),
        (DOORS, _cancel_venue),
        (REVIEW, _offers),
        (REVIEW, _organisations),
        ((*REVIEW, *ACCESS), _venues),
        (OUTBOX, _outbox),
        (WORDINGS, _wordings),
        (EDITIONS, _editions),
        (DOORS, _doors),
        (DOORS, _scans),
        (AUDIT, _audit),
    )
    person = me()
    open_to = [part() for roles, part in parts if person.holds(Office.administrator, *roles)]
    if person.holds(*ACCESS):
        open_to.append(_access_requests())
    return render_template("office/home.html", parts=open_to)


Part = dict[str, Any]


def _book() -> Part:
    return {
        "href": url_for("office.book"),
        "title": gettext("Book for somebody"),
        "text": gettext("On the phone, at the counter, for a partner or at the door"),
    }


def _find() -> Part:
    return {
        "href": url_for("office.find_booking"),
        "title": gettext("Find a booking"),
        "text": gettext("By reference, name, phone number or email"),
    }


def _calls() -> Part:
    now = clock.now()
    rows = calls.open_calls(now)
    due = sum(one.is_due(now) for one in rows)
    to_call = ngettext("%(num)s person to call now", "%(num)s people to call now", due)
    return {
        "href": url_for("office.call_list"),
        "title": gettext("Call list"),
        "text": gettext("%(calls)s, %(later)s later", calls=to_call, later=len(rows) - due),
    }


def _runs() -> Part:
    return {
        "href": url_for("office.run_list"),
        "title": gettext("Sessions and places"),
        "text": gettext("Change places, close booking, cancel a session"),
    }


def _access_requests() -> Part:
    number = access_requests.count_coming(clock.now())
    return {
        "href": url_for("office.access_requests_to_come"),
        "title": gettext("What people need to take part"),
        "text": ngettext("%(num)s request to come", "%(num)s requests to come", number),
    }


def _changes() -> Part:
    return {
        "href": url_for("office.changes"),
        "title": gettext("Changes people hear of"),
        "text": gettext("What was moved or cancelled, why, and who was told"),
    }


def _on_duty() -> Part:
    return {
        "href": url_for("office.on_duty"),
        "title": gettext("On duty"),
        "text": gettext("Stop booking, give more time, let people only read"),
    }


def _cancel_venue() -> Part:
    return {
        "href": url_for("office.cancel_venue"),
        "title": gettext("A venue is closed"),
        "text": gettext("Cancel everything there on one day, and tell everybody"),
    }


def _offers() -> Part:
    waiting = offers.waiting()
    return {
        "href": url_for("office.queue"),
        "title": gettext("Offers to review"),
        "text": ngettext("%(num)s offer waits", "%(num)s offers wait", waiting),
    }


def _organisations() -> Part:
    number = waiting_organisations()
    return {
        "href": url_for("office.organisation_list"),
        "title": gettext("Organisations"),
        "text": ngettext("%(num)s waits to be checked", "%(num)s wait to be checked", number),
    }


def _venues() -> Part:
    number = venues.waiting()
    return {
        "href": url_for("office.venue_list"),
        "title": gettext("Venues and rooms"),
        "text": ngettext("%(num)s proposed place", "%(num)s proposed places", number),
    }


def _outbox() -> Part:
    counts = sending.counts()
    queued = counts.get(MessageState.queued, 0) + counts.get(MessageState.leased, 0)
    failed = counts.get(MessageState.failed, 0)
    return {
        "href": url_for("office.messages"),
        "title": gettext("Messages"),
        "text": gettext(
            "%(queued)s waiting to be sent, %(failed)s failed", queued=queued, failed=failed
        ),
    }


def _wordings() -> Part:
    return {
        "href": url_for("office.wording_list"),
        "title": gettext("What messages say"),
        "text": gettext("Change the words of emails and text messages, in each language"),
    }


def _editions() -> Part:
    return {
        "href": url_for("office.edition_list"),
        "title": gettext("Festivals"),
        "text": gettext("Days, deadlines, booking, help line, your own questions; next year’s"),
    }


def _doors() -> Part:
    return {
        "href": url_for("office.door_passes"),
        "title": gettext("Door passes"),
        "text": gettext("Let volunteers check tickets at a door"),
    }


def _scans() -> Part:
    newest = door.log(limit=1)
    return {
        "href": url_for("office.scans"),
        "title": gettext("Scan log"),
        "text": gettext("What happened at the doors") if newest else gettext("No scans yet"),
    }


def _audit() -> Part:
    return {
        "href": url_for("office.audit_log"),
        "title": gettext("Audit log"),
        "text": gettext("Who did what, and when"),
    }
