"""A refused verb, undone as ``write()`` would undo it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from festival.domain.errors import DomainError
from festival.extensions import db


@contextmanager
def refused(error: type[DomainError], *, field: str | None = None) -> Iterator[Any]:
    """The block is refused with this error, on this field, and leaves nothing behind."""
    with refused_plainly(error, field=field) as found, db.session.begin_nested():
        yield found
    db.session.expire_all()  # what was read in there has been undone


@contextmanager
def refused_plainly(error: type[DomainError], *, field: str | None = None) -> Iterator[Any]:
    """The same of what touches no database."""
    with pytest.raises(error) as found:
        yield found
    assert type(found.value) is error
    assert found.value.field == field
    assert "%(" not in str(found.value)


@contextmanager
def broken_check(name: str) -> Iterator[None]:
    """The database itself refuses the block, by the constraint of this name; of two that the same
    damage breaks (``one|other``) each database names the one it looks at first."""
    with pytest.raises(sa.exc.IntegrityError) as found, db.session.begin_nested():
        yield
    assert any(one in str(found.value.orig) for one in name.split("|"))
