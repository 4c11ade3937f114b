"""Public entries: the programme's runs, whole or in part, to subscribe to."""

from collections.abc import Callable, Iterator

from flask_babel import gettext

from festival.delivery.addresses import address
from festival.delivery.calendars.event import CANCELLED, CONFIRMED, Event
from festival.delivery.calendars.lines import write_feed
from festival.delivery.calendars.personal import product
from festival.delivery.calendars.text import one_line, plain
from festival.delivery.calendars.times import local_time, stamp
from festival.domain.feeds import Found, Run
from festival.models import Edition


def public_feed(found: Found, edition: Edition, *, name: str, source: str) -> bytes:
    """These runs as a calendar. No alarms, no way to join, nobody busy; the bytes change only when
    what they tell of does."""
    return write_feed(
        _events(found, edition), name=one_line(name), source=source, product=product(edition)
    )


def place_of(run: Run) -> str:
    """The place on one line."""
    if run.is_online:
        return str(gettext("Online"))
    parts = (run.room, run.venue, run.address, run.postcode)
    return one_line(", ".join(part for part in parts if part))


def session_pages() -> Callable[[str], str]:
    """The address of a session's page by its code, made once: thousands are asked for."""
    base = address("programme.session", code="-").removesuffix("-")
    return lambda code: f"{base}{code}"


def _events(found: Found, edition: Edition) -> Iterator[Event]:
    # Addresses and words that many runs share are made once: there are thousands of runs.
    page_of = session_pages()
    texts = {
        number: (one_line(one.title), plain(f"{one.summary}\n\n{one.description}"))
        for number, one in found.wordings.items()
    }
    zone = edition.zone
    for run in found.runs:
        title, words = texts[run.revision_id]
        page = page_of(run.code)
        cancelled = run.is_cancelled
        known = run.latitude is not None and run.longitude is not None
        yield Event(
            uid=run.uid,
            sequence=run.sequence,
            stamp=stamp(run.changed_at),
            starts=local_time(run.starts_at, zone),
            ends=local_time(run.ends_at, zone),
            summary=gettext("Cancelled: %(title)s", title=title) if cancelled else title,
            description=f"{words}\n\n{page}",
            location=place_of(run),
            url=page,
            status=CANCELLED if cancelled else CONFIRMED,
            is_busy=False,
            geo=(run.latitude, run.longitude) if known else None,  # type: ignore[arg-type]
            category=one_line(run.theme or ""),
        )
