"""The floor of a booking's transaction: the same reads and writes by hand, through the driver."""

import datetime as dt
import secrets
import sqlite3
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
    "attendee": "reservation_id, kind, person, name, age, age_band, takes_place",
    "ticket": "reservation_id, number, generation, people, issued_at",
    "audit_entry": "at, action, thing, thing_id, facts",
    "message": (
        "kind, channel, recipient, booking_id, facts, state, message_id, attempts, created_at, "
        "next_attempt_at, last_error, outcome"
    ),
    "idempotency_key": "token_id, key, request_hash, status, answer, created_at",
}
ANSWER = "{}" * 400  # about as long as ours


class Raw:
    """Books places of an occurrence by plain SQL. Both drivers, one wording."""

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
        """One confirmed booking for an adult and a child, with its ticket, its queued message and
        the answer that is kept for a repeat."""
        now: Any = dt.datetime.now(dt.UTC)
        now = now.replace(tzinfo=None).isoformat(" ") if self.sqlite else now
        unique = secrets.token_hex(16)
        token = self._run("SELECT id FROM api_token ORDER BY id LIMIT 1").fetchone()[0]
        self._run("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        share, edition = self._take(2)
        contact = ("Ada Lovelace", "ada lovelace", "ada@example.org", "ada@example.org", "")
        booking = self._insert(
            "booking",
            *(edition, unique[:12], unique, "web", "en", "", "{}", *contact, now, 0, now, 1),
            unique,
        )
        claim = self._insert(
            "reservation",
            *(booking, self.occurrence_id, share, "confirmed", 2, 2, 2, 0, False, now, now),
            *(unique, 0, now),
        )
        self._insert("attendee", claim, "adult", 1, "", None, "", True)
        self._insert("attendee", claim, "child", 2, "", 7, "", True)
        self._insert("ticket", claim, secrets.randbelow(2**32 - 1) + 1, 0, 2, now)
        self._insert("audit_entry", now, "booking.made", "booking", booking, "{}")
        self._insert(
            "message",
            *("booked", "email", "ada@example.org", booking, "{}", "queued", unique, 0, now, now),
            *("", ""),
        )
        self._insert("idempotency_key", token, unique, unique * 2, 201, ANSWER, now)
        self._run("COMMIT")

    def _take(self, places: int) -> tuple[int, int]:
        """Lock the run, look who waits, take places; its public share and its festival."""
        lock = "" if self.sqlite else " FOR UPDATE OF occurrence"
        edition = self._run(
            "SELECT edition_id FROM occurrence JOIN festival_session ON "
            "festival_session.id = session_id WHERE occurrence.id = ?" + lock,
            self.occurrence_id,
        ).fetchone()[0]
        shares = "SELECT id FROM allocation WHERE occurrence_id = ? ORDER BY id"
        share = self._run(shares, self.occurrence_id).fetchone()[0]
        due = "SELECT id FROM reservation WHERE occurrence_id = ? AND state = 'waiting'"
        self._run(due, self.occurrence_id).fetchall()
        self._run(
            "UPDATE occurrence SET places_taken = places_taken + ?, people_expected = "
            "people_expected + ? WHERE id = ? AND places_taken + ? <= capacity",
            *(places, places, self.occurrence_id, places),
        )
        self._run(
            "UPDATE allocation SET places_taken = places_taken + ? WHERE id = ?", places, share
        )
        return share, edition

    def close(self) -> None:
        self.connection.close()
