"""Words for a picture: which letters can be drawn, with what, and how they fit.

Pillow brings one face, which has the letters of English. Where a title has others, the machine's
own faces are asked for, by fontconfig as for PDF; where there is none that has them, the letter is
drawn without its accent, or is left out. A box in place of a letter is never drawn.
"""

import shutil
import subprocess
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from PIL import ImageFont, features

from festival.domain.words import direction_of

OWN = ""  # the face that Pillow brings
# Drawn by none of the faces that are asked for; but for the hints to letters beside them.
NO_LETTERS = ("So", "Sk", "Cs", "Co", "Cn", "Cc", "Cf")
HINTS = "\u200c\u200d\ufe0e\ufe0f"
WITHOUT_HINTS = dict.fromkeys(map(ord, HINTS))
SCRIPTS_AS_THEY_COME = ("LATIN", "GREEK", "CYRILLIC")  # letter after letter, from left to right
IN_PLAIN = str.maketrans("–—‑×•łŁđı", "---x·lLdi")
SECONDS = 5  # for fontconfig to answer


@dataclass(frozen=True)
class Run:
    """Words beside one another that have one face and one direction."""

    text: str
    face: str  # the file; OWN
    rtl: bool


Line = Sequence[Run]


def can_shape() -> bool:
    """Whether letters can be joined and turned as Gurmukhi and Urdu need it."""
    return bool(features.check("raqm"))


@lru_cache(maxsize=64)
def font(face: str, size: int) -> Any:
    """The face at this size."""
    if face == OWN:
        return ImageFont.load_default(size=size)
    return ImageFont.truetype(face, size)


def runs(text: str) -> list[Run]:
    """The text as it can be drawn, in the order in which it is said; empty where nothing of it
    can be."""
    words = _drawable(text).split()
    whole = _face_for(" ".join(words))
    drawn = []
    for word in words:
        face = whole if whole is not None else _face_for(word)
        plain = word if face is not None else _in_plain(word)
        if face is None or face == OWN or not can_shape():
            plain = plain.translate(WITHOUT_HINTS)
        # Of a word of which no letter can be drawn, its comma is not drawn either.
        if plain and (face is not None or _says_something(plain, word)):
            drawn.append(Run(plain, face or OWN, _is_rtl(plain)))
    return drawn


def _drawable(text: str) -> str:
    """The text without signs that no face has, and without hints that stand beside no letter."""
    letters = (
        one
        for one in unicodedata.normalize("NFC", " ".join(text.split()))
        if one in HINTS or unicodedata.category(one) not in NO_LETTERS
    )
    return " ".join(word.strip(HINTS) for word in "".join(letters).split())


def _says_something(plain: str, word: str) -> bool:
    return any(map(str.isalnum, plain)) or not any(map(str.isalnum, word))


def wrap(words: Sequence[Run], size: int, width: int) -> list[Line]:
    """The words in lines of this width; a word that is wider than a line is cut."""
    lines: list[list[Run]] = [[]]
    for word in (piece for one in words for piece in _pieces(one, size, width)):
        if lines[-1] and width_of([*lines[-1], word], size) > width:
            lines.append([])
        lines[-1].append(word)
    return [_joined(line) for line in lines if line]


def width_of(line: Line, size: int) -> float:
    """How wide a line of words is at this size."""
    joined = _joined(line)
    spaces = font(OWN, size).getlength(" ") * (len(joined) - 1)
    return float(sum(font(run.face, size).getlength(run.text) for run in joined) + spaces)


def fitted(
    text: str, width: int, height: int, sizes: Sequence[int], leading: float = 1.18
) -> tuple[int, list[Line]]:
    """The largest of these sizes, the largest first, at which the text fits into the box, with its
    lines; at the smallest it is cut."""
    words, size, lines, most = runs(text), sizes[0], [], 0
    for size in sizes:
        lines, most = wrap(words, size, width), int(height / (size * leading))
        if len(lines) <= most:
            return size, lines
    return size, _cut(lines[: max(1, most)], size, width)


def _cut(lines: list[Line], size: int, width: int) -> list[Line]:
    """With dots at the end, which says that there is more."""
    dots = Run("…", OWN, rtl=False)
    last = list(lines[-1])
    while last and width_of([*last, dots], size) > width:
        shorter = last[-1].text[:-1].rstrip()
        last[-1:] = [replace(last[-1], text=shorter)] if shorter else []
    return [*lines[:-1], [*last, dots]]


def _pieces(word: Run, size: int, width: int) -> list[Run]:
    """The word, cut where it is wider than a line."""
    pieces, rest, face = [], word.text, font(word.face, size)
    while face.getlength(rest) > width:
        ends = range(1, len(rest))
        end = max(1, bisect_right(ends, width, key=lambda end: face.getlength(rest[:end])))
        pieces.append(replace(word, text=rest[:end]))
        rest = rest[end:]
    return [*pieces, replace(word, text=rest)]


def _joined(line: Line) -> Line:
    """Words of one face and direction as one run, so that their letters can join."""
    return [
        Run(" ".join(run.text for run in group), face, rtl)
        for (face, rtl), group in groupby(line, key=lambda run: (run.face, run.rtl))
    ]


def _is_rtl(text: str) -> bool:
    return direction_of(text) == "rtl"


# --- which face has which letters


def _face_for(text: str) -> str | None:
    """The face that has all letters of this text; None where there is none."""
    letters = frozenset(text) - frozenset(HINTS + " ")
    if all(_is_own(one) for one in letters):
        return OWN
    if not can_shape() and not all(map(_comes_as_it_is, letters)):
        return None
    return _of_the_machine("".join(sorted(letters)))


@lru_cache(maxsize=4096)
def _is_own(letter: str) -> bool:
    """Whether Pillow's face has this letter: what it has not, it draws as it draws a letter that
    nobody has."""
    return _drawn(letter) != _drawn("\uffff")


def _drawn(letter: str) -> bytes:
    return bytes(font(OWN, 24).getmask(letter))


def _comes_as_it_is(letter: str) -> bool:
    script = unicodedata.name(letter, "").split(" ")[0]
    return not letter.isalpha() or script in SCRIPTS_AS_THEY_COME


@lru_cache(maxsize=256)
def _of_the_machine(letters: str) -> str | None:
    """The file of a face of this machine that has all these letters; asked once for the same."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    wanted = ":charset=" + " ".join(f"{ord(one):x}" for one in letters)
    try:
        told = subprocess.run(  # noqa: S603 - fontconfig, about letters by their numbers
            [program, "-f", "%{file}\t%{family[0]}\t%{style[0]}\t%{variable}\n", wanted],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    faces = [line.split("\t") for line in told.splitlines() if line.count("\t") == 3]
    usable = sorted(
        (one for one in faces if one[0].endswith((".ttf", ".otf")) and one[3] != "True"),
        key=_rank,
    )
    return next((one[0] for one in usable if _opens(one[0])), None)


def _rank(face: Sequence[str]) -> tuple[bool, bool, bool, bool, int, str]:
    file, family, style, _variable = face
    return (
        "Emoji" in family or "Mono" in family,
        not family.startswith("Noto Sans"),
        not family.startswith("Noto"),
        style != "Bold",
        len(family),
        file,
    )


def _opens(file: str) -> bool:
    try:
        font(file, 24)
    except OSError:
        return False
    return True


def _in_plain(word: str) -> str:
    """The word with letters that can be drawn: without accents, and without what is left then."""
    plain = unicodedata.normalize("NFKD", word.translate(IN_PLAIN))
    return "".join(one for one in plain if not unicodedata.combining(one) and _is_own(one))
