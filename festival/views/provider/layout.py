"""What all pages of a provider share: the way from one to another."""

from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext
from flask_login import current_user

from festival.domain import accounts
from festival.views.access import me
from festival.views.provider.blueprint import blueprint


@blueprint.context_processor
def _context() -> dict[str, Any]:
    return {"provider_links": links, "page_of": page_of}


def page_of(endpoint: str, **values: Any) -> str | None:
    """The address of this page; None where there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def links() -> list[dict[str, Any]]:
    """The main pages of a provider, for who belongs to one: text, address, whether it is here."""
    if not current_user.is_authenticated or not current_user.memberships:
        return []
    pages = [
        (gettext("Our sessions"), page_of("provider.home")),
        (gettext("Reports"), page_of("provider.report") if _may_read_reports() else None),
        (gettext("People"), page_of("provider.people")),
        (gettext("Our organisation"), page_of("provider.organisation")),
    ]
    return [
        {"text": text, "href": href, "active": request.path == href}
        for text, href in pages
        if href is not None
    ]


def _may_read_reports() -> bool:
    return bool(accounts.offering_for(me()))
