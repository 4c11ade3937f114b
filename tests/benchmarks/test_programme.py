"""The programme's list and its search, of a city's size and of a stress one: what a page costs a
web process when it is made and when it is given again, how much travels, how much is asked."""

import gzip
import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from flask import Flask

from festival.domain import clock
from festival.domain.finding import Search, Shelf, find
from festival.extensions import write
from tests import factories
from tests.benchmarks.report import Sheet
from tests.benchmarks.test_feeds import Asking, make_programme
from tests.support.finding import current
from tests.support.live import LiveServer
from tests.support.statements import recorded

pytestmark = [pytest.mark.bench, pytest.mark.databases("sqlite")]
SIZES = (350, 5500)
GZIP = {"Accept-Encoding": "gzip"}
KB = 1000


@pytest.mark.parametrize("sessions", SIZES)
def test_programme(
    committed_app: Flask, live_server: Callable[..., LiveServer], sheet: Sheet, sessions: int
) -> None:
    """The programme's pages, CPU of the web process"""
    with write():
        make_programme(factories.the_edition(), sessions)
    with ExitStack() as stack:
        anew, kept = (
            stack.enter_context(Asking(live_server(LIST_SECONDS="5", FEED_SECONDS=seconds)))
            for seconds in ("0", "30")
        )
        _pages(anew, kept, sheet, sessions)
    _parts(sheet, sessions)
    _statements(committed_app, sheet)


def _pages(anew: Asking, kept: Asking, sheet: Sheet, sessions: int) -> None:
    _status, content, etag = kept.get("/", **GZIP)
    sheet.aim(f"the list of {sessions:,} sessions, made", anew.cpu("/", 20, **GZIP), 40, " ms", 1)
    sheet.aim("  given again", kept.cpu("/", 500, **GZIP), 2, " ms", 2)
    unchanged = kept.cpu("/", 500, 304, **{**GZIP, "If-None-Match": etag})
    sheet.aim("  nothing changed", unchanged, 2, " ms", 2)
    for path in ("/?theme=theme-1&places=yes", "/?q=loaf", "/?view=week", "/?view=map"):
        sheet.aim(f"  {path}, made", anew.cpu(path, 20, **GZIP), 40, " ms", 1)
    sheet.aim("  its page, compressed", len(content) / KB, 60, " KB", 1)
    sheet.aim("  with all it loads", _first_view(kept, content) / KB, 150, " KB", 1)


def _first_view(server: Asking, page: bytes) -> int:
    """What a phone that comes for the first time fetches: sheets, scripts and pictures in view."""
    server.connection.close()  # it has stood open for too long
    html = gzip.decompress(page).decode()
    wanted = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html))
    wanted |= set(re.findall(r'content="(/static/[^"]+htmx[^"]*)"', html))
    return len(page) + sum(len(server.get(path, **GZIP)[1]) for path in sorted(wanted))


def _parts(sheet: Sheet, sessions: int) -> None:
    """Inside, without HTTP."""
    shown = Shelf(30).take(current, clock.now())
    assert shown is not None
    index, standing = shown.index, shown.standing
    find(index, standing, Search(words="loaf"))
    for typed in ("bake a loaf", "sesion 7", "xyzzy loaf"):  # of all, of a few, of some words
        ways = iter(f"{typed}{' ' * number}" for number in range(20))  # none is remembered
        took = sheet.cpu(lambda ways=ways: find(index, standing, Search(words=next(ways))), 20)
        sheet.aim(f"  searching “{typed}”", took, 15, " ms", 2)
    took = sheet.cpu(lambda: find(index, standing, Search(chosen={"theme": ("theme-1",)})), 20)
    sheet.tell("  narrowing down, every count", f"{took:.2f} ms")
    took = sheet.cpu(lambda: Shelf(30).take(current, clock.now()), 3)
    sheet.tell("  reading the programme after a change", f"{took:.0f} ms")


def _statements(app: Flask, sheet: Sheet) -> None:
    shelf = Shelf(30)
    with recorded(app) as first:
        shelf.take(current, clock.now())
    with recorded(app) as again:
        shelf.take(current, clock.now())
    sheet.aim("  statements, first of a process", first.count, 8)
    sheet.aim("  statements after that", again.count, 1)
