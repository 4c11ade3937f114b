"""The real server: ``python -m festival serve`` in processes of its own, over real HTTP."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from tests.support.left_out import REQUIRE_ALL

ROOT = Path(__file__).resolve().parents[2]


class LiveServer:
    """A running server on the database of ``app``, in which a test makes its rows.

    ``url`` is where it is; ``stop()`` ends it as an operator would, ``kill()`` as the power does.
    """

    def __init__(
        self,
        app: Flask,
        log: Path,
        *,
        workers: int,
        settings: Mapping[str, Any],
        port: int | None = None,
    ) -> None:
        self.app = app
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        command = [sys.executable, "-m", "festival", "serve", "--port", str(self.port)]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, "--workers", str(workers)],
                cwd=ROOT,
                env=environment(app, {"SITE_URL": self.url, **settings}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # so that all of it can be ended by one number
            )

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
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server did not become ready:\n{self.output[-4000:]}")

    def stop(self, seconds: float = 60) -> int:
        """Ask it to end; the code it ended with."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired as error:
                self.kill()
                raise AssertionError(f"the server did not stop:\n{self.output[-4000:]}") from error
        self._end_group(signal.SIGKILL)
        return self.process.returncode

    def kill(self) -> None:
        """End all its processes at once."""
        self._end_group(signal.SIGKILL)
        self.process.wait(10)

    def _end_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def _status(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()


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
