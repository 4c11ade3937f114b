"""What a phone's camera sees at a door: pictures of codes, films of them, and a browser that takes
a film for its camera.

A film is for Chromium's ``--use-file-for-fake-video-capture``: JPEG pictures of one size, one after
another, shown 30 a second and over again.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageFilter, ImageOps
from playwright.sync_api import Browser

from festival.delivery import codes
from tests.support.browser import ARGUMENTS, Pages, chromium

SIZE = (1280, 720)  # what the scanner asks a camera for
RATE = 30
TABLE = 118  # the shade of what the ticket lies on
Shot = Callable[[Image.Image], Image.Image]
Corner = tuple[float, float]


def ticket(code: str, *, module: int = 8) -> Image.Image:
    """The code's picture with its margin, as the festival draws it."""
    return Image.open(BytesIO(codes.png(code, module))).convert("L")


def scene(picture: Image.Image, *, wide: int = 360, size: tuple[int, int] = SIZE) -> Image.Image:
    """The picture in the middle of what the camera sees, so many points wide."""
    seen = Image.new("L", size, TABLE)
    high = round(picture.height * wide / picture.width)
    small = picture.resize((wide, high), Image.Resampling.BOX)
    seen.paste(small, ((size[0] - wide) // 2, (size[1] - high) // 2))
    return seen


def empty(size: tuple[int, int] = SIZE) -> Image.Image:
    """Nothing but the table."""
    return Image.new("L", size, TABLE)


# --- what may be between a ticket and its picture


def turned(degrees: float) -> Shot:
    """Held askew."""
    return lambda seen: seen.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=TABLE)


def inverted(seen: Image.Image) -> Image.Image:
    """Light on dark: somebody's phone shows its pages so."""
    return ImageOps.invert(seen)


def blurred(radius: float) -> Shot:
    """Not quite in focus: each point is spread over so many around it."""
    return lambda seen: seen.filter(ImageFilter.GaussianBlur(radius))


def shaken(points: int) -> Shot:
    """Moved sideways by so many points while the picture was taken."""

    def shake(seen: Image.Image) -> Image.Image:
        moved = [seen.transform(seen.size, Image.Transform.AFFINE, (1, 0, x, 0, 1, 0))
                 for x in range(points)]  # fmt: skip
        mean = moved[0]
        for number, one in enumerate(moved[1:], 2):
            mean = Image.blend(mean, one, 1 / number)
        return mean

    return shake


def dim(seen: Image.Image) -> Image.Image:
    """A dark hall: little is left between black and white, with grain, and a lamp at one side."""
    wide, high = seen.size
    dark = seen.point(lambda shade: 12 + round(shade * 0.22))
    lamp = Image.linear_gradient("L").rotate(90).resize(seen.size).point(lambda shade: shade // 6)
    grain = Image.frombytes("L", seen.size, Random(7).randbytes(wide * high))
    lit = Image.composite(Image.new("L", seen.size, 70), dark, lamp)
    return Image.blend(lit, grain, 0.06)


def leaning(share: float) -> Shot:
    """Held so that its far side looks smaller, by this share of it."""

    def lean(seen: Image.Image) -> Image.Image:
        wide, high = seen.size
        off = high * share / 2
        target = [(0.0, off), (float(wide), 0.0), (float(wide), float(high)), (0.0, high - off)]
        source = [(0.0, 0.0), (float(wide), 0.0), (float(wide), float(high)), (0.0, float(high))]
        data = _perspective(target, source)
        return seen.transform(
            seen.size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC, fillcolor=TABLE
        )

    return lean


def half(seen: Image.Image) -> Image.Image:
    """A thumb lies on the right half."""
    covered = seen.copy()
    covered.paste(TABLE, (seen.width // 2, 0, seen.width, seen.height))
    return covered


def _perspective(target: list[Corner], source: list[Corner]) -> list[float]:
    """The eight numbers that lead from where a corner shall be to where it was."""
    rows, right = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return _solved(rows, right)


def _solved(rows: list[list[float]], right: list[float]) -> list[float]:
    """Gauss's way through as many equations as there are unknown numbers."""
    table = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for place in range(len(table)):
        best = max(range(place, len(table)), key=lambda row: abs(table[row][place]))
        table[place], table[best] = table[best], table[place]
        table[place] = [value / table[place][place] for value in table[place]]
        for row in range(len(table)):
            if row != place and table[row][place]:
                factor = table[row][place]
                table[row] = [a - factor * b for a, b in zip(table[row], table[place], strict=True)]
    return [row[-1] for row in table]


# --- films, and who watches them


def film(path: Path, shots: Iterable[tuple[Image.Image, float]]) -> Path:
    """Write a film of these pictures, each shown for so many seconds."""
    with path.open("wb") as file:
        for picture, seconds in shots:
            frame = BytesIO()
            picture.convert("RGB").save(frame, "JPEG", quality=85)
            file.write(frame.getvalue() * math.ceil(seconds * RATE))
    return path


@contextmanager
def watching(browser: Browser, path: Path) -> Iterator[Pages]:
    """Pages of another browser of the same kind, with this film for its camera; it asks nobody
    whether a page may look. What went wrong on them fails the test, as with ``new_page``."""
    more = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]
    other = browser.browser_type.launch(executable_path=chromium(), args=[*ARGUMENTS, *more])
    pages = Pages(other)
    try:
        yield pages
    finally:
        pages.close()
        other.close()
    assert pages.problems == []
