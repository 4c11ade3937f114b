"""The ways texts leave: see notify.py; or .txt files where no key is set."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from festival.delivery.transport import write_file
from festival.domain.contacts import fold_phone

TIMEOUT = 15  # seconds for each of the at most two requests of a text


class SmsTransport(Protocol):
    def send(self, number: str, text: str, reference: str) -> None:
        """Hand the text over, or raise Undeliverable."""

    def was_taken(self, reference: str) -> bool:
        """Whether a text of this reference was handed over before. Raises Undeliverable."""


@dataclass(frozen=True)
class SmsFileTransport:
    """Each text as one file; a repeat of the same reference replaces its file."""

    folder: Path

    def send(self, number: str, text: str, reference: str) -> None:
        content = f"To: {fold_phone(number)}\n\n{text}\n"
        write_file(self.folder, f"{reference}.txt", content.encode())

    def was_taken(self, reference: str) -> bool:  # noqa: ARG002 - as SmsTransport has it
        return False  # written again it is the same file
