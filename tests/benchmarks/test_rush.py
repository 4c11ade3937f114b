"""Everybody wants the same at once: who is quick gets a place, and everybody gets an answer."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from festival.domain import check
from festival.domain.demonstration import SIZES
from tests.benchmarks import served
from tests.benchmarks.report import Sheet
from tests.operations.conftest import load_demonstration
from tests.support.live import LiveServer
from tests.support.load import Request, all_at_once

pytestmark = pytest.mark.bench
ATTEMPTS, PLACES, CLIENTS, WARM = 2000, 100, 32, 40


def _orders(desk: served.Desk, run_id: int, count: int) -> list[Request]:
    return [desk.order(run_id, children=0) for _ in range(count)]


def test_the_rush(
    committed_app: Flask,
    live_server: Callable[..., LiveServer],
    tmp_path: Path,
    sheet: Sheet,
) -> None:
    """The rush: 2,000 attempts for 100 places by 32 clients, 2 web processes"""
    load_demonstration(size=SIZES["city"])
    desk, run_id = served.Desk(served.make_token()), served.make_run(PLACES)
    with served.bare(tmp_path / "bare.log") as (port, _session):
        floor = all_at_once(port, _orders(desk, run_id, ATTEMPTS), CLIENTS)
    server = live_server(workers=served.WORKERS)
    all_at_once(server.port, _orders(desk, served.make_run(ATTEMPTS), WARM), CLIENTS)
    before = served.cpu_of(server)
    outcome = all_at_once(server.port, _orders(desk, run_id, ATTEMPTS), CLIENTS)
    cpu = served.cpu_of(server) - before
    reasons = Counter(
        one["reason"]
        for answer in outcome.answers
        if answer.status == 409
        for one in answer.json["reservations"]
    )
    sheet.aim("answered within", outcome.seconds, 12, " s", 1)
    ratio = outcome.seconds / floor.seconds
    sheet.tell("", f"{ratio:,.1f} x", f"a bare Flask view, which takes {floor.seconds:.2f} s")
    sheet.tell("processor time of an answer", f"{1000 * cpu / ATTEMPTS:.1f} ms")
    sheet.tell("half of the answers within", f"{outcome.median():,.0f} ms")
    sheet.aim("99 of 100 within", outcome.percentile(0.99), 1000, " ms")
    sheet.tell("all within", f"{outcome.percentile(1):,.0f} ms")
    refused = f"refused: {dict(reasons)}"
    sheet.tell("booked", str(outcome.statuses.get(201, 0)), refused)
    assert outcome.statuses == {201: PLACES, 409: ATTEMPTS - PLACES}
    assert dict(reasons) == {"no_places_left": ATTEMPTS - PLACES}
    assert all(answer.json["message"] for answer in outcome.answers if answer.status == 409)
    assert served.places_taken(run_id) == PLACES
    assert check.broken_rules() == []
