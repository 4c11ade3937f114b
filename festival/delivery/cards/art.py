"""The art of a session that has no picture: a quilt of simple shapes in its theme's colours, each
session's its own. Pages show it as SVG, cards as points; both are told the same shapes."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from festival.paths import STATIC

TONES = ("light", "mid", "dark", "sun")
SUN = "#ffd15c"
RULE = re.compile(
    r"\.theme-(\w+) \{ --theme-light: (#\w{6}); --theme-mid: (#\w{6}); --theme-dark: (#\w{6}); \}"
)
SCALE = 20  # of a square, in units of SVG
PIECES = 12  # of a quarter of a circle, where it is drawn with straight lines

Point = tuple[float, float]


@dataclass(frozen=True)
class Arc:
    """A part of a circle, from one angle to another, in degrees; the y of screens goes down."""

    centre: Point
    radius: float
    start: float
    end: float

    def at(self, angle: float) -> Point:
        turn = math.radians(angle)
        x, y = self.centre
        return x + self.radius * math.cos(turn), y + self.radius * math.sin(turn)

    def points(self) -> list[Point]:
        steps = max(1, round(abs(self.end - self.start) / 90 * PIECES))
        width = (self.end - self.start) / steps
        return [self.at(self.start + number * width) for number in range(steps + 1)]


Outline = Sequence[Point | Arc]
Layer = Mapping[str, Sequence[Outline]]  # what is drawn at once, by its tone: nothing overlaps

SQUARE: Outline = ((0, 0), (1, 0), (1, 1), (0, 1))
QUARTER: Outline = ((0, 0), Arc((0, 0), 1, 0, 90))
SMALL_QUARTER: Outline = ((0, 0), Arc((0, 0), 0.5, 0, 90))
HALF: Outline = (Arc((0.5, 0), 0.5, 0, 180),)
DISC: Outline = (Arc((0.5, 0.5), 0.38, 0, 180), Arc((0.5, 0.5), 0.38, 180, 360))
SMALL_DISC: Outline = (Arc((0.5, 0.5), 0.18, 0, 180), Arc((0.5, 0.5), 0.18, 180, 360))
LEAF: Outline = (Arc((0, 1), 1, -90, 0), Arc((1, 0), 1, 90, 180))
TRIANGLE: Outline = ((0, 0), (1, 0), (0, 1))
FLAG: Outline = ((0, 0), (1, 0), (0.5, 0.9))
KITE: Outline = ((0.5, 0.05), (0.9, 0.5), (0.5, 0.95), (0.1, 0.5))
BAR: Outline = ((0.1, 0), (0.5, 0), (0.5, 1), (0.1, 1))
STAR: Outline = tuple(
    Arc((0.5, 0.54), 0.46 if number % 2 == 0 else 0.2, 0, 0).at(number * 36 - 90)
    for number in range(10)
)

# What each palette's quilt is sewn of: akin to its picture in static/img/themes.
MOTIFS: Mapping[str, Sequence[tuple[Outline, Outline | None]]] = {
    "0": ((DISC, SMALL_DISC), (QUARTER, SMALL_QUARTER), (HALF, None)),
    "1": ((QUARTER, None), (TRIANGLE, None), (DISC, None)),
    "2": ((LEAF, None), (LEAF, None), (DISC, None)),
    "3": ((HALF, None), (QUARTER, SMALL_QUARTER), (DISC, None)),
    "4": ((KITE, None), (TRIANGLE, None), (QUARTER, None)),
    "5": ((QUARTER, SMALL_QUARTER), (HALF, None), (DISC, SMALL_DISC)),
    "6": ((STAR, None), (STAR, SMALL_DISC), (TRIANGLE, None)),
    "7": ((LEAF, None), (DISC, SMALL_DISC), (QUARTER, None)),
    "8": ((FLAG, None), (TRIANGLE, None), (HALF, None)),
    "9": ((BAR, None), (HALF, None), (LEAF, None)),
    "none": ((DISC, None), (QUARTER, None), (DISC, SMALL_DISC)),
}


@cache
def colours(palette: str) -> Mapping[str, str]:
    """The colours of a palette by tone, as the stylesheet has them: they are named there alone."""
    sheet = (STATIC / "css" / "festival.css").read_text(encoding="utf-8")
    rules = {name: found for name, *found in RULE.findall(sheet)}
    return dict(zip(TONES, (*rules.get(palette, rules["none"]), SUN), strict=True))


def layers(code: str, palette: str, columns: int, rows: int) -> list[Layer]:
    """A quilt of squares of side 1: the cloth, the shapes on it, the small shapes on those."""
    made: list[dict[str, list[Outline]]] = [{}, {}, {}]
    motifs = MOTIFS.get(palette, MOTIFS["none"])
    chances = _chances(f"{code} {palette}")
    for place in range(columns * rows):
        row, column = divmod(place, columns)
        cloth, shape, small = _tones(next(chances))
        large, inner = motifs[next(chances) % len(motifs)]
        turns = next(chances) % 4
        made[0].setdefault(cloth, []).append(_put(SQUARE, 0, column, row))
        made[1].setdefault(shape, []).append(_put(large, turns, column, row))
        if inner is not None:
            made[2].setdefault(small, []).append(_put(inner, turns, column, row))
    return [layer for layer in made if layer]


# Cloth, shape, small shape: each can be told from what it lies on. Light cloth is the commonest.
SEWN = (
    ("light", "mid", "sun"),
    ("light", "dark", "sun"),
    ("light", "mid", "dark"),
    ("light", "sun", "dark"),
    ("mid", "light", "dark"),
    ("mid", "dark", "sun"),
    ("dark", "mid", "light"),
    ("sun", "dark", "light"),
)


def _tones(chance: int) -> tuple[str, str, str]:
    return SEWN[chance % len(SEWN)]


def _chances(seed: str) -> Iterator[int]:
    """Numbers that look like chance, and are the same each time."""
    number = 0
    while True:
        yield from hashlib.sha256(f"{seed} {number}".encode()).digest()
        number += 1


def _put(outline: Outline, turns: int, column: int, row: int) -> Outline:
    """The outline turned by quarters about the middle of its square, in this square of the
    quilt."""

    def moved(point: Point) -> Point:
        x, y = point
        for _ in range(turns):
            x, y = 1 - y, x
        return x + column, y + row

    return tuple(
        Arc(moved(one.centre), one.radius, one.start + 90 * turns, one.end + 90 * turns)
        if isinstance(one, Arc)
        else moved(one)
        for one in outline
    )


def points(outline: Outline) -> list[Point]:
    """The outline with straight lines only."""
    found: list[Point] = []
    for one in outline:
        found += one.points() if isinstance(one, Arc) else [one]
    return found


def path(outlines: Sequence[Outline], scale: int = SCALE) -> str:
    """Outlines as one path of SVG, a square of the quilt being this wide."""
    return "".join(f"M{_steps(one, scale)}z" for one in outlines)


def _steps(outline: Outline, scale: int) -> str:
    steps: list[str] = []
    here = ""
    for one in outline:
        begin = _said(one.at(one.start) if isinstance(one, Arc) else one, scale)
        if begin != here:
            steps.append(f"L{begin}" if steps else begin)
        here = begin
        if isinstance(one, Arc):
            here, radius = _said(one.at(one.end), scale), _number(one.radius * scale)
            steps.append(f"A{radius} {radius} 0 0 1 {here}")
    return "".join(steps)


def _said(point: Point, scale: int) -> str:
    return " ".join(_number(part * scale) for part in point)


def _number(value: float) -> str:
    return f"{round(value, 1) + 0:g}"  # + 0: of -0 it makes 0
