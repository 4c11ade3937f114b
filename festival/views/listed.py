"""What was found, as a list by pages, as a calendar, and as places on the map."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask_babel import gettext

from festival.domain.finding import Entry, Found, Shown, at_venues
from festival.models import Edition
from festival.views import choices, maps, shown
from festival.views.finder import Asked, address_of
from festival.views.page import edition as current_edition

ON_A_PAGE = 48
IN_A_WEEK, IN_A_DAY = 12, 60  # sessions of one day, then the way to all of them


def listed(shown_now: Shown, found: Found, asked: Asked, today: date) -> dict[str, Any]:
    """The entries as this view shows them."""
    edition = current_edition()
    assert edition is not None  # there is a programme
    if asked.view in ("week", "day"):
        return {"calendar": calendar(found, asked, edition, today)}
    if asked.view == "map":
        return {
            "points": points(shown_now, found, asked),
            "drawing": maps.city_drawing(),
            "tiles": maps.tiles(),
        }
    pages = max(1, -(-len(found.entries) // ON_A_PAGE))
    page = min(asked.page, pages)
    entries = found.entries[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    by_rank = found.understood is not None
    groups = [(None, list(entries))] if by_rank and entries else _by_day(entries)
    return {
        "groups": [
            {"day": day, "cards": [shown.card(one, edition, with_day=by_rank) for one in some]}
            for day, some in groups
        ],
        "pager": _pager(asked, page, pages),
    }


def points(shown_now: Shown, found: Found, asked: Asked) -> list[dict[str, Any]]:
    """Where what was found takes place: each venue with how many sessions it has, by its name."""
    there = at_venues(shown_now.index, found)
    there.sort(key=lambda one: (one[0].is_online, one[0].venue.name))
    return [
        {
            "name": gettext("Online") if place.is_online else place.venue.name,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "count": sessions,
            "href": address_of(asked.with_choices(venue=place.venue.slug, view="")),
            "number": number,
        }
        for number, (place, sessions) in enumerate(there, start=1)
    ]


def _by_day(entries: Sequence[Entry]) -> list[tuple[date | None, list[Entry]]]:
    return [(day, list(some)) for day, some in groupby(entries, key=lambda one: one.first.day)]


def _pager(asked: Asked, page: int, pages: int) -> dict[str, Any] | None:
    if pages == 1:
        return None
    rest = asked.with_choices()

    def to(number: int) -> str | None:
        if not 1 <= number <= pages:
            return None
        return address_of({**rest, "page": str(number)} if number > 1 else rest)

    return {"page": page, "pages": pages, "before": to(page - 1), "after": to(page + 1)}


def calendar(found: Found, asked: Asked, edition: Edition, today: date) -> dict[str, Any]:
    """A week, or one day, of what was found: each day with its runs by time."""
    span = 7 if asked.view == "week" else 1
    first = min(max(asked.since or today, edition.starts_on), edition.ends_on)
    if span == 7:
        first -= timedelta(days=first.weekday())
    days = [first + timedelta(days=n) for n in range(span)]
    most = IN_A_WEEK if span == 7 else IN_A_DAY
    counts = found.entries.count_by_day()
    return {
        "days": [
            {
                "day": day,
                "name": choices.short_day(day),
                "lines": [shown.card(one, edition) for one in found.entries.of_days({day}, most)],
                "more": max(0, counts.get(day, 0) - most),
                "all": address_of(asked.with_choices(day=day.isoformat(), view="", **{"from": ""})),
                "is_today": day == today,
            }
            for day in days
        ],
        "before": _since(asked, first - timedelta(days=span), edition, span),
        "after": _since(asked, first + timedelta(days=span), edition, span),
    }


def _since(asked: Asked, day: date, edition: Edition, span: int) -> dict[str, Any] | None:
    if day > edition.ends_on or day + timedelta(days=span - 1) < edition.starts_on:
        return None
    return {"day": day, "href": address_of(asked.with_choices(**{"from": day.isoformat()}))}
