"""What a process keeps of the programme: made anew when its version has changed, or when the time
of the next publication has come; the places in it, some seconds."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from festival.domain.finding import loading, standing
from festival.domain.finding.search import Index, Standing
from festival.extensions import db
from festival.models import Counter, Edition

VERSION = sa.select(
    Edition.id, sa.select(Counter.value).where(Counter.name == "programme").scalar_subquery()
).where(Edition.is_current)


@dataclass(frozen=True)
class Shown:
    """The programme at one moment; ``mark`` is another one for every other content."""

    index: Index
    standing: Standing
    mark: tuple[int, int, int]  # edition, version, places


def version() -> tuple[int, int] | None:
    """The current edition and the version of its programme: any change of what the public reads
    raises it, in the transaction of that change. None before the first edition."""
    row = db.session.execute(VERSION).one_or_none()
    return None if row is None else (row[0], row[1])


class Shelf:
    """Keeps places ``seconds`` long; nought: keeps nothing at all."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._index: tuple[tuple[int, int], Index] | None = None
        self._places: tuple[Index, float, Standing, int] | None = None

    def forget(self) -> None:
        """Make everything anew."""
        with self._lock:
            self._index = self._places = None

    def take(self, edition: Callable[[], Edition | None], now: datetime) -> Shown | None:
        """The programme as it is at ``now`` (aware): one query where nothing has changed. None
        before the first edition."""
        known = version()
        if known is None:
            return None
        with self._lock:
            index = self._current_index(known, edition, now)
            if index is None:
                return None
            places, number = self._current_places(index, now)
        return Shown(index, places, (*known, number))

    def _current_index(
        self, known: tuple[int, int], edition: Callable[[], Edition | None], now: datetime
    ) -> Index | None:
        if self.seconds and self._index is not None:
            made_of, index = self._index
            changes_at = index.stock.changes_at
            if made_of == known and (changes_at is None or now < changes_at):
                return index
        current = edition()
        if current is None:
            return None
        index = Index(loading.load(current, now))
        self._index = known, index
        return index

    def _current_places(self, index: Index, now: datetime) -> tuple[Standing, int]:
        kept = self._places
        if kept is not None and kept[0] is index and self.seconds:
            _, read_at, places, number = kept
            if time.monotonic() - read_at < self.seconds:
                return places, number
        free = standing.read(index.stock, now)
        number = kept[3] if kept is not None else 0
        if kept is not None and kept[0] is index and kept[2].free == free:
            places = kept[2]
        else:
            places, number = Standing(free, index.with_places(free)), number + 1
        self._places = index, time.monotonic(), places, number
        return places, number
