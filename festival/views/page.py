"""What every page knows: the edition, its navigation, words for times, versioned files."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request, session, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from festival.delivery.addresses import address
from festival.domain import bookings, clock, words
from festival.extensions import db
from festival.models import Edition, Office
from festival.paths import STATIC
from festival.views.told import another_way

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BASKET = "basket"  # in the signed cookie: the secret of the visitor's basket
SAVED = "saved"  # there too: the codes of sessions that somebody put by


def init_app(app: Flask) -> None:
    app.context_processor(context)
    app.after_request(add_security_headers)
    app.add_template_global(asset, "asset")
    app.add_template_global(lines_in_basket, "lines_in_basket")
    app.add_template_global(another_way, "another_way")
    app.add_template_filter(words.when, "when")
    app.add_template_filter(words.direction, "direction")
    app.add_template_filter(words.direction_of, "direction_of")
    app.add_template_filter(show_day, "day")
    app.add_template_filter(show_moment, "moment")
    app.add_template_filter(words.brief, "brief")
    app.add_template_filter(words.range_of_hours, "hours")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def edition() -> Edition | None:
    """The festival that is on show; None before the first is made."""
    if "edition" not in g:
        g.edition = db.session.scalar(sa.select(Edition).where(Edition.is_current))
    return g.edition


def visitor() -> str:
    """Where this request comes from: only to count tries, never kept longer than their window."""
    return request.remote_addr or "unknown"


def lines_in_basket() -> int:
    """How many sessions this visitor has chosen but not booked yet; asks nothing of the database
    for who never began to book."""
    secret = session.get(BASKET)
    return bookings.count_lines(secret) if secret else 0


def context() -> dict[str, Any]:
    """What every template knows. Each form field is a template of its own, so this is asked for
    many times a page, and made once."""
    if g.get("bare"):
        return {"page_language": "en-GB", "page_direction": "ltr"}
    if "page_context" not in g:
        g.page_context = _context()
    return dict(g.page_context)


def _context() -> dict[str, Any]:
    locale = get_locale()
    language = str(locale).replace("_", "-") if locale else "en-GB"
    return {
        "edition": edition(),
        "now": clock.now(),
        "canonical": address,
        "page_language": language,
        "page_direction": words.direction(language),
        "navigation": navigation(),
    }


def navigation() -> list[dict[str, Any]]:
    """The main links for this person: text, address, and whether it is where they are."""
    links = [
        (gettext("Programme"), url_for("programme.home")),
        (gettext("My booking"), url_for("bookings.find")),
    ]
    if saved := session.get(SAVED):
        listed = gettext("My list (%(count)s)", count=len(saved))
        links.append((listed, url_for("saved.mine")))
    if current_user.is_authenticated:
        if current_user.memberships:
            links.append((gettext("Our sessions"), url_for("provider.home")))
        if current_user.holds(*Office):
            links.append((gettext("Festival team"), url_for("office.home")))
    here = request.path
    return [
        {
            "text": text,
            "href": href,
            "active": here == href or (href != "/" and here.startswith(href)),
        }
        for text, href in links
    ]


def show_day(value: date | datetime) -> str:
    current = edition()
    return words.day(value, current.zone if current else None)


def show_moment(value: datetime) -> str:
    current = edition()
    return words.moment(value, current.zone if current else None)


def asset(name: str) -> str:
    """The address of a static file, with its content's hash so that it may be kept for a year."""
    return url_for("static", filename=name, v=_fingerprint(name, current_app.debug))


@lru_cache(maxsize=512)
def _fingerprint(name: str, _debug: bool) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def security_headers(app: Flask) -> dict[str, str]:
    """What every answer says to the browser, static files included."""
    headers = dict(HEADERS)
    if host := app.config["MAP_HOST"]:
        policy = CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {host}")
        headers["Content-Security-Policy"] = policy
    if app.config["SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def add_security_headers(response: Response) -> Response:
    for name, value in security_headers(current_app).items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
