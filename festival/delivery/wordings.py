"""The words of a message, filled in: which ones it takes, and what stands in their places."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import force_locale, gettext, ngettext

from festival.delivery.blocks import Block, announced, pieces_of
from festival.delivery.calendars import one_line
from festival.delivery.letters import Letter
from festival.delivery.pieces import Piece
from festival.domain import clock, wordings, words
from festival.domain.contacts import CODE_LASTS
from festival.domain.wordings import EMAIL, KINDS, SHIPPED, SMS, Items, Line, Node, Place
from festival.models import Reservation

ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")
# They turn the writing after them, also that which is not theirs.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
FIRST, LAST = "\u2068", "\u2069"  # around what may be written in the other direction
CODE_MINUTES = CODE_LASTS // timedelta(minutes=1)


@dataclass(frozen=True)
class Chosen:
    """The words a message takes. ``nodes`` say in which language each of them is, for what is not
    translated stays English."""

    language: str
    subject: Line
    nodes: Sequence[tuple[Node, str]]

    @property
    def named(self) -> frozenset[str]:
        """The places its body names."""
        found = wordings.places_in([node for node, _language in self.nodes])
        return frozenset(place.name for place, _alone in found)


@dataclass(frozen=True)
class Span:
    """Words within a line: where they lead, and how they are written where that is another way
    than what is around them."""

    text: str
    language: str = ""
    direction: str = ""
    href: str = ""


@dataclass(frozen=True)
class Words:
    """A paragraph, a list or a block, filled in; ``kind`` says which."""

    kind: str
    language: str
    lines: Sequence[Sequence[Span]] = ()
    pieces: Sequence[Piece] = ()

    @property
    def direction(self) -> str:
        return words.direction(self.language)


@dataclass(frozen=True)
class Value:
    """What stands in a place within a sentence."""

    text: str
    language: str = ""


def locale_of(language: str) -> str:
    """What its words are looked up by."""
    return "en_GB" if language == words.ENGLISH else language


def is_translated(language: str) -> bool:
    """Whether there is a catalogue of this language."""
    if language == words.ENGLISH:
        return True
    with force_locale(locale_of(language)):
        return str(gettext(wordings.HELLO)) != wordings.HELLO


# --- which words


def choose(kind: str, channel: str, language: str) -> Chosen:
    """The team's words in this language, else their English ones, else the shipped ones."""
    own = wordings.own_or_english(kind, channel, language)
    if own is not None:
        return typed(own.language, own.subject, own.body)
    return shipped(kind, channel, language)


def typed(language: str, subject: str, body: str) -> Chosen:
    """These words, as the team typed them. Raises BadWording."""
    nodes = [(node, language) for node in wordings.parse(body)]
    return Chosen(language, wordings.parse_line(subject), nodes)


def shipped(kind: str, channel: str, language: str) -> Chosen:
    """The shipped words in this language, as far as they are translated."""
    own = SHIPPED[kind, channel]
    if not is_translated(language):
        language = words.ENGLISH
    with force_locale(locale_of(language)):
        subject = str(gettext(own.subject)) if own.subject else ""
        nodes = [
            (node, language if said != paragraph else words.ENGLISH)
            for paragraph in own.paragraphs
            for said in [str(gettext(paragraph))]
            for node in wordings.parse(said)
        ]
    nodes = [(node, language if isinstance(node, Place) else said) for node, said in nodes]
    return Chosen(language, wordings.parse_line(subject), nodes)


# --- what stands in their places


def values_of(letter: Letter) -> dict[str, Value]:
    """What can stand within a sentence, in the language that is forced now."""
    edition = letter.edition
    values = {
        "name": Value(letter.booking.name if letter.booking else ""),
        "reference": Value(letter.reference),
        "festival": Value(edition.name),
        "help_phone": Value(edition.help_phone or edition.help_email or edition.name),
        "code": Value(letter.code),
        "minutes": Value(str(CODE_MINUTES)),
        "announcement_text": Value(" ".join(announced(letter.facts))),
    }
    if letter.about:
        values |= _of_session(letter)
    return {name: Value(safe(value.text), value.language) for name, value in values.items()}


def _of_session(letter: Letter) -> dict[str, Value]:
    item = letter.about[0]
    return {
        "title": Value(_title(letter), item.text.language),
        "when": Value(item.when[0]),
        "where": Value(item.where),
        "people": Value(item.people),
        "how_soon": Value(how_soon(letter, item.first)),
        "until": Value(item.until),
    }


def brief_times(letter: Letter) -> dict[str, Value]:
    """Days and times in few letters: for subjects and text messages."""
    if not letter.about:
        return {}
    claim, zone = letter.about[0].first, letter.edition.zone
    until = claim.offer_until
    return {
        "when": Value(words.brief(claim.occurrence.starts_at, zone)),
        "until": Value(words.brief(until, zone) if until else ""),
    }


def _title(letter: Letter) -> str:
    """The first session, and how many more."""
    first, more = letter.about[0].text.title, len(letter.about) - 1
    return gettext("%(title)s and %(number)s more", title=first, number=more) if more else first


def how_soon(letter: Letter, claim: Reservation) -> str:
    """``today``, ``tomorrow``, ``in 3 days``."""
    zone = letter.edition.zone
    starts = claim.occurrence.starts_at.astimezone(zone).date()
    days = (starts - clock.now().astimezone(zone).date()).days
    if days <= 0:
        return str(gettext("today"))
    if days == 1:
        return str(gettext("tomorrow"))
    return str(ngettext("in %(num)s day", "in %(num)s days", days))


def safe(text: str) -> str:
    """On one line, and turning nothing around that is not its own."""
    return TURNING.sub("", one_line(text))


# --- filled in


def fill(chosen: Chosen, letter: Letter) -> tuple[str, list[Words]]:
    """The subject, and the body's parts. What we say in blocks is in the language of the words
    where there is a catalogue of it, else in English."""
    ours = chosen.language if is_translated(chosen.language) else words.ENGLISH
    with force_locale(locale_of(ours)):
        values = {
            name: Value(value.text, value.language or _language_of(name, ours))
            for name, value in values_of(letter).items()
        }
        subject = plain_line(chosen.subject, {**values, **brief_times(letter)})
        parts = [
            _part(node, language, chosen, letter, values, ours) for node, language in chosen.nodes
        ]
        prefix = KINDS[letter.kind].prefix
        if prefix:
            subject = _with_prefix(str(gettext(prefix)), prefix, subject)
    return subject, [part for part in parts if part.lines or part.pieces]


def _language_of(name: str, ours: str) -> str:
    """Names and numbers are of no language."""
    return ours if name in ("when", "where", "people", "how_soon", "until") else ""


def _with_prefix(prefix: str, english: str, subject: str) -> str:
    """It begins the subject once, also where the team wrote it there itself."""
    again = re.compile(rf"(?:{re.escape(prefix)}|{re.escape(english)})\s*[:-]\s*", re.IGNORECASE)
    return f"{prefix}: {again.sub('', subject, count=1) if again.match(subject) else subject}"


def _part(
    node: Node,
    language: str,
    chosen: Chosen,
    letter: Letter,
    values: Mapping[str, Value],
    ours: str,
) -> Words:
    if isinstance(node, Place):
        if node.name in values:
            return Words("paragraph", language, lines=[_spans((node,), values, language)])
        block = Block(letter, node.label, chosen.named)
        return Words("block", ours, pieces=pieces_of(node.name, block))
    lines = node.items if isinstance(node, Items) else node.lines
    kind = "list" if isinstance(node, Items) else "paragraph"
    return Words(kind, language, lines=[_spans(line, values, language) for line in lines])


def plain_line(line: Line, values: Mapping[str, Value]) -> str:
    """A line as text alone."""
    return one_line("".join(p if isinstance(p, str) else values[p.name].text for p in line))


def _spans(line: Line, values: Mapping[str, Value], language: str) -> list[Span]:
    spans: list[Span] = []
    for part in line:
        if isinstance(part, str):
            spans += _linked(part)
        elif values[part.name].text:
            value = values[part.name]
            said = value.language if value.language != language else ""
            spans.append(Span(value.text, said, _turned(value, language)))
    return spans


def _linked(text: str) -> list[Span]:
    """Addresses as links."""
    spans, end = [], 0
    for found in ADDRESS.finditer(text):
        spans.append(Span(text[end : found.start()]))
        spans.append(Span(found[0], href=found[0]))
        end = found.end()
    spans.append(Span(text[end:]))
    return [span for span in spans if span.text]


def _turned(value: Value, language: str) -> str:
    """The direction of its writing, where that is another than its line's."""
    strong = (unicodedata.bidirectional(letter) for letter in value.text)
    own = next(("ltr" if one == "L" else "rtl" for one in strong if one in ("L", "R", "AL")), "ltr")
    return own if own != words.direction(language) else ""


__all__ = [
    "EMAIL",
    "SMS",
    "Chosen",
    "Span",
    "Value",
    "Words",
    "brief_times",
    "choose",
    "fill",
    "is_translated",
    "locale_of",
    "safe",
    "shipped",
    "typed",
    "values_of",
]
