"""Several people at the same moment, each on a connection of their own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

from flask import Flask

from festival.domain.errors import DomainError
from festival.extensions import write

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


def one_after_the_other(
    app: Flask, first: Callable[[], Any], second: Callable[[], Any]
) -> list[Any]:
    """The second has read, and waits for the lock, when the first commits."""
    first_is_in = Event()

    def go_first() -> Any:
        with app.app_context(), write():
            answer = first()
            first_is_in.set()
            time.sleep(0.5)  # the second comes to the lock meanwhile
            return answer

    def go_second() -> Any:
        with app.app_context():
            first_is_in.wait(30)
            try:
                with write():
                    return second()
            except DomainError as refusal:
                return refusal

    with ThreadPoolExecutor(2) as threads:
        return [one.result() for one in (threads.submit(go_first), threads.submit(go_second))]
