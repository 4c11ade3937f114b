"""A session as it is passed on: the card that goes with its address, and ways to send it."""

from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import quote, urlencode

from flask_babel import gettext, ngettext

from festival.delivery import cards
from festival.delivery.addresses import address
from festival.delivery.cards import Card
from festival.domain import clock, words
from festival.models import Edition, FestivalSession, Occurrence, OccurrenceState


def card_of(session: FestivalSession, runs: Sequence[Occurrence], edition: Edition) -> Card:
    """What the card of this session says now."""
    assert session.published_revision is not None  # only such sessions are public
    first = next_run(runs)
    cancelled = bool(runs) and all(one.state == OccurrenceState.cancelled for one in runs)
    free = gettext("Free to book") if session.charge else gettext("Free")
    return Card(
        code=session.code,
        palette=palette(session),
        festival=edition.name,
        title=session.published_revision.text().title,
        lines=(when(first, runs, edition), place(first)) if first else (),
        note=gettext("Cancelled") if cancelled else free,
        is_cancelled=cancelled,
    )


def palette(session: FestivalSession) -> str:
    """The colours of its theme."""
    return str(session.theme.palette) if session.theme else "none"


def next_run(runs: Sequence[Occurrence]) -> Occurrence | None:
    """The first that takes place and is not over; else the first there is."""
    coming = (
        one for one in runs if one.state == OccurrenceState.scheduled and one.ends_at > clock.now()
    )
    return next(coming, runs[0] if runs else None)


def when(first: Occurrence, runs: Sequence[Occurrence], edition: Edition) -> str:
    """The first date, and how many more times there are."""
    said = words.when(first.starts_at, first.ends_at, edition.zone)
    more = sum(one.starts_at > first.starts_at for one in runs if one.state == first.state)
    if not more:
        return said
    day = words.day(first.starts_at, edition.zone)
    times = ngettext("%(num)s more time", "%(num)s more times", more)
    return gettext("%(day)s, and %(times)s", day=day, times=times)


def place(run: Occurrence) -> str:
    """Where it is, in few words."""
    venue = run.room.venue
    return gettext("Online") if venue.is_online else venue.name


def picture(card: Card) -> dict[str, object]:
    """The card's own address, with how large it is and the words for who cannot see it. The
    address is another when it says something else: who keeps pictures then fetches it anew."""
    said = sha256(repr(card).encode()).hexdigest()[:12]
    return {
        "address": address("programme.card", code=card.code, v=said),
        "width": cards.WIDTH,
        "height": cards.HEIGHT,
        "alt": ". ".join((card.title, *card.lines, card.note)),
    }


def ways(card: Card) -> dict[str, str]:
    """The address to copy, and links that begin a letter or a message with it."""
    page = address("programme.session", code=card.code)
    text = " · ".join((card.title, *card.lines, *((card.note,) if card.is_cancelled else ())))
    letter = urlencode({"subject": card.title, "body": f"{text}\r\n{page}"}, quote_via=quote)
    return {
        "address": page,
        "title": card.title,
        "text": text,
        "mail": f"mailto:?{letter}",
        "whatsapp": f"https://wa.me/?{urlencode({'text': f'{text} {page}'}, quote_via=quote)}",
    }
