"""Where the festival team begins: what waits, and where each person may go."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import (
    access_requests,
    announcements,
    calls,
    clock,
    door,
    offers,
    other_forms,
    sending,
    venues,
    wishes,
)
from festival.domain.providers.finding import waiting as waiting_organisations
from festival.models import MessageState, Office
from festival.views.access import me, office
from festival.views.page import edition as current_edition

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
WISHES = RUNS  # who sees the whole festival's numbers, and what is put on
OTHER_FORMS = (Office.phone_line, Office.access_lead)  # who sends things in another way
ACCESS = (Office.access_lead,)  # who gives out what is kept for access


@blueprint.get("/")
@office(*Office)
def home() -> ResponseReturnValue:
    """The parts this person may open, with what waits in them."""
    parts = (
        (DESK, _book),
        (DESK, _find),
        (DESK, _calls),
        (OTHER_FORMS, _other_forms),
        (RUNS, _runs),
        ((*RUNS, Office.phone_line, Office.access_lead), _changes),
        (DOORS, _on_duty),
        (DOORS, _cancel_venue),
        ((*DOORS, *REVIEW), _announcements),
        (REVIEW, _call),
        (REVIEW, _offers),
        (REVIEW, _organisations),
        ((*REVIEW, *ACCESS), _venues),
        (WISHES, _wishes),
        (OUTBOX, _outbox),
        (WORDINGS, _wordings),
        (EDITIONS, _editions),
        (DOORS, _board),
        (DOORS, _conflicts),
        (DOORS, _shifts),
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


def _other_forms() -> Part:
    number, overdue = other_forms.count_open(clock.now(), current_edition())
    to_do = ngettext("%(num)s to do", "%(num)s to do", number)
    late = gettext("%(todo)s, %(overdue)s overdue", todo=to_do, overdue=overdue)
    return {
        "href": url_for("office.other_forms"),
        "title": gettext("Asked for in another way"),
        "text": late if overdue else to_do,
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


def _board() -> Part:
    return {
        "href": url_for("office.board"),
        "title": gettext("Live board"),
        "text": gettext("How full the doors are now, and what is wrong"),
    }


def _conflicts() -> Part:
    number = len(door.conflicts())
    return {
        "href": url_for("office.conflicts"),
        "title": gettext("The same ticket at two doors"),
        "text": ngettext("%(num)s to settle", "%(num)s to settle", number),
    }


def _shifts() -> Part:
    return {
        "href": url_for("office.shifts"),
        "title": gettext("Shifts"),
        "text": gettext("Who is at which door, and the slips that open it"),
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


def _announcements() -> Part:
    edition = current_edition()
    number = announcements.waiting(edition) if edition else 0
    return {
        "href": url_for("office.announcements"),
        "title": gettext("Messages to people who booked"),
        "text": ngettext("%(num)s waits to be looked at", "%(num)s wait to be looked at", number),
    }


def _call() -> Part:
    return {
        "href": url_for("office.call"),
        "title": gettext("Call for sessions"),
        "text": gettext("Ask organisations, see how far they are, remind them"),
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


def _wishes() -> Part:
    edition = current_edition()
    number = wishes.count_waiting(edition) if edition else 0
    return {
        "href": url_for("office.wish_list"),
        "title": gettext("What people asked for"),
        "text": ngettext("%(num)s wish to answer", "%(num)s wishes to answer", number),
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
