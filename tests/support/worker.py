"""The worker in a process of its own, and what a test asks of the outbox it works on."""

import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from festival.extensions import db, write
from festival.models import Message
from tests import factories
from tests.support.live import environment
from tests.support.smtp import SmtpServer
from tests.support.starter import Starter


class Worker:
    """``python -m festival worker`` in a process of its own."""

    def __init__(self, starter: Starter, app: Flask, log: Path, settings: dict[str, Any]) -> None:
        self.log = log
        self.process = starter.start(["worker"], environment(app, settings), log)

    def is_listening(self) -> bool:
        """Whether it has come so far that it ends well when it is asked to."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (caught,) = re.findall(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)

    def end(self, number: signal.Signals, seconds: float = 30) -> int:
        """Send it this signal; the code it ended with."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)


def make_bookings(number: int, *, waiting: bool = False) -> None:
    """So many bookings, each with its mail to send. ``waiting``: for places that are taken, whose
    mail has no tickets, and is quickly made."""
    with write():
        occurrences = [
            factories.occurrence_of(factories.session(capacity=1 if waiting else number))
            for _ in range(10 if waiting else 1)  # one long line is slow to join
        ]
        for count in range(number):
            occurrence = occurrences[count % len(occurrences)]
            email = f"resident{count}@town{count % 50}.example"
            if waiting:
                factories.waiting(occurrence, email=email)
            else:
                factories.booking(occurrence, email=email)


def states() -> Counter[str]:
    db.session.rollback()
    return Counter(state.value for state in db.session.scalars(sa.select(Message.state)))


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def identifiers(smtp_server: SmtpServer) -> Counter[str]:
    return Counter(str(one.message["Message-ID"]) for one in smtp_server.messages)
