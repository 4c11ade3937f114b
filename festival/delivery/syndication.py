"""The programme for feed readers (Atom) and for other people's programs (JSON): what is told, who
tells it, and when it changed; how many places are left stands on the pages alone."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import current_app
from flask_babel import gettext

from festival.delivery.addresses import address
from festival.delivery.calendars.public import session_pages
from festival.delivery.calendars.text import one_line, plain
from festival.domain import words
from festival.domain.feeds import Found, Run
from festival.models import Edition

XML = b'<?xml version="1.0" encoding="utf-8"?>\n'
Sessions = list[list[Run]]


def atom(found: Found, edition: Edition, name: str, source: str) -> bytes:
    """An Atom feed with one entry for each session, what changed last first."""
    sessions = sorted(_sessions(found), key=lambda runs: runs[0].code)
    sessions.sort(key=_changed_at, reverse=True)
    feed = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    _add(feed, "title", name)
    _add(feed, "id", source)
    _add(feed, "updated", _iso(_updated(sessions, edition)))
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=source)
    _add(feed, "link", rel="alternate", type="text/html", href=address("programme.home"))
    page_of = session_pages()
    for runs in sessions:
        feed.append(_entry(runs, found, edition, page_of(runs[0].code)))
    return XML + bytes(tostring(feed, encoding="utf-8", xml_declaration=False)) + b"\n"


def _entry(runs: Sequence[Run], found: Found, edition: Edition, page: str) -> Element:
    first, wording = runs[0], found.wording(runs[0])
    entry = Element("entry")
    title = one_line(wording.title)
    off = all(run.is_cancelled for run in runs)
    _add(entry, "title", gettext("Cancelled: %(title)s", title=title) if off else title)
    tag = f"tag:{current_app.config['CALENDAR_DOMAIN']},{edition.starts_on.year}"
    _add(entry, "id", f"{tag}:sessions/{first.code}")
    _add(entry, "updated", _iso(_changed_at(runs)))
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    _add(_add(entry, "author"), "name", one_line(first.provider))
    if first.theme:
        _add(entry, "category", term=str(first.theme_slug), label=one_line(first.theme))
    _add(entry, "summary", one_line(wording.summary))
    dates = [_date_words(run, edition) for run in runs]
    content = _add(entry, "content", plain("\n".join([*dates, "", wording.description])))
    content.set("type", "text")
    return entry


def _date_words(run: Run, edition: Edition) -> str:
    when = words.when(run.starts_at, run.ends_at, edition.zone)
    where = gettext("Online") if run.is_online else f"{run.room}, {run.venue}"
    line = f"{when}: {one_line(where)}"
    return gettext("Cancelled: %(title)s", title=line) if run.is_cancelled else line


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    child = SubElement(parent, name, attributes)
    child.text = text
    return child


def as_json(found: Found, edition: Edition, name: str, source: str) -> bytes:
    """Every session with its runs, by the time of the first."""
    sessions, page_of = _sessions(found), session_pages()
    told = {
        "name": name,
        "url": source,
        "updated": _iso(_updated(sessions, edition)),
        "time_zone": edition.time_zone,
        "sessions": [
            {"url": page_of(runs[0].code), **_session(runs, found, edition)} for runs in sessions
        ],
    }
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _session(runs: Sequence[Run], found: Found, edition: Edition) -> dict[str, Any]:
    first, wording = runs[0], found.wording(runs[0])
    theme = {"slug": first.theme_slug, "name": first.theme} if first.theme else None
    return {
        "code": first.code,
        "title": one_line(wording.title),
        "summary": one_line(wording.summary),
        "description": plain(wording.description),
        "provider": {"slug": first.provider_slug, "name": first.provider},
        "theme": theme,
        "updated": _iso(_changed_at(runs)),
        "runs": [_run(run, edition) for run in runs],
    }


def _run(run: Run, edition: Edition) -> dict[str, Any]:
    return {
        "id": run.id,
        "uid": run.uid,
        "starts_at": run.starts_at.astimezone(edition.zone).isoformat(),
        "ends_at": run.ends_at.astimezone(edition.zone).isoformat(),
        "status": run.state.value,
        "online": run.is_online,
        "room": run.room,
        "venue": {
            "slug": run.venue_slug,
            "name": run.venue,
            "address": run.address,
            "postcode": run.postcode,
            "latitude": run.latitude,
            "longitude": run.longitude,
        },
    }


def _sessions(found: Found) -> Sessions:
    """Each session's runs in time order, the sessions by their first."""
    by_code = sorted(found.runs, key=lambda run: (run.code, run.starts_at, run.id))
    grouped = [list(runs) for _, runs in groupby(by_code, key=lambda run: run.code)]
    return sorted(grouped, key=lambda runs: (runs[0].starts_at, runs[0].code))


def _changed_at(runs: Sequence[Run]) -> datetime:
    return max(run.changed_at for run in runs)


def _updated(sessions: Sessions, edition: Edition) -> datetime:
    """When anything changed last; of nothing, the festival's first day."""
    first_day = datetime.combine(edition.starts_on, time(), edition.zone)
    return max((_changed_at(runs) for runs in sessions), default=first_day)


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
