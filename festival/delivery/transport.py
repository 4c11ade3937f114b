"""The ways mail leaves: a server by SMTP, or .eml files where none is set."""

import contextlib
import os
import smtplib
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

from festival.delivery import statuses


class Undeliverable(Exception):
    """It did not leave. ``for_good``: the server will never take this message to this person;
    ``refused``: nor any other message, because the address does not work."""

    def __init__(self, why: str, *, for_good: bool = False, refused: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good or refused
        self.refused = refused


# Answers to RCPT or DATA that speak of us, who did not sign in, and not of the message.
SIGN_IN_FIRST = (530, 534, 535, 538)
MOST_IN_ONE = 100  # messages in one conversation; servers have their limits


class Transport(Protocol):
    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand the message over, or raise Undeliverable."""

    def close(self) -> None:
        """Nothing more is to be sent for now."""


@dataclass(frozen=True)
class SmtpTransport:
    """Mail handed to a server. A conversation goes on from one message to the next until it is
    closed or something went wrong in it, because greeting and signing in take longer than a mail.
    Each thread has its own."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    timeout: int
    sender: str
    _kept: threading.local = field(default_factory=threading.local, repr=False, compare=False)

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
            raise _of_recipient(code, _said(code, words)) from error
        except smtplib.SMTPDataError as error:
            raise _of_content(error.smtp_code, _said(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            # The greeting, the sign-in, the sender: wrong for every message until somebody mends
            # it, and then right for every message.
            raise Undeliverable(_said(error.smtp_code, error.smtp_error)) from error
        except ssl.SSLCertVerificationError as error:
            said = f"The mail server's certificate is not to be trusted: {error.verify_message}"
            raise Undeliverable(said) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Undeliverable(f"The mail server cannot do what is set: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Undeliverable(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Say goodbye; whatever the server answers changes nothing."""
        server, self._kept.server = self._open(), None
        if server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    @contextlib.contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        """Connected and signed in; ended where something goes wrong in it."""
        server = self._still_there() or self._connect()
        try:
            yield server
        except BaseException:
            server.close()
            raise
        self._kept.server = server
        self._kept.sent += 1

    def _open(self) -> smtplib.SMTP | None:
        return getattr(self._kept, "server", None)

    def _still_there(self) -> smtplib.SMTP | None:
        """The conversation of the last message, where the server has not ended it since."""
        server, self._kept.server = self._open(), None
        if server is None:
            return None
        with contextlib.suppress(smtplib.SMTPException, OSError):
            if self._kept.sent < MOST_IN_ONE and server.noop()[0] == 250:
                return server
            server.quit()
        server.close()
        return None

    def _connect(self) -> smtplib.SMTP:
        self._kept.sent = 0
        if self.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _of_recipient(code: int, said: str) -> Undeliverable:
    """What a refusal of the recipient means: only where the server says that it is the address,
    the address does not work. Anything else may be mended."""
    status = statuses.enhanced(said)
    known = statuses.is_of_the_address(status) if status else statuses.is_no_such_person(said)
    return Undeliverable(said, refused=known and _is_final(code))


def _of_content(code: int, said: str) -> Undeliverable:
    """What a refusal after the content means. Some servers look for the mailbox only then."""
    status = statuses.enhanced(said)
    if not _is_final(code) or statuses.passes(status):
        return Undeliverable(said)
    return Undeliverable(said, for_good=True, refused=statuses.is_of_the_address(status))


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
        name = message["Message-ID"].strip("<>").split("@")[0]
        write_file(self.folder, f"{name}.eml", message.as_bytes())

    def close(self) -> None:
        pass


def write_file(folder: Path, name: str, content: bytes) -> None:
    """Write a file whole or not at all. Raises Undeliverable."""
    unfinished = folder / f".{name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(folder / name)
    except OSError as error:
        raise Undeliverable(f"{type(error).__name__}: {error}") from error
