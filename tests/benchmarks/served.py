"""Servers to measure: ours on a festival of a given size, and one that does nothing."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from festival.cli import serving
from festival.domain import tokens
from festival.extensions import db, write
from festival.models import Occurrence, Theme, TokenRole
from tests import factories
from tests.support.live import ROOT, LiveServer, free_port
from tests.support.load import Connection, Request, request, web_cpu

WORKERS, THREADS = 2, 4
BOOKINGS = "/api/v1/bookings"


@contextmanager
def bare(log: Path) -> Iterator[tuple[int, int]]:
    """A Flask view that does nothing, by the same server with the same workers and threads: its
    port, and the session of its processes."""
    port = free_port()
    command = serving.web_command("127.0.0.1", port, WORKERS, THREADS)
    command[-1] = "tests.benchmarks.bare:app"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=serving.LEAN | os.environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, tries: int = 200) -> None:
    connection = Connection(port)
    for _ in range(tries):
        try:
            if connection.ask(request("GET", "/readyz")).status == 200:
                connection.close()
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the bare server did not become ready")


def make_token() -> str:
    """The secret of a token that books."""
    with write():
        _token, secret = tokens.create(name="benchmark", role=TokenRole.web)
    return secret


def make_run(capacity: int) -> int:
    """The id of a new run with so many places, of the festival that there is; others of its theme
    are what who is refused is told of."""
    with write():
        theme = db.session.scalars(sa.select(Theme).order_by(Theme.position).limit(1)).first()
        return factories.occurrence_of(factories.session(capacity=capacity, theme=theme)).id


def places_taken(run_id: int) -> int:
    db.session.rollback()
    return db.session.get_one(Occurrence, run_id, populate_existing=True).places_taken


def code_of(run_id: int) -> str:
    """The code of its session."""
    return db.session.get_one(Occurrence, run_id).session.code


class Desk:
    """Makes requests that book, each with a key of its own."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.count = 0

    def order(self, run_id: int, adults: int = 1, children: int = 1) -> Request:
        self.count += 1
        wanted = {
            "occurrence": run_id,
            "adults": adults,
            "children": [{"age": 7}] * children,
            "companions": 0,
            "join_waiting_list": False,
        }
        contact = {"name": "Ada Lovelace", "email": "ada@example.org", "phone": "07700 900982"}
        return request(
            "POST",
            BOOKINGS,
            json_body={"reservations": [wanted], "contact": contact},
            headers={
                "Authorization": f"Bearer {self.secret}",
                "Idempotency-Key": f"bench-{self.count}",
            },
            kind="order",
        )


def cpu_of(server: LiveServer) -> float:
    """Seconds of processor time its web processes have used."""
    return web_cpu(server.process.pid)
