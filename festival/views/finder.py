"""What an address of the programme asks for, and the address of what is asked for.

Every combination of choices has one address: without what is empty, in one order, several values
of one question with commas between them. Whatever else is typed leads there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from festival.domain import clock
from festival.domain.finding import (
    FACETS,
    MILES,
    USUAL,
    Search,
    Shelf,
    Shown,
    Spot,
    Stock,
    find_spot,
    read_ages,
)
from festival.domain.finding.near import FULL, OUTWARD
from festival.domain.programme import days_between
from festival.domain.words import fold
from festival.views.page import edition as current_edition

LONGEST = 100  # letters of what is typed
NAMES = ("q", *FACETS, "ages", "near", "miles", "places", "unsure")
VIEWS = ("list", "week", "day", "map")
MOST_PAGES = 999


def init_app(app: Flask) -> None:
    app.extensions["programme"] = Shelf(app.config["LIST_SECONDS"])


def shelf() -> Shelf:
    return cast(Shelf, current_app.extensions["programme"])


def take() -> Shown | None:
    """The programme as it is now, once a request; None before the first festival."""
    if "programme" not in g:
        g.programme = shelf().take(current_edition, clock.now())
    return cast("Shown | None", g.programme)


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    search: Search
    view: str = "list"
    page: int = 1
    since: date | None = None  # the first day of a calendar
    typed: Mapping[str, str] = field(default_factory=dict)  # as it was, where it stands in a field
    problems: Mapping[str, str] = field(default_factory=dict)  # by the name of the field
    notes: tuple[str, ...] = ()  # of choices that we do not know

    @property
    def query(self) -> dict[str, str]:
        """The clean address of the same."""
        kept = query_of(self.search)
        if self.view != "list":
            kept["view"] = self.view
            if self.since is not None:
                kept["from"] = self.since.isoformat()
        if self.page > 1:
            kept["page"] = str(self.page)
        return kept

    def with_choices(self, **changed: str) -> dict[str, str]:
        """The address with these values instead; an empty one takes a choice off."""
        rest = {name: value for name, value in self.query.items() if name != "page"}
        return {name: value for name, value in {**rest, **changed}.items() if value}


def query_of(search: Search) -> dict[str, str]:
    """What is chosen, as an address says it."""
    values = {
        "q": search.words,
        **{name: ",".join(search.of(name)) for name in FACETS},
        "ages": ",".join(map(str, search.ages)),
        "near": search.spot.key if search.spot else "",
        "miles": str(search.miles) if search.spot and search.miles != USUAL else "",
        "places": "yes" if search.has_places else "",
        "unsure": "yes" if search.unsure and search.of("access") else "",
    }
    return {name: value for name, value in values.items() if value}


def address_of(query: Mapping[str, str]) -> str:
    """Where the programme stands so."""
    return url_for("programme.home", **query)  # type: ignore[arg-type]


def read(shown: Shown) -> Asked:
    """What this request's address asks for. What we do not know is left out, and said."""
    reading = _Reading(request.args, shown)
    search = reading.search()
    view = request.args.get("view", "list")
    return Asked(
        search=search,
        view=view if view in VIEWS else "list",
        page=_page(request.args.get("page", "")),
        since=_day(request.args.get("from", "")),
        typed=reading.typed,
        problems=reading.problems,
        notes=tuple(reading.notes),
    )


def is_clean(asked: Asked) -> bool:
    """Whether the address is the one of what it asks for, or has something to be told of it."""
    if asked.problems or asked.notes:
        return True
    return request.args.to_dict(flat=False) == {n: [v] for n, v in asked.query.items()}


class _Reading:
    """Reads the choices of one address."""

    def __init__(self, args: "MultiDict[str, str]", shown: Shown) -> None:
        self.args = args
        self.shown = shown
        self.typed: dict[str, str] = {}
        self.problems: dict[str, str] = {}
        self.notes: list[str] = []

    @property
    def stock(self) -> Stock:
        return self.shown.index.stock

    def search(self) -> Search:
        words, spot = self._words(), self._spot()
        if spot is None and "near" not in self.problems:
            words, spot = self._place_in(words)
        miles = self.args.get("miles", "")
        return Search(
            words=words,
            chosen={name: self._chosen(name) for name in FACETS if self._chosen(name)},
            ages=self._ages(),
            spot=spot,
            miles=int(miles) if miles in map(str, MILES) else USUAL,
            has_places=self.args.get("places") == "yes",
            unsure=self.args.get("unsure") == "yes",
        )

    def _words(self) -> str:
        """What is looked for; empty where it has no letter and no digit."""
        typed = self.args.get("q", "").replace("\0", "")[:LONGEST]
        return " ".join(typed.split()) if fold(typed) else ""

    def _place_in(self, words: str) -> tuple[str, Spot | None]:
        """A postcode among the words is where somebody is, not what they look for."""
        match = FULL.search(words) or OUTWARD.match(words)
        spot = find_spot(match[0], self.stock) if match and not self._is_code(words) else None
        if match is None or spot is None:
            return words, None
        return " ".join((words[: match.start()] + words[match.end() :]).split()), spot

    def _is_code(self, words: str) -> bool:
        return any(offer.code == words.upper() for offer in self.stock.offers)

    def _chosen(self, name: str) -> tuple[str, ...]:
        """The values that we know, each once and in the order of the list."""
        asked = [part for text in self.args.getlist(name) for part in text.split(",") if part]
        known = [value for value in self._values(name) if value in asked]
        if set(asked) - set(known) and (note := self._note(name)) not in self.notes:
            self.notes.append(note)
        return tuple(known if FACETS[name].several else known[:1])

    def _values(self, name: str) -> list[str]:
        if name == "day":
            return [day.isoformat() for day in days(self.stock)]
        if name == "theme":
            return [theme.slug for theme in self.stock.themes]
        return sorted({*self.shown.index.values[name], *FIXED.get(name, ())})

    def _note(self, name: str) -> str:
        if name == "day":
            return gettext("We do not know that day, so every day is shown.")
        if name == "theme":
            return gettext("We do not know that theme, so every theme is shown.")
        return gettext("We do not know one of the choices in this address, so it is left out.")

    def _ages(self) -> tuple[int, ...]:
        typed = self.args.get("ages", "")[:LONGEST].strip()
        if not typed:
            return ()
        self.typed["ages"] = typed
        ages = read_ages(typed)
        if ages is None:
            self.problems["ages"] = gettext("Type ages as numbers, like 4 and 9.")
        return ages or ()

    def _spot(self) -> Spot | None:
        typed = self.args.get("near", "").replace("\0", "")[:LONGEST].strip()
        if not typed:
            return None
        self.typed["near"] = typed
        spot = self._same_spot(typed) or find_spot(typed, self.stock)
        if spot is None:
            self.problems["near"] = gettext(
                "We do not know this place. Type a postcode, or the name of an area, "
                "like “Low Hill”."
            )
        return spot

    def _same_spot(self, typed: str) -> Spot | None:
        """The field says the name of a point, and the form the point itself: while the name
        stands, that is where somebody still is."""
        at = self.args.get("at", "")[:LONGEST]
        spot = find_spot(at, self.stock) if at else None
        return spot if spot is not None and spot.name == typed else None


# What can be asked for although nothing has it just now.
FIXED: Mapping[str, tuple[str, ...]] = {
    "time": ("morning", "afternoon", "evening"),
    "access": (
        *("step-free", "hearing-loop", "toilet", "changing-places", "bsl", "captions"),
        *("relaxed", "quiet", "seated"),
    ),
    "format": ("in-person", "outdoors", "online"),
    "booking": ("needed", "not-needed"),
    "cost": ("nothing",),
}


def days(stock: Stock) -> list[date]:
    """Every day of the festival."""
    return days_between(stock.first, stock.last)


def _page(typed: str) -> int:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= 3
    return max(1, min(int(typed), MOST_PAGES)) if is_number else 1


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
