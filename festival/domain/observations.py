"""What is only observed: tries in a window, kept in the database across workers and restarts; that
a token is in use; that a search found nothing.

Each call is one small transaction of its own, so that a page that changes nothing may count.
On SQLite the counts live in a file of their own, so that they never wait for a booking.
"""

import hashlib
import logging
import threading
import time
import unicodedata
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.dialects import postgresql, sqlite

from festival.domain import words as words_of
from festival.extensions import db
from festival.models import ApiToken, Attempt, EmptySearch

log = logging.getLogger(__name__)
table = Attempt.__table__


class SqlStorage(Storage):
    """Fixed-window counts in one SQL table; ``limits`` ships no storage for SQL."""

    STORAGE_SCHEME = ["festival-sql"]  # noqa: RUF012 - limits declares it so

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__()
        self.engine = engine

    @property
    def base_exceptions(self) -> type[Exception]:
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        fresh = Attempt.expires_at > now
        with self._transaction() as connection:
            statement = self._insert()(Attempt).values(
                key=key, count=amount, expires_at=now + expiry
            )
            counting = statement.on_conflict_do_update(
                index_elements=[Attempt.key],
                set_={
                    "count": sa.case((fresh, Attempt.count + amount), else_=amount),
                    "expires_at": sa.case((fresh, Attempt.expires_at), else_=now + expiry),
                },
            ).returning(Attempt.count)
            return int(connection.execute(counting).scalar_one())

    def get(self, key: str) -> int:
        query = sa.select(Attempt.count).where(Attempt.key == key, Attempt.expires_at > time.time())
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        query = sa.select(Attempt.expires_at).where(Attempt.key == key)
        with self.engine.connect() as connection:
            return float(connection.execute(query).scalar() or time.time())

    def check(self) -> bool:
        with self.engine.connect() as connection:
            return connection.execute(sa.select(1)).scalar() == 1

    def reset(self) -> int | None:
        with self._transaction() as connection:
            return connection.execute(sa.delete(Attempt)).rowcount

    def clear(self, key: str) -> None:
        with self._transaction() as connection:
            connection.execute(sa.delete(Attempt).where(Attempt.key == key))

    def purge(self) -> int:
        """Forget windows that are over."""
        with self._transaction() as connection:
            over = sa.delete(Attempt).where(Attempt.expires_at <= time.time())
            return int(connection.execute(over).rowcount)

    def _transaction(self) -> AbstractContextManager[sa.Connection]:
        return self.engine.execution_options(festival_write=True).begin()

    def _insert(self) -> type[sqlite.Insert] | type[postgresql.Insert]:
        return insert_into(self.engine)


def insert_into(engine: sa.Engine) -> type[sqlite.Insert] | type[postgresql.Insert]:
    """The insert of this database that knows what to do where the row is there already."""
    return sqlite.Insert if engine.dialect.name == "sqlite" else postgresql.Insert


@dataclass(frozen=True)
class Limit:
    """So many tries in so many minutes, counted per key."""

    name: str
    tries: int
    minutes: int

    @property
    def item(self) -> RateLimitItem:
        return RateLimitItemPerMinute(self.tries, self.minutes)


SIGN_IN = Limit("sign-in", 8, 15)
SIGN_IN_ADDRESS = Limit("sign-in-address", 60, 15)
FIND_BOOKING = Limit("find-booking", 10, 15)
FIND_REFERENCE = Limit("find-reference", 10, 60)
LOST_REFERENCE = Limit("lost-reference", 5, 60)
LOST_REFERENCE_ADDRESS = Limit("lost-reference-address", 60, 60)
MINE_CODE = Limit("mine-code", 5, 60)  # codes that are mailed to an address
MINE_CODE_DAY = Limit("mine-code-day", 12, 24 * 60)
MINE_ADDRESS = Limit("mine-address", 60, 60)  # of a visitor
MINE_GUESS = Limit("mine-guess", 60, 60)  # of a visitor; of one code see contacts.CODE_TRIES
FEEDBACK = Limit("feedback", 60, 60)
WISHES = Limit("wishes", 60, 60)
EMPTY_SEARCH = Limit("empty-search", 1, 24 * 60)  # of one visitor and one search
OTHER_FORMS = Limit("other-forms", 30, 60)  # a whole library may stand behind one address
PASSWORD_RESET = Limit("password-reset", 5, 60)
REGISTER = Limit("register", 5, 60)  # links that are mailed to an address
REGISTER_ADDRESS = Limit("register-address", 30, 60)  # of a visitor
INVITE = Limit("invite", 60, 60)  # of one person who leads an organisation
DOOR_PIN = Limit("door-pin", 8, 15)
HOLDS = Limit("holds", 600, 10)  # a whole library may stand behind one address


def _bare(key: str) -> str:
    """The key as it is kept: of any length and letters, and telling nothing of whom it counts."""
    return hashlib.sha256(key.lower().encode("utf-8", "replace")).hexdigest()[:40]


class Tries:
    """Counts tries against limits."""

    def __init__(self) -> None:
        self.storage: SqlStorage | None = None

    def open(self, engine: sa.Engine) -> None:
        self.storage = SqlStorage(engine)

    def allow(self, limit: Limit, key: str, tries: int = 1) -> bool:
        """Count a try for this key, or several at once; False when there were too many."""
        assert self.storage is not None
        limiter = FixedWindowRateLimiter(self.storage)
        return limiter.hit(limit.item, limit.name, _bare(key), cost=tries)

    def exhausted(self, limit: Limit, key: str) -> bool:
        """Whether this key has no try left, without counting one."""
        assert self.storage is not None
        return not FixedWindowRateLimiter(self.storage).test(limit.item, limit.name, _bare(key))

    def forget(self, limit: Limit, key: str) -> None:
        """After a success: the key starts anew."""
        assert self.storage is not None
        self.storage.clear(limit.item.key_for(limit.name, _bare(key)))


class Slices:
    """Counts what comes by the hundred a second, for limits of many tries a minute: a process takes
    a hundredth of the limit at once and uses it up by itself. What it leaves of it is lost, so the
    limit holds to about that much a process."""

    def __init__(self, counts: Tries) -> None:
        self.counts = counts
        self.lock = threading.Lock()
        self.left: dict[tuple[object, ...], tuple[int, float]] = {}

    def allow(self, limit: Limit, key: str) -> bool:
        """Count one try for this key; False when there were too many."""
        mine, now = (id(self.counts.storage), limit, key), time.time()
        with self.lock:
            left, until = self.left.get(mine, (0, now))
            if left and now < until:
                self.left[mine] = (left - 1, until)
                return True
            slice_of_it = max(1, limit.tries // 100)
            if not self.counts.allow(limit, key, slice_of_it):
                return False
            self.left[mine] = (slice_of_it - 1, now + 60 * limit.minutes)
            return True


tries = Tries()
slices = Slices(tries)

USED_EVERY = timedelta(minutes=1)


def note_use(token: ApiToken, now: datetime) -> None:
    """That a token is in use, at most once a minute: it is there to find those that are not."""
    if token.last_used_at is not None and now - token.last_used_at < USED_EVERY:
        return
    db.session.rollback()  # this is no part of what is being read
    noted = (
        sa.update(ApiToken)
        .where(
            ApiToken.id == token.id,
            sa.or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - USED_EVERY),
        )
        .values(last_used_at=now)
    )
    with db.engine.execution_options(festival_write=True).begin() as connection:
        connection.execute(noted)


MOST_WORDS, LONGEST = 4, 60  # of a search; who types more than that tells a story


def note_empty_search(
    edition_id: int, theme_id: int | None, ward_id: int | None, words: str, day: date
) -> None:
    """That a search found nothing: numbers by day, and the words where they are plain.

    Call it after everything else of a page: what the page has read would be read again. It never
    fails a page.
    """
    kept = plain(words)
    found = insert_into(db.engine)(EmptySearch).values(
        key=empty_search_key(edition_id, day, theme_id, ward_id, kept),
        edition_id=edition_id,
        day=day,
        theme_id=theme_id,
        ward_id=ward_id,
        words=kept,
        times=1,
    )
    counting = found.on_conflict_do_update(
        index_elements=[EmptySearch.key], set_={"times": EmptySearch.times + 1}
    )
    try:
        db.session.rollback()  # this is no part of what is being read
        with db.engine.execution_options(festival_write=True).begin() as connection:
            connection.execute(counting)
    except sa.exc.SQLAlchemyError as error:
        # By its name alone: its text has what was typed.
        log.warning("A search that found nothing was not counted: %s", type(error).__name__)


def empty_search_key(
    edition_id: int, day: date, theme_id: int | None, ward_id: int | None, words: str
) -> str:
    """What a row of these is known by: all its parts."""
    parts = (edition_id, day.isoformat(), theme_id or "", ward_id or "", words)
    return "|".join(str(one) for one in parts)


def plain(typed: str) -> str:
    """The words of a search as they are compared; nothing of them where they may tell of somebody:
    more than a few, numbers, addresses."""
    if any(letter == "@" or unicodedata.category(letter)[0] == "N" for letter in typed):
        return ""
    folded = words_of.fold(typed)
    return folded if len(folded) <= LONGEST and len(folded.split()) <= MOST_WORDS else ""
