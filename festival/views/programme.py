"""What is on: the programme, and one session."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.domain import capacity, clock, images, programme, words
from festival.domain.capacity import Availability
from festival.domain.programme import Entry, Search
from festival.models import Edition, FestivalSession, Occurrence
from festival.views import following, shown
from festival.views.access import public
from festival.views.page import edition as current_edition
from festival.views.structured import event_data

blueprint = Blueprint("programme", __name__)
MANY_RUNS = 4  # more of them are listed by their times


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """The programme by day, searched and filtered; as a fragment where a script asks for it."""
    edition = current_edition()
    if edition is None:
        return render_template("programme/none.html")
    search, notes = read_search(edition)
    entries = programme.entries(edition, search, clock.now())
    on_script = request.headers.get("HX-Request") == "true"
    page = render_template(
        "programme/results.html" if on_script else "programme/home.html",
        days=by_day(entries, edition),
        count=len({entry.session.id for entry in entries}),
        search=search,
        notes=notes,
        chips=chips(search),
        feeds=following.programme(search),
        day_choices=programme.days(edition),
        theme_choices=programme.themes(),
        opens=edition.bookings_open_at if _opens_later(edition) else None,
    )
    return Response(page, headers={"Vary": "HX-Request, Cookie"})


def _opens_later(edition: Edition) -> bool:
    return edition.bookings_open_at is not None and edition.bookings_open_at > clock.now()


def read_search(edition: Edition) -> tuple[Search, list[str]]:
    """What the address asks for, and a sentence for everything in it that we do not know."""
    notes = []
    day: date | None = None
    if typed := request.args.get("day", ""):
        day = {one.isoformat(): one for one in programme.days(edition)}.get(typed)
        if day is None:
            notes.append(gettext("We do not know that day, so every day is shown."))
    theme = request.args.get("theme", "")
    if theme and theme not in {one.slug for one in programme.themes()}:
        notes.append(gettext("We do not know that theme, so every theme is shown."))
        theme = ""
    words_typed = request.args.get("q", "").replace("\0", "")[:100].strip()
    search = Search(words_typed, day, theme, request.args.get("places", "") == "yes")
    return search, notes


def by_day(entries: list[Entry], edition: Edition) -> list[dict[str, Any]]:
    """The list as it is shown: each day with the cards of its sessions."""
    return [
        {"day": day, "cards": [shown.card(entry, edition) for entry in group]}
        for day, group in groupby(
            entries, key=lambda one: one.first.starts_at.astimezone(edition.zone).date()
        )
    ]


def chips(search: Search) -> list[dict[str, Any]]:
    """The filters that are on, each with the address of the list without it."""
    on = {
        "q": search.words and gettext("“%(words)s”", words=search.words),
        "day": search.day and words.day(search.day),
        "theme": search.theme
        and next(one.name for one in programme.themes() if one.slug == search.theme),
        "places": search.has_places and gettext("Has places"),
    }
    kept = {
        "q": search.words,
        "day": search.day.isoformat() if search.day else "",
        "theme": search.theme,
        "places": "yes" if search.has_places else "",
    }
    return [
        {"text": text, "remove": True, "href": _without(kept, name)}
        for name, text in on.items()
        if text
    ]


def _without(kept: dict[str, str], name: str) -> str:
    rest = {key: value for key, value in kept.items() if value and key != name}
    return url_for("programme.home", **rest)  # type: ignore[arg-type]


@blueprint.get("/sessions/<code>")
@public
def session(code: str) -> ResponseReturnValue:
    """Everything a person needs to decide."""
    found, edition = _public_session(code)
    runs = programme.public_occurrences(found)
    free = capacity.availabilities(runs, clock.now())
    assert found.published_revision is not None  # only such sessions are public
    shown_runs = [_run(found, run, free[run.id], edition) for run in runs]
    series = is_series(runs)
    return render_template(
        "programme/session.html",
        session=found,
        text=found.published_revision.text(),
        image=images.shown(found.published_revision),
        others=[one for one in found.published_revision.texts if one.language != "en"],
        rooms={run.room_id: run.room for run in runs},
        runs=shown_runs,
        slots=[] if series or len(runs) <= MANY_RUNS else by_its_day(shown_runs, edition),
        series=series,
        shown=shown,
        data=event_data(found, runs, free, edition),
        ways=following.session(found, runs, edition),
    )


def by_its_day(
    runs: list[dict[str, Any]], edition: Edition
) -> list[tuple[date, list[dict[str, Any]]]]:
    """Many short runs, as a list of times for each day."""
    grouped = groupby(
        runs, key=lambda run: run["occurrence"].starts_at.astimezone(edition.zone).date()
    )
    return [(day, list(times)) for day, times in grouped]


def is_series(runs: list[Occurrence]) -> bool:
    """Whether all parts are booked together."""
    return len(runs) > 1 and all(run.series_part is not None for run in runs)


def _run(
    found: FestivalSession, run: Occurrence, free: Availability, edition: Edition
) -> dict[str, Any]:
    kind, text = shown.places(run, free, edition)
    return {
        "occurrence": run,
        "kind": kind,
        "text": text,
        "is_open": free.is_open,
        "may_wait": free.reason == "full",
        "walk_up": free.reason == "closed" and run.ends_at > clock.now(),
        "href": url_for("baskets.party", code=found.code, occurrence_id=run.id),
    }


def _public_session(code: str) -> tuple[FestivalSession, Edition]:
    found, edition = programme.session_by_code(code, clock.now()), current_edition()
    if found is None or edition is None or found.edition_id != edition.id:
        abort(404)
    return found, edition
