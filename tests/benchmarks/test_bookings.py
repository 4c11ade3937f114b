"""What a booking costs, through the API and through the pages, against what neither can avoid."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from festival.domain import check
from festival.domain.demonstration import SIZES
from tests.benchmarks import served
from tests.benchmarks.conftest import Floor, cost
from tests.benchmarks.raw import Raw
from tests.benchmarks.report import Sheet
from tests.benchmarks.visitor import Visitor
from tests.operations.conftest import load_demonstration
from tests.support.live import LiveServer
from tests.support.load import Outcome, Request, all_at_once, web_cpu
from tests.support.programs import Program, wanted
from tests.support.statements import recorded

pytestmark = pytest.mark.bench
MANY, WARM, CLIENTS, VISITORS = 400, 40, 8, 40
PLENTY = 10 * MANY  # places: nobody is refused here


@pytest.fixture
def city(committed_app: Flask) -> str:
    """A city's festival, with a token that books; its secret."""
    load_demonstration(size=SIZES["city"])
    return served.make_token()


def test_the_api(
    committed_app: Flask,
    city: str,
    live_server: Callable[..., LiveServer],
    tmp_path: Path,
    sheet: Sheet,
) -> None:
    """A booking for an adult and a child through the API, with its queued message."""
    run_id, desk = served.make_run(PLENTY), served.Desk(city)
    raw = Raw(committed_app.config["DATABASE_URL"], served.make_run(PLENTY))
    by_hand = Floor("the driver's same transaction", cost(raw.book, MANY), sheet)
    raw.close()
    with served.bare(tmp_path / "bare.log") as (port, session):
        floor = _measured(port, session, desk, run_id)
    server = live_server(workers=served.WORKERS)
    ours = _measured(server.port, server.process.pid, desk, run_id)
    assert served.places_taken(run_id) == 2 * (WARM + 2 * MANY)
    nothing = Floor("a bare Flask view's", floor.one.median(), sheet)
    nothing.compare("one after the other", ours.one.median())
    by_hand.compare("", ours.one.median())
    sheet.tell("slowest of a hundred", f"{ours.one.percentile(0.99):.2f} ms")
    many = f"{floor.many.per_second:,.0f} a second by a bare Flask view"
    sheet.tell(f"{CLIENTS} clients at once", f"{ours.many.per_second:,.0f} a second", many)
    sheet.aim("processor time of the server", ours.cpu, 12, " ms", 1)
    sheet.tell("", f"{floor.cpu:.1f} ms", "a bare Flask view's")
    sheet.aim("statements", _statements(committed_app, city, run_id), 15)
    assert check.broken_rules() == []


class Measured:
    """Orders one after the other, then several at once."""

    def __init__(self, one: Outcome, many: Outcome, cpu: float) -> None:
        self.one, self.many, self.cpu = one, many, cpu


def _measured(port: int, session: int, desk: served.Desk, run_id: int) -> Measured:
    def orders(count: int) -> list[Request]:
        return [desk.order(run_id) for _ in range(count)]

    all_at_once(port, orders(WARM), CLIENTS)  # so that every worker has seen one
    before = web_cpu(session)
    one = all_at_once(port, orders(MANY), 1)
    cpu = 1000 * (web_cpu(session) - before) / MANY
    many = all_at_once(port, orders(MANY), CLIENTS)
    assert {answer.status for answer in one.answers + many.answers} == {201}
    return Measured(one, many, cpu)


def _statements(app: Flask, secret: str, run_id: int) -> int:
    """What one booking asks of the database, once everything is warm."""
    program, order = Program(app, secret), wanted(run_id, children=[{"age": 7}])
    program.book(order)
    with recorded(app) as statements:
        program.book(order)
    return statements.count


def test_the_pages(city: str, live_server: Callable[..., LiveServer], sheet: Sheet) -> None:
    """A booking for one through the pages, without scripts"""
    run_id = served.make_run(PLENTY)
    path = f"/sessions/{served.code_of(run_id)}/book/{run_id}"
    server = live_server(workers=served.WORKERS)
    for _ in range(4):  # so that every worker has made every page
        _book(server.port, path)
    before = served.cpu_of(server)
    visitors = [_book(server.port, path) for _ in range(VISITORS)]
    cpu = 1000 * (served.cpu_of(server) - before) / VISITORS
    assert served.places_taken(run_id) == VISITORS + 4
    sheet.aim("pages", len(visitors[0].pages), 4)
    sheet.aim("HTML of all of them", sum(visitors[0].pages) / 1024, 60, " KB", 1)
    sheet.aim("processor time of the server", cpu, 60, " ms", 1)
    assert check.broken_rules() == []


def _book(port: int, path: str) -> Visitor:
    """From the page that asks how many, to the one that says it is booked."""
    visitor = Visitor(port)
    page = visitor.submit(visitor.get(path), "Continue", adults="1")
    page = visitor.submit(page, "Continue", name="Ada Lovelace", email="ada@example.org")
    page = visitor.submit(page, "Book 1 place")
    assert page.h1 == "Your places are booked"
    visitor.close()
    return visitor
