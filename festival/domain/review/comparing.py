"""Two wordings side by side, with what is different marked word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from festival.domain.review.fields import WORDS
from festival.models import RevisionText

MOST = 4000  # pieces of a text; longer ones are compared by line, so that no page takes long
SENTENCE = 9  # pieces: five words and the spaces between them
PIECE = re.compile(r"\s+|[^\W_]+(?:['\u2019][^\W_]+)*|[\W_]")
LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Mark(StrEnum):
    same = "same"
    out = "out"  # is not there any more
    new = "new"


@dataclass(frozen=True)
class Difference:
    """One part of an offer before and after; the pieces joined again are the two texts."""

    field: str
    before: tuple[tuple[Mark, str], ...]
    after: tuple[tuple[Mark, str], ...]

    @property
    def is_changed(self) -> bool:
        return any(mark != Mark.same for mark, _text in (*self.before, *self.after))


def compare_words(before: RevisionText | None, after: RevisionText) -> list[Difference]:
    """Every part of the wording, in the order of the form."""
    return [
        compare(name, getattr(before, name) if before else "", getattr(after, name))
        for name in WORDS
    ]


def compare(field: str, before: str, after: str) -> Difference:
    """Mark what is different between two texts."""
    old, new = _pieces(before, after)
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    if _has_little_in_common(old, new, found):
        return Difference(field, ((Mark.out, "".join(old)),), ((Mark.new, "".join(new)),))
    outs: list[tuple[Mark, str]] = []
    news: list[tuple[Mark, str]] = []
    for kind, a, b, c, d in found:
        if kind == "equal":
            outs.append((Mark.same, "".join(old[a:b])))
            news.append((Mark.same, "".join(new[c:d])))
            continue
        if b > a:
            outs.append((Mark.out, "".join(old[a:b])))
        if d > c:
            news.append((Mark.new, "".join(new[c:d])))
    return Difference(field, tuple(_joined(outs)), tuple(_joined(news)))


def _has_little_in_common(
    old: Sequence[str], new: Sequence[str], found: Sequence[tuple[str, int, int, int, int]]
) -> bool:
    """Whether so few words of two sentences are the same that marks between them only confuse."""
    same = [piece for kind, a, b, _c, _d in found if kind == "equal" for piece in old[a:b]]
    letters = [sum(len(piece.strip()) for piece in pieces) for pieces in (same, old, new)]
    return min(len(old), len(new)) >= SENTENCE and 6 * letters[0] < letters[1] + letters[2]


def _pieces(before: str, after: str) -> tuple[list[str], list[str]]:
    texts = [text.replace("\r\n", "\n") for text in (before, after)]
    old, new = (PIECE.findall(text) for text in texts)
    if max(len(old), len(new)) > MOST:
        old, new = (LINE.findall(text) for text in texts)
    return old, new


def _joined(parts: Sequence[tuple[Mark, str]]) -> Iterator[tuple[Mark, str]]:
    """Two marked words with only a space between them are one mark: that reads more easily."""
    kept: list[tuple[Mark, str]] = []
    for number in range(len(parts)):
        mark, text = _mark(parts, number), parts[number][1]
        if kept and kept[-1][0] == mark:
            kept[-1] = (mark, kept[-1][1] + text)
        else:
            kept.append((mark, text))
    return iter(kept)


def _mark(parts: Sequence[tuple[Mark, str]], number: int) -> Mark:
    mark, text = parts[number]
    if text == " " and 0 < number < len(parts) - 1:
        around = {parts[number - 1][0], parts[number + 1][0]}
        return around.pop() if len(around) == 1 else mark
    return mark
