"""The ways mail leaves: a server by SMTP, or .eml files where none is set."""

import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol


class Undeliverable(Exception):
    """It did not leave. ``for_good``: the server said that trying again is no use."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


class Transport(Protocol):
    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand the message over, or raise Undeliverable."""


@dataclass(frozen=True)
class SmtpTransport:
    """One SMTP conversation a message, so that a slow one delays no other for long."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    timeout: int
    sender: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "SmtpTransport":
        return cls(
            host=config["SMTP_HOST"],
            port=config["SMTP_PORT"],
            security=config["SMTP_SECURITY"],
            user=config["SMTP_USER"],
            password=config["SMTP_PASSWORD"],
            timeout=config["SMTP_TIMEOUT"],
            sender=config["MAIL_FROM"],
        )

    def send(self, message: EmailMessage, recipient: str) -> None:
        try:
            with self._connect() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message, self.sender, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise Undeliverable(_said(code, words), for_good=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            said = _said(error.smtp_code, error.smtp_error)
            raise Undeliverable(said, for_good=500 <= error.smtp_code < 600) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Undeliverable(f"{type(error).__name__}: {error}") from error

    def _connect(self) -> smtplib.SMTP:
        if self.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        if self.security == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"


@dataclass(frozen=True)
class FileTransport:
    """Each message as one .eml file; a repeat of the same Message-ID replaces its file."""

    folder: Path

    def send(self, message: EmailMessage, recipient: str) -> None:  # noqa: ARG002 - as Transport has it
        self.folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").split("@")[0]
        unfinished = self.folder / f".{name}.{os.getpid()}"
        try:
            unfinished.write_bytes(message.as_bytes())
            unfinished.replace(self.folder / f"{name}.eml")
        except OSError as error:
            raise Undeliverable(f"{type(error).__name__}: {error}") from error
