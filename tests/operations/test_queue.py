"""The queue that keeps the schedule: made by whichever worker comes first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from festival.tasks import queue
from tests.support.databases import Database

AT_ONCE, ROUNDS = 6, 5


@pytest.mark.databases("postgresql")
@pytest.mark.races
def test_workers_that_start_together_all_get_one(database: Database, committed_app: Flask) -> None:
    """ "CREATE TABLE IF NOT EXISTS" fails in PostgreSQL when two do it at the same moment."""
    for _ in range(ROUNDS):
        address = database.empty()
        committed_app.config["DATABASE_URL"] = address
        together = Barrier(AT_ONCE)

        def start(_number: int, together: Barrier = together) -> bool:
            together.wait()
            made = queue.make_queue(committed_app)
            made.storage.close()
            return made.name == "festival"

        with ThreadPoolExecutor(AT_ONCE) as pool:
            assert all(pool.map(start, range(AT_ONCE)))
        database.drop(address)
