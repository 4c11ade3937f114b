"""What people type, and what must come first: examples/searches.csv, on the demonstration."""

import csv
from pathlib import Path

import pytest

from festival.domain.finding import Shown, find
from festival.domain.finding.search import Search
from tests.support.finding import programme

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "searches.csv"


def first_codes(shown: Shown, typed: str, count: int) -> set[str]:
    """The codes of the first so many sessions."""
    entries = find(shown.index, shown.standing, Search(words=typed)).entries
    return set(list(dict.fromkeys(one.first.session.code for one in entries))[:count])


@pytest.mark.usefixtures("demo")
def test_what_must_come_first_does() -> None:
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        examples = list(csv.DictReader(file))
    assert len(examples) >= 80
    shown = programme()
    wrong = {}
    for example in examples:
        wanted = example["first"].split()
        found = first_codes(shown, example["typed"], len(wanted))
        if found != set(wanted):
            wrong[example["typed"]] = (wanted, found)
    assert wrong == {}
