"""How many text messages (SMS) a text takes."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

GSM, UCS2 = "GSM-7", "UCS-2"
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")  # each takes two
ONE, PART = {GSM: 160, UCS2: 70}, {GSM: 153, UCS2: 67}
PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\t", " "),
        "…": "...",
        "•": "-",
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad", ""),
    }
)


class Segments(NamedTuple):
    """In which alphabet a text goes, how many characters of it that takes, and in how many
    parts it is sent (and paid for)."""

    alphabet: str
    characters: int
    segments: int


def count(text: str) -> Segments:
    """What this text takes. A character is never cut in two by the end of a part."""
    gsm = all(letter in BASIC or letter in EXTENDED for letter in text)
    alphabet = GSM if gsm else UCS2
    widths = [_width(letter, gsm=gsm) for letter in text]
    total = sum(widths)
    if total <= ONE[alphabet]:
        return Segments(alphabet, total, 1 if total else 0)
    return Segments(alphabet, total, _parts(widths, PART[alphabet]))


def _width(letter: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if letter in EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1


def _parts(widths: Sequence[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def plain(text: str) -> str:
    """The text with the quotes, dashes, spaces and accents that the short alphabet has; as it was
    where it has letters that the short alphabet has not, for then nothing is won."""
    simple = "".join(map(_bare, text.translate(PLAIN)))
    return simple if all(letter in BASIC or letter in EXTENDED for letter in simple) else text


def _bare(letter: str) -> str:
    """The letter without its accent, where that makes it one of the short alphabet."""
    if letter in BASIC:
        return letter
    bare = unicodedata.normalize("NFKD", letter)[:1]
    return bare if bare in BASIC else letter
