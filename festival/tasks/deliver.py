"""Deliver what is due. The rows are the truth: whoever delivers may be killed in between."""

import logging
from threading import Event

from festival.delivery import mail, mail_lease, mail_transport, ticket_keys
from festival.delivery.transport import Undeliverable
from festival.domain import clock, sending
from festival.extensions import db, write
from festival.models import Message

log = logging.getLogger("festival.deliver")


def deliver_due(limit: int = 200, stop: Event | None = None) -> int:
    """Deliver messages until none is due, or until told to stop; how many were handled."""
    handled = 0
    while handled < limit and not (stop and stop.is_set()) and deliver_next():
        handled += 1
    return handled


def deliver_next() -> bool:
    """Lease one message, send it outside of any transaction, record what became of it."""
    if not sending.is_due(clock.now()):
        db.session.rollback()
        return False
    with write():
        message = sending.lease_next(clock.now(), mail_lease())
        message_id, lease = (message.id, message.lease) if message else (None, None)
    if message_id is None:
        return False
    outcome = _attempt(message_id)
    with write():
        message = db.session.get_one(Message, message_id, with_for_update={"of": Message})
        # What has left has left. Anything else is for whoever has the lease now.
        if outcome is None or message.lease == lease:
            _record(message, outcome)
    return True


def _attempt(message_id: int) -> Exception | None:
    message = db.session.get_one(Message, message_id)
    try:
        letter = mail.render(message, ticket_keys())
        recipient = message.recipient
        db.session.rollback()  # hold no transaction while the network is slow
        mail_transport().send(letter, recipient)
    except (Undeliverable, mail.NoLongerTrue) as expected:
        return expected
    except Exception as unexpected:
        log.exception("message %s could not be made", message_id)
        return unexpected
    return None


def _record(message: Message, outcome: Exception | None) -> None:
    if outcome is None:
        sending.mark_sent(message)
    elif isinstance(outcome, mail.NoLongerTrue):
        sending.mark_dropped(message, str(outcome))
    elif isinstance(outcome, Undeliverable):
        sending.mark_failed(message, str(outcome), for_good=outcome.for_good)
    else:
        sending.mark_failed(message, type(outcome).__name__)
