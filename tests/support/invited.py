"""What an invitation's mail holds, as a test reads it."""

import sqlalchemy as sa

from festival.delivery import mail, ticket_keys
from festival.extensions import db
from festival.models import Message


def newest_mail(kind: str) -> str:
    """The plain words of the newest mail of this kind."""
    query = sa.select(Message).where(Message.kind == kind).order_by(Message.id.desc())
    message = db.session.scalars(query).first()
    assert message is not None, f"no mail {kind}"
    letter = mail.render(message, ticket_keys()).get_body(("plain",))
    assert letter is not None
    text: str = letter.get_content()
    return text


def mailed_link(kind: str = "invitation") -> str:
    """The path of the link in the newest mail of this kind."""
    line = next(line for line in newest_mail(kind).splitlines() if "/provider/join/" in line)
    return "/" + line.split("://", 1)[1].partition("/")[2]


def mails(kind: str) -> int:
    query = sa.select(sa.func.count()).select_from(Message).where(Message.kind == kind)
    return db.session.scalar(query) or 0
