"""Deliver what is due. The rows are the truth: whoever delivers may be killed in between."""

import logging
from threading import Event

from flask import current_app

from festival.delivery import lease_time, mail, mail_transport, sms_transport, texts, ticket_keys
from festival.delivery.transport import Undeliverable
from festival.domain import clock, outbox, refused, sending
from festival.extensions import db, write
from festival.models import Message

log = logging.getLogger("festival.deliver")


def deliver_due(limit: int = 200, stop: Event | None = None) -> int:
    """Deliver messages until none is due, or until told to stop; how many were handled."""
    handled = 0
    try:
        while handled < limit and not (stop and stop.is_set()) and deliver_next():
            handled += 1
    finally:
        mail_transport().close()
    return handled


def deliver_next() -> bool:
    """Lease one message, send it outside of any transaction, record what became of it."""
    per_domain = current_app.config["MAIL_PER_DOMAIN"]
    if not sending.is_due(clock.now(), per_domain):
        db.session.rollback()
        return False
    with write():
        message = sending.lease_next(clock.now(), lease_time(), per_domain)
        if message is None:
            return False
        message_id, lease = message.id, message.lease
        if why := refused.why_not(message):
            sending.mark_failed(message, why, for_good=True)
            return True
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
        SENDERS[message.channel](message)
    except (Undeliverable, mail.NoLongerTrue) as expected:
        return expected
    except Exception as unexpected:
        log.exception("message %s could not be made", message_id)
        return unexpected
    return None


def _send_mail(message: Message) -> None:
    letter = mail.render(message, ticket_keys())
    recipient = message.recipient
    db.session.rollback()  # hold no transaction while the network is slow
    mail_transport().send(letter, recipient)


def _send_text(message: Message) -> None:
    text = texts.render(message)
    number, reference, again = message.recipient, message.message_id, message.attempts > 1
    db.session.rollback()
    # What became of an earlier try may be unknown, and nothing collapses two texts into one.
    if not (again and sms_transport().was_taken(reference)):
        sms_transport().send(number, text, reference)


SENDERS = {outbox.EMAIL: _send_mail, outbox.SMS: _send_text}


def _record(message: Message, outcome: Exception | None) -> None:
    if outcome is None:
        sending.mark_sent(message)
    elif isinstance(outcome, mail.NoLongerTrue):
        sending.mark_dropped(message, str(outcome))
    elif isinstance(outcome, Undeliverable):
        sending.mark_failed(
            message, str(outcome), for_good=outcome.for_good, refused=outcome.refused
        )
    else:
        sending.mark_failed(message, type(outcome).__name__)
