"""The demonstration festival, served for real, with people at their browsers."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from festival.delivery import booking_rules
from festival.domain import accounts, clock, demonstration
from festival.extensions import db, write
from festival.models import Message, MessageState
from tests import factories
from tests.support import databases
from tests.support.browser import DESK, PHONE, Pages, axe
from tests.support.databases import Database
from tests.support.live import LiveServer
from tests.support.smtp import SmtpServer
from tests.support.starter import Starter

# A busy machine is no fault of the page.
expect.set_options(timeout=15_000)

# Pages that differ in words and numbers alone are one to axe: it looks at each shape once. A word
# that is missing makes another shape.
SHAPE = """() => document.documentElement.outerHTML
    .replace(/<script[^]*?<\\/script>/g, '')
    .replace(/>[^<]*[^<\\s][^<]*</g, '>x<')
    .replace(/(href|src|value|content|action|for|id|name|aria-[a-z]+|title|alt)="[^"]+"/g, '$1="x"')
"""
LOOKED_AT: set[tuple[int, str]] = set()


@dataclass
class Festival:
    """A running festival. ``server`` may be started again at another time."""

    app: Flask
    start: Callable[..., LiveServer]
    smtp: SmtpServer
    server: LiveServer
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.server.url

    def mail_to(self, address: str, subject: str, *, seconds: float = 30) -> EmailMessage:
        """The newest mail to this address with these words in its subject, once it is there."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            mine = [one.message for one in self.smtp.messages if address in one.recipients]
            if found := [mail for mail in mine if subject in mail["Subject"]]:
                return found[-1]
            time.sleep(0.05)
        raise AssertionError(f"mail about {subject!r} to {address} did not come")

    def a_minute_passes(self) -> None:
        """What waits in the outbox for a change that may follow has waited long enough."""
        with write():
            sooner = clock.now() - timedelta(minutes=1)
            waits = Message.state == MessageState.queued
            db.session.execute(sa.update(Message).where(waits).values(next_attempt_at=sooner))

    def move_to(self, moment: datetime) -> None:
        """Stop, and start again with the clock at this moment."""
        self.server.stop()
        self.server = self.start(NOW=moment.isoformat(), **self.smtp.settings)


def load_demonstration() -> None:
    """The demonstration festival, in the application whose context is open."""
    hashed = accounts.hash_password(demonstration.PASSWORD)
    with write():
        demonstration.load(rules=booking_rules(), password_hash=hashed)


@pytest.fixture
def festival(
    committed_app: Flask,
    database: Database,
    live_server: Callable[..., LiveServer],
    smtp_server: SmtpServer,
) -> Festival:
    """The demonstration festival on a server of its own, which sends real mail."""
    database.fill(committed_app, "demonstration", load_demonstration)
    return Festival(committed_app, live_server, smtp_server, live_server(**smtp_server.settings))


@pytest.fixture
def looked_at() -> Iterator[Callable[[Page], None]]:
    """``looked_at(page)``: axe looks for barriers at 390 and at 1280 pixels; none may be found,
    and nothing may stick out sideways at 320."""
    found: list[str] = []

    def look(page: Page) -> None:
        before = page.viewport_size
        page.wait_for_load_state()
        shape = page.evaluate(SHAPE)
        for width, height in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": height})
            if (width, shape) not in LOOKED_AT:
                found.extend(f"{page.url} at {width}: {problem}" for problem in axe(page))
                LOOKED_AT.add((width, shape))
        page.set_viewport_size({"width": 320, "height": 700})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > 320:
            found.append(f"{page.url} is {wide} pixels wide at 320")
        if before is not None:
            page.set_viewport_size(before)

    yield look
    assert found == []


@pytest.fixture
def person(festival: Festival, new_page: Pages) -> Callable[..., Page]:
    """``person()``: somebody at a browser of their own; ``person("lead@example.org")`` signs in."""

    def arrive(email: str | None = None, **options: Any) -> Page:
        page = new_page(festival.url, **options)
        if email is not None:
            page.goto("/sign-in")
            page.get_by_label("Email address").fill(email)
            page.get_by_label("Password", exact=True).fill(demonstration.PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
        return page

    return arrive


@pytest.fixture(scope="session")
def shown(
    database: Database, starter: Starter, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The demonstration festival on a server, one a test process: for tests that only look."""
    address, folder = database.copy(), tmp_path_factory.mktemp("shown")
    app = databases.make_app(address, folder)
    with app.app_context():
        database.fill(app, "demonstration", load_demonstration)
    server = LiveServer.by_starter(starter, app, folder / "server.log", sends=False).wait()
    yield server
    server.stop()


@pytest.fixture
def visitor(shown: LiveServer, new_page: Pages) -> Callable[..., Page]:
    """``visitor()``: somebody who looks at the demonstration festival and changes nothing of it."""

    def arrive(**options: Any) -> Page:
        return new_page(shown.url, **options)

    return arrive


@pytest.fixture(scope="session")
def site(
    database: Database, starter: Starter, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """A server with a festival and nothing in it, one a test process: for scripts, and for tests
    that bring their own venue."""
    address, folder = database.copy(), tmp_path_factory.mktemp("door")
    app = databases.make_app(address, folder)
    with app.app_context():
        factories.the_edition()
        db.session.commit()
    server = LiveServer.by_starter(starter, app, folder / "server.log", sends=False).wait()
    yield server
    server.stop()
    databases.close(app)
    database.drop(address)


@pytest.fixture
def bare_site(site: LiveServer) -> str:
    """Its address, for scripts, which change nothing there."""
    return site.url
