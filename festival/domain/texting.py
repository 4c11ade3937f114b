"""Whether the festival sends texts: the team decides, because each of them is paid for."""

from festival.domain import audit
from festival.domain.errors import N_, NotAllowed
from festival.extensions import db
from festival.models import Edition, User


def send_texts(edition: Edition, *, wanted: bool, can_send: bool, actor: User | None) -> bool:
    """From now on texts are sent, or they are not; whether that is a change. What is queued already
    goes as it is. ``can_send``: this installation knows a service that sends them.

    Raises NotAllowed where there is none.
    """
    if wanted and not can_send:
        raise NotAllowed(
            N_(
                "This installation cannot send texts yet. "
                "Ask whoever runs it to set FESTIVAL_SMS_NOTIFY_KEY."
            )
        )
    db.session.refresh(edition, with_for_update=True)
    if edition.sends_texts == wanted:
        return False
    edition.sends_texts = wanted
    db.session.flush()
    audit.record("edition.texts", edition, actor=actor, sends=wanted)
    return True
