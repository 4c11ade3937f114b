"""What a phone at a door sends: read strictly, one event at a time.

One event that is not right never keeps the others back: it is named with what is wrong, and the
phone keeps it for a person to look at.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from festival.domain.attendance import BAND_NAMES
from festival.domain.door import Event
from festival.models import ScanKind

SCHEMAS = (1,)  # the last two are understood, so that no shift is cut off by an update
MOST_EVENTS = 200
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORD = re.compile(r"[a-z_]{0,24}")
VERSION = re.compile(r"[0-9a-z.]{0,16}")
LABEL = re.compile(r"[A-Z]{0,4}[0-9]{0,6}")
PART = re.compile(r"[0-9]{1,10}(\.[0-9])?")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_MS = 253_402_300_799_000  # the end of the year 9999
LARGEST_ID = 2**31 - 1
LARGEST_TICKET = 2**32 - 1
SOURCES = ("camera", "wedge", "search", "typed", "button")
NEEDS_PEOPLE = (ScanKind.admit, ScanKind.walk_up, ScanKind.queue)
MOST_PARTS = 2000


class Wrong(ValueError):
    """What is not as it should be, by the name of its place."""


@dataclass(frozen=True)
class Batch:
    """One contact of a phone. ``sent_at`` is aware, by its own clock."""

    sent_at: datetime
    cursor: int
    unsent: int
    wants: bool  # the list and what else changes seldom, too
    wiped: bool
    has: Mapping[str, str]  # the versions of the parts it has
    events: list[Event]
    refused: dict[str, str] = field(default_factory=dict)  # by id or place: what is wrong


def read_batch(body: Any) -> Batch:
    """What came, as values. Raises Wrong where the whole of it cannot be read."""
    if not isinstance(body, Mapping):
        raise Wrong("body")
    if body.get("schema") not in SCHEMAS:
        raise Wrong("schema")
    listed = body.get("events", [])
    if not isinstance(listed, list):
        raise Wrong("events")
    if len(listed) > MOST_EVENTS:
        raise Wrong("too_many_events")
    events: dict[str, Event] = {}
    refused: dict[str, str] = {}
    for place, one in enumerate(listed):
        try:
            event = read_event(one)
            events.setdefault(event.id, event)
        except Wrong as error:
            refused[_name_of(one, place)] = str(error)
    return Batch(
        sent_at=_moment(body, "sent_at"),
        cursor=_whole(body, "cursor", 0, LARGEST_ID, otherwise=0),
        unsent=_whole(body, "unsent", 0, 1_000_000, otherwise=0),
        wants=body.get("wants") is True,
        wiped=body.get("wiped") is True,
        has=_versions(body.get("has", {})),
        events=list(events.values()),
        refused=refused,
    )


def _name_of(one: Any, place: int) -> str:
    found = one.get("id") if isinstance(one, Mapping) else None
    return found if isinstance(found, str) and len(found) <= 36 else f"#{place}"


def _versions(has: Any) -> dict[str, str]:
    if not isinstance(has, Mapping) or len(has) > MOST_PARTS:
        raise Wrong("has")
    return {
        key: version
        for key, version in has.items()
        if PART.fullmatch(key) and isinstance(version, str) and len(version) <= 16
    }


def read_event(one: Any) -> Event:
    """One event. Raises Wrong with the name of what is not right."""
    if not isinstance(one, Mapping):
        raise Wrong("event")
    try:
        kind = ScanKind(str(one.get("kind")))
    except ValueError as error:
        raise Wrong("kind") from error
    least = 1 if kind in NEEDS_PEOPLE else -10_000 if kind == ScanKind.heads else 0
    most = 255 if kind in NEEDS_PEOPLE else 100_000
    if kind in (ScanKind.undo, ScanKind.note):
        most = 0
    source = one.get("source", "")
    if source not in SOURCES:
        raise Wrong("source")
    event = Event(
        id=_text(one, "id", ID) or _missing("id"),
        seq=_whole(one, "seq", 0, LARGEST_ID),
        kind=kind,
        at=_moment(one, "at"),
        ticket=_maybe_whole(one, "ticket", 1, LARGEST_TICKET),
        occurrence=_known_id(one),
        people=_whole(one, "people", least, most, otherwise=0 if least < 1 else None),
        generation=_maybe_whole(one, "generation", 0, 255),
        undoes=_text(one, "undoes", ID) or None,
        follows=_text(one, "follows", ID) or None,
        label=_text(one, "label", LABEL),
        source=source,
        verdict=_text(one, "verdict", WORD),
        list_version=_text(one, "list_version", VERSION),
        walk_up=_walk_up(one.get("walk_up")) if kind == ScanKind.walk_up else {},
    )
    if kind == ScanKind.undo and event.undoes is None:
        raise Wrong("undoes")
    if kind == ScanKind.admit and event.ticket is None:
        raise Wrong("ticket")
    return event


def _missing(name: str) -> str:
    raise Wrong(name)


def _known_id(one: Mapping[str, Any]) -> int | None:
    """An occurrence's id; a number that can be none (a code says so) is kept out of the row."""
    found = _maybe_whole(one, "occurrence", 0, LARGEST_TICKET)
    return found if found is not None and 0 < found <= LARGEST_ID else None


def _text(one: Mapping[str, Any], name: str, shape: re.Pattern[str]) -> str:
    found = one.get(name)
    if found is None:
        return ""
    if not isinstance(found, str) or not shape.fullmatch(found):
        raise Wrong(name)
    return found


def _maybe_whole(one: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    return None if one.get(name) is None else _whole(one, name, least, most)


def _whole(
    one: Mapping[str, Any], name: str, least: int, most: int, *, otherwise: int | None = None
) -> int:
    found = one.get(name, otherwise)
    if type(found) is not int or not least <= found <= most:
        raise Wrong(name)
    return found


def _moment(one: Mapping[str, Any], name: str) -> datetime:
    """Milliseconds since 1970, as phones count, also before."""
    found = one.get(name)
    if type(found) is not int or not -LATEST_MS // 8 <= found <= LATEST_MS:
        raise Wrong(name)
    return EPOCH + timedelta(milliseconds=found)


def _walk_up(said: Any) -> dict[str, str]:
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise Wrong("walk_up")
    checks: dict[str, Callable[[str], bool]] = {
        "name": lambda text: len(text) <= 80,
        "age_band": lambda text: text in ("", *BAND_NAMES),
        "mobile": lambda text: len(text) <= 40,
    }
    words = {name: said.get(name, "") for name in checks}
    for name, is_right in checks.items():
        text = words[name]
        if not isinstance(text, str) or not is_right(text):
            raise Wrong(f"walk_up.{name}")
    return {name: text.strip() for name, text in words.items()} if any(words.values()) else {}
