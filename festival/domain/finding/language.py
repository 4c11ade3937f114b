"""Finding sessions by the words people type: misspelt, in the plural, by other names for the same.

SQLite's full-text index does the matching and ranking, in memory, whatever database holds the
rows: so the same words find the same sessions in the same order on both, and there is no second
copy of the wording to keep in step. Words nobody uses in this programme are put right against those
that it does use.
"""

import sqlite3
import threading
import tomllib
import weakref
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from festival.domain.finding.stock import Item, Stock
from festival.domain.words import fold
from festival.paths import PACKAGE

MOST_WORDS = 8
REMEMBERED = 500  # searches
SHORTEST_TO_MEND = 4  # letters: shorter words have too many neighbours
# A word in the title counts for more than one in the description.
WEIGHTS = {"title": 12.0, "code": 20.0, "names": 6.0, "summary": 5.0, "other": 1.0}
TABLE = f"""CREATE VIRTUAL TABLE wording USING fts5({", ".join(WEIGHTS)},
    tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'")"""
MATCHES = f"""SELECT rowid, bm25(wording, {", ".join(map(str, WEIGHTS.values()))}) FROM wording
    WHERE wording MATCH ? ORDER BY 2, rowid"""  # noqa: S608 - numbers of ours


@dataclass(frozen=True)
class Understood:
    """What was made of the words: ``matches`` are the sessions' ids, best first."""

    matches: Sequence[int]
    words: str  # as they were taken, put right
    mended: bool = False  # words were put right
    loosely: bool = False  # nothing has all of the words; these have some


@cache
def _word_list() -> Mapping[str, list[object]]:
    text = (PACKAGE / "data" / "search" / "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _others() -> Mapping[str, frozenset[str]]:
    """For each word, the others of its groups."""
    found: dict[str, set[str]] = {}
    for group in _word_list()["groups"]:
        assert isinstance(group, list)
        words = [fold(word) for word in group]
        for word in words:
            found.setdefault(word, set()).update(one for one in words if one != word)
    return {word: frozenset(others) for word, others in found.items()}


@cache
def _nothing() -> frozenset[str]:
    return frozenset(str(word) for word in _word_list()["nothing"])


class Wording:
    """The words of one stock, ready to be searched by many requests at once."""

    def __init__(self, stock: Stock) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, Understood] = {}  # what many ask for, many times
        self._index = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._index.close)
        self._index.execute(TABLE)
        rows = list(_rows(stock))
        marks = ", ".join("?" * (len(WEIGHTS) + 1))
        self._index.execute("BEGIN")
        self._index.executemany(
            f"INSERT INTO wording (rowid, {', '.join(WEIGHTS)}) VALUES ({marks})",  # noqa: S608
            rows,
        )
        self._index.execute("COMMIT")
        self._vocabulary = sorted(_vocabulary(rows))
        self._titles: dict[str, list[int]] = {}
        for number, title, *_ in rows:
            self._titles.setdefault(str(title), []).append(int(number))
        self._known = frozenset(self._vocabulary)
        self._to_mend = [word for word in self._vocabulary if len(word) >= SHORTEST_TO_MEND]

    def find(self, typed: str) -> Understood:
        """The sessions that these words mean. Never raises, whatever is typed."""
        known = self._found.get(typed)
        if known is None:
            known = self._look(typed)
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[typed] = known
        return known

    def _look(self, typed: str) -> Understood:
        words = _words(typed)
        if not words:
            return Understood([], "")
        mended = [self._mend(word) for word in words]
        choices = [self._either(word) for word in mended]
        found = self._match(" AND ".join(choices))
        loosely = not found and len(mended) > 1
        if loosely:
            found = self._match(" OR ".join(choices))
        # Whoever types a title means that session.
        own = self._titles.get(fold(typed), ())
        found = [*own, *(one for one in found if one not in own)]
        return Understood(found, " ".join(mended), mended != words, loosely and bool(found))

    def starting(self, typed: str, limit: int) -> list[int]:
        """The sessions for what somebody has typed so far."""
        words = _words(typed) or fold(typed).split()[:MOST_WORDS]
        if not words:
            return []
        *whole, last = words
        asked = [self._either(self._mend(word)) for word in whole]
        begun = " AND ".join([*asked, f'"{last}"*'])
        return (self._match(begun) or list(self.find(typed).matches))[:limit]

    def _begins_one(self, word: str) -> bool:
        place = bisect_left(self._vocabulary, word)
        return place < len(self._vocabulary) and self._vocabulary[place].startswith(word)

    def _match(self, question: str) -> list[int]:
        with self._lock:
            return [row[0] for row in self._index.execute(MATCHES, (question,))]

    def _either(self, word: str) -> str:
        """The word itself, or another name for the same; of a word that nobody uses, what begins
        with it (not of others: the index cuts endings off, and "wolves" is no Wolverhampton)."""
        choices = [word, *sorted(_others().get(word, ()))]
        quoted = [f'"{choice}"' for choice in choices]
        if word not in self._known and len(word) > 2:
            quoted.append(f'"{word}"*')
        return f"({' OR '.join(quoted)})"

    def _mend(self, word: str) -> str:
        """The word, or the one of this programme that was probably meant."""
        if word in self._known or word in _others() or len(word) < SHORTEST_TO_MEND:
            return word
        if self._begins_one(word):
            return word
        if any(char.isdigit() for char in word):
            return word
        slips = 1 if len(word) < 7 else 2
        near = process.extract(
            word, self._to_mend, scorer=OSA.distance, score_cutoff=slips, limit=12
        )
        if not near:
            return word
        # Of the nearest, one that begins alike: few people slip at the first letter.
        best = min(near, key=lambda one: (one[1], one[0][0] != word[0], -fuzz.ratio(word, one[0])))
        return str(best[0])


def _words(typed: str) -> list[str]:
    """What was typed, as words that say something."""
    words = fold(typed.replace("\0", " ")).split()
    telling = [word for word in words if word not in _nothing()]
    return (telling or words)[:MOST_WORDS]


def _rows(stock: Stock) -> Iterable[tuple[int | str, ...]]:
    """Each session: its id, and its words by column."""
    items: dict[int, list[Item]] = {}
    for item in stock.items:
        items.setdefault(item.session_id, []).append(item)
    for offer in stock.offers:
        places = {item.place for item in items[offer.id]} if offer.id in items else set()
        names = [offer.provider.name, offer.theme.name if offer.theme else ""]
        for place in places:
            names += [place.venue.name, place.room, place.address, place.postcode]
            names += [place.area.name] if place.area else []
        yield (
            offer.id,
            fold(offer.title),
            fold(offer.code),
            fold(" ".join(names)),
            fold(offer.summary),
            fold(" ".join(offer.texts)),
        )


def _vocabulary(rows: Iterable[tuple[int | str, ...]]) -> set[str]:
    """Every word of the programme that could be meant by one that is none."""
    found: set[str] = set()
    for _, *columns in rows:
        for column in columns:
            found.update(str(column).split())
    return found | {word for group in _others() for word in group.split()}
