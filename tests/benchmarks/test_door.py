"""The door: 600 people through two doors in half an hour is a scan every three seconds; what does
it cost, and how many could come?"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from festival.domain import check, clock, door
from festival.extensions import db, write
from tests import factories
from tests.benchmarks import served
from tests.benchmarks.report import Sheet
from tests.support.live import LiveServer
from tests.support.load import Request, all_at_once, request
from tests.support.phone import ms

pytestmark = pytest.mark.bench
PARTIES, SINGLY, BATCHES, BATCH, CLIENTS, WARM = 300, 600, 40, 50, 4, 40


def test_the_door_at_its_busiest(
    committed_app: Flask,
    live_server: Callable[..., LiveServer],
    tmp_path: Path,
    sheet: Sheet,
) -> None:
    """Scans at a door of 300 parties, sent singly and in batches of 50, 2 web processes"""
    tokens, run_id, tickets = _a_busy_door()
    bodies = _singly(tokens, run_id, tickets, WARM + SINGLY)
    server = live_server(workers=served.WORKERS)
    all_at_once(server.port, [next(bodies) for _ in range(WARM)], CLIENTS)
    requests = [next(bodies) for _ in range(SINGLY)]
    with served.bare(tmp_path / "bare.log") as (port, _session):
        floor = all_at_once(port, requests, CLIENTS)
    before = served.cpu_of(server)
    outcome = all_at_once(server.port, requests, CLIENTS)
    cpu = 1000 * (served.cpu_of(server) - before) / SINGLY
    assert outcome.statuses == {200: SINGLY}
    sheet.aim("processor time of a scan sent singly", cpu, 3, " ms", 2)
    ratio = outcome.seconds / floor.seconds
    sheet.tell("", f"{ratio:,.1f} x", f"a bare Flask view, which takes {floor.seconds:.2f} s")
    sheet.tell("half of the answers within", f"{outcome.median():,.0f} ms")
    batches = list(_batches(tokens, run_id))
    before = served.cpu_of(server)
    outcome = all_at_once(server.port, batches, CLIENTS)
    cpu = 1000 * (served.cpu_of(server) - before) / (BATCHES * BATCH)
    assert outcome.statuses == {200: BATCHES}
    sheet.tell("scans a second in batches", f"{BATCHES * BATCH / outcome.seconds:,.0f}", "aim 200")
    sheet.tell("processor time of a scan in a batch", f"{cpu:.2f} ms")
    db.session.rollback()
    assert door.people_in(run_id) == WARM + SINGLY + BATCHES * BATCH
    assert check.broken_rules() == []


def _a_busy_door() -> tuple[list[str], int, list[tuple[int, int]]]:
    """The keys of two phones, the run, and its tickets: number and people."""
    with write():
        factories.the_edition()
        venue = factories.venue()
        room = factories.room(legal_capacity=10_000, venue=venue)
        starts_at = clock.now() + timedelta(minutes=30)
        session = factories.session(room=room, starts_at=starts_at, capacity=5000)
        run = factories.occurrence_of(session)
        claims = [
            factories.reservation_of(factories.booking(run, adults=3)) for _ in range(PARTIES)
        ]
        tickets = [(one.ticket.number, one.ticket.people) for one in claims if one.ticket]
        held, _code, _pin = factories.door_pass(venue)
        return [door.pair(held)[1] for _ in range(2)], run.id, tickets


def _singly(
    tokens: list[str], run_id: int, tickets: list[tuple[int, int]], number: int
) -> Iterator[Request]:
    """A scan of one person each: every party comes one by one, and then people without a ticket."""
    left = [ticket for ticket, people in tickets for _ in range(people)]
    for place in range(number):
        event = {"kind": "admit", "ticket": left[place], "generation": 0, "source": "camera"}
        if place >= len(left):
            event = {"kind": "walk_up", "source": "button"}
        yield _request(tokens[place % 2], [_event(event, run_id, place)])


def _batches(tokens: list[str], run_id: int) -> Iterator[Request]:
    for place in range(BATCHES):
        walked = {"kind": "walk_up", "source": "button"}
        events = [_event(walked, run_id, place * BATCH + one) for one in range(BATCH)]
        yield _request(tokens[place % 2], events)


def _event(facts: dict[str, object], run_id: int, place: int) -> dict[str, object]:
    # Five seconds apart: a phone and a code within four are one scan.
    at = ms(clock.now()) + 5000 * place
    return {"id": str(uuid4()), "seq": place, "at": at, "occurrence": run_id, "people": 1} | facts


def _request(token: str, events: list[dict[str, object]]) -> Request:
    body = {"schema": 1, "sent_at": ms(clock.now()), "cursor": 2**31 - 1, "events": events}
    headers = {"Authorization": f"Bearer {token}"}
    return request("POST", "/scan/sync", json_body=body, headers=headers)
