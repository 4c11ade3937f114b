"""What the programme can be narrowed down by: the values of each run, and how choices combine.

"Not known" never matches: whoever needs a way without steps is shown what surely has one, and told
of how many others nobody knows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from festival.domain.children import HasAges
from festival.domain.finding.stock import Item
from festival.models import NOT_KNOWN, Accompaniment, BookingMode, SessionFormat

NOON, EVENING = 12 * 60, 17 * 60
# Of a fact of a room or venue; "yes", "by lift", and what says more in words, is a yes.
NO = ("no", "none", "not applicable")
ADULT = 18
BABY = 2  # years: who is younger comes as a babe in arms

Values = Callable[[Item], Iterable[str]]


@dataclass(frozen=True)
class Facet:
    """One question: ``values`` are the answers of a run. Of several choices one is enough, but
    where ``all_of`` is set, every one is needed."""

    name: str
    values: Values
    several: bool = True
    all_of: bool = False


def _day(item: Item) -> Iterable[str]:
    return (item.day.isoformat(),)


def _time(item: Item) -> Iterable[str]:
    if item.minute < NOON:
        return ("morning",)
    return ("afternoon",) if item.minute < EVENING else ("evening",)


def _theme(item: Item) -> Iterable[str]:
    return (item.session.theme.slug,) if item.session.theme else ()


def _language(item: Item) -> Iterable[str]:
    return item.session.languages


def _booking(item: Item) -> Iterable[str]:
    return ("needed",) if item.booking_mode == BookingMode.required else ("not-needed",)


FORMATS = {
    SessionFormat.in_person: "in-person",
    SessionFormat.outdoors: "outdoors",
    SessionFormat.online: "online",
}


def _format(item: Item) -> Iterable[str]:
    return (FORMATS[item.session.format],)


def _cost(item: Item) -> Iterable[str]:
    return () if item.session.charge else ("nothing",)


def _venue(item: Item) -> Iterable[str]:
    return (item.place.venue.slug,)


def _provider(item: Item) -> Iterable[str]:
    return (item.session.provider.slug,)


# What people need: what a session says of it, and a fact of its room or venue.
NEEDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "step-free": ((), "step_free"),
    "hearing-loop": ((), "hearing_loop"),
    "toilet": ((), "accessible_toilet"),
    "changing-places": ((), "changing_places"),
    "bsl": (("BSL interpreter", "BSL-led"), ""),
    "captions": (("live captions",), ""),
    "relaxed": (("relaxed",), ""),
    "quiet": (("quiet space",), "quiet_space"),
    "seated": (("seated",), "sit_throughout"),
}
AT_HOME = frozenset({"step-free", "toilet"})  # nobody has to get anywhere
NOT_STEP_FREE = "not step-free"


def knows(item: Item, need: str) -> bool | None:
    """Whether a run surely has what somebody needs; None: nobody knows."""
    offer, place = item.session, item.place
    if place.is_online and need in AT_HOME:
        return True
    if need == "step-free" and NOT_STEP_FREE in offer.access:
        return False
    said, name = NEEDS[need]
    if any(one in offer.access for one in said):
        return True
    told = (place.facts.get(name) or NOT_KNOWN).lower() if name else ""
    if told and told not in (*NO, NOT_KNOWN):
        return True
    unsure = any(one in offer.access_not_known for one in said)
    return None if unsure or (told == NOT_KNOWN and not place.is_online) else False


def _access(item: Item) -> Iterable[str]:
    return [need for need in NEEDS if knows(item, need)]


def not_known(item: Item) -> Iterable[str]:
    """The needs of which nobody knows whether this run meets them."""
    return [need for need in NEEDS if knows(item, need) is None]


FACETS: Mapping[str, Facet] = {
    one.name: one
    for one in (
        Facet("day", _day),
        Facet("time", _time),
        Facet("theme", _theme),
        Facet("access", _access, all_of=True),
        Facet("language", _language),
        Facet("format", _format),
        Facet("booking", _booking, several=False),
        Facet("cost", _cost, several=False),
        Facet("venue", _venue, several=False),
        Facet("provider", _provider, several=False),
    )
}


def suits(offer: HasAges, age: int) -> bool:
    """Whether somebody of this age may come, with whoever must come along."""
    least, most = offer.age_min, offer.age_max
    if offer.accompaniment == Accompaniment.babes_in_arms:
        return age < BABY or age >= (least or ADULT)
    return (least is None or age >= least) and (most is None or age <= most or age >= ADULT)
