"""Mail: from a message's row to the bytes that leave."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from festival.delivery import codes, letters, organisations, printed, samples
from festival.delivery.addresses import address
from festival.delivery.calendars import Entry, mailed_entry, one_line
from festival.delivery.composing import Written, compose, fill_template
from festival.delivery.letters import Letter, NoLongerTrue, text_of
from festival.delivery.wordings import locale_of, safe
from festival.domain import accounts, announcements, attendance, review, tickets, words
from festival.domain.errors import N_
from festival.domain.outbox import edition_of
from festival.domain.tickets import TicketKeys
from festival.domain.wordings import KINDS
from festival.extensions import db
from festival.models import (
    Booking,
    Edition,
    Message,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Revision,
    Room,
    User,
)

__all__ = ["NoLongerTrue", "render"]

SUBJECTS = {
    "session_returned": N_("Please change your session: %(title)s"),
    "session_approved": N_("Your session is approved: %(title)s"),
    "session_declined": N_("Your session: %(title)s"),
    "attendance_due": N_("How many people came? %(title)s"),
    "asked": N_("What people need at your session: %(title)s"),
    "password_reset": N_("Choose a new password"),
    "invitation": N_("You are invited: %(title)s"),
    "welcome": N_("One more step to offer sessions"),
    "provider_checked": N_("We have checked your organisation: %(title)s"),
    "provider_refused": N_("Your organisation: %(title)s"),
    "access_question": N_("Would another room do? %(title)s"),
    "asked_again": N_("Will you offer something again? %(title)s"),
    "call_chased": N_("Your session for the festival: %(title)s"),
    "deadline": N_("Not sent in yet: %(title)s"),
    "announcement_declined": N_("We have not sent your message: %(title)s"),
}


def render(message: Message, keys: TicketKeys) -> EmailMessage:
    """The mail of this message as things stand now. Raises NoLongerTrue."""
    edition = edition_of(message)
    if edition is None:
        raise NoLongerTrue("there is no festival")
    if message.kind == "test":
        return _frame(message, samples.asked_for(message, edition), edition)
    if message.kind not in KINDS:
        with force_locale("en_GB"):
            return _frame(message, _to_staff(message, edition), edition)
    letter = letters.letter_of(message, edition)
    mail = _frame(message, compose(letter), edition)
    with force_locale(locale_of(letter.language)):
        _add_calendars(mail, letter, edition)
        _add_codes(mail, message.booking, letter, edition, keys)
    return mail


def _to_staff(message: Message, edition: Edition) -> Written:
    maker = MAKERS.get(message.kind, _of_offer)
    title, context = maker(message)
    context |= {"edition": edition, "language": words.ENGLISH, "ours": words.ENGLISH}
    return Written(
        gettext(SUBJECTS[message.kind], title=title),
        fill_template(f"mail/{message.kind}.txt", context),
        fill_template(f"mail/{message.kind}.html", context),
    )


def _of_account(message: Message) -> tuple[str, dict[str, Any]]:
    user = db.session.get(User, message.facts["user"])
    if user is None:
        raise NoLongerTrue("the account is gone")
    token = accounts.reset_token(current_app.config["SECRET_KEY"], user)
    return "", {"name": user.name, "link": address("accounts.choose_password", token=token)}


def _of_offer(message: Message) -> tuple[str, dict[str, Any]]:
    revision = db.session.get(Revision, message.facts["revision"])
    if revision is None:
        raise NoLongerTrue("the offer is gone")
    return revision.text().title, {
        "name": message.facts["name"],
        "revision": revision,
        "link": address("provider.show", code=revision.session.code),
        "public_link": address("programme.session", code=revision.session.code),
        "comments": [
            (gettext(review.FIELDS[one.field]) if one.field in review.FIELDS else "", one.words)
            for one in review.open_comments(revision)
        ],
    }


def _of_provider(message: Message) -> tuple[str, dict[str, Any]]:
    """That something changed in what a party asked for. Not what: this mail is kept longer."""
    claim = db.session.get(Reservation, message.facts["reservation"])
    if claim is None or claim.state != ReservationState.confirmed:
        raise NoLongerTrue("they do not come any more")
    text = text_of(claim.occurrence, "en")
    return text.title, {
        "name": message.facts["name"],
        "text": text,
        "occurrence": claim.occurrence,
        "reference": claim.booking.reference,
        "link": address("provider.access_requests_of", code=claim.occurrence.session.code),
    }


def _of_run(message: Message) -> tuple[str, dict[str, Any]]:
    """That the number of a run is missing, as long as it is."""
    run = db.session.get(Occurrence, message.facts["occurrence"])
    if run is None or not attendance.lacks_return(run):
        raise NoLongerTrue("we know how many came")
    text = text_of(run, "en")
    return text.title, {
        "name": message.facts["name"],
        "text": text,
        "occurrence": run,
        "link": address("provider.attendance_return", code=run.session.code, occurrence_id=run.id),
    }


def _of_access_question(message: Message) -> tuple[str, dict[str, Any]]:
    """That a run is to move into a room that may not have what people asked for. Not who: this
    mail is kept longer than that."""
    run = db.session.get(Occurrence, message.facts["occurrence"])
    room = db.session.get(Room, message.facts["room"])
    asker = db.session.get(User, message.facts["asker"])
    if run is None or room is None or run.state != OccurrenceState.scheduled:
        raise NoLongerTrue("it does not take place")
    text = text_of(run, "en")
    return text.title, {
        "name": message.facts["name"],
        "text": text,
        "occurrence": run,
        "room": room,
        "asker": asker.name if asker else "",
        "link": address("office.move_run", occurrence_id=run.id),
        "requests_link": address("office.access_requests_to_come"),
    }


def _of_announcement(message: Message) -> tuple[str, dict[str, Any]]:
    """That words for everybody who booked are not sent, and why."""
    found = announcements.get(message.facts["announcement"])
    if found is None:
        raise NoLongerTrue("what they wrote is gone")
    run, title = found.occurrence, found.venue.name if found.venue else found.edition.name
    link = address("office.broadcast")
    if run is not None:
        title = text_of(run, "en").title
        link = address("provider.announce", code=run.session.code, occurrence_id=run.id)
    said = {"title": title, "words": found.words, "comment": found.comment, "link": link}
    return title, {"name": message.facts["name"], **said}


MAKERS = {
    "access_question": _of_access_question,
    "announcement_declined": _of_announcement,
    "password_reset": _of_account,
    "asked": _of_provider,
    "attendance_due": _of_run,
    "invitation": organisations.of_invitation,
    "welcome": organisations.of_invitation,
    "provider_checked": organisations.of_provider,
    "provider_refused": organisations.of_provider,
    "asked_again": organisations.of_call,
    "call_chased": organisations.of_call,
    "deadline": organisations.of_deadline,
}


def _frame(message: Message, written: Written, edition: Edition) -> EmailMessage:
    config = current_app.config
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = safe(written.subject)
    mail["From"] = Address(one_line(config["MAIL_FROM_NAME"]), addr_spec=config["MAIL_FROM"])
    mail["To"] = Address(addr_spec=message.recipient)
    if edition.help_email:
        mail["Reply-To"] = Address(one_line(edition.name), addr_spec=edition.help_email)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.message_id}@{config['CALENDAR_DOMAIN']}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(written.text, cte="base64")
    mail.add_alternative(written.html, subtype="html", cte="base64")
    return mail


def _add_calendars(mail: EmailMessage, letter: Letter, edition: Edition) -> None:
    """One entry: as an invitation and as a file. Several: files only, one UID a part."""
    entries = [*(Entry.of(one) for one in letter.entries), *letter.ended]
    link = address("bookings.find")
    sender = {
        "organizer": current_app.config["MAIL_FROM"],
        "organizer_name": current_app.config["MAIL_FROM_NAME"],
    }
    parts = [mailed_entry(one, edition, link, **sender) for one in entries]
    if len(parts) == 1:
        method, content = parts[0]
        # Bytes: text would lose its CRLF on the way through base64.
        params = {"method": method, "charset": "utf-8"}
        mail.add_alternative(content, "text", "calendar", cte="base64", params=params)
    for number, (_method, content) in enumerate(parts, start=1):
        name = "booking.ics" if len(parts) == 1 else f"booking-{number}.ics"
        mail.add_attachment(content, maintype="application", subtype="ics", filename=name)


def _add_codes(
    mail: EmailMessage, booking: Booking | None, letter: Letter, edition: Edition, keys: TicketKeys
) -> None:
    """The tickets as one PDF; where none can be made, their codes as pictures."""
    standing = [one for one in letter.tickets if one.ticket is not None]
    if booking is None or not standing:
        return
    if printed.can_print():
        content = printed.tickets(standing, booking, edition, keys)
        name = f"tickets-{letter.reference}.pdf"
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        return
    for number, ticket in enumerate((one.ticket for one in standing), start=1):
        assert ticket is not None  # looked at before
        picture = codes.png(tickets.code_of(ticket, keys), module=6)
        name = f"ticket-{letter.reference}-{number}.png"
        mail.add_attachment(picture, maintype="image", subtype="png", filename=name)
