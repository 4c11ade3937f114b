"""Measuring: every figure stands beside a floor of the same run, on the same machine.

A ratio says how much of a cost is ours; it moves far less from one machine to another than
milliseconds do. Nothing here fails because a machine was slow, only because an answer was wrong.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.benchmarks.report import REPORT, Report, Sheet
from tests.support.live import LiveServer

Action = Callable[[], object]


def cost(action: Action, times: int = 40) -> float:
    """The median of so many runs in milliseconds, after one that does not count."""
    action()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


@dataclass(frozen=True)
class Floor:
    """What the same thing costs without us."""

    name: str
    milliseconds: float
    sheet: Sheet

    def tell(self, name: str, action: Action, times: int = 40) -> None:
        """Measure, and put one line into the table."""
        self.compare(name, cost(action, times))

    def compare(self, name: str, milliseconds: float) -> None:
        """The same of what was measured already."""
        ratio = milliseconds / self.milliseconds
        beside = f"{ratio:,.1f} x {self.name} ({self.milliseconds:.2f} ms)"
        self.sheet.tell(name, f"{milliseconds:.2f} ms", beside)


@pytest.fixture
def live_server(served_by_command: Callable[..., LiveServer]) -> Callable[..., LiveServer]:
    """As an installation starts it, with the memory that it is allowed to keep."""
    return served_by_command


@pytest.fixture
def sheet(request: pytest.FixtureRequest) -> Sheet:
    """``sheet.tell("what", "how much")``: into the table of this test's database, under the first
    line of what the test says it is about, and how busy the machine was with other things."""
    report = request.config.stash.setdefault(REPORT, Report())
    told = request.function.__doc__ or request.function.__name__.replace("_", " ")
    heading = told.strip().partition("\n")[0].removeprefix("test ").rstrip(".")
    callspec = getattr(request.node, "callspec", None)
    database = callspec.params.get("database", "") if callspec else ""
    busy = f"[{os.getloadavg()[0]:.1f} waiting for {os.cpu_count()} processors before it]"
    return Sheet(report, str(database), f"{heading} {busy}")


@pytest.fixture
def floor(sheet: Sheet) -> Callable[..., Floor]:
    """``floor("what it is called", action)``: measured now."""
    return lambda name, action, times=40: Floor(name, cost(action, times), sheet)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for line in config.stash.get(REPORT, Report()).text():
        terminalreporter.write_line(line)
