"""What is said at the door: of a ticket, of a pass, of what happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from festival.domain import door, words
from festival.domain.door import Verdict
from festival.models import (
    NOT_KNOWN,
    DoorPass,
    Edition,
    Occurrence,
    OccurrenceState,
    Scan,
    ScanKind,
)
from festival.views import shown

Said = tuple[str, list[str]]

# What nobody can be told of a session: there is none to tell of.
PLAIN = {
    "not_ours": (
        _("This is not one of our tickets"),
        [_("Ask for the booking reference and type it.")],
    ),
    "not_genuine": (
        _("This ticket was not made by this festival"),
        [_("Ask for the booking reference and type it. If that does not work, ask for help.")],
    ),
    "not_found": (
        _("We do not find this reference"),
        [_("Look at it once more. A reference looks like WLF-7K4-92M.")],
    ),
}
NOTED = {
    "not_ours": _("Not one of our tickets"),
    "not_genuine": _("Not made by this festival"),
    "not_found": _("Reference not found"),
    "other_session": _("For another session"),
    "cancelled": _("Cancelled"),
    "older": _("Older ticket"),
    "already_in": _("Already in"),
    "unlisted": _("Not on the list of the phone"),
    "other_room": _("For another room"),
    "later": _("Too early"),
    "over": _("Session over"),
    "full": _("Begun, places given away"),
    "full_by_law": _("Room full"),
    "given_back": _("Places given back"),
}


def said(verdict: Verdict, edition: Edition) -> Said:
    """The sentence of a verdict and the lines below it, the most important first."""
    if verdict.kind in PLAIN:
        title, lines = PLAIN[verdict.kind]
        return str(title), [str(line) for line in lines]
    return {
        "other_session": _other_session,
        "cancelled": _cancelled,
        "older": _older,
        "already_in": _already_in,
        "cannot_check": _cannot_check,
        "welcome": _welcome,
    }[verdict.kind](verdict, edition)


def _other_session(verdict: Verdict, edition: Edition) -> Said:
    title, run = gettext("This ticket is for another session"), verdict.occurrence
    if run is None:
        return title, [gettext("We do not know which one. Ask the festival team for help.")]
    return title, [*session_lines(run, edition), *_way_to(run)]


def _cancelled(verdict: Verdict, edition: Edition) -> Said:
    run = _run(verdict)
    if run.state == OccurrenceState.cancelled:
        title = gettext("This session is cancelled")
    else:
        title = gettext("These places were given back")
    return title, [
        *session_lines(run, edition),
        gettext("If they did not know that, ask the festival team for help."),
    ]


def _older(_verdict: Verdict, _edition: Edition) -> Said:
    return gettext("There is a newer ticket"), [
        gettext("This booking was changed and a new ticket was sent."),
        gettext("Ask for the new ticket, or type the booking reference."),
    ]


def _already_in(verdict: Verdict, edition: Edition) -> Said:
    lines = [gettext("Are they coming back in? Then they are welcome.")]
    if verdict.last_admitted_at is not None:
        lines.insert(0, _last_in(verdict, verdict.last_admitted_at, edition))
    return _how_many_in(verdict), [*lines, *session_lines(_run(verdict), edition)]


def _last_in(verdict: Verdict, at: datetime, edition: Edition) -> str:
    hour = words.hour(at, edition.zone)
    if verdict.last_admitted_door:
        return gettext("%(door)s at %(hour)s", door=verdict.last_admitted_door, hour=hour)
    return gettext("At %(hour)s", hour=hour)


def _cannot_check(verdict: Verdict, edition: Edition) -> Said:
    return gettext("We cannot check this ticket: let them in"), [
        ngettext(
            "It is a real ticket for %(num)s person, but it is not on our list.",
            "It is a real ticket for %(num)s people, but it is not on our list.",
            verdict.people,
        ),
        *_some_in(verdict),
        *session_lines(_run(verdict), edition),
    ]


def _welcome(verdict: Verdict, edition: Edition) -> Said:
    title = gettext("Welcome: %(people)s", people=shown.people(verdict.remaining))
    return title, [*_some_in(verdict), *session_lines(_run(verdict), edition)]


def _some_in(verdict: Verdict) -> list[str]:
    return [_how_many_in(verdict)] if verdict.admitted else []


def _how_many_in(verdict: Verdict) -> str:
    return gettext(
        "%(admitted)s of %(people)s already in", admitted=verdict.admitted, people=verdict.people
    )


def _run(verdict: Verdict) -> Occurrence:
    assert verdict.occurrence is not None  # these verdicts are on one that runs here
    return verdict.occurrence


def session_lines(run: Occurrence, edition: Edition) -> list[str]:
    """Which session it is, when, and in which room. No names: they are not the door's business."""
    return [
        _title(run),
        words.when(run.starts_at, run.ends_at, edition.zone),
        f"{run.room.name}, {run.room.venue.name}",
    ]


def _title(run: Occurrence) -> str:
    revision = run.session.published_revision
    return revision.text().title if revision else run.session.code


def _way_to(run: Occurrence) -> list[str]:
    venue = run.room.venue
    lines = [shown.venue_line(venue)]
    if venue.transport not in ("", NOT_KNOWN):
        lines.append(venue.transport)
    return [line for line in lines if line]


def sessions_here(door_pass: DoorPass, edition: Edition) -> list[dict[str, Any]]:
    """What runs at this door in its hours, with how many are in."""
    runs = door.sessions_at(door_pass)
    counts = door.headcounts([run.id for run in runs])
    return [
        {
            "title": _title(run),
            "when": words.range_of_hours(run.starts_at, run.ends_at, edition.zone),
            "room": run.room.name,
            "cancelled": run.state == OccurrenceState.cancelled,
            "count": gettext(
                "%(people)s in, %(expected)s expected",
                people=counts[run.id],
                expected=run.people_expected,
            ),
        }
        for run in runs
    ]


FLAGGED = {
    "unknown_ticket": _("not on our list"),
    "over_admitted": _("more people than the ticket has places"),
    "admitted_cancelled": _("the booking was cancelled"),
    "superseded": _("there is a newer ticket"),
    "over_capacity": _("more people than places"),
    "over_legal": _("more people than the law allows"),
    "clock_jump": _("the phone’s clock was set anew"),
    "late_upload": _("sent after the shift"),
    "repeat": _("scanned twice at once, counted once"),
    "elsewhere": _("for a session of another venue"),
}
LATE = timedelta(minutes=1)


def _door_of(scan: Scan) -> str:
    if scan.door_pass is None:
        return gettext("typed in from paper") if scan.source == "paper" else gettext("typed in")
    phone = gettext("phone %(letter)s", letter=scan.device.letter) if scan.device else ""
    return ", ".join(filter(None, (scan.door_pass.venue.name, scan.door_pass.label, phone)))


def scan_facts(scan: Scan, edition: Edition) -> dict[str, Any]:
    """Where, when and how many: of one scan. The time is by our clock, as far as we can tell."""
    late = scan.received_at - scan.happened_at > LATE
    return {
        "scan_id": scan.scan_id,
        "at": words.hour(scan.happened_at, edition.zone),
        "day": words.day(scan.happened_at, edition.zone),
        "came": words.brief(scan.received_at, edition.zone) if late else "",
        "door": _door_of(scan),
        "people": scan.people,
        "flags": [str(FLAGGED.get(one, one)) for one in scan.flags],
    }


def log_rows(scans: Sequence[Scan], edition: Edition) -> list[dict[str, Any]]:
    """The scan log in words, in a fixed number of queries."""
    undone = door.undone_ids(scans)
    codes, references = door.session_codes(scans), door.booking_references(scans)
    names = door.volunteers(scans)
    return [
        scan_facts(scan, edition)
        | {
            "who": names.get(scan.door_pass_id or 0, ""),
            "what": happened(scan, undone=scan.scan_id in undone),
            "session": codes.get(scan.occurrence_id or 0, ""),
            "reference": references.get(scan.ticket_number or 0, ""),
            "may_undo": scan.kind == ScanKind.admit and scan.scan_id not in undone,
        }
        for scan in scans
    ]


def happened(scan: Scan, *, undone: bool) -> str:
    """One line of the scan log."""
    if scan.kind == ScanKind.note:
        return str(NOTED.get(scan.verdict, scan.verdict))
    if undone and scan.kind in (ScanKind.admit, ScanKind.walk_up):
        return gettext("%(people)s let in, then undone", people=shown.people(scan.people))
    return _done(scan)


def _done(scan: Scan) -> str:
    people = shown.people(scan.people)
    admitted = gettext("%(people)s let in", people=people)
    if door.UNKNOWN in scan.flags:
        admitted = gettext("%(people)s let in by a ticket not on the list", people=people)
    return {
        ScanKind.admit: admitted,
        ScanKind.walk_up: gettext("%(people)s let in without a ticket", people=people),
        ScanKind.undo: gettext("Undone"),
        ScanKind.headcount: gettext("%(people)s counted", people=people),
        ScanKind.heads: gettext("Heads: %(change)s", change=f"{scan.people:+d}"),
        ScanKind.queue: gettext(
            "%(people)s wait: number %(label)s", people=people, label=scan.label
        ),
    }[scan.kind]


def pass_state(door_pass: DoorPass, now: datetime) -> tuple[str, str]:
    """How a door pass stands: the words, and the colour of its tag."""
    if door_pass.revoked_at is not None:
        return gettext("Switched off"), "red"
    if now >= door_pass.until_at:
        return gettext("Over"), "grey"
    if now < door_pass.from_at:
        return gettext("Not yet"), "blue"
    return gettext("Works now"), "green"
