"""Mail as a test reads it: the one that is due, what is attached, its calendar entry."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO

import icalendar
import sqlalchemy as sa
from PIL import Image

from festival.delivery import printed
from festival.domain import clock
from festival.extensions import db, write
from festival.models import Booking, Message
from festival.tasks.deliver import deliver_due
from tests import factories
from tests.support.printing import codes_on, sheets
from tests.support.smtp import SmtpServer


def a_minute_later(at: Callable[..., None]) -> None:
    """What may be followed by another change waits a minute for it."""
    at(clock.now() + timedelta(minutes=1))


def delivered(smtp_server: SmtpServer) -> EmailMessage:
    """The one mail that is due now, as it arrived."""
    before = len(smtp_server.messages)
    assert deliver_due() == 1
    assert len(smtp_server.messages) == before + 1
    return smtp_server.messages[-1].message


def attached(mail: EmailMessage, kind: str) -> list[EmailMessage]:
    return [part for part in mail.iter_attachments() if part.get_content_type() == kind]


def tickets_in(mail: EmailMessage) -> list[str]:
    """The codes of the tickets that came with it, in one PDF; as pictures where none is made."""
    files, pictures = (attached(mail, kind) for kind in ("application/pdf", "image/png"))
    assert len(files) <= 1
    assert not pictures or not printed.can_print()
    return [code for file in files for code in codes_on(sheets(file.get_content()))] + [
        code for one in pictures for code in codes_on([Image.open(BytesIO(one.get_content()))])
    ]


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


def book(adults: int = 1, **facts: str) -> Booking:
    """A booking of some session, whose mail is to be sent."""
    with write():
        session = factories.session(title="Stitch a Story")
        return factories.booking(factories.occurrence_of(session), adults, **facts)


def the_message() -> Message:
    """The newest one, as it stands now."""
    db.session.rollback()
    return db.session.scalars(sa.select(Message).order_by(Message.id.desc())).first()  # type: ignore[return-value]
