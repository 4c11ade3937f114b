"""Several people at the same moment, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from festival.domain.errors import DomainError

PEOPLE = 30


def all_at_once(app: Flask, work: Callable[[int], Any], number: int = PEOPLE) -> list[Any]:
    """What each of these threads got or was refused with; all of them start together."""
    start = Barrier(number)

    def run(place: int) -> Any:
        with app.app_context():
            start.wait(60)
            try:
                return work(place)
            except DomainError as refusal:
                return refusal

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))
