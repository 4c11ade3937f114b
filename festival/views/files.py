"""Files that are made for one answer, and those that are kept for some seconds."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, current_app, request
from werkzeug.http import generate_etag

CALENDAR = "text/calendar"
HALF_A_MINUTE = 30
MOST_KEPT = 48 * 1024 * 1024  # bytes of kept files in one process; a year's city is 1


def init_app(app: Flask) -> None:
    app.extensions["kept_files"] = Kept(app.config["FEED_SECONDS"])


@dataclass(frozen=True)
class File:
    """Bytes with the name of exactly these bytes, so that it is told quickly if they changed."""

    content: bytes
    mimetype: str
    etag: str

    @classmethod
    def of(cls, content: bytes, mimetype: str = CALENDAR) -> "File":
        return cls(content, mimetype, generate_etag(content))


class Kept:
    """Files as they were some seconds ago: programs ask for the same again and again. The oldest
    go first where there are too many."""

    def __init__(self, seconds: float, most: int = MOST_KEPT) -> None:
        self.seconds, self.most = seconds, most
        self._files: OrderedDict[Hashable, tuple[float, File]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], File], *, seconds: float | None = None) -> File:
        """The file of this key, made where it is not there or too old: older than other files may
        get, or than ``seconds``."""
        longest = self.seconds if seconds is None else seconds
        now = time.monotonic()
        with self._lock:
            made_at, file = self._files.get(key, (now, None))
        if file is not None and now - made_at < longest:
            return file
        file = make()
        if longest:
            with self._lock:
                self._put(key, now, file)
        return file

    def forget(self) -> None:
        """Make everything anew."""
        with self._lock:
            self._files.clear()
            self._size = 0

    def _put(self, key: Hashable, now: float, file: File) -> None:
        _, old = self._files.pop(key, (now, None))
        self._size += len(file.content) - (len(old.content) if old else 0)
        self._files[key] = now, file
        while self._size > self.most and self._files:
            _, (_, gone) = self._files.popitem(last=False)
            self._size -= len(gone.content)


def kept(key: Hashable, make: Callable[[], File], *, seconds: float | None = None) -> File:
    """A public file, at most FEED_SECONDS old; older where its key says all that is in it."""
    return cast(Kept, current_app.extensions["kept_files"]).get(key, make, seconds=seconds)


def public_file(
    file: File, name: str, *, download: bool = False, seconds: int = HALF_A_MINUTE
) -> Response:
    """A file for everybody, that caches on the way may keep for so long."""
    response = _answer(file, name, download=download)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return _if_changed(response)


def private_file(file: File, name: str, *, download: bool = False) -> Response:
    """A file that is one person's: kept by nobody on the way, found by no search engine."""
    response = _answer(file, name, download=download)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return _if_changed(response)


def _answer(file: File, name: str, *, download: bool) -> Response:
    response = Response(file.content, mimetype=file.mimetype)
    kind = "attachment" if download else "inline"
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    response.set_etag(file.etag)
    return response


def _if_changed(response: Response) -> Response:
    """Unchanged, it is answered with 304, so that programs that look again carry nothing."""
    response.make_conditional(request)
    return response
