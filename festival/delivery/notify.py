"""Texts by GOV.UK Notify, or by what speaks its API.

Notify sends only templates: ours has nothing but the placeholder ((body)), so that the words are
kept with those of the other channels.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from festival.delivery import sms
from festival.delivery.transport import Undeliverable
from festival.domain.contacts import fold_phone

# What Notify answers (400) where it is the number that is wrong, and not our template or our key.
OF_THE_NUMBER = re.compile(r"phone.?number|international|mobile number|country", re.IGNORECASE)
# And where it is this text that is wrong: it will be so tomorrow.
OF_THE_TEXT = re.compile(r"character count|content for template", re.IGNORECASE)


@dataclass(frozen=True)
class NotifyTransport:
    """Texts handed to Notify, each with our reference."""

    client: NotificationsAPIClient
    template: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "NotifyTransport":
        client = NotificationsAPIClient(
            config["SMS_NOTIFY_KEY"], base_url=config["SMS_NOTIFY_URL"], timeout=sms.TIMEOUT
        )
        return cls(client, config["SMS_NOTIFY_TEMPLATE"])

    def send(self, number: str, text: str, reference: str) -> None:
        try:
            self.client.send_sms_notification(
                fold_phone(number), self.template, {"body": text}, reference
            )
        except APIError as error:
            raise _undeliverable(error) from error

    def was_taken(self, reference: str) -> bool:
        try:
            found = self.client.get_all_notifications(template_type="sms", reference=reference)
        except APIError as error:
            raise Undeliverable(_said(error)) from error
        return bool(found and found.get("notifications"))


def _undeliverable(error: APIError) -> Undeliverable:
    """What the answer means. Whatever is wrong with our key, our template or our limit is right
    for every text once somebody has mended it."""
    said = _said(error)
    if error.status_code != 400:
        return Undeliverable(said)
    return Undeliverable(
        said,
        for_good=OF_THE_TEXT.search(said) is not None,
        refused=OF_THE_NUMBER.search(said) is not None,
    )


def _said(error: APIError) -> str:
    message = error.message
    if isinstance(message, list):
        message = "; ".join(str(one.get("message", one)) for one in message)
    words = " ".join(str(message).split())
    return f"{error.status_code} {words}" if error.response is not None else f"Notify: {words}"
