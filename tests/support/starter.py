"""Commands in processes of their own, without the second that each takes to import everything.

A process that has imported the commands and nothing else forks for every command: what runs is
the real command in a real process, with its own environment, folder and output. How the program
starts from nothing is what ``test_serve`` and ``test_settings`` look at.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]


class Starter:
    """``run(words, environment)``: what a command ended with, and what it printed."""

    def __init__(self) -> None:
        self.folder = TemporaryDirectory()
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
        order = {
            "words": list(words),
            "environment": dict(environment),
            "in": str(given),
            "out": str(out),
            "err": str(err),
            "seconds": seconds,
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        answer = self.process.stdout.readline()
        assert answer, "the starter of commands has ended"
        code = int(answer)
        if code == -signal.SIGALRM:
            raise subprocess.TimeoutExpired(words, seconds)
        return code, out.read_text(), err.read_text()

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.folder.cleanup()


def _serve() -> None:
    import festival.__main__  # noqa: F401, PLC0415 - only here: whoever asks needs none of it

    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(order)
        _child, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(order: dict[str, object]) -> None:
    from festival import create_app  # noqa: PLC0415
    from festival.cli import main  # noqa: PLC0415

    code = 1
    try:
        _redirect(0, str(order["in"]), os.O_RDONLY)
        _redirect(1, str(order["out"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        _redirect(2, str(order["err"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the parent's had read ahead
        os.environ.clear()
        os.environ.update(order["environment"])  # type: ignore[arg-type]
        os.chdir(ROOT)
        sys.argv = ["festival", *order["words"]]  # type: ignore[misc]
        signal.alarm(int(str(order["seconds"])))
        main(create_app)
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


def _redirect(number: int, path: str, flags: int) -> None:
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, number)
    os.close(opened)


if __name__ == "__main__":
    _serve()
