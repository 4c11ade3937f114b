"""What was measured, as one table for each database at the end of the run."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "": "without a database"}


@dataclass(frozen=True)
class Line:
    """One figure: what it is, how much, and beside what it stands."""

    name: str
    figure: str
    beside: str = ""


class Report:
    """Figures by database and heading, in the order in which they were measured."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))

    def text(self) -> Iterator[str]:
        for database, sections in self.tables.items():
            lines = [line for section in sections.values() for line in section]
            name, figure = (
                max(len(getattr(line, part)) for line in lines) for part in ("name", "figure")
            )
            yield ""
            yield f"=== {TITLES.get(database, database)} ".ljust(100, "=")
            for heading, section in sections.items():
                yield f"\n{heading}"
                for line in section:
                    told = f"  {line.name:{name}}  {line.figure:>{figure}}  {line.beside}"
                    yield told.rstrip()


REPORT = pytest.StashKey[Report]()


@dataclass(frozen=True)
class Sheet:
    """Where one test writes: its database's table, under its heading."""

    report: Report
    database: str
    heading: str

    def tell(self, name: str, figure: str, beside: str = "") -> None:
        self.report.tables[self.database][self.heading].append(Line(name, figure, beside))

    def cpu(self, work: Callable[[], object], times: int) -> float:
        """CPU milliseconds that this process uses for it, once."""
        begun = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - begun) * 1000 / times

    def aim(self, name: str, value: float, most: float, unit: str = "", digits: int = 0) -> None:
        """A figure that is to be at most so much; it is told, never enforced."""
        verdict = "met" if value <= most else "MISSED"
        figure = f"{value:,.{digits}f}{unit}"
        self.tell(name, figure, f"aim: at most {most:g}{unit}, {verdict}")
