"""The ways texts leave: GOV.UK Notify, or .txt files where no key is set.

Notify sends only templates: ours has nothing but the placeholder ((body)), so that the words are
kept with those of the other channels.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from festival.delivery.transport import Undeliverable, write_file
from festival.domain.contacts import fold_phone

TIMEOUT = 15  # seconds for each of the at most two requests of a text
# What Notify answers (400) where it is the number that is wrong, and not our template or our key.
OF_THE_NUMBER = re.compile(r"phone.?number|international|mobile number|country", re.IGNORECASE)
# And where it is this text that is wrong: it will be so tomorrow.
OF_THE_TEXT = re.compile(r"character count|content for template", re.IGNORECASE)


class SmsTransport(Protocol):
    def send(self, number: str, text: str, reference: str) -> None:
        """Hand the text over, or raise Undeliverable."""

    def was_taken(self, reference: str) -> bool:
        """Whether a text of this reference was handed over before. Raises Undeliverable."""


@dataclass(frozen=True)
class NotifyTransport:
    """Texts handed to GOV.UK Notify, or to what speaks its API."""

    client: NotificationsAPIClient
    template: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "NotifyTransport":
        client = NotificationsAPIClient(
            config["SMS_NOTIFY_KEY"], base_url=config["SMS_NOTIFY_URL"], timeout=TIMEOUT
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


@dataclass(frozen=True)
class SmsFileTransport:
    """Each text as one file; a repeat of the same reference replaces its file."""

    folder: Path

    def send(self, number: str, text: str, reference: str) -> None:
        content = f"To: {fold_phone(number)}\n\n{text}\n"
        write_file(self.folder, f"{reference}.txt", content.encode())

    def was_taken(self, reference: str) -> bool:  # noqa: ARG002 - as SmsTransport has it
        return False  # written again it is the same file
