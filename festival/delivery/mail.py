"""Mail: from a message's row to the bytes that leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from festival.delivery import codes
from festival.delivery.addresses import address, manage
from festival.delivery.calendars import mailed_calendar, one_line
from festival.domain import accounts, tickets
from festival.domain.errors import N_
from festival.domain.outbox import edition_of
from festival.domain.tickets import TicketKeys
from festival.extensions import db
from festival.models import (
    Edition,
    Message,
    Reservation,
    ReservationState,
    Revision,
    User,
)


class NoLongerTrue(Exception):
    """What the message was to say has changed since; another message tells of that."""


SUBJECTS = {
    "booked": N_("Your booking %(reference)s: %(title)s"),
    "changed": N_("CHANGED: your booking %(reference)s: %(title)s"),
    "cancelled": N_("CANCELLED: your booking %(reference)s: %(title)s"),
    "reminded": N_("Your booking reference is %(reference)s"),
    "session_returned": N_("Please change your session: %(title)s"),
    "session_approved": N_("Your session is approved: %(title)s"),
    "session_declined": N_("Your session: %(title)s"),
    "password_reset": N_("Choose a new password"),
}
WITH_CALENDAR = ("booked", "changed", "cancelled")
WITH_TICKET = ("booked", "changed")


@dataclass(frozen=True)
class Letter:
    """What the templates of one message need."""

    kind: str
    title: str
    reference: str
    context: dict[str, Any]
    reservations: Sequence[Reservation] = ()


def render(message: Message, keys: TicketKeys) -> EmailMessage:
    """The mail of this message as things stand now. Raises NoLongerTrue."""
    edition = edition_of(message)
    if edition is None:
        raise NoLongerTrue("there is no festival")
    language = message.booking.language if message.booking else "en"
    with force_locale("en_GB" if language == "en" else language):
        letter = _letter(message)
        mail = _frame(message, letter, edition)
        context = {"edition": edition, "facts": message.facts, **letter.context}
        mail.set_content(_fill(f"mail/{letter.kind}.txt", context), cte="base64")
        html = _fill(f"mail/{letter.kind}.html", context)
        mail.add_alternative(html, subtype="html", cte="base64")
        _add_calendars(mail, letter, edition)
        _add_codes(mail, letter, keys)
    return mail


def _fill(template: str, context: dict[str, Any]) -> str:
    """Not Flask's render_template: that adds what pages know of their request; mail has none."""
    return current_app.jinja_env.get_template(template).render(context)


def _letter(message: Message) -> Letter:
    if message.booking is not None:
        return _letter_of_booking(message)
    if message.kind == "password_reset":
        user = db.session.get(User, message.facts["user"])
        if user is None:
            raise NoLongerTrue("the account is gone")
        token = accounts.reset_token(current_app.config["SECRET_KEY"], user)
        link = address("accounts.choose_password", token=token)
        return Letter(message.kind, "", "", {"name": user.name, "link": link})
    revision = db.session.get(Revision, message.facts["revision"])
    if revision is None:
        raise NoLongerTrue("the offer is gone")
    context = {
        "name": message.facts["name"],
        "revision": revision,
        "link": address("provider.show", code=revision.session.code),
        "public_link": address("programme.session", code=revision.session.code),
    }
    return Letter(message.kind, revision.text().title, "", context)


def _letter_of_booking(message: Message) -> Letter:
    booking = message.booking
    assert booking is not None
    wanted = message.facts["reservations"]
    claims = [one for one in booking.reservations if one.id in wanted]
    standing = [one for one in claims if one.state == ReservationState.confirmed]
    if message.kind != "cancelled":
        claims = standing
    if not claims:
        raise NoLongerTrue("these places were cancelled meanwhile")
    if message.kind == "cancelled" and standing:
        raise NoLongerTrue("these places stand again")
    revision = claims[0].occurrence.session.published_revision
    assert revision is not None
    context = {
        "booking": booking,
        "reservations": claims,
        "text": revision.text(booking.language),
        "link": manage(booking),
        "calendar_link": manage(booking, "bookings.calendar"),
        "tickets_link": manage(booking, "bookings.show_tickets"),
        "programme_link": address("programme.home"),
    }
    return Letter(message.kind, revision.text().title, booking.reference or "", context, claims)


def _frame(message: Message, letter: Letter, edition: Edition) -> EmailMessage:
    config = current_app.config
    mail = EmailMessage(policy=SMTP)
    subject = gettext(SUBJECTS[letter.kind], reference=letter.reference, title=letter.title)
    mail["Subject"] = one_line(subject)
    mail["From"] = Address(one_line(config["MAIL_FROM_NAME"]), addr_spec=config["MAIL_FROM"])
    mail["To"] = Address(addr_spec=message.recipient)
    if edition.help_email:
        mail["Reply-To"] = Address(one_line(edition.name), addr_spec=edition.help_email)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.message_id}@{config['CALENDAR_DOMAIN']}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _add_calendars(mail: EmailMessage, letter: Letter, edition: Edition) -> None:
    """One entry: as an invitation and as a file. Several: files only, one UID a part."""
    if letter.kind not in WITH_CALENDAR:
        return
    link = address("bookings.find")
    parts = [
        mailed_calendar(
            one,
            edition,
            link,
            organizer=current_app.config["MAIL_FROM"],
            organizer_name=current_app.config["MAIL_FROM_NAME"],
        )
        for one in letter.reservations
    ]
    if len(parts) == 1:
        method, content = parts[0]
        # Bytes: text would lose its CRLF on the way through base64.
        params = {"method": method, "charset": "utf-8"}
        mail.add_alternative(content, "text", "calendar", cte="base64", params=params)
    for number, (_method, content) in enumerate(parts, start=1):
        name = "booking.ics" if len(parts) == 1 else f"booking-{number}.ics"
        mail.add_attachment(content, maintype="application", subtype="ics", filename=name)


def _add_codes(mail: EmailMessage, letter: Letter, keys: TicketKeys) -> None:
    if letter.kind not in WITH_TICKET:
        return
    for number, one in enumerate(letter.reservations, start=1):
        if one.ticket is None:
            continue
        picture = codes.png(tickets.code_of(one.ticket, keys), module=6)
        name = f"ticket-{letter.reference}-{number}.png"
        mail.add_attachment(picture, maintype="image", subtype="png", filename=name)
