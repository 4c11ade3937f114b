"""What goes out: calendars, codes, mail, texts. Renders and sends; knows no transaction."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from flask import Flask, current_app

from festival.delivery import keyring
from festival.delivery.sms import TIMEOUT as SMS_TIMEOUT
from festival.delivery.sms import SmsFileTransport, SmsTransport
from festival.delivery.transport import FileTransport, SmtpTransport, Transport
from festival.domain.bookings import Rules
from festival.domain.sending import LEASE
from festival.domain.tickets import TicketKeys


def init_app(app: Flask) -> None:
    """Make the ticket keys and the way mail takes from the settings."""
    config = app.config
    app.extensions["ticket_key_file"] = file = keyring.from_settings(config)
    app.extensions["ticket_keys"] = file.keys if file else _keys_of(config)
    app.extensions["booking_rules"] = Rules(
        hold=timedelta(minutes=config["HOLD_MINUTES"]),
        extensions=config["HOLD_EXTENSIONS"],
        calendar_domain=config["CALENDAR_DOMAIN"],
        travel_kmh=config["TRAVEL_KMH"],
        travel_minutes=config["TRAVEL_MINUTES"],
    )
    app.extensions["mail_transport"] = (
        SmtpTransport.of(config) if config["SMTP_HOST"] else FileTransport(config["VAR"] / "mail")
    )
    app.extensions["sms_transport"] = _way_of_texts(config)


def _keys_of(config: Mapping[str, Any]) -> Callable[[], TicketKeys]:
    """The keys that stand in the settings: the same as long as this process runs."""
    keys = TicketKeys(
        instance=config["INSTANCE_NAME"],
        key_id=config["TICKET_KEY_ID"],
        private=bytes.fromhex(config["TICKET_KEY"]),
        others=config["TICKET_KEYS_BELIEVED"],
    )
    return lambda: keys


def _way_of_texts(config: Mapping[str, Any]) -> SmsTransport:
    if not config["SMS_NOTIFY_KEY"]:
        return SmsFileTransport(config["VAR"] / "sms")
    # Its client takes a third of a second to load: only for who has a key.
    from festival.delivery.notify import NotifyTransport  # noqa: PLC0415 - as said

    return NotifyTransport.of(config)


def ticket_keys() -> TicketKeys:
    """Who signs tickets, and who is believed, as it is now."""
    return cast(TicketKeys, current_app.extensions["ticket_keys"]())


def ticket_key_file() -> keyring.KeyFile | None:
    """Where the keys are kept; None where they stand in the settings."""
    return cast(keyring.KeyFile | None, current_app.extensions["ticket_key_file"])


def booking_rules() -> Rules:
    """How long places are held, and what calendar entries are called."""
    return cast(Rules, current_app.extensions["booking_rules"])


def lease_time() -> timedelta:
    """How long a message is kept from other workers while it is sent. SMTP_TIMEOUT is for each
    step of the conversation; connecting, signing in and handing over take about ten. A text takes
    two requests, each with the time to connect and to answer."""
    mail = 10 * timedelta(seconds=current_app.config["SMTP_TIMEOUT"])
    return max(LEASE, mail, 5 * timedelta(seconds=SMS_TIMEOUT))


def mail_transport() -> Transport:
    """The way mail takes."""
    return cast(Transport, current_app.extensions["mail_transport"])


def sms_transport() -> SmsTransport:
    """The way texts take."""
    return cast(SmsTransport, current_app.extensions["sms_transport"])
