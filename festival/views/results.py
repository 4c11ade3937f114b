"""What a search of the programme shows, and how long the same answer is given."""

import gzip
from datetime import datetime
from typing import Any

from flask import Response, render_template, request, session, url_for
from flask_babel import get_locale, gettext

from festival.domain import clock
from festival.domain.finding import MILES, Item, Search, Shown, Stock, find
from festival.domain.season import SOON, Season, season
from festival.models import Edition, OccurrenceState
from festival.views import choices, following, in_vain, listed, shown
from festival.views.files import File, kept
from festival.views.finder import Asked, address_of
from festival.views.page import edition as current_edition

ON_NOW = 6
SUGGESTED = 6
HTML = "text/html; charset=utf-8"


def answer(shown_now: Shown, asked: Asked, *, on_script: bool) -> Response:
    """The page, or what of it changes. For who has no cookie it is the same for everybody, and is
    made once for each state of the programme and minute."""
    if _is_anybody() and not asked.problems:
        now = clock.now()
        key = (shown_now.mark, request.full_path, on_script, _minute(now), str(get_locale()))
        file = kept(key, lambda: File.of(_page(shown_now, asked, on_script).encode(), HTML))
        response = _compressed(file)
    else:
        response = Response(_page(shown_now, asked, on_script))
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Encoding"
    in_vain.note(shown_now, asked)
    if on_script:
        response.headers["HX-Push-Url"] = address_of(asked.query)
    return response


def _is_anybody() -> bool:
    """Whether nothing on the page is of one person: no basket, no list, no name and no message."""
    return not set(session) - {"csrf_token"}


def _minute(now: datetime) -> int:
    """Only what is on now changes with the clock alone."""
    return int(now.timestamp()) // 60


def _compressed(file: File) -> Response:
    """Sent smaller to who takes it: there is nothing secret on the page whose letters its size
    could give away."""
    response = Response(file.content, content_type=HTML)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        smaller = kept(("gzip", file.etag), lambda: _smaller(file))
        response = Response(smaller.content, content_type=HTML)
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(file.etag, weak=True)
    response.make_conditional(request)
    return response


def _smaller(file: File) -> File:
    return File(gzip.compress(file.content, 6, mtime=0), HTML, file.etag)


def _page(shown_now: Shown, asked: Asked, on_script: bool) -> str:
    edition = current_edition()
    assert edition is not None  # there is a programme
    now = clock.now()
    found = find(shown_now.index, shown_now.standing, asked.search)
    stock = shown_now.index.stock
    time_of_year = season(edition, now, has_programme=bool(stock.items))
    today = now.astimezone(stock.zone).date()
    return render_template(
        "programme/results.html" if on_script else "programme/home.html",
        asked=asked,
        found=found,
        season=time_of_year,
        search=asked.search,
        choices=choices.choices(asked, found, stock),
        chips=choices.chips(asked, stock),
        chosen=choices.counts_by_drawer(asked.search),
        problems=_problems(asked),
        quick_days=choices.quick_days(asked, stock, today),
        views=_views(asked),
        on_now=_on_now(shown_now, asked, edition, now) if time_of_year is Season.on_now else [],
        results=_done(stock) if time_of_year is Season.over else {},
        opens=edition.bookings_open_at if _opens_later(edition, now) else None,
        feeds=following.programme(asked.search),
        wish=in_vain.wish(asked, stock),
        without=in_vain.ways_out(shown_now, asked) if not found.entries else [],
        on_script=on_script,
        areas=stock.areas,
        miles=MILES,
        **listed.listed(shown_now, found, asked, today),
    )


def _problems(asked: Asked) -> list[dict[str, str]]:
    """What could not be understood, each with the field it was typed into."""
    return [{"text": text, "href": f"#find-{name}"} for name, text in asked.problems.items()]


def _done(stock: Stock) -> dict[str, int]:
    """What came of the festival, as the programme tells: runs that were called off are none."""
    ran = [one for one in stock.items if one.state != OccurrenceState.cancelled]
    return {
        "sessions": len({one.session_id for one in ran}),
        "venues": len({one.place.venue.slug for one in ran if not one.place.is_online}),
        "providers": len({one.session.provider.slug for one in ran}),
    }


def _opens_later(edition: Edition, now: datetime) -> bool:
    return edition.bookings_open_at is not None and edition.bookings_open_at > now


def _views(asked: Asked) -> list[dict[str, Any]]:
    named = [
        ("list", gettext("List")),
        ("week", gettext("Week")),
        ("day", gettext("Day")),
        ("map", gettext("Map")),
    ]
    plain = {n: v for n, v in asked.query.items() if n not in ("view", "from", "page")}
    return [
        {
            "text": text,
            "href": address_of(plain if view == "list" else {**plain, "view": view}),
            "on": view == asked.view,
        }
        for view, text in named
    ]


def _on_now(
    shown_now: Shown, asked: Asked, edition: Edition, now: datetime
) -> list[dict[str, Any]]:
    """What begins within two hours, or is on and takes people as they come; near somebody, where
    they have said where they are. For who looks for nothing else."""
    here = Search(spot=asked.search.spot, miles=asked.search.miles)
    if asked.search != here or asked.view != "list" or asked.page > 1:
        return []
    found = find(shown_now.index, shown_now.standing, here)
    today = now.astimezone(edition.zone).date()
    soon = [
        one
        for one in found.entries.of_days({today})
        if one.availability.reason != "cancelled"
        and any(now <= run.starts_at <= now + SOON or _takes_people(run, now) for run in one.items)
    ]
    soon.sort(key=lambda one: one.miles or 0)
    return [shown.card(one, edition) for one in soon[:ON_NOW]]


def _takes_people(run: Item, now: datetime) -> bool:
    return run.booking_mode != "required" and run.starts_at <= now < run.ends_at


def suggestions(shown_now: Shown, typed: str) -> list[dict[str, Any]]:
    """Sessions, places and organisations that begin like what was typed."""
    index, folded = shown_now.index, typed.strip()
    if len(folded) < 2:
        return []
    by_id = {offer.id: offer for offer in index.stock.offers}
    return [
        {
            "text": by_id[one].title,
            "about": by_id[one].provider.name,
            "href": url_for("programme.session", code=by_id[one].code),
        }
        for one in index.wording.starting(folded, SUGGESTED)
    ]
