"""Feeds of a large city's and of a stress programme: what each costs a web process, made anew and
repeated."""

import http.client
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import Self

import pytest
from flask import Flask

from festival.domain import clock
from festival.extensions import db, write
from festival.models import (
    Allocation,
    AllocationKind,
    BookingMode,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Revision,
    RevisionState,
    RevisionText,
    Room,
    SessionState,
)
from tests import factories
from tests.benchmarks.report import Sheet
from tests.benchmarks.served import cpu_of
from tests.support.live import LiveServer

pytestmark = [pytest.mark.bench, pytest.mark.databases("sqlite")]
DESCRIPTION = (
    "Would you like to tell a computer what to do? In this class you build a little game of your "
    "own; friendly helpers show you each step. You need nothing, and it is free.\n\n"
) * 5
SITE = "http://127.0.0.1:5000"  # both servers say so, that their bytes are the same
AIMS = {500: (60, 1), 5500: (660, 10)}  # CPU milliseconds anew and repeated


def make_programme(edition: Edition, runs: int) -> None:
    """So many sessions of one run each, at forty venues, by twenty providers, on ten themes."""
    rooms = [factories.room(venue=factories.venue(f"Venue {number}")) for number in range(40)]
    providers = [factories.provider() for _ in range(20)]
    themes = [factories.theme(f"Theme {number}") for number in range(10)]
    for number in range(runs):
        session = FestivalSession(
            code=f"B{number:04d}",
            edition=edition,
            provider=providers[number % 20],
            theme=themes[number % 10],
            state=SessionState.published,
            published_at=clock.now(),
            occurrences=[_run(rooms, number)],
        )
        session.published_revision = _wording(session, number)
        db.session.add(session)


def _wording(session: FestivalSession, number: int) -> Revision:
    title, summary = f"Session {number}: try it, learn it", "Bake a loaf; take it home."
    texts = [RevisionText(title=title, summary=summary, description=f"{DESCRIPTION}{number}")]
    now = clock.now()
    return Revision(
        session=session,
        state=RevisionState.approved,
        created_at=now,
        decided_at=now,
        texts=texts,
    )


def _run(rooms: Sequence[Room], number: int) -> Occurrence:
    starts_at = clock.now().replace(minute=0) + timedelta(days=3 + number % 9, hours=number % 8)
    return Occurrence(
        room=rooms[number % len(rooms)],
        state=OccurrenceState.scheduled,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        booking_mode=BookingMode.required,
        capacity=10,
        legal_capacity=30,
        calendar_uid=f"bench-{number}@festival.example",
        allocations=[Allocation(kind=AllocationKind.public, places=10)],
        revised_at=clock.now(),
    )


class Asking:
    """Asks one server on one open connection."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, bytes, str]:
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers.get("ETag", "")

    def cpu(self, path: str, times: int, status: int = 200, **headers: str) -> float:
        """CPU milliseconds of the web process for one answer."""
        self.connection.close()  # it may have stood open for too long; it opens again by itself
        self.get(path, **headers)
        begun = cpu_of(self.server)
        for _ in range(times):
            assert self.get(path, **headers)[0] == status
        return (cpu_of(self.server) - begun) * 1000 / times


@pytest.mark.parametrize("runs", AIMS)
def test_feeds(
    committed_app: Flask, live_server: Callable[..., LiveServer], sheet: Sheet, runs: int
) -> None:
    """Feeds of the whole programme, CPU of the web process"""
    with write():
        make_programme(factories.the_edition(), runs)
    with ExitStack() as stack:
        anew, repeated = (
            stack.enter_context(Asking(live_server(FEED_SECONDS=seconds, SITE_URL=SITE)))
            for seconds in ("0", "30")
        )
        _measure(anew, repeated, sheet, runs)


def _measure(anew: "Asking", repeated: "Asking", sheet: Sheet, runs: int) -> None:
    cold, cached = AIMS[runs]
    _, content, etag = anew.get("/programme.ics")
    assert content.count(b"BEGIN:VEVENT") == runs
    assert repeated.get("/programme.ics")[1] == content
    few, many = (20, 1000) if runs < 1000 else (5, 300)
    name = f"a feed of {runs:,} runs, {len(content) / 1024:,.0f} KiB"
    sheet.aim(name, anew.cpu("/programme.ics", few), cold, " ms", 1)
    sheet.aim("  repeated", repeated.cpu("/programme.ics", many), cached, " ms", 2)
    unchanged = repeated.cpu("/programme.ics", many, 304, **{"If-None-Match": etag})
    sheet.aim("  repeated, nothing changed", unchanged, 1, " ms", 2)
    sheet.tell("  as JSON", f"{anew.cpu('/programme.json', few):,.1f} ms")
    sheet.tell("  as Atom", f"{anew.cpu('/programme.atom', few):,.1f} ms")
    sheet.tell("  of one venue", f"{anew.cpu(_a_venue(), few):,.1f} ms")


def _a_venue() -> str:
    room = db.session.query(Room).first()
    assert room is not None
    return f"/venues/{room.venue.slug}.ics"
