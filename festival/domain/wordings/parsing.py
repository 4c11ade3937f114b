"""The words of a message as the team types them: plain text with places in braces.

    Hello {name},

    {details}

    Write to https://example.org, or:
    - call us

    {manage: Change my booking}

An empty line ends a paragraph, a line that begins with a dash is an item of a list, and a place
that alone fills a line is a block. What follows a colon are the words of its link.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from festival.domain.errors import N_, DomainError

PLACE = re.compile(r"\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?::([^{}\n]*))?\}")
ITEM = re.compile(r"[-*•]\s+(.*)")


class BadWording(DomainError):
    """These words cannot be sent; ``field`` is where they were typed."""

    reason = "bad_wording"


@dataclass(frozen=True)
class Place:
    """A name in braces, and the words that stand on its link where they are not ours."""

    name: str
    label: str = ""


Line = tuple[str | Place, ...]


@dataclass(frozen=True)
class Paragraph:
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[Line, ...]


Node = Paragraph | Items | Place


def parse(text: str, field: str = "body") -> list[Node]:
    """Its paragraphs, lists and blocks. Raises BadWording where its braces do not match."""
    nodes: list[Node] = []
    run: list[Line] = []
    items: list[Line] = []

    def end() -> None:
        if run:
            nodes.append(Paragraph(tuple(run)))
        if items:
            nodes.append(Items(tuple(items)))
        run.clear()
        items.clear()

    for number, typed in enumerate(_lines(text), start=1):
        item = ITEM.fullmatch(typed)
        line = parse_line(item[1] if item else typed, field, number)
        if item:
            if run:
                end()
            items.append(line)
            continue
        if items:
            end()
        match line:
            case ():
                end()
            case (Place() as block,):
                end()
                nodes.append(block)
            case _:
                run.append(line)
    end()
    return nodes


def _lines(text: str) -> list[str]:
    """Without spaces around them; only real line breaks end one."""
    return [" ".join(line.split()) for line in re.split(r"\r\n|\r|\n", text)]


def parse_line(text: str, field: str = "subject", number: int = 1) -> Line:
    """The words and places of one line. Raises BadWording."""
    parts: list[str | Place] = []
    end = 0
    for found in PLACE.finditer(text):
        parts.append(_without_braces(text[end : found.start()], field, number))
        parts.append(Place(found[1].lower(), (found[2] or "").strip()))
        end = found.end()
    parts.append(_without_braces(text[end:], field, number))
    return tuple(part for part in parts if part != "")


def _without_braces(text: str, field: str, number: int) -> str:
    if "{" in text or "}" in text:
        raise BadWording(
            N_(
                "Line %(line)s has a brace that does not belong to a place: %(words)s. "
                "A place is one word in braces, like {name}."
            ),
            field=field,
            line=number,
            words=text.strip()[:40],
        )
    return text


def places_in(nodes: list[Node]) -> Iterator[tuple[Place, bool]]:
    """Each place, and whether it stands on a line of its own."""
    for node in nodes:
        if isinstance(node, Place):
            yield node, True
            continue
        lines = node.lines if isinstance(node, Paragraph) else node.items
        for line in lines:
            # An item that is one place is a line of its own to who types it, but not a block.
            yield from ((part, False) for part in line if isinstance(part, Place))
