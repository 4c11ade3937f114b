"""Tickets and sheets as PDF: tagged (PDF/UA), a ticket a page, by WeasyPrint where it is installed.

It is an extra: without it tickets are printed from their page. Loading it takes most of a second,
so it is loaded when the first ticket is printed. What it may read is what it is handed: it fetches
nothing, from this machine or any other.
"""

import importlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import force_locale

from festival.delivery.shown_tickets import ShownTicket, ticket_of
from festival.domain.tickets import TicketKeys
from festival.models import Booking, Edition, Reservation
from festival.paths import STATIC

log = logging.getLogger(__name__)
# Pango's font maps are not for several threads at once.
ONE_AT_A_TIME = threading.Lock()
Finisher = Callable[[Any, Any], None]


class CannotPrint(Exception):
    """WeasyPrint or Pango is not installed here."""


@cache
def _weasyprint() -> Any:
    """The library; None where it or what it needs of the machine is missing."""
    # Of rules that are for screens, it says each time that it does not know them.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        return importlib.import_module("weasyprint")
    except (ImportError, OSError) as error:  # without Pango it is an OSError
        log.warning("Tickets cannot be made as PDF: %s", error)
        return None


def can_print() -> bool:
    """Whether tickets can be made as PDF on this machine."""
    return _weasyprint() is not None


def tickets(
    reservations: Sequence[Reservation],
    booking: Booking,
    edition: Edition,
    keys: TicketKeys,
    *,
    large: bool = False,
    named: bool = True,
) -> bytes:
    """The tickets of these reservations of one booking as one PDF, a page each: A5, or in large
    print. Raises CannotPrint."""
    shown = [ticket_of(one, booking, edition, keys, named=named) for one in reservations]
    return of_shown(shown, booking, edition, large=large)


def of_shown(
    shown: Sequence[ShownTicket], booking: Booking, edition: Edition, *, large: bool = False
) -> bytes:
    """The same of tickets whose words are there already. Raises CannotPrint."""
    language = booking.language
    with force_locale("en_GB" if language == "en" else language):
        html = current_app.jinja_env.get_template("bookings/tickets_file.html").render(
            tickets=shown,
            reference=booking.reference,
            edition=edition,
            language="en-GB" if language == "en" else language,
            large=large,
        )
    return _pdf(html)


def _pdf(html: str) -> bytes:
    return pdf(html, "ticket.css", finisher=_tell_languages)


def pdf(html: str, style: str, *, finisher: Finisher | None = None) -> bytes:
    """A page of ours as PDF, in this one of our styles. Raises CannotPrint."""
    weasyprint = _weasyprint()
    if weasyprint is None:
        raise CannotPrint
    with ONE_AT_A_TIME:
        fonts, sheet, fetcher = _kept(style)
        document = weasyprint.HTML(string=html, url_fetcher=fetcher, media_type="print")
        made: bytes = document.write_pdf(
            stylesheets=[sheet],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            finisher=finisher,
        )
    return made


@cache
def _kept(style: str) -> tuple[Any, Any, Any]:
    """What is read once a process: the machine's fonts, our style; and what may be fetched, which
    is what stands in the address itself."""
    weasyprint = _weasyprint()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    text = (STATIC / "css" / style).read_text(encoding="utf-8")
    return fonts, weasyprint.CSS(string=text, font_config=fonts, url_fetcher=fetcher), fetcher


def _tell_languages(document: Any, pdf: Any) -> None:
    """Say of each text in another language than the document's which one it is, for those who have
    it read to them. WeasyPrint tells only the document's; its texts and the elements of its tags
    are in the same order."""
    own = document.metadata.lang.split("-")[0]
    texts = [box for page in document.pages for box in _texts(page._page_box)]
    elements = [one for one in pdf.objects if _is_leaf(one)]
    if len(texts) != len(elements):
        log.error("%s texts of a PDF have %s tags", len(texts), len(elements))
        return
    for text, element in zip(texts, elements, strict=True):
        language = text.style["lang"]
        if language and language != own:
            element["Lang"] = f"({language})"


def _texts(box: Any) -> Iterator[Any]:
    if type(box).__name__ == "TextBox" or box.element_tag == "img":
        yield box
    for child in getattr(box, "children", ()):
        yield from _texts(child)


def _is_leaf(thing: Any) -> bool:
    """Whether this is an element of the tags that holds a text or a picture, not others."""
    return (
        isinstance(thing, dict)
        and thing.get("S") in ("/Span", "/Figure")
        and all(isinstance(kid, int) for kid in thing["K"])
    )
