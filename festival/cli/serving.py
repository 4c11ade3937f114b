"""The web server and the worker as two children of one command."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

LOOK_SECONDS = 0.2
STOP_SECONDS = 30  # longer than gunicorn's and the worker's own patience
LONGEST_PAUSE = 30.0  # before a worker that keeps dying is started again

# What glibc otherwise keeps: an arena for every thread, and the 19 MB of every password check.
LEAN = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}

Command = list[str]


def web_command(host: str, port: int, workers: int, threads: int) -> Command:
    """How gunicorn is started; the rest of its settings is in web.py."""
    # An IPv6 address needs brackets before a port.
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn"),
        *("--config", "python:festival.cli.web"),
        *("--bind", address),
        *("--workers", str(workers)),
        *("--threads", str(threads)),
        "festival:create_app()",
    ]


def worker_command() -> Command:
    return [sys.executable, "-m", "festival", "worker"]


def supervise(web: Command, worker: Command) -> int:
    """Run both until SIGTERM, SIGINT or SIGHUP comes, or the web server ends: its exit code.

    A worker that dies is started again.
    """
    told = _listen()
    site = _start(web)
    helper = Helper(worker)
    try:
        while site.poll() is None and not told:
            helper.look_after()
            time.sleep(LOOK_SECONDS)
    finally:
        _end(site, helper.process)
    return 0 if told else site.returncode


def _start(command: Command) -> "subprocess.Popen[bytes]":
    # There are no threads here that could be caught half way.
    environment = LEAN | os.environ
    return subprocess.Popen(command, env=environment, preexec_fn=_wait_to_be_told)  # noqa: S603, PLW1509


def _wait_to_be_told() -> None:
    """A terminal's Ctrl-C reaches children too, perhaps while they still start: we tell them."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _listen() -> list[int]:
    """The signals that came; a handler does no more than note them."""
    told: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, note)
    return told


class Helper:
    """The worker: started, and started again after a pause that grows while it keeps dying."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.pause = 0.5
        self.start()

    def start(self) -> None:
        self.process = _start(self.command)
        self.started = time.monotonic()
        self.again_at: float | None = None

    def look_after(self) -> None:
        now = time.monotonic()
        if self.process.poll() is None:
            return
        if self.again_at is None:
            lived_long = now - self.started > 2 * LONGEST_PAUSE
            self.pause = 1.0 if lived_long else min(self.pause * 2, LONGEST_PAUSE)
            self.again_at = now + self.pause
            print(f"The worker ended ({self.process.returncode}); it is started again.", flush=True)
        elif now >= self.again_at:
            self.start()


def _end(*processes: "subprocess.Popen[bytes]") -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
