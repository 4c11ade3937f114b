"""What pages say of the feeds: their addresses, for calendars, feed readers and programs."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext

from festival.delivery.addresses import address
from festival.delivery.calendars import google, outlook, webcal
from festival.domain import clock, words
from festival.domain.finding import Search
from festival.models import Edition, FestivalSession, Occurrence, OccurrenceState
from festival.views.finder import query_of


def programme(search: Search) -> dict[str, str]:
    """The feeds of what the programme shows."""
    chosen: dict[str, Any] = {**query_of(search)}
    feed = address("feeds.whole", **chosen)
    return {
        "feed": feed,
        "subscribe": webcal(feed),
        "atom": url_for("feeds.atom", **chosen),
        "json": url_for("feeds.as_json", **chosen),
    }


def session(found: FestivalSession, runs: Sequence[Occurrence], edition: Edition) -> dict[str, Any]:
    """The ways into a calendar that a session's page shows."""
    assert found.published_revision is not None  # only such sessions are public
    title = found.published_revision.text().title
    feed = address("feeds.session", code=found.code)
    coming = [
        one
        for one in runs
        if one.state == OccurrenceState.scheduled and one.starts_at > clock.now()
    ]
    return {
        "lines": [
            {
                "title": title,
                "when": words.when(one.starts_at, one.ends_at, edition.zone),
                "google": google(one),
                "outlook": outlook(one),
            }
            for one in coming
        ],
        "download": url_for("feeds.session_download", code=found.code) if coming else None,
        "feed": feed,
        "subscribe": webcal(feed),
        "private": False,
        "more": _more(found, runs),
    }


def _more(found: FestivalSession, runs: Sequence[Occurrence]) -> list[tuple[str, str]]:
    """All that is on at these venues, by this provider, about this theme: to subscribe to."""
    venues = {one.room.venue.slug: one.room.venue for one in runs if not one.room.venue.is_online}
    named = [
        (gettext("At %(venue)s", venue=one.name), address("feeds.venue", slug=one.slug))
        for one in venues.values()
    ]
    by, theme = found.provider, found.theme
    named.append(
        (gettext("By %(provider)s", provider=by.name), address("feeds.provider", slug=by.slug))
    )
    if theme is not None:
        feed = address("feeds.theme", slug=theme.slug)
        named.append((gettext("About %(theme)s", theme=theme.name), feed))
    named.append((gettext("The whole programme"), address("feeds.whole")))
    return [(text, webcal(feed)) for text, feed in named]
