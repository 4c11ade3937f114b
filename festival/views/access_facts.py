"""What is known of the access to a session and its rooms, as people read it: what there is, what
there is not, and what nobody knows yet. Of what is not known they can ask."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from festival.domain.offers import HELP
from festival.domain.venues import facts_of
from festival.models import NOT_KNOWN, FestivalSession, Room
from festival.views import shown

# What a session brings with it, beside the room.
OF_SESSION: Mapping[str, Any] = {
    "BSL interpreter": _("A British Sign Language interpreter"),
    "live captions": _("Live captions"),
    "relaxed": _("A relaxed session: you can move about and make noise"),
    "quiet space": _("A quiet space"),
    "seated": _("You can sit all the time"),
}
AGAINST = {"not step-free": _("A way without steps")}  # said as help, and is the lack of it
# Of rooms and venues; what stands under "How to get there" is not said twice.
OF_PLACE: Mapping[str, Any] = {
    "step_free_entrance": _("A way into the building without steps"),
    "step_free": _("A way to the room without steps"),
    "lift": _("A lift"),
    "wheelchair_space": _("Space for wheelchairs"),
    "hearing_loop": _("A hearing loop in this room"),
    "accessible_toilet": _("An accessible toilet"),
    "changing_places": _("A Changing Places toilet"),
    "toilets": _("Toilets for all genders"),
    "seating": _("Seats with backs and arms"),
    "sit_throughout": _("Seats to sit on all the time"),
    "light_and_noise": _("Light and noise"),
    "quiet_space": _("A quiet space in the building"),
    "assistance_dogs": _("Water for assistance dogs"),
    "parking": _("Parking"),
    "drop_off": _("A place to be dropped off"),
    "baby_change": _("A place to change and feed a baby"),
    "buggies": _("Space for buggies"),
    "prayer_space": _("A space for prayer"),
}
# Where the session says yes, nobody needs to ask the same of the place.
ANSWERED = {"quiet space": "quiet_space", "seated": "sit_throughout"}
# "No lift" and "none" are a no; "no steps" and "not far" are none.
LACKING = re.compile(r"(?!no\s+steps?\b|not\s+(?:far|known)\b)(?:none|no|not)\b", re.IGNORECASE)


@dataclass
class Known:
    """The facts of one room, or of the session itself: each a few words."""

    title: str = ""
    there_is: list[str] = field(default_factory=list)
    there_is_not: list[str] = field(default_factory=list)
    not_known: list[str] = field(default_factory=list)


def known_of(session: FestivalSession, rooms: Sequence[Room]) -> list[Known]:
    """All facts together where there is one room; else those of the session, and of each room."""
    places = [one for one in rooms if not one.venue.is_online]
    first = Known()
    _add_session(first, session)
    if len(places) == 1:
        _add_place(first, places[0], session)
        return [first]
    return [first, *(_of_room(one, session) for one in places)]


def _of_room(room: Room, session: FestivalSession) -> Known:
    known = Known(f"{room.name}, {room.venue.name}")
    _add_place(known, room, session)
    return known


def _add_session(known: Known, session: FestivalSession) -> None:
    """Providers answer for each of HELP; what they said no to is in neither list."""
    for name in session.access:
        if name in AGAINST:
            known.there_is_not.append(str(AGAINST[name]))
        else:
            known.there_is.append(_help(name))
    for name in session.access_not_known:
        known.not_known.append(_help(name))
    for name in HELP:
        if name not in session.access and name not in session.access_not_known:
            known.there_is_not.append(_help(name))


def _help(name: str) -> str:
    return str(OF_SESSION.get(name) or shown.ACCESS.get(name, name))


def _add_place(known: Known, room: Room, session: FestivalSession) -> None:
    facts = facts_of(room.venue) | facts_of(room)
    answered = {ANSWERED[name] for name in session.access if name in ANSWERED}
    for name, label in OF_PLACE.items():
        told = facts[name]
        if told == NOT_KNOWN and name in answered:
            continue
        _put(known, str(label), str(shown.STEP_FREE.get(told, told)), told)


def _put(known: Known, label: str, words: str, told: str) -> None:
    in_words = gettext("%(fact)s: %(words)s", fact=label, words=words)
    if told == NOT_KNOWN:
        known.not_known.append(label)
    elif told in ("no", "none"):
        known.there_is_not.append(label)
    elif LACKING.match(told):
        known.there_is_not.append(in_words)
    else:
        known.there_is.append(label if told == "yes" else in_words)
