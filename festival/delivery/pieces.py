"""What stands in the blocks of a message: headings, lines, links, lists and changes, which the
templates of ``mail/`` show as text and as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Said:
    """Words, and the language they are in where it is not that of the words around them."""

    text: str
    language: str = ""
    label: str = ""  # before it
    strong: bool = False


@dataclass(frozen=True)
class Heading:
    kind: ClassVar[str] = "heading"
    title: Said


@dataclass(frozen=True)
class Lines:
    kind: ClassVar[str] = "lines"
    lines: Sequence[Said]


@dataclass(frozen=True)
class Link:
    kind: ClassVar[str] = "link"
    label: str
    href: str
    about: Said | None = None  # which session, where there are several


@dataclass(frozen=True)
class Choice:
    """One of a list: a link, and what is said of it."""

    title: Said
    said: str
    href: str = ""


@dataclass(frozen=True)
class Choices:
    kind: ClassVar[str] = "choices"
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Change:
    """What was, and what is now."""

    kind: ClassVar[str] = "change"
    before: str
    now: str


Piece = Heading | Lines | Link | Choices | Change
