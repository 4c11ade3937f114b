"""One of the team sends words to themselves, before anybody else reads them."""

from festival.domain import contacts, outbox
from festival.domain.errors import N_
from festival.domain.wordings.editing import check, check_kind
from festival.domain.wordings.kinds import EMAIL, SMS
from festival.domain.wordings.parsing import BadWording
from festival.models import Edition, Message, User


def send_test(
    edition: Edition,
    user: User,
    kind: str,
    channel: str,
    language: str,
    *,
    subject: str,
    body: str,
    number: str = "",
) -> Message:
    """Queue these words to who typed them: to the address they sign in with, or as an SMS to this
    number where the festival sends texts. Raises NotFound and BadWording."""
    check_kind(kind, channel, language)
    check(kind, channel, subject, body)
    if channel == SMS:
        _check_number(edition, number)
    message = outbox.queue("test", user.email if channel == EMAIL else number, channel=channel)
    message.facts = {
        "kind": kind,
        "channel": channel,
        "language": language,
        "subject": subject,
        "body": body,
        "user": user.id,
    }
    return message


def _check_number(edition: Edition, number: str) -> None:
    if not edition.sends_texts:
        raise BadWording(N_("This festival sends no text messages."), field="number")
    if not contacts.is_mobile(number):
        raise BadWording(N_("Type a mobile number, like 07700 900123."), field="number")
