"""The floor of a booking's transaction: the same reads and writes by hand, through the driver."""

import datetime as dt
import secrets
import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
import sqlalchemy as sa

INSERTS = {
    "booking": (
        "edition_id, reference, secret_hash, channel, language, proxy_name, answers, name, "
        "name_folded, email, email_folded, mobile, created_at, extensions, confirmed_at, "
        "link_version, confirm_key"
    ),
    "reservation": (
        "booking_id, occurrence_id, allocation_id, state, places, own_places, people, companions, "
        "passed_over, created_at, confirmed_at, calendar_uid, calendar_sequence, revised_at"
    ),
    "attendee": "reservation_id, kind, person, name, age_band, takes_place",
    "ticket": "reservation_id, number, generation, people, issued_at",
    "audit_entry": "at, action, thing, thing_id, facts",
    "message": (
        "kind, channel, recipient, booking_id, facts, state, message_id, attempts, created_at, "
        "next_attempt_at, last_error, outcome"
    ),
}


class Raw:
    """Books one place of an occurrence by plain SQL. Both drivers, one wording."""

    def __init__(self, address: str, occurrence_id: int) -> None:
        url = sa.make_url(address)
        self.occurrence_id = occurrence_id
        self.sqlite = url.get_backend_name() == "sqlite"
        self.mark = "?" if self.sqlite else "%s"
        if self.sqlite:
            self.connection: Any = sqlite3.connect(str(url.database), isolation_level=None)
            for pragma in ("busy_timeout=15000", "synchronous=FULL", "foreign_keys=ON"):
                self.connection.execute(f"PRAGMA {pragma}")
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            self.connection = psycopg.connect(plain, autocommit=True)

    def _run(self, statement: str, *values: Any) -> Any:
        return self.connection.execute(statement.replace("?", self.mark), values)

    def _insert(self, table: str, *values: Any) -> int:
        marks = ", ".join("?" for _ in values)
        statement = f"INSERT INTO {table} ({INSERTS[table]}) VALUES ({marks}) RETURNING id"
        return int(self._run(statement, *values).fetchone()[0])

    def book(self) -> None:
        """One confirmed booking for one adult, with its ticket and its queued message."""
        now: Any = dt.datetime.now(dt.UTC)
        now = now.replace(tzinfo=None).isoformat(" ") if self.sqlite else now
        unique = secrets.token_hex(16)
        lock = "" if self.sqlite else " FOR UPDATE"
        self._run("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        run = "SELECT capacity, places_taken FROM occurrence WHERE id = ?" + lock
        self._run(run, self.occurrence_id).fetchone()
        shares = "SELECT id FROM allocation WHERE occurrence_id = ? ORDER BY id"
        share = self._run(shares, self.occurrence_id).fetchone()[0]
        due = "SELECT id FROM reservation WHERE occurrence_id = ? AND state = 'waiting'"
        self._run(due, self.occurrence_id).fetchall()
        self._run(
            "UPDATE occurrence SET places_taken = places_taken + 1, people_expected = "
            "people_expected + 1 WHERE id = ? AND places_taken < capacity",
            self.occurrence_id,
        )
        self._run("UPDATE allocation SET places_taken = places_taken + 1 WHERE id = ?", share)
        edition = self._run("SELECT id FROM edition").fetchone()[0]
        contact = ("Ada Lovelace", "ada lovelace", "ada@example.org", "ada@example.org", "")
        booking = self._insert(
            "booking",
            *(edition, unique[:12], unique, "web", "en", "", "{}", *contact, now, 0, now, 1),
            unique,
        )
        claim = self._insert(
            "reservation",
            *(booking, self.occurrence_id, share, "confirmed", 1, 1, 1, 0, False, now, now),
            *(unique, 0, now),
        )
        self._insert("attendee", claim, "adult", 1, "", "", True)
        self._insert("ticket", claim, secrets.randbelow(2**32 - 1) + 1, 0, 1, now)
        self._insert("audit_entry", now, "booking.made", "booking", booking, "{}")
        self._insert(
            "message",
            *("booked", "email", "ada@example.org", booking, "{}", "queued", unique, 0, now, now),
            *("", ""),
        )
        self._run("COMMIT")

    def close(self) -> None:
        self.connection.close()


def booker(address: str, occurrence_id: int) -> tuple[Callable[[], None], Callable[[], None]]:
    """Book once, and let go of the connection."""
    raw = Raw(address, occurrence_id)
    return raw.book, raw.close
