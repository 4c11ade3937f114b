"""The audit log: who did what."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from festival.domain import audit
from festival.models import AuditEntry
from festival.views.access import office
from festival.views.office.desk import AUDIT, blueprint
from festival.views.page import show_moment

NEWEST = 200
ACTIONS = {
    "session.started": _("Began a session"),
    "venue.proposed": _("Proposed a place that is not on the list"),
    "session.late_allowed": _("Let a session come late"),
    "session.submitted": _("Sent a session in"),
    "session.returned": _("Returned a session with a comment"),
    "session.approved": _("Approved a session"),
    "session.declined": _("Declined a session"),
    "session.picture": _("Chose a picture of a session"),
    "session.picture_removed": _("Took the picture of a session away"),
    "session.revised": _("Began to change a public session"),
    "session.small_edit": _("Put typing mistakes right in a public session"),
    "session.commented": _("Commented on a session"),
    "session.settled": _("Settled a comment on a session"),
    "session.assigned": _("Gave a session to somebody to look at"),
    "session.looked_at": _("Looked at a session first, of two people"),
    "session.conflict": _("Said that they have an interest in a session"),
    "session.no_conflict": _("Said that they have no interest in a session after all"),
    "session.offer_withdrawn": _("Took a session back"),
    "provider.began": _("A new organisation came"),
    "provider.described": _("Changed what is said of an organisation"),
    "provider.declared": _("Declared something for an organisation"),
    "provider.declaration_checked": _("Checked what an organisation declares"),
    "provider.checked": _("Checked an organisation"),
    "provider.refused": _("Said no to an organisation"),
    "provider.role": _("Gave somebody another role"),
    "provider.removed": _("Took somebody out of an organisation"),
    "provider.handed_over": _("Handed an organisation over"),
    "provider.reassigned": _("Put somebody else at the head of an organisation"),
    "user.closed": _("Closed an account"),
    "invitation.sent": _("Invited somebody"),
    "invitation.withdrawn": _("Took an invitation back"),
    "invitation.accepted": _("Came by an invitation"),
    "session.rolled_over": _("Began a session from an earlier festival"),
    "venue.added": _("Added a venue"),
    "venue.changed": _("Changed a venue"),
    "venue.listed": _("Put a venue on the list"),
    "venue.merged": _("Joined a venue with another"),
    "venue.closed_for_good": _("Closed a venue for good"),
    "venue.opened": _("Opened a venue again"),
    "venue.closure": _("Closed a venue for some days"),
    "venue.closure_removed": _("Took days back on which a venue was closed"),
    "venue.room_added": _("Added a room"),
    "venue.room_changed": _("Changed a room"),
    "booking.confirmed": _("A booking was made"),
    "booking.made": _("Booked for somebody"),
    "booking.came_instead": _("Moved from what we called off"),
    "booking.looked_up": _("Looked a booking up"),
    "booking.contact": _("A name, email or phone number was changed"),
    "address.works": _("Said that an address works again"),
    "message.came_back": _("Said that a message came back"),
    "call.reached": _("Reached somebody on the phone"),
    "call.no_answer": _("Called, and nobody answered"),
    "call.wrong_number": _("Called a wrong number"),
    "other_form.asked": _("Asked for a page in another way"),
    "other_form.done": _("Did what was asked for in another way"),
    "waiting.accepted": _("Said yes to places"),
    "waiting.declined": _("Said no to places"),
    "waiting.stayed": _("Stayed in line"),
    "occurrence.capacity": _("Changed the number of places"),
    "occurrence.closed": _("Closed booking"),
    "occurrence.opened": _("Opened booking again"),
    "edition.begun": _("Began a festival"),
    "edition.changed": _("Changed what holds in a festival"),
    "edition.questions": _("Changed what organisations are asked"),
    "edition.shown": _("Put a festival on show"),
    "edition.texts": _("Turned texts on or off"),
    "occurrence.joining": _("Changed the address of an online meeting"),
    "contact.entered": _("Somebody opened all bookings under their address"),
    "contact.preferences": _("Somebody said how we write to them"),
    "contact.calendar_ended": _("Somebody ended the address of their calendar"),
    "contact.shared": _("Said who uses an address"),
    "occurrence.cancelled": _("Cancelled a date"),
    "occurrence.moved": _("Moved a date"),
    "occurrence.undone": _("Took a change back"),
    "session.access_lost": _("Said that help is not there any more"),
    "occurrence.reinstated": _("Put a date on again"),
    "attendance.returned": _("Said how many came"),
    "attendance.chased": _("Asked how many came"),
    "attendance.chased_again": _("Asked again how many came"),
    "names.exported": _("Downloaded the list of who is booked"),
    "door_sheet.taken": _("Took the list for the door"),
    "access_requests.seen": _("Looked at what people need to take part"),
    "booking.cancelled": _("A booking was cancelled"),
    "booking.reduced": _("Some places were given back"),
    "door_pass.made": _("Made a door pass"),
    "door_pass.revoked": _("Switched a door pass off"),
    "booking.regrouped": _("Changed who comes"),
    "token.created": _("Made a token for a program"),
    "token.revoked": _("Let a program in no longer"),
    "wording.changed": _("Changed the words of a message"),
    "wording.shipped": _("Went back to the shipped words of a message"),
    "wish.answered": _("Answered what somebody would like to learn"),
    "theme.added": _("Added a theme"),
    "user.office": _("Gave somebody a role in the team"),
    "user.password_chosen": _("Chose a new password"),
}
THINGS = {
    "festival_session": _("session %(name)s"),
    "booking": _("booking number %(name)s"),
    "message": _("message number %(name)s"),
    "form_request": _("request number %(name)s"),
    "contact": _("address number %(name)s"),
    "occurrence": _("date number %(name)s"),
    "door_pass": _("door pass number %(name)s"),
    "api_token": _("token number %(name)s"),
    "wording": _("wording number %(name)s"),
    "provider": _("organisation number %(name)s"),
    "invitation": _("invitation number %(name)s"),
    "venue": _("venue number %(name)s"),
    "edition": _("festival number %(name)s"),
    "theme": _("theme number %(name)s"),
    "wish": _("wish number %(name)s"),
    "user_account": _("account number %(name)s"),
}


@blueprint.get("/audit")
@office(*AUDIT)
def audit_log() -> ResponseReturnValue:
    """What was done last."""
    entries = audit.newest(NEWEST)
    codes = audit.session_codes(entries)
    rows = [(show_moment(one.at), _who(one), _what(one, codes)) for one in entries]
    return render_template("office/audit.html", rows=rows, newest=NEWEST)


def _who(entry: AuditEntry) -> str:
    return entry.actor.name if entry.actor else gettext("Nobody who had signed in")


def _what(entry: AuditEntry, codes: dict[int, str]) -> str:
    action = str(ACTIONS.get(entry.action, entry.action))
    name: object = entry.thing_id
    if entry.thing == "festival_session":
        name = codes.get(entry.thing_id, name)
    thing = str(THINGS.get(entry.thing, entry.thing)) % {"name": name}
    return f"{action}: {thing}"
