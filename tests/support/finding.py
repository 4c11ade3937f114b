"""The programme as somebody looks for something in it, made anew for each question."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from festival.domain import clock
from festival.domain.finding import Found, Search, Shelf, Shown, find
from festival.extensions import db
from festival.models import Edition


def current() -> Edition | None:
    return db.session.scalar(sa.select(Edition).where(Edition.is_current))


def programme(now: datetime | None = None) -> Shown:
    """All that is public."""
    db.session.flush()
    shown = Shelf(0).take(current, now or clock.now())
    assert shown is not None
    return shown


def look(now: datetime | None = None, **search: Any) -> Found:
    """What this search finds; a name of a facet stands for its choices."""
    shown = programme(now)
    fields = Search.__dataclass_fields__
    own = {name: value for name, value in search.items() if name in fields}
    chosen = {name: _several(value) for name, value in search.items() if name not in fields}
    return find(shown.index, shown.standing, Search(**own, chosen=chosen))


def _several(value: Any) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def codes(now: datetime | None = None, **search: Any) -> list[str]:
    """The codes of what is found, in its order."""
    return [one.first.session.code for one in look(now, **search).entries]
