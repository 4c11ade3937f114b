"""The ways mail leaves: a server by SMTP, or .eml files where none is set."""

import contextlib
import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol


class Undeliverable(Exception):
    """It did not leave. ``for_good``: the server will never take this message to this person."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


# Answers to RCPT or DATA that speak of us, who did not sign in, and not of the message.
SIGN_IN_FIRST = (530, 534, 535, 538)


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
            with self._conversation() as server:
                server.send_message(message, self.sender, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise Undeliverable(_said(code, words), for_good=_is_final(code)) from error
        except smtplib.SMTPDataError as error:
            said = _said(error.smtp_code, error.smtp_error)
            raise Undeliverable(said, for_good=_is_final(error.smtp_code)) from error
        except smtplib.SMTPResponseException as error:
            # The greeting, the sign-in, the sender: wrong for every message until somebody mends
            # it, and then right for every message.
            raise Undeliverable(_said(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Undeliverable(f"{type(error).__name__}: {error}") from error

    @contextlib.contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        """Connected and signed in; whatever the server says to our goodbye changes nothing."""
        server = self._connect()
        try:
            if self.user:
                server.login(self.user, self.password)
            yield server
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

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


def _is_final(code: int) -> bool:
    return 500 <= code < 600 and code not in SIGN_IN_FIRST


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    text = "".join(letter if letter.isprintable() else " " for letter in text)
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
