"""A mail server on loopback that keeps what it is sent, and can misbehave."""

import asyncio
import ssl
import threading
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, Envelope, Session

Behaviour = Literal["accept", "hang", "drop", "lose the answer", "take and hang"]
Speaks = Literal["none", "starttls", "tls"]
TAKES = ("lose the answer", "take and hang")


@dataclass(frozen=True)
class Received:
    """One message as it came over the wire."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=SMTP_POLICY)  # type: ignore[arg-type]
        assert isinstance(parsed, EmailMessage)
        return parsed


class SmtpServer:
    """``messages`` is what arrived; ``behave`` says how the next ones are answered.

    A behaviour is "accept", a refusal ("451 Try later", "550 No such person") or a trouble:
    "hang" never answers, "drop" cuts the connection, "lose the answer" takes the message and then
    cuts it, "take and hang" takes it and never says so. ``at`` is the command that is treated so:
    "MAIL", "RCPT" or "DATA". ``context`` is its side of TLS, where it speaks that.
    """

    def __init__(self, speaks: Speaks = "none", context: ssl.SSLContext | None = None) -> None:
        self.speaks: Speaks = speaks
        self.context = context
        self.conversations = 0
        self.messages: list[Received] = []
        self.behaviour: str = "accept"
        self.at = "DATA"
        self.attempts = 0
        self.port = 0
        self._talks: list[SMTP] = []
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="smtp")

    @property
    def settings(self) -> dict[str, Any]:
        """What makes an application send here."""
        return {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": self.port, "SMTP_SECURITY": self.speaks}

    def behave(self, behaviour: Behaviour | str, *, at: str = "DATA") -> None:
        self.behaviour, self.at = behaviour, at

    def wait_for(self, number: int, *, seconds: float = 10) -> list[Received]:
        """The messages, once there are so many."""
        until = time.monotonic() + seconds
        while len(self.messages) < number and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.messages) >= number, f"{len(self.messages)} of {number} messages came"
        return self.messages

    def start(self) -> "SmtpServer":
        self._thread.start()
        assert self._started.wait(10), "the mail server did not start"
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    # --- aiosmtpd's hooks

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.attempts += 1
        envelope.mail_from = address
        return await self._answer("MAIL", server) or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusal = await self._answer("RCPT", server)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.at == "DATA" and self.behaviour in TAKES:
            self._take(envelope)
            return await self._answer("DATA", server) or "250 OK"
        refusal = await self._answer("DATA", server)
        if refusal is None:
            self._take(envelope)
        return refusal or "250 OK"

    def _take(self, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        self.messages.append(Received(envelope.mail_from or "", envelope.rcpt_tos, raw))

    async def _answer(self, command: str, server: SMTP) -> str | None:
        """A refusal, or None to accept."""
        if self.behaviour == "accept" or command != self.at:
            return None
        if self.behaviour in ("hang", "take and hang"):
            await self._stop.wait()
        if self.behaviour in ("hang", "drop", *TAKES):
            if server.transport is not None:
                server.transport.abort()
            return "421 Gone"
        return self.behaviour

    # --- its own thread, because the code under test blocks

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    def _talk(self) -> SMTP:
        self.conversations += 1
        context = self.context if self.speaks == "starttls" else None
        talk = SMTP(
            self,
            hostname="localhost",
            loop=self._loop,
            tls_context=context,
            require_starttls=context is not None,
        )
        self._talks.append(talk)
        return talk

    async def _serve(self) -> None:
        wrapped = self.context if self.speaks == "tls" else None
        listener = await self._loop.create_server(self._talk, "127.0.0.1", 0, ssl=wrapped)
        self.port = listener.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        for listening in listener.sockets:
            self._loop.remove_reader(listening)  # nobody is let in any more
        for _ in range(4):  # who was let in just now is given a task, and that a connection
            await asyncio.sleep(0)
            for talk in self._talks:
                if talk.transport is not None:
                    talk.transport.abort()
        listener.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
