"""Mail as a test reads it: the one that is due, what is attached, its calendar entry."""

from email.message import EmailMessage

import icalendar

from festival.tasks.deliver import deliver_due
from tests.support.printing import codes_on, sheets
from tests.support.smtp import SmtpServer


def delivered(smtp_server: SmtpServer) -> EmailMessage:
    """The one mail that is due now, as it arrived."""
    before = len(smtp_server.messages)
    assert deliver_due() == 1
    assert len(smtp_server.messages) == before + 1
    return smtp_server.messages[-1].message


def attached(mail: EmailMessage, kind: str) -> list[EmailMessage]:
    return [part for part in mail.iter_attachments() if part.get_content_type() == kind]


def tickets_in(mail: EmailMessage) -> list[str]:
    """The codes of the tickets that came with it, in one PDF."""
    files = attached(mail, "application/pdf")
    assert len(files) <= 1
    return [code for file in files for code in codes_on(sheets(file.get_content()))]


def invitation(mail: EmailMessage) -> EmailMessage:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return part


def event_of(part: EmailMessage) -> tuple[icalendar.Calendar, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    (event,) = calendar.events
    return calendar, event


def both_texts(mail: EmailMessage) -> list[str]:
    """The words for readers of plain text, and those of HTML."""
    return [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]  # type: ignore[union-attr]
