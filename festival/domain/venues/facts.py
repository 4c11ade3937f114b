"""What people need to know of a place before they set out. "Not known" is an answer that is shown;
blank is none."""

from collections.abc import Mapping
from typing import Any

from festival.domain.errors import N_
from festival.models import NOT_KNOWN, Room, Venue

# By name, in the order in which they are asked and shown. Some have a column of their own.
VENUE_FACTS: Mapping[str, str] = {
    "step_free_entrance": N_("Way in without steps"),
    "lift": N_("Lift: how large, does it work"),
    "accessible_toilet": N_("Accessible toilet"),
    "changing_places": N_("Changing Places toilet"),
    "toilets": N_("Toilets for all genders"),
    "parking": N_("Parking and blue badge bays, how far away"),
    "drop_off": N_("Where to be dropped off"),
    "transport": N_("Nearest bus and tram stop"),
    "assistance_dogs": N_("Assistance dogs, water for them"),
    "quiet_space": N_("Quiet space"),
    "baby_change": N_("Baby change, place to feed a baby"),
    "buggies": N_("Space for buggies"),
    "prayer_space": N_("Space for prayer"),
}
ROOM_FACTS: Mapping[str, str] = {
    "level": N_("Floor"),
    "step_free": N_("Way to the room without steps"),
    "hearing_loop": N_("Hearing loop in this room"),
    "seating": N_("Seats with backs and arms"),
    "sit_throughout": N_("People can sit all the time"),
    "light_and_noise": N_("Light and noise"),
    "wheelchair_space": N_("Space for wheelchairs"),
}
FACTS: Mapping[str, str] = {**VENUE_FACTS, **ROOM_FACTS}


def facts_of(thing: Venue | Room) -> dict[str, str]:
    """Every fact by its name, in order: "yes", "no", words, or "not known"."""
    names = VENUE_FACTS if isinstance(thing, Venue) else ROOM_FACTS
    return {name: _fact(thing, name) for name in names}


def _fact(thing: Venue | Room, name: str) -> str:
    if _has_column(thing, name):
        return str(getattr(thing, name) or NOT_KNOWN)
    return str(thing.facts.get(name) or NOT_KNOWN) if thing.facts else NOT_KNOWN


def keep_facts(thing: Venue | Room, said: Mapping[str, str]) -> None:
    """Keep these facts; an empty one is not known. Facts that are not named stay."""
    others: dict[str, Any] = dict(thing.facts or {})
    for name, value in said.items():
        told = _as_told(value)
        if _has_column(thing, name):
            setattr(thing, name, told)
        elif told == NOT_KNOWN:
            others.pop(name, None)
        else:
            others[name] = told
    thing.facts = others


def _as_told(value: str) -> str:
    """ "Yes" and "No" read the same however they are typed."""
    told = value.strip()
    folded = told.lower().rstrip(".")
    return folded if folded in ("yes", "no", NOT_KNOWN) else told or NOT_KNOWN


def _has_column(thing: Venue | Room, name: str) -> bool:
    return name in thing.__table__.columns and name != "facts"
