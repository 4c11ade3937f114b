"""One session: its page, and the card that goes with its address when people share it."""

import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from festival.delivery import cards
from festival.delivery.cards import art
from festival.domain import capacity, clock, images, programme, words
from festival.domain.capacity import Availability
from festival.domain.running import notices
from festival.domain.similar import Alike, similar
from festival.models import Edition, FestivalSession, Occurrence, OccurrenceState, Venue
from festival.views import following, share, shown
from festival.views.access import public
from festival.views.access_facts import known_of
from festival.views.files import File, kept, public_file
from festival.views.page import edition as current_edition
from festival.views.programme import blueprint
from festival.views.structured import event_data

MANY_RUNS = 4  # more of them are listed by their times
HOUR = 3600
PNG = "image/png"
# A card takes a tenth of a second: many who ask for the same wait for the first.
ONE_AT_A_TIME = threading.Lock()
QUILT = (12, 7)  # squares of the art of a page


@blueprint.get("/sessions/<code>")
@public
def session(code: str) -> ResponseReturnValue:
    """Everything a person needs to decide."""
    found, edition = _public_session(code)
    runs, now = programme.public_occurrences(found), clock.now()
    free = capacity.availabilities(runs, now)
    assert found.published_revision is not None  # only such sessions are public
    moved = notices.moved_from(runs)
    shown_runs = _runs(found, runs, free, moved, edition)
    card = share.card_of(found, runs, edition)
    picture = share.picture(card)
    rooms = list({run.room_id: run.room for run in runs}.values())
    first = share.next_run(runs)
    series = is_series(runs)
    return render_template(
        "programme/session.html",
        session=found,
        text=found.published_revision.text(),
        image=images.shown(found.published_revision),
        quilt=quilt(found),
        others=[one for one in found.published_revision.texts if one.language != "en"],
        language_names=words.LANGUAGES,
        rooms=rooms,
        maps={room.venue_id: ways_there(room.venue) for room in rooms},
        access=known_of(found, rooms),
        runs=shown_runs,
        first=next((one for one in shown_runs if one["occurrence"] is first), None),
        first_when=share.when(first, runs, edition) if first else "",
        slots=[] if series or len(runs) <= MANY_RUNS else by_its_day(shown_runs, edition),
        series=series,
        shown=shown,
        data=event_data(found, runs, free, edition, card=str(picture["address"]), moved=moved),
        card=picture,
        share=share.ways(card),
        ways=following.session(found, runs, edition),
        similar=[_similar(one, edition) for one in similar(found, runs, now)],
    )


@blueprint.get("/sessions/<code>/card.png")
@public
def card(code: str) -> Response:
    """What is shown beside a link to the session, anywhere."""
    found, edition = _public_session(code)
    said = share.card_of(found, programme.public_occurrences(found), edition)
    with ONE_AT_A_TIME:
        file = kept(("card", said), lambda: File.of(cards.png(said), PNG), seconds=HOUR)
    answer = public_file(file, f"{found.code}.png", seconds=HOUR)
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # it is made for other pages
    return answer


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


def quilt(found: FestivalSession) -> dict[str, Any]:
    """The art of a session: the size of the drawing, and its paths in order, each with its tone."""
    columns, rows = QUILT
    layers = art.layers(found.code, share.palette(found), columns, rows)
    paths = [(tone, art.path(outlines)) for layer in layers for tone, outlines in layer.items()]
    return {"size": (columns * art.SCALE, rows * art.SCALE), "paths": paths}


def ways_there(venue: Venue) -> dict[str, str]:
    """Links to where a venue is, for the phone's own map and for one on the web; none where
    nobody knows the place on the map."""
    if venue.is_online or venue.latitude is None or venue.longitude is None:
        return {}
    north, east = f"{venue.latitude:.5f}", f"{venue.longitude:.5f}"
    return {
        "phone": f"geo:{north},{east}?q={north},{east}",
        "web": f"https://www.openstreetmap.org/?mlat={north}&mlon={east}#map=17/{north}/{east}",
    }


def _runs(
    found: FestivalSession,
    runs: Sequence[Occurrence],
    free: Mapping[int, Availability],
    moved: Mapping[int, datetime],
    edition: Edition,
) -> list[dict[str, Any]]:
    """Each run with its places, why it is cancelled, and when it was to be before."""
    gone = [run.id for run in runs if run.state == OccurrenceState.cancelled]
    why = notices.why_cancelled(gone) if gone else {}
    return [
        _run(found, run, free[run.id], edition)
        | {
            "why": why[run.id].reason if run.id in why else "",
            "was": words.moment(moved[run.id], edition.zone) if run.id in moved else "",
        }
        for run in runs
    ]


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


def _similar(other: Alike, edition: Edition) -> dict[str, Any]:
    """The card of another session; it stands under no day, so it says its own."""
    when = words.when(other.run.starts_at, other.run.ends_at, edition.zone)
    return shown.card_of_run(other.run, other.availability, when, edition)


def _public_session(code: str) -> tuple[FestivalSession, Edition]:
    found, edition = programme.session_by_code(code, clock.now()), current_edition()
    if found is None or edition is None or found.edition_id != edition.id:
        abort(404)
    return found, edition
