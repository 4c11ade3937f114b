"""References and codes that people say, type and print."""

import re
import secrets

import sqlalchemy as sa

from festival.extensions import db
from festival.models import Booking, Counter, Edition, Ticket

# No 0 O, 1 I L, 5 S: they are taken for one another on paper and on the phone.
ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXYZ"
LENGTH = 6
CODE_LENGTH = 12
HIGHEST_TICKET = 2**32 - 1


def make_reference(edition: Edition) -> str:
    """A reference like ``WLF-7K4-92M`` that no booking has."""
    return draw(edition, 0)[0]


def draw(edition: Edition, tickets: int) -> tuple[str, list[int]]:
    """A reference that no booking has, and so many numbers that no ticket has: random, so that
    they tell nothing of how many there are. One question to the database for all of them."""
    while True:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        reference = f"{edition.reference_prefix}-{letters[:3]}-{letters[3:]}"
        numbers = {secrets.randbelow(HIGHEST_TICKET) + 1 for _ in range(tickets)}
        known = sa.select(Booking.id).where(Booking.reference == reference).exists()
        taken = sa.select(Ticket.id).where(Ticket.number.in_(numbers)).exists()
        is_known = db.session.scalar(sa.select(sa.or_(known, taken) if numbers else known))
        if not is_known and len(numbers) == tickets:
            return reference, list(numbers)


def read_reference(typed: str, prefix: str) -> str | None:
    """The reference somebody typed, in any case, with or without spaces, hyphens or prefix.

    None when it cannot be one.
    """
    bare = re.sub(r"[\W_]", "", typed).upper()
    if len(bare) == len(prefix) + LENGTH and bare.startswith(prefix.upper()):
        bare = bare[len(prefix) :]
    if len(bare) != LENGTH or any(letter not in ALPHABET for letter in bare):
        return None
    return f"{prefix}-{bare[:3]}-{bare[3:]}"


def make_code() -> str:
    """A secret that can be read out and typed: ``7KQM-42XT-PW9R``, of 58 random bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def read_code(typed: str) -> str | None:
    """The code somebody typed, however it is spaced and in any case; None when it cannot be one."""
    bare = re.sub(r"[\W_]", "", typed[:100]).upper()
    if len(bare) != CODE_LENGTH or any(letter not in ALPHABET for letter in bare):
        return None
    return "-".join(bare[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def next_session_code(edition: Edition) -> str:
    """A session code like ``E41``: sayable on the phone, never used before in this installation."""
    counter = _session_codes()
    counter.value += 1
    db.session.flush()
    return f"{edition.code_prefix}{counter.value:02d}".upper()


def note_session_code(code: str) -> None:
    """Let new codes begin after this one, which came from outside."""
    counter = _session_codes()
    digits = re.search(r"\d+$", code)
    counter.value = max(counter.value, int(digits.group()) if digits else 0)
    db.session.flush()


def _session_codes() -> Counter:
    """The counter of session codes, locked; the first migration has made its row."""
    return db.session.get_one(Counter, "session_code", with_for_update=True, populate_existing=True)
