"""Measuring: every figure stands beside a floor of the same run, on the same machine.

A ratio says how much of a cost is ours; it moves far less from one machine to another than
milliseconds do. Nothing here fails because a machine was slow.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

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

    def tell(self, name: str, action: Action, times: int = 40) -> None:
        """Measure and print one line."""
        taken = cost(action, times)
        print(  # noqa: T201 - what a benchmark is for
            f"{name:36} {taken / self.milliseconds:8.1f} x {self.name}"
            f"   ({taken:.2f} ms against {self.milliseconds:.2f} ms)"
        )


@pytest.fixture
def floor() -> Callable[..., Floor]:
    """``floor("what it is called", action)``: measured now."""
    return lambda name, action, times=40: Floor(name, cost(action, times))
