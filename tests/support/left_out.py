"""Says at the end what a run left out, and lets nothing be left out where that is asked.

``FESTIVAL_TEST_REQUIRE_ALL=1`` makes every skip a failure: the machine lacks a part.
"""

import os
from collections import Counter
from typing import Any

import pytest

REQUIRE_ALL = "FESTIVAL_TEST_REQUIRE_ALL"


def required() -> bool:
    return os.environ.get(REQUIRE_ALL, "") not in ("", "0")


def fail_if_required(report: Any) -> None:
    """Turn a skip into a failure where nothing may be left out. Expected failures stay."""
    if report.skipped and required() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Left out, and {REQUIRE_ALL} is set: {reason(report)}"


def reason(report: Any) -> str:
    """Why it was skipped."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(text).removeprefix("Skipped: ")


def summary(config: pytest.Config, skipped: list[Any]) -> list[str]:
    """One line for each thing that was left out."""
    counts = Counter(reason(report) for report in skipped)
    lines = [f"{number} x {text}" for text, number in sorted(counts.items())]
    lines += [
        f"everything on {name}: --db={config.getoption('db')}"
        for name in ("sqlite", "postgresql")
        if name not in config.getoption("db").split(",")
    ]
    return lines
