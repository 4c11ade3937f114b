"""Sheets of paper for a session: posters for a wall, the list for the door; as pages, as PDF, as
one file that needs no network. Posters hold nothing about anybody who comes."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from markupsafe import Markup

from festival.delivery import codes, printed
from festival.delivery.addresses import address, feedback_address
from festival.domain import images
from festival.models import (
    BookingMode,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    RevisionText,
)
from festival.paths import STATIC

MOST_DATES = 6  # on a poster; who wants the others looks them up
MOST_CROWDED = 3  # the same with a picture, and where each has its own place
STYLE = "sheets.css"


@dataclass(frozen=True)
class PrintedLink:
    """An address on paper: to be typed in, and as a code for phones."""

    address: str

    @property
    def short_address(self) -> str:
        """As people type it."""
        return self.address.split("://", 1)[1]

    @property
    def code(self) -> str:
        """The address as a QR code, PNG in base 64."""
        return b64encode(codes.png_of_address(self.address)).decode()


@dataclass(frozen=True)
class Poster:
    """What hangs on a wall so that people come."""

    session: FestivalSession
    text: RevisionText
    edition: Edition
    runs: Sequence[Occurrence]  # still to come
    more: int  # dates there was no room for

    @property
    def link(self) -> PrintedLink:
        return PrintedLink(address("programme.session", code=self.session.code))

    @property
    def picture(self) -> str:
        """The session's picture in base 64; empty where there is none to show."""
        revision = self.session.published_revision
        image = images.shown(revision) if revision is not None else None
        return b64encode(image.data).decode() if image is not None else ""

    @property
    def needs_booking(self) -> bool:
        return any(run.booking_mode != BookingMode.none for run in self.runs)

    @property
    def one_room(self) -> bool:
        """Whether all of it is in one place, which is then said once."""
        return len({run.room_id for run in self.runs}) == 1

    @property
    def is_full(self) -> bool:
        """Whether it takes smaller print to keep it on one sheet."""
        lines = len(self.runs) if self.one_room else 2 * len(self.runs)
        return lines > (2 if self.picture else 6)

    @property
    def is_series(self) -> bool:
        return len(self.runs) > 1 and all(run.series_part is not None for run in self.runs)


@dataclass(frozen=True)
class CancelledPoster:
    """What hangs on the door so that nobody waits there."""

    run: Occurrence
    text: RevisionText
    edition: Edition
    reason: str
    instead: Occurrence | None

    @property
    def link(self) -> PrintedLink:
        """Where to read on: what people could come to instead, else this session."""
        session = self.instead.session if self.instead is not None else self.run.session
        return PrintedLink(address("programme.session", code=session.code))


def feedback_link(run: Occurrence) -> PrintedLink:
    """Where people say how this run was; the same for all of them."""
    return PrintedLink(feedback_address(run))


def poster_of(session: FestivalSession, runs: Sequence[Occurrence], edition: Edition) -> Poster:
    """The poster of a session that people can see, with these of its runs, soonest first."""
    stand = [one for one in runs if one.state == OccurrenceState.scheduled]
    revision = session.published_revision
    assert revision is not None
    crowded = images.shown(revision) is not None and len({one.room_id for one in stand}) > 1
    most = MOST_CROWDED if crowded else MOST_DATES
    return Poster(session, revision.text(), edition, stand[:most], max(0, len(stand) - most))


def file_of(template: str, *, styled: bool = False, **facts: Any) -> str:
    """A sheet as HTML by itself. ``styled``: with its look in it, to be kept as one file."""
    style = b64encode((STATIC / "css" / STYLE).read_bytes()).decode() if styled else ""
    page: str = current_app.jinja_env.get_template(template).render(
        style=Markup("data:text/css;base64,") + style if styled else "", **facts
    )
    return page


def pdf_of(template: str, **facts: Any) -> bytes:
    """The same as PDF. Raises printed.CannotPrint."""
    return printed.pdf(file_of(template, **facts), STYLE)
