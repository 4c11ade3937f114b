"""``serve``: pages and worker from one command, and nothing left when it ends."""

import http.client
import json
import os
import signal
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.extensions import db
from festival.models import Edition
from festival.paths import MIGRATIONS
from festival.tasks.queue import make_queue
from tests.operations.conftest import Command
from tests.support.live import LiveServer

Serve = Callable[..., LiveServer]
PRODUCTION = {
    "ENV": "production",
    "SECRET_KEY": "a-secret-of-more-than-thirty-two-letters",
    "TICKET_KEY": "5a" * 32,
    "SITE_URL": "https://festival.example.org",
    "INSTANCE_NAME": "test-live",
    "MAIL_FROM": "bookings@festival.example.org",
    "CALENDAR_DOMAIN": "festival.example.org",
}


def get(server: LiveServer, path: str) -> tuple[int, str, str]:
    """Status, Server header and body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("Server", ""), body


def make_edition() -> None:
    """So that there is a programme to show."""
    db.session.add(
        Edition(
            slug="test",
            name="Test Learning Festival",
            city="Testham",
            starts_on=date(2027, 6, 5),
            ends_on=date(2027, 6, 20),
            is_current=True,
        )
    )


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def worker_of(server: LiveServer) -> int | None:
    """The worker's process id; None while there is none."""
    found = [pid for pid in children(server.process.pid) if "festival worker" in command_of(pid)]
    return found[0] if found else None


def group_is_gone(server: LiveServer, seconds: float = 5) -> bool:
    """Whether no process of it is left."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(server.process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_it_answers(served_by_command: Serve) -> None:
    server = served_by_command()
    assert get(server, "/healthz")[::2] == (200, '{"status":"ok"}\n')
    status, _, body = get(server, "/readyz")
    assert status == 200
    assert json.loads(body) == {
        "status": "ok",
        "database": "ok",
        "migrations": "current",
        "oldest_undelivered_message_seconds": 0,
    }
    assert f"The festival is on {server.url}" in server.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_and_leaves_nothing_behind(
    served_by_command: Serve, number: signal.Signals
) -> None:
    server = served_by_command(workers=2)
    assert len(children(server.process.pid)) == 2  # gunicorn and the worker
    server.process.send_signal(number)
    assert server.process.wait(20) == 0
    assert group_is_gone(server)
    assert "Traceback" not in server.output


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_or_a_closed_terminal_reach_all_of_it(
    served_by_command: Serve, number: signal.Signals
) -> None:
    server = served_by_command()
    os.killpg(server.process.pid, number)
    assert server.process.wait(20) == 0
    assert group_is_gone(server)
    assert "Traceback" not in server.output


@pytest.mark.databases("sqlite")
def test_it_can_be_stopped_while_it_still_starts(served_by_command: Serve) -> None:
    server = served_by_command(wait=False)
    until = time.monotonic() + 20
    while len(children(server.process.pid)) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(server.process.pid, signal.SIGINT)
    assert server.process.wait(20) == 0
    assert group_is_gone(server)
    assert "Traceback" not in server.output


@pytest.mark.databases("sqlite")
def test_a_worker_that_dies_is_started_again(served_by_command: Serve) -> None:
    server = served_by_command()
    first = worker_of(server)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until = time.monotonic() + 15
    while time.monotonic() < until and worker_of(server) in (None, first):
        time.sleep(0.05)
    assert worker_of(server) not in (None, first)
    assert "The worker ended (-9); it is started again." in server.output
    assert get(server, "/healthz")[0] == 200


@pytest.mark.databases("sqlite")
def test_it_ends_with_its_web_server(served_by_command: Serve) -> None:
    server = served_by_command()
    worker = worker_of(server)
    web = next(pid for pid in children(server.process.pid) if pid != worker)
    os.kill(web, signal.SIGKILL)
    assert server.process.wait(20) != 0


@pytest.mark.databases("sqlite")
def test_old_copies_of_static_files_are_removed(
    served_by_command: Serve, committed_app: Flask
) -> None:
    """Only the one in use and those that a process of last week may still use are kept."""
    var = Path(committed_app.config["VAR"])
    for name, days in (("static-old", 8), (".static-begun", 8), ("static-newer", 6)):
        (var / name / "css").mkdir(parents=True)
        then = time.time() - days * 24 * 3600
        os.utime(var / name, (then, then))
    served_by_command().stop()
    names = {path.name for path in var.glob("*static-*")}
    assert {"static-old", ".static-begun"}.isdisjoint(names)
    assert "static-newer" in names
    assert len(names) == 2


@pytest.mark.databases("sqlite")
def test_a_port_that_is_taken_ends_it(served_by_command: Serve, command: Command) -> None:
    server = served_by_command()
    second = command("serve", "--port", str(server.port))
    assert second.code != 0
    assert "in use" in second.err


def test_it_refuses_a_database_that_is_not_migrated(committed_app: Flask, command: Command) -> None:
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    for words in (("serve",), ("worker",), ("demo",), ("check",)):
        done = command(*words)
        assert done.code == 2
        assert "Run: python -m festival db upgrade" in done.err
    assert committed_app.config["ENV"] == "development"


@pytest.mark.databases("postgresql")
def test_a_database_that_does_not_answer_is_told_in_words(command: Command) -> None:
    done = command("serve", DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")
    assert done.code == 2
    assert "The database does not answer" in done.err
    assert "Traceback" not in done.err


@pytest.mark.databases("postgresql")
def test_no_log_shows_what_an_address_carries(served_by_command: Serve) -> None:
    """Links carry tokens, searches what people want; not even a failure writes them down."""
    server = served_by_command(**PRODUCTION, TRUSTED_HOSTS="127.0.0.1")
    assert get(server, "/bookings/WLF-222-222?t=a-secret-token")[0] < 500
    db.session.execute(sa.text("ALTER TABLE revision_text RENAME TO gone"))
    db.session.execute(sa.text("ALTER TABLE booking RENAME TO gone_too"))
    make_edition()
    db.session.commit()
    assert get(server, "/?q=another-secret-token")[0] == 500
    assert get(server, "/bookings/WLF-333-333?t=a-third-secret-token")[0] == 500
    server.stop()
    assert 'relation "revision_text" does not exist' in server.output
    assert "secret-token" not in server.output
    assert "WLF-222-222" not in server.output


def test_the_queue_leaves_the_tables_to_the_migrations(
    committed_app: Flask, command: Command
) -> None:
    """The queue makes tables of its own; no migration is proposed because of them."""
    make_queue(committed_app)
    db.session.rollback()
    tables = sa.inspect(db.engine).get_table_names()
    on_postgresql = db.engine.dialect.name == "postgresql"
    assert any(name.startswith("huey_") for name in tables) == on_postgresql
    done = command("db", "migrate", "--rev-id", "9999", "-m", "nothing")
    written = list((MIGRATIONS / "versions").glob("9999*"))
    for file in written:
        file.unlink()
    assert (done.code, written) == (0, []), done.err
