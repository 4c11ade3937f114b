"""Commands in processes of their own, without the second that each takes to import everything.

A process that has imported the commands and nothing else forks for every command: what runs is
the real command in a real process, with its own environment, folder and output. How the program
starts from nothing is what ``test_serve`` looks at.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GUNICORN = "gunicorn"  # as the first word: gunicorn itself, not a command of ours


class Starter:
    """``run(words, environment)``: what a command ended with, and what it printed.
    ``start(words, environment, log)``: one that goes on."""

    def __init__(self) -> None:
        self.folder = TemporaryDirectory()
        self.lock = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.starter"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def run(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        piped: bytes = b"",
        seconds: int = 60,
    ) -> tuple[int, str, str]:
        """``piped`` is what the command reads."""
        given, out, err = (Path(self.folder.name) / name for name in ("in", "out", "err"))
        given.write_bytes(piped)
        for written in (out, err):
            written.write_bytes(b"")
        code = self._ask(
            do="run",
            words=list(words),
            environment=dict(environment),
            files=[str(given), str(out), str(err)],
            seconds=seconds,
        )
        if code == -signal.SIGALRM:
            raise subprocess.TimeoutExpired(words, seconds)
        return code, out.read_text(), err.read_text()

    def start(self, words: Sequence[str], environment: Mapping[str, str], log: Path) -> "Started":
        """A command that leads a session of its own and writes to this file."""
        pid = self._ask(
            do="start",
            words=list(words),
            environment=dict(environment),
            files=[os.devnull, str(log), str(log)],
        )
        return Started(self, pid)

    def ended(self, pid: int) -> int | None:
        """The code with which what was started has ended; None while it runs."""
        code: int | None = self._ask(do="look", pid=pid)
        return code

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.folder.cleanup()

    def _ask(self, **order: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self.lock:
            self.process.stdin.write(json.dumps(order) + "\n")
            answer = self.process.stdout.readline()
        assert answer, "the starter of commands has ended"
        return json.loads(answer)


class Started:
    """A running command, with what of ``Popen`` its tests use."""

    def __init__(self, starter: Starter, pid: int) -> None:
        self.starter = starter
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.starter.ended(self.pid)
        return self.returncode

    def wait(self, timeout: float) -> int:
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("what was started", timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


# --- the process that forks


def _serve() -> None:
    # Only here: whoever asks needs none of it.
    import gunicorn.app.wsgiapp  # noqa: PLC0415
    import gunicorn.workers.gthread  # noqa: F401, PLC0415

    import festival.__main__  # noqa: F401, PLC0415

    started: dict[int, int | None] = {}  # what each has ended with
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "look":
            answer = _look(order["pid"], started)
        else:
            answer = os.fork()
            if answer == 0:
                _become(order)
            if order["do"] == "start":
                started[answer] = None
            else:
                answer = os.waitstatus_to_exitcode(os.waitpid(answer, 0)[1])
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    for pid in started:  # whoever asked has gone
        if _look(pid, started) is None:
            os.killpg(pid, signal.SIGKILL)


def _look(pid: int, started: dict[int, int | None]) -> int | None:
    if started[pid] is None:
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            started[pid] = os.waitstatus_to_exitcode(status)
    return started[pid]


def _become(order: dict[str, Any]) -> None:
    code = 1
    try:
        if order["do"] == "start":
            os.setsid()
        given, out, err = order["files"]
        _redirect(0, given, os.O_RDONLY)
        _redirect(1, out, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        _redirect(2, err, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the parent's had read ahead
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(ROOT)
        signal.alarm(order.get("seconds", 0))
        _do(order["words"])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            sys.stderr.write(ended.code + "\n")
    except BaseException:  # noqa: BLE001 - as the interpreter would say it
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _do(words: list[str]) -> None:
    from gunicorn.app import wsgiapp  # noqa: PLC0415

    from festival import create_app  # noqa: PLC0415
    from festival.cli import main  # noqa: PLC0415

    if words[0] == GUNICORN:
        sys.argv = words
        wsgiapp.run()
    else:
        sys.argv = ["festival", *words]
        main(create_app)


def _redirect(number: int, path: str, flags: int) -> None:
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, number)
    os.close(opened)


if __name__ == "__main__":
    _serve()
