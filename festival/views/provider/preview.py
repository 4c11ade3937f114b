"""A draft as its card in the programme will be."""

from typing import Any

from flask_babel import gettext, ngettext

from festival.domain import images, words
from festival.domain.errors import DomainError
from festival.extensions import db
from festival.forms.offers import OfferForm, runs_of
from festival.models import Accompaniment, FestivalSession, Revision, Room, Theme
from festival.views import shown


def card(revision: Revision, form: OfferForm) -> dict[str, Any]:
    """What its card shows, as far as the draft says it."""
    room = room_of(form)
    venue = room.venue if room else None
    place = gettext("Online") if venue and venue.is_online else venue.name if venue else ""
    return {
        "title": form.title.data or gettext("No title yet"),
        "summary": form.summary.data or gettext("No summary yet."),
        "theme": _chosen(Theme, form.theme.data),
        "when": _when(form) or gettext("No date yet"),
        "venue": place or gettext("No place yet"),
        "audience": _audience(form),
        "code": revision.session.code,
        "image": images.shown(revision),
        "image_alt": revision.text().image_alt,
    }


def room_of(form: OfferForm) -> Room | None:
    """The room that is chosen."""
    return _chosen(Room, form.room.data)


def _chosen(model: type[Any], typed: object) -> Any:
    text = str(typed or "")
    return db.session.get(model, int(text)) if text.isdecimal() and len(text) < 10 else None


def _when(form: OfferForm) -> str:
    """The first date, and how many more there are."""
    if form.is_empty(0) or form.find_faults():
        return ""
    first = form.of_row("day", 0), form.of_row("starts", 0).time, form.of_row("ends", 0).time
    if not all((first[0].data, first[1], first[2], form.room.data)):
        return ""
    try:
        runs = runs_of(form)
    except (DomainError, AssertionError, ValueError):
        return ""
    said = words.when(runs[0].starts_at, runs[0].ends_at, form.edition.zone)
    more = len(runs) - 1
    if not more:
        return said
    dates = ngettext("%(num)s more date", "%(num)s more dates", more)
    return gettext("%(first)s, and %(dates)s", first=said, dates=dates)


def _audience(form: OfferForm) -> str:
    """Who may come, said as the programme says it."""
    kinds = {one.value: one for one in Accompaniment}
    like_it = FestivalSession(
        age_min=_age(form.age_min.data),
        age_max=_age(form.age_max.data),
        accompaniment=kinds.get(form.accompaniment.data or "", Accompaniment.none),
    )
    return shown.audience(like_it)


def _age(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isdecimal() and len(typed) < 4 else None
