"""The part of an address that says what a page is about."""

import re

import sqlalchemy as sa

from festival.domain import words
from festival.extensions import Base, db

LONGEST = 80


def slug(name: str) -> str:
    """``Bob Jones Community Hub`` as ``bob-jones-community-hub``; empty where no letter is left."""
    return re.sub(r"[^a-z0-9]+", "-", words.fold(name)).strip("-")[:LONGEST].strip("-")


def unused(model: type[Base], name: str, otherwise: str) -> str:
    """A slug of this name that no row of ``model`` has; made of ``otherwise`` where the name has
    no letters that an address can have."""
    wanted = slug(name) or otherwise
    column = model.slug  # type: ignore[attr-defined]
    taken = set(db.session.scalars(sa.select(column).where(column.startswith(wanted[:60]))))
    if wanted not in taken:
        return wanted
    numbers = (f"{wanted[:70]}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in numbers if one not in taken)
