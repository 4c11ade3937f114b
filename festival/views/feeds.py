"""What programs follow: the programme whole or in part, and one person's bookings.

Public feeds take the filters of the programme's page. They set no cookie, lead nowhere else, and
stay the same byte for byte while nothing changes.
"""

from collections.abc import Callable

from flask import Blueprint, abort, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from festival.delivery import syndication
from festival.delivery.addresses import address
from festival.delivery.calendars import one_line, own_feed, public_feed
from festival.domain import clock, feeds
from festival.domain.feeds import Found, Scope
from festival.domain.finding import Search, matching
from festival.models import Edition
from festival.views import finder
from festival.views.access import by_link, public
from festival.views.choices import chips
from festival.views.files import CALENDAR, File, kept, private_file, public_file
from festival.views.finder import NAMES, Asked, query_of
from festival.views.page import edition as current_edition

blueprint = Blueprint("feeds", __name__)
ATOM, JSON = "application/atom+xml", "application/json"
Writer = Callable[[Found, Edition, str, str], bytes]


def _calendar(found: Found, edition: Edition, name: str, source: str) -> bytes:
    return public_feed(found, edition, name=name, source=source)


@blueprint.get("/programme.ics")
@public
def whole() -> ResponseReturnValue:
    """The programme as a calendar."""
    return public_file(_file(_everything), "programme.ics")


@blueprint.get("/programme.atom")
@public
def atom() -> ResponseReturnValue:
    """The programme for feed readers, what changed last first."""
    return public_file(_file(_everything, syndication.atom, ATOM), "programme.atom")


@blueprint.get("/programme.json")
@public
def as_json() -> ResponseReturnValue:
    """The programme as data."""
    return public_file(_file(_everything, syndication.as_json, JSON), "programme.json")


@blueprint.get("/venues/<slug>.ics")
@public
def venue(slug: str) -> ResponseReturnValue:
    """What is on at one venue."""

    def of_venue(_edition: Edition) -> tuple[Scope, str]:
        found = feeds.venue(slug) or abort(404)
        return Scope(venue_id=found.id), found.name

    return public_file(_file(of_venue), f"{slug}.ics")


@blueprint.get("/providers/<slug>.ics")
@public
def provider(slug: str) -> ResponseReturnValue:
    """What one organisation offers."""

    def of_provider(edition: Edition) -> tuple[Scope, str]:
        found = feeds.provider(slug, edition) or abort(404)
        return Scope(provider_id=found.id), found.name

    return public_file(_file(of_provider), f"{slug}.ics")


@blueprint.get("/themes/<slug>.ics")
@public
def theme(slug: str) -> ResponseReturnValue:
    """What is on about one theme."""

    def of_theme(_edition: Edition) -> tuple[Scope, str]:
        found = feeds.theme(slug) or abort(404)
        return Scope(theme_id=found.id), found.name

    return public_file(_file(of_theme), f"{slug}.ics")


@blueprint.get("/sessions/<code>.ics")
@public
def session(code: str) -> ResponseReturnValue:
    """The dates of one session."""

    def of_session(edition: Edition) -> tuple[Scope, str]:
        found = feeds.session(code, edition, clock.now()) or abort(404)
        assert found.published_revision is not None  # only such sessions are public
        return Scope(session_id=found.id), found.published_revision.text().title

    return public_file(_file(of_session), f"{code.upper()}.ics", download=True)


@blueprint.get("/sessions/<code>/calendar")
@public
def session_download(code: str) -> ResponseReturnValue:
    """The way to the same file for who presses a button: behind a redirect, phones save it where
    they would offer to subscribe."""
    found = feeds.session(code, current_edition() or abort(404), clock.now()) or abort(404)
    return redirect(url_for("feeds.session", code=found.code), 303)


def _everything(_edition: Edition) -> tuple[Scope, str]:
    return Scope(), ""


def _file(
    scope_of: Callable[[Edition], tuple[Scope, str]],
    write: Writer = _calendar,
    mimetype: str = CALENDAR,
) -> File:
    """The feed at this address with these filters, as it was made some seconds ago or is now."""
    key = (request.path, *(request.args.get(name, "") for name in NAMES))

    def make() -> File:
        edition = current_edition() or abort(404)
        scope, about = scope_of(edition)
        search, among = _search()
        found = feeds.runs(edition, scope, clock.now(), among)
        name = _name(edition, about, search)
        return File.of(write(found, edition, name, _source(search)), mimetype)

    return kept(key, make)


def _search() -> tuple[Search, list[int] | None]:
    """What the address asks for, and the runs that it finds. Nobody sees a note in a calendar, so a
    filter we do not know is refused in words instead of filling a calendar with all there is."""
    if not any(request.args.get(name) for name in NAMES):
        return Search(), None
    shown = finder.take() or abort(404)
    asked = finder.read(shown)
    if asked.notes or asked.problems:
        refused = gettext("There is no such feed: it asks for something we do not know.")
        abort(make_response(refused + "\n", 404, {"Content-Type": "text/plain; charset=utf-8"}))
    return asked.search, matching(shown.index, shown.standing, asked.search)


def _name(edition: Edition, about: str, search: Search) -> str:
    """What the feed is called in people's lists of calendars."""
    chosen: list[str] = []
    if not search.is_empty:
        shown = finder.take() or abort(404)
        chosen = [one["text"] for one in chips(Asked(search), shown.index.stock)]
    parts = ", ".join(one for one in [about, *chosen] if one)
    return one_line(f"{edition.name}: {parts}".rstrip(": "))


def _source(search: Search) -> str:
    """The feed's own address, with the filters that count and no others."""
    return address(str(request.endpoint), **(request.view_args or {}), **query_of(search))


@blueprint.get("/calendar/<token>.ics")
@by_link
def mine(token: str) -> ResponseReturnValue:
    """One person's calendar, or one booking's: who knows the address may see it, and nothing tells
    a wrong one from one that was ended."""
    edition = current_edition() or abort(404)
    known = feeds.bookings_at(token, current_app.config["SECRET_KEY"])
    if known is None:
        abort(404)
    held = feeds.held_under(known, clock.now())
    content = own_feed(held, edition, address("bookings.find"))
    return private_file(File.of(content), "bookings.ics")
