"""The picture of a card: words on paper at the left, the art of its theme at the right."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from festival.delivery.cards import art, lettering
from festival.delivery.cards.lettering import OWN, Line, Run

WIDTH, HEIGHT = 1200, 630  # what is shown whole nearly everywhere
SQUARE, COLUMNS, ROWS = 90, 5, 7
FINER = 2  # the art is drawn larger, so that its edges are soft
COLOURS = 64
MARGIN = 60
WORDS = WIDTH - COLUMNS * SQUARE - MARGIN - 40  # how wide they may be
PAPER, INK, PLUM, RED, WHITE = "#fffaf3", "#2b1a22", "#4f1b3f", "#b3261e", "#ffffff"
TITLE_TOP, TITLE_HEIGHT, LINES_END = 112, 266, 490
TITLE_SIZES = range(82, 36, -4)
SMALL = (30, 26, 22)
LEADING = 1.18


@dataclass(frozen=True)
class Card:
    """All that a card says. The same words are the same picture."""

    code: str
    palette: str
    festival: str
    title: str
    lines: tuple[str, ...]  # when and where
    note: str  # "Free"
    is_cancelled: bool = False


def png(card: Card) -> bytes:
    """The card as a small PNG. A tenth of a second's work: keep it."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    picture.paste(_quilt(card), (WIDTH - COLUMNS * SQUARE, 0))
    draw = ImageDraw.Draw(picture)
    dark = art.colours(card.palette)["dark"]
    _write(draw, card.festival, 52, 40, SMALL, dark)
    # A title of which no letter can be drawn: the code stands for it.
    title = card.title if lettering.runs(card.title) else card.code
    _write(draw, title, TITLE_TOP, TITLE_HEIGHT, TITLE_SIZES, PLUM, bold=True)
    top = LINES_END - 42 * len(card.lines)
    for number, line in enumerate(card.lines):
        _write(draw, line, top + 42 * number, 40, (28, 24), INK)
    _foot(draw, card, RED if card.is_cancelled else dark)
    file = io.BytesIO()
    plain = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    plain.save(file, "PNG", optimize=True)
    return file.getvalue()


def _quilt(card: Card) -> Image.Image:
    """The art; grey where nothing takes place."""
    size = (COLUMNS * SQUARE * FINER, ROWS * SQUARE * FINER)
    picture = Image.new("RGB", size)
    draw = ImageDraw.Draw(picture)
    colours = art.colours("none" if card.is_cancelled else card.palette)
    for layer in art.layers(card.code, card.palette, COLUMNS, ROWS):
        for tone, outlines in layer.items():
            for outline in outlines:
                corners = [(x * SQUARE * FINER, y * SQUARE * FINER) for x, y in art.points(outline)]
                draw.polygon(corners, fill=colours[tone])
    return picture.resize((COLUMNS * SQUARE, ROWS * SQUARE), Image.Resampling.LANCZOS)


def _foot(draw: ImageDraw.ImageDraw, card: Card, colour: str) -> None:
    """What it costs, or that it is cancelled, and the code for the phone."""
    size, top = 32, 528
    note = lettering.wrap(lettering.runs(card.note), size, WORDS)[:1]
    end = MARGIN
    if note:
        end += int(lettering.width_of(note[0], size)) + 48
        draw.rounded_rectangle((MARGIN, top, end, top + 56), radius=28, fill=colour)
        _line(draw, note[0], (MARGIN + 24, top + 28), size, WHITE, bold=True)
    _line(draw, [Run(card.code, OWN, rtl=False)], (end + 24, top + 28), size, colour)


def _write(
    draw: ImageDraw.ImageDraw,
    text: str,
    top: int,
    height: int,
    sizes: Sequence[int],
    colour: str,
    *,
    bold: bool = False,
) -> None:
    """The text within its part of the paper, from the side where its writing begins."""
    if not lettering.runs(text):
        return
    size, lines = lettering.fitted(text, WORDS, height, sizes, LEADING)
    for number, line in enumerate(lines):
        middle = top + (number + 0.5) * size * LEADING
        start = MARGIN
        if line[0].rtl:
            start += WORDS - int(lettering.width_of(line, size))
        _line(draw, line, (start, middle), size, colour, bold=bold)


def _line(
    draw: ImageDraw.ImageDraw,
    line: Line,
    start: tuple[float, float],
    size: int,
    colour: str,
    *,
    bold: bool = False,
) -> None:
    """One line; its parts from the right where it begins from the right."""
    x, y = start
    space = lettering.font(OWN, size).getlength(" ")
    for run in reversed(line) if line[0].rtl else line:
        font = lettering.font(run.face, size)
        # Pillow's own face comes in one weight: a bold one is drawn with a thin line around it.
        stroke = max(1, size // 36) if bold and run.face == OWN else 0
        turns = run.face != OWN and lettering.can_shape()
        direction = ("rtl" if run.rtl else "ltr") if turns else None
        draw.text(
            (x, y), run.text, colour, font, anchor="lm", direction=direction, stroke_width=stroke
        )
        x += font.getlength(run.text) + space
