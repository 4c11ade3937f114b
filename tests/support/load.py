"""Many clients at once, as light as they can be: what is measured is the server, not them.

Each client is a thread with one open connection, which writes requests made beforehand and reads
answers by their length. Counts and times are bounded; everything stays on this machine.
"""

import json
import os
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0  # seconds for one answer


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent."""

    raw: bytes
    kind: str = ""
    keep: bool = True  # what comes back; else only how much it was


def request(
    method: str,
    path: str,
    *,
    json_body: Any = None,
    headers: Mapping[str, str] | None = None,
    kind: str = "",
    keep: bool = True,
) -> Request:
    """A request of HTTP/1.1 that keeps its connection."""
    body = b"" if json_body is None else json.dumps(json_body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    if json_body is not None:
        lines.append("Content-Type: application/json")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return Request("\r\n".join(lines).encode() + b"\r\n\r\n" + body, kind, keep)


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: bytes
    seconds: float
    kind: str = ""
    size: int = 0

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One open connection; opened again where the server has closed it between two requests."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.rest = b""

    def ask(self, sent: Request) -> Answer:
        begun = time.perf_counter()
        for attempt in (1, 2):
            try:
                status, body = self._exchange(sent.raw)
                break
            except ConnectionError:
                self.close()
                if attempt == 2:
                    raise
        taken = time.perf_counter() - begun
        return Answer(status, body if sent.keep else b"", taken, sent.kind, len(body))

    def _exchange(self, raw: bytes) -> tuple[int, bytes]:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.rest = b""
        self.socket.sendall(raw)
        head, self.rest = self._read_until(b"\r\n\r\n")
        status = int(head[9:12])
        fields = head.lower()
        length = int(fields.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        received = bytearray(self.rest)
        while len(received) < length:
            received += self._receive()
        body, self.rest = bytes(received[:length]), bytes(received[length:])
        if b"connection: close" in fields:
            self.close()
        return status, body

    def _read_until(self, mark: bytes) -> tuple[bytes, bytes]:
        data = self.rest
        while mark not in data:
            data += self._receive()
        head, _, rest = data.partition(mark)
        return head, rest

    def _receive(self) -> bytes:
        assert self.socket is not None
        received = self.socket.recv(1 << 18)
        if not received:
            raise ConnectionResetError("the server closed the connection")
        return received

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self.socket = None


@dataclass
class Outcome:
    """What a run of many requests came to."""

    answers: list[Answer]
    seconds: float
    server_cpu: float = 0.0  # seconds of its web processes
    late: int = 0  # requests of a schedule that began more than a second late

    @property
    def statuses(self) -> dict[int, int]:
        return dict(sorted(Counter(answer.status for answer in self.answers).items()))

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds

    def percentile(self, part: float, kind: str = "") -> float:
        """So long took at most this part of the answers, in milliseconds."""
        taken = sorted(one.seconds for one in self.answers if not kind or one.kind == kind)
        return 1000 * taken[min(len(taken) - 1, int(part * len(taken)))] if taken else 0.0

    def median(self, kind: str = "") -> float:
        taken = [one.seconds for one in self.answers if not kind or one.kind == kind]
        return 1000 * statistics.median(taken) if taken else 0.0


def all_at_once(port: int, requests: Sequence[Request], clients: int) -> Outcome:
    """So many clients send these requests as fast as they are answered."""
    waiting = iter(requests)
    lock = threading.Lock()

    def following() -> Request | None:
        with lock:
            return next(waiting, None)

    def work(answers: list[Answer]) -> None:
        connection = Connection(port)
        while (one := following()) is not None:
            answers.append(connection.ask(one))
        connection.close()

    return _in_threads(work, clients)


@dataclass
class Schedule:
    """Requests at so many a second, whether or not earlier ones have been answered, for a while."""

    port: int
    per_second: Mapping[str, float]
    make: Mapping[str, Callable[[], Request]]
    seconds: float
    clients: int = 32
    late: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> Outcome:
        due = sorted(self._due())
        begun = time.perf_counter()
        waiting = iter(due)

        def following() -> tuple[float, str] | None:
            with self.lock:
                return next(waiting, None)

        def work(answers: list[Answer]) -> None:
            connection = Connection(self.port)
            while (one := following()) is not None:
                at, kind = one
                if (early := begun + at - time.perf_counter()) > 0:
                    time.sleep(early)
                elif time.perf_counter() - begun > 2 * self.seconds:
                    break  # it does not keep up: what was sent by now tells how far
                elif early < -1:
                    self.late += 1
                answers.append(connection.ask(self.make[kind]()))
            connection.close()

        outcome = _in_threads(work, self.clients)
        outcome.late = self.late
        return outcome

    def _due(self) -> Iterable[tuple[float, str]]:
        for kind, rate in self.per_second.items():
            for number in range(int(rate * self.seconds)):
                yield number / rate, kind


def _in_threads(work: Callable[[list[Answer]], None], clients: int) -> Outcome:
    answers: list[list[Answer]] = [[] for _ in range(clients)]
    problems: list[BaseException] = []

    def guarded(mine: list[Answer]) -> None:
        try:
            work(mine)
        except BaseException as problem:  # noqa: BLE001 - told below, in the thread of the test
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(mine,)) for mine in answers]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return Outcome([one for mine in answers for one in mine], time.perf_counter() - begun)


def web_cpu(session: int) -> float:
    """Seconds of processor time that the web processes of this process group's session have used
    so far; the worker beside them does not count."""
    used = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if int(words[3]) == session and b"gunicorn" in command:
            used += int(words[11]) + int(words[12])
    return used / TICKS
