"""The register of places and rooms: what is known of their access, when they are closed, which of
them were proposed and not looked at yet."""

from festival.domain.venues.closures import (
    FOR_GOOD,
    NO_REASON,
    add_closure,
    check_open,
    close_for_good,
    is_open,
    open_again,
    remove_closure,
    runs_between,
    runs_to_come,
)
from festival.domain.venues.facts import FACTS, ROOM_FACTS, VENUE_FACTS, facts_of, keep_facts
from festival.domain.venues.merging import merge
from festival.domain.venues.register import (
    TooSmall,
    add_room,
    add_venue,
    by_slug,
    change_room,
    change_venue,
    entries,
    list_place,
    waiting,
    wards,
)

__all__ = [
    "FACTS",
    "FOR_GOOD",
    "NO_REASON",
    "ROOM_FACTS",
    "VENUE_FACTS",
    "TooSmall",
    "add_closure",
    "add_room",
    "add_venue",
    "by_slug",
    "change_room",
    "change_venue",
    "check_open",
    "close_for_good",
    "entries",
    "facts_of",
    "is_open",
    "keep_facts",
    "list_place",
    "merge",
    "open_again",
    "remove_closure",
    "runs_between",
    "runs_to_come",
    "waiting",
    "wards",
]
