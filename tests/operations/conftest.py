"""Commands run as an operator runs them: in a process of their own."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import accounts, demonstration
from festival.domain.demonstration import Loaded
from festival.domain.demonstration.synthetic import Size
from festival.extensions import write
from tests.support import databases
from tests.support.databases import Database
from tests.support.live import environment
from tests.support.smtp import SmtpServer
from tests.support.starter import Starter
from tests.support.worker import Worker


@dataclass(frozen=True)
class Ended:
    """A command that has ended: its code, and what it printed."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]
PASSWORD_HASH = accounts.hash_password(demonstration.PASSWORD)


@pytest.fixture
def command(committed_app: Flask, starter: Starter) -> Command:
    """``command("door-pass", "create", ..., NOW="...")`` on the database of committed_app."""

    def run(*words: str, **settings: Any) -> Ended:
        return Ended(*starter.run(words, environment(committed_app, settings)))

    return run


def load_demonstration(*, keep_dates: bool = False, size: Size | None = None) -> Loaded:
    """The demonstration festival, in the application whose context is open."""
    with write():
        loaded = demonstration.load(
            rules=booking_rules(), password_hash=PASSWORD_HASH, keep_dates=keep_dates, size=size
        )
    assert loaded is not None
    return loaded


@pytest.fixture(scope="module")
def loaded_app(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with the demonstration festival, for tests that only look."""
    address = database.copy()
    app = databases.make_app(address, tmp_path_factory.mktemp("demonstration"))
    with app.app_context():
        load_demonstration()
    yield app
    databases.close(app)
    database.drop(address)


@pytest.fixture
def demo(loaded_app: Flask) -> Iterator[None]:
    """The demonstration festival, to look at."""
    with loaded_app.app_context():
        yield


@pytest.fixture
def mailing_app(database: Database, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Flask]:
    """An application that commits for real and sends to the mail server."""
    address = database.copy()
    app = databases.make_app(address, tmp_path, smtp_server.settings)
    with app.app_context():
        yield app
    databases.close(app)
    database.drop(address)


@pytest.fixture
def new_worker(
    committed_app: Flask, starter: Starter, smtp_server: SmtpServer, tmp_path: Path
) -> Iterator[Callable[..., Worker]]:
    """``new_worker(NOW=...)``: one more worker that sends to the mail server."""
    started: list[Worker] = []

    def start(**settings: Any) -> Worker:
        log = tmp_path / f"worker-{len(started)}.log"
        started.append(Worker(starter, committed_app, log, smtp_server.settings | settings))
        return started[-1]

    yield start
    for worker in started:
        worker.end(signal.SIGKILL)
