"""A letter in words: its subject, its plain text and its HTML."""

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext
from markupsafe import Markup

from festival.delivery.addresses import address
from festival.delivery.letters import Letter
from festival.delivery.wordings import Chosen, choose, fill, is_translated, locale_of
from festival.domain import words
from festival.domain.errors import N_
from festival.domain.wordings import EMAIL

CALENDAR_NOTE = N_(
    "Your calendar may ask you to accept or decline. Declining there does not give up your places. "
    "Only the links in this email do."
)
BOOKING_NOTE = N_(
    "Please do not answer this email to change or cancel: nobody reads its mailbox for that. "
    "Use the links in it, or ask us."
)


@dataclass(frozen=True)
class Written:
    """A mail's subject, and its words as plain text and as HTML."""

    subject: str
    text: str
    html: str


def compose(letter: Letter, chosen: Chosen | None = None) -> Written:
    """The words of this letter: these, else those it takes."""
    chosen = chosen or choose(letter.kind, EMAIL, letter.language)
    subject, parts = fill(chosen, letter)
    with force_locale(locale_of(_ours(chosen))):
        context = {
            "edition": letter.edition,
            "language": chosen.language,
            "ours": _ours(chosen),
            "parts": parts,
            "calendar_note": gettext(CALENDAR_NOTE) if letter.entries or letter.ended else "",
            "booking_note": gettext(BOOKING_NOTE) if letter.booking else "",
            "all_bookings": address("mine.ask") if letter.booking else "",
        }
        text = fill_template("mail/letter.txt", context)
        html = fill_template("mail/letter.html", context)
    return Written(subject, re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text), html)


def body_of(letter: Letter, chosen: Chosen) -> Markup:
    """The HTML of these words alone, to be shown within a page."""
    _subject, parts = fill(chosen, letter)
    with force_locale(locale_of(_ours(chosen))):
        macros: Any = current_app.jinja_env.get_template("mail/parts.html").module
        return Markup(macros.words_of(parts, chosen.language))  # noqa: S704 - escaped by the macro


def fill_template(template: str, context: dict[str, Any]) -> str:
    """Not Flask's render_template: that adds what pages know of their request; mail has none."""
    return current_app.jinja_env.get_template(template).render(context)


def _ours(chosen: Chosen) -> str:
    """The language of what we add ourselves: that of the words, where we know it."""
    return chosen.language if is_translated(chosen.language) else words.ENGLISH
