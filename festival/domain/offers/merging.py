"""Two people who write one draft: what each has typed is put together, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NOTHING: tuple[Any, ...] = ("", None, [])


@dataclass(frozen=True)
class Merged:
    """A draft put together. ``theirs`` holds, by field, what somebody else has written there
    meanwhile: it stays in the draft until one of them decides. ``news`` names the other fields
    that somebody else has changed."""

    proposal: Mapping[str, Any]
    theirs: Mapping[str, Any] = field(default_factory=dict)
    news: Sequence[str] = ()


def merge(
    base: Mapping[str, Any] | None, theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> Merged:
    """Put ``mine`` (some fields of a page) into ``theirs`` (the draft as it stands), both made of
    ``base``; None where nobody knows what it was made of.

    What only one of them has changed is kept as they changed it. What both have changed, and not
    to the same, is left as it stands, and told.
    """
    merged, both = dict(theirs), {}
    for name, typed in mine.items():
        there = theirs.get(name)
        if _same(typed, there):
            merged.setdefault(name, typed)  # asked and left empty
            continue
        if base is None and there not in NOTHING:
            both[name] = there
        elif base is None or _same(there, base.get(name)):
            merged[name] = typed
        elif not _same(typed, base.get(name)):
            both[name] = there
    known = {} if base is None else base
    changed = [
        name for name in theirs if base is not None and not _same(theirs[name], known.get(name))
    ]
    return Merged(merged, both, [name for name in changed if name not in both])


def _same(one: Any, other: Any) -> bool:
    """Whether two answers are the same; line breaks are, however a browser sends them."""
    if one in NOTHING and other in NOTHING:
        return True
    if isinstance(one, str) and isinstance(other, str):
        return one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
    return bool(one == other)
