"""What runs by itself: a sweep of due mail every few seconds, upkeep every minute.

The sweep is the one that sends; the queue's one thread stays free for upkeep, however slow the
mail server is.

huey keeps the schedule, beside the embedded database or in PostgreSQL, so that no other service
is needed. The rows are the truth of what is due: a task may run twice, or die half way.
"""

import logging
import os
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from festival.extensions import db
from festival.tasks import deliver, upkeep

log = logging.getLogger("festival.worker")

SWEEP_SECONDS = 2.0
LONGEST_PAUSE = 30.0  # between sweeps while the database does not answer
STOP_SECONDS = 25  # for the mail in hand; a longer one is cut off, and due again after its lease
BEHIND_THE_PAGES = 10  # in a rush people wait for their page, and mail can come after it
MAKING_LOCK = 7_340_002  # any number that no other lock of this database has
STALE_SECONDS = 50  # a task of the last minute need not run beside that of this one


def make_queue(app: Flask) -> Huey:
    """The queue of this installation; what it holds can be lost without harm."""
    url = sa.make_url(app.config["DATABASE_URL"])
    if url.get_backend_name() == "sqlite":
        path = str(app.config["VAR"] / "tasks.sqlite")
        return SqliteHuey("festival", filename=path, results=False)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    # It makes its tables, and of two workers that do so at the same moment one would fail.
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MAKING_LOCK)))
        return PostgresHuey("festival", dsn=dsn, results=False, blocking=False)


def schedule(queue: Huey, app: Flask) -> None:
    """What happens when."""
    every_minute, hourly = crontab(minute="*"), crontab(minute="7")
    for task, when in (
        (upkeep.settle_due, every_minute),
        (upkeep.publish_due, every_minute),
        (upkeep.remind_due, every_minute),
        (upkeep.chase_attendance, hourly),
        (upkeep.remind_of_deadline, hourly),
        (upkeep.purge, hourly),
    ):
        in_context = _in_context(app, task)
        queue.periodic_task(when, name=task.__name__, expires=STALE_SECONDS)(in_context)


def _in_context(app: Flask, task: Callable[[], int]) -> Callable[[], None]:
    def run_task() -> None:
        with app.app_context():
            task()

    return run_task


def sweep(app: Flask, stop: threading.Event) -> None:
    """Deliver what is due, again and again, until told to stop; ends between two messages."""
    pause = SWEEP_SECONDS
    while not stop.wait(pause):
        try:
            with app.app_context():
                deliver.deliver_due(stop=stop)
            pause = SWEEP_SECONDS
        except Exception:
            log.exception("the sweep of due mail failed")
            pause = min(pause * 2, LONGEST_PAUSE)


class StoppingConsumer(Consumer):
    """Tells the sweep to stop together with the queue, and lets both finish what is in hand,
    whichever signal asked."""

    def __init__(self, queue: Huey, stop: threading.Event, **options: Any) -> None:
        super().__init__(queue, **options)
        self.also_stop = stop

    def stop(self, graceful: bool = False) -> None:
        del graceful
        self._restart = False  # a terminal that closes ends us; who started us may do so again
        self.also_stop.set()
        super().stop(graceful=True)


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT; what is being sent is finished first, if it can be soon."""
    logging.basicConfig(level=logging.WARNING, format="worker: %(levelname)s %(message)s")
    os.nice(BEHIND_THE_PAGES)
    stop = threading.Event()
    queue = make_queue(app)
    schedule(queue, app)
    sweeper = threading.Thread(target=sweep, args=(app, stop), daemon=True, name="sweep")
    sweeper.start()
    options = {"graceful_signal": "TERM", "shutdown_timeout": STOP_SECONDS, "max_delay": 5}
    StoppingConsumer(queue, stop, **options).run()
    sweeper.join(STOP_SECONDS)
