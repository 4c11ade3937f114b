"""The questions that narrow the programme down, with how much each answer would leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from festival.domain import words
from festival.domain.finding import FACETS, NEEDS, Found, Search, Stock
from festival.forms.offers import LANGUAGES
from festival.views.finder import FIXED, Asked, address_of, days
from festival.views.shown import NEEDS_WORDS

TIMES = {
    "morning": _("Morning, before 12"),
    "afternoon": _("Afternoon"),
    "evening": _("Evening, from 5"),
}
FORMATS = {"in-person": _("In a room"), "outdoors": _("Outdoors"), "online": _("Online")}
BOOKING = {"needed": _("Places to book"), "not-needed": _("Just come along")}
COST = {"nothing": _("Nothing to pay at all")}


@dataclass(frozen=True)
class Choice:
    """One answer: its value in the address, what it says, how many sessions it leaves."""

    name: str
    value: str
    text: str
    count: int
    on: bool

    @property
    def id(self) -> str:
        return f"{self.name}-{self.value}"


def choices(asked: Asked, found: Found, stock: Stock) -> dict[str, list[Choice]]:
    """Every question with its answers, in their order. Languages and themes that nothing has are
    left out, unless they are chosen."""
    return {
        name: [
            Choice(name, value, text, found.counts[name].get(value, 0), value in on)
            for value, text in _answers(name, stock)
            if found.counts[name].get(value, 0)
            or value in on
            or name in FIXED
            or (name == "day" and value in found.counts["day"])
        ]
        for name in FACETS
        if name not in ("venue", "provider")
        for on in (asked.search.of(name),)
    }


def _answers(name: str, stock: Stock) -> Iterable[tuple[str, str]]:
    if name == "day":
        return [(day.isoformat(), short_day(day)) for day in days(stock)]
    if name == "theme":
        return [(theme.slug, theme.name) for theme in stock.themes]
    named: Mapping[str, Any] = {
        "time": TIMES,
        "access": {need: NEEDS_WORDS[need] for need in NEEDS},
        "language": dict(LANGUAGES),
        "format": FORMATS,
        "booking": BOOKING,
        "cost": COST,
    }[name]
    return [(value, str(text)) for value, text in named.items()]


# Which questions stand behind one title.
DRAWERS: Mapping[str, tuple[str, ...]] = {
    "when": ("day", "time"),
    "what": ("theme",),
    "where": ("format",),
    "access": ("access",),
    "more": ("language", "booking", "cost"),
}


def counts_by_drawer(search: Search) -> dict[str, int]:
    """How much is chosen behind each title."""
    found = {
        name: sum(len(search.of(facet)) for facet in facets) for name, facets in DRAWERS.items()
    }
    found["where"] += search.spot is not None
    return {**found, "who": len(search.ages)}


def short_day(day: date) -> str:
    """``Saturday 5 June``: in the festival the year is known."""
    return words.day(day).rsplit(" ", 1)[0]


def quick_days(asked: Asked, stock: Stock, today: date) -> list[dict[str, Any]]:
    """Days that people ask for by name, as links."""
    week = [today + timedelta(days=n) for n in range(7 - today.weekday())]
    named = [
        (gettext("Today"), [today]),
        (gettext("Tomorrow"), [today + timedelta(days=1)]),
        (gettext("This week"), week),
        (gettext("Weekends"), [day for day in days(stock) if day.weekday() >= 5]),
    ]
    found = []
    for text, wanted in named:
        value = ",".join(d.isoformat() for d in wanted if stock.first <= d <= stock.last)
        if value:
            href = address_of(asked.with_choices(day=value))
            found.append({"text": text, "href": href, "on": _is_on(asked.search, value)})
    return found


def _is_on(search: Search, days_on: str) -> bool:
    return ",".join(search.of("day")) == days_on


def chips(asked: Asked, stock: Stock) -> list[dict[str, Any]]:
    """Everything that is on, each with the address of the list without it."""
    search, found = asked.search, []
    for name in FACETS:
        texts = dict(_answers(name, stock)) if name not in ("venue", "provider") else {}
        on = search.of(name)
        for value in on:
            text = texts.get(value) or _name_of(name, value, stock)
            rest = ",".join(one for one in on if one != value)
            found.append((text, {name: rest}))
    if search.words:
        found.insert(0, (gettext("“%(words)s”", words=search.words), {"q": ""}))
    if search.ages:
        found.append((ages_said(search.ages), {"ages": ""}))
    if search.spot:
        near = ngettext(
            "Within %(num)s mile of %(place)s",
            "Within %(num)s miles of %(place)s",
            search.miles,
            place=search.spot.name,
        )
        found.append((near, {"near": "", "miles": ""}))
    if search.has_places:
        found.append((gettext("Has places"), {"places": ""}))
    return [
        {
            "text": text,
            "remove": True,
            "href": address_of(asked.with_choices(**changed)),
        }
        for text, changed in found
    ]


def ages_said(ages: Iterable[int]) -> str:
    """``For ages 4 and 9``."""
    said = [gettext("adult") if age >= 18 else str(age) for age in ages]
    listed = gettext(" and ").join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
    return gettext("For ages %(ages)s", ages=listed)


def _name_of(facet: str, slug: str, stock: Stock) -> str:
    for item in stock.items:
        named = item.place.venue if facet == "venue" else item.session.provider
        if named.slug == slug:
            return named.name
    return slug
