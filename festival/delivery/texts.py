"""Text messages (SMS): what they say, made to fit, and how many parts that takes."""

from collections.abc import Callable

from flask_babel import force_locale

from festival.delivery import letters, samples
from festival.delivery.blocks import Block, pieces_of
from festival.delivery.letters import Letter, NoLongerTrue
from festival.delivery.pieces import Link
from festival.delivery.wordings import (
    SMS,
    Chosen,
    brief_times,
    choose,
    is_translated,
    locale_of,
    values_of,
)
from festival.domain import wordings, words
from festival.domain.outbox import edition_of
from festival.domain.wordings import KINDS, LINKS, Node, Segments
from festival.models import Message

SHORTEST = {"title": 12, "where": 16}  # letters that are left of them at least, dots included


def render(message: Message) -> str:
    """The SMS of this message as things stand now. Raises NoLongerTrue."""
    edition = edition_of(message)
    if edition is None:
        raise NoLongerTrue("there is no festival")
    if message.kind == "test":
        return compose(*samples.asked_for_text(message, edition))
    if message.kind not in KINDS or KINDS[message.kind].texts is None:
        raise NoLongerTrue("it does not go by SMS")
    return compose(letters.letter_of(message, edition))


def segments(text: str) -> Segments:
    """In which alphabet this text goes, how many characters of it and how many parts it takes."""
    return wordings.count(text)


def compose(letter: Letter, chosen: Chosen | None = None) -> str:
    """The words of this letter as an SMS: these, else those it takes. The title, then the place,
    are shortened where that saves a part."""
    chosen = chosen or choose(letter.kind, SMS, letter.language)
    ours = chosen.language if is_translated(chosen.language) else words.ENGLISH
    with force_locale(locale_of(ours)):
        found = {**values_of(letter), **brief_times(letter)}
        values = {name: value.text for name, value in found.items()}
        values |= _links(letter, chosen)
    nodes = [node for node, _language in chosen.nodes]
    return _fitted(nodes, values, wordings.plain if chosen.language == words.ENGLISH else str)


def _links(letter: Letter, chosen: Chosen) -> dict[str, str]:
    """The address behind each link that it names."""
    found = {}
    for name in chosen.named & set(LINKS):
        made = pieces_of(name, Block(letter, named=chosen.named))
        found[name] = next((one.href for one in made if isinstance(one, Link)), "")
    return found


def _fitted(nodes: list[Node], values: dict[str, str], plain: Callable[[str], str]) -> str:
    """As much of the title and of the place as fits into as few parts as there must be."""

    def filled(values: dict[str, str]) -> str:
        text = plain(wordings.fill_text(nodes, values).strip())
        return text[:1].upper() + text[1:]

    def parts(values: dict[str, str]) -> int:
        return wordings.count(filled(values)).segments

    shortest = dict(values)
    for name, least in SHORTEST.items():
        shortest[name] = shorten(values.get(name, ""), least)
    best = parts(shortest)
    for name in SHORTEST:
        if parts(values) <= best:
            break
        others = {**values, name: shortest[name]}
        if parts(others) > best:
            values = others
            continue
        length = len(values[name])
        while parts(values) > best:
            length -= 1
            values = {**values, name: shorten(values[name], length)}
    return filled(values)


def shorten(text: str, length: int) -> str:
    """The text, or its beginning and three dots, in so many letters."""
    return text if len(text) <= length else text[: max(0, length - 3)].rstrip(" ,.") + "..."
