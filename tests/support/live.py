"""The real server in processes of its own, over real HTTP: gunicorn and the worker."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from flask import Flask

from festival.cli import serving
from tests.support import lent
from tests.support.left_out import REQUIRE_ALL
from tests.support.starter import GUNICORN, Starter

ROOT = Path(__file__).resolve().parents[2]


class Process(Protocol):
    """A process that leads a session of its own, so that all of it can be ended by one number."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float) -> int: ...
    def send_signal(self, number: int) -> None: ...


class LiveServer:
    """A running server on the database of ``app``, in which a test makes its rows.

    ``url`` is where it is; ``stop()`` ends it as an operator would, ``kill()`` as the power does.
    """

    def __init__(self, app: Flask, log: Path, port: int, processes: Sequence[Process]) -> None:
        self.app = app
        self.port = port
        self.url = address(port)
        self.log = log
        self.processes = processes

    @classmethod
    def by_command(
        cls,
        app: Flask,
        log: Path,
        *,
        workers: int,
        settings: Mapping[str, Any],
        port: int | None = None,
    ) -> "LiveServer":
        """``python -m festival serve``, from nothing."""
        port = port or free_port()
        command = [sys.executable, "-m", "festival", "serve", "--port", str(port)]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*command, "--workers", str(workers)],
                cwd=ROOT,
                env=environment(app, {"SITE_URL": address(port), **settings}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return cls(app, log, port, [process])

    @classmethod
    def by_starter(
        cls,
        starter: Starter,
        app: Flask,
        log: Path,
        *,
        workers: int = 1,
        settings: Mapping[str, Any] | None = None,
        port: int | None = None,
        sends: bool = True,
    ) -> "LiveServer":
        """The two processes that ``serve`` starts, in much less time; the second only where mail
        ``sends``."""
        port = port or free_port()
        lent.static_files(app.config["VAR"])
        around = environment(app, {"SITE_URL": address(port), **(settings or {})})
        threads = app.config["THREADS"]
        web = serving.web_command("127.0.0.1", port, workers, threads)
        words = [GUNICORN, *web[web.index(GUNICORN) + 1 :]]
        processes = [starter.start(words, around, log)]
        if sends:
            processes.append(starter.start(["worker"], around, log))
        return cls(app, log, port, processes)

    @property
    def process(self) -> Process:
        """The one that must go on."""
        return self.processes[0]

    @property
    def output(self) -> str:
        """What it has printed."""
        return self.log.read_text(errors="replace")

    def wait(self, seconds: float = 60) -> "LiveServer":
        """Until it says that it is ready."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            if self._status("/readyz") == 200:
                return self
            time.sleep(0.02)
        self.kill()
        raise AssertionError(f"the server did not become ready:\n{self.output[-4000:]}")

    def stop(self, seconds: float = 60) -> int:
        """Ask it to end; the code it ended with."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        try:
            codes = [process.wait(seconds) for process in self.processes]
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise AssertionError(f"the server did not stop:\n{self.output[-4000:]}") from error
        self._end_groups()
        return codes[0]

    def kill(self) -> None:
        """End all its processes at once."""
        self._end_groups()
        for process in self.processes:
            process.wait(10)

    def _end_groups(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _status(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def environment(app: Flask, settings: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The environment in which another process has the settings of this application."""
    ours = {"DATABASE_URL": app.config["DATABASE_URL"], "VAR_DIR": app.config["VAR_DIR"]}
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FESTIVAL_") or name == REQUIRE_ALL
    }
    wanted = ours | dict(settings or {})
    return kept | {f"FESTIVAL_{name}": str(value) for name, value in wanted.items()}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
