"""A search that finds nothing: what would be found with less, where to say what one would like to
learn, and that somebody looked in vain."""

from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext

from festival.domain import clock
from festival.domain.finding import FACETS, Area, Search, Shown, Stock, find, finds_nothing
from festival.domain.finding.near import nearest_area
from festival.domain.observations import EMPTY_SEARCH, note_empty_search, tries
from festival.views import choices
from festival.views.finder import Asked, address_of, query_of
from festival.views.page import visitor

WITHOUT = 4  # ways out


def note(shown_now: Shown, asked: Asked) -> None:
    """What is looked for in vain is counted, once a day for each visitor and search."""
    search, stock = asked.search, shown_now.index.stock
    if asked.page > 1 or search.is_empty or asked.problems:
        return
    if not finds_nothing(shown_now.index, shown_now.standing, search):
        return
    today = clock.now().astimezone(stock.zone).date()
    query = sorted(query_of(search).items())
    if not tries.allow(EMPTY_SEARCH, f"{visitor()} {today} {query}"):
        return
    slug = next(iter(search.of("theme")), None)
    theme = next((one.id for one in stock.themes if one.slug == slug), None)
    area = _area(asked, stock)
    ward = area.id if area else None
    note_empty_search(stock.edition_id, theme, ward, search.words, today)


def _area(asked: Asked, stock: Stock) -> Area | None:
    spot = asked.search.spot
    return nearest_area(spot.latitude, spot.longitude, stock) if spot else None


def wish(asked: Asked, stock: Stock) -> str:
    """Where to say what one would like to learn, with what was looked for."""
    area, theme = _area(asked, stock), asked.search.of("theme")
    known = {
        "q": asked.search.words,
        "theme": theme[0] if theme else "",
        "near": area.slug if area else "",
    }
    return url_for("wishes.ask", **{name: value for name, value in known.items() if value})  # type: ignore[arg-type]


def ways_out(shown_now: Shown, asked: Asked) -> list[dict[str, Any]]:
    """Of a search that finds nothing: what is found without one of its choices."""
    search = asked.search
    less: list[tuple[Search, dict[str, str]]] = [
        (
            replace(search, chosen={n: v for n, v in search.chosen.items() if n != name}),
            {name: ""},
        )
        for name in FACETS
        if search.of(name)
    ]
    less += [(replace(search, ages=()), {"ages": ""})] if search.ages else []
    less += [(replace(search, has_places=False), {"places": ""})] if search.has_places else []
    less += [(replace(search, spot=None), {"near": "", "miles": ""})] if search.spot else []
    less += [(replace(search, words=""), {"q": ""})] if search.words else []
    on = {chip["href"]: chip["text"] for chip in choices.chips(asked, shown_now.index.stock)}
    found = []
    for wider, changed in less:
        href = address_of(asked.with_choices(**changed))
        count = find(shown_now.index, shown_now.standing, wider).sessions
        if count:
            text = on.get(href) or gettext("one of the choices")
            found.append({"text": text, "count": count, "href": href})
    return sorted(found, key=lambda one: -one["count"])[:WITHOUT]
