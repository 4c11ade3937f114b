"""What happens to a ticket on its way to the door, done to its picture, the same on every run."""

from collections.abc import Callable
from random import Random

import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

MARGIN_AND_CODE = 53  # modules across
DOTS = 300  # an inch, of a printer
Damage = Callable[[Image.Image], Image.Image]


def cut_out(sheet: Image.Image) -> Image.Image:
    """The one code of a sheet, with its margin."""
    (found,) = zxingcpp.read_barcodes(sheet)
    corners = found.position
    left, top = corners.top_left.x, corners.top_left.y
    wide = corners.top_right.x - left
    margin = 4 * wide / (MARGIN_AND_CODE - 8)
    box = (left - margin, top - margin, left + wide + margin, top + wide + margin)
    return sheet.crop(tuple(map(round, box)))  # type: ignore[arg-type]


def seen(code: Image.Image) -> Image.Image:
    """By a camera that has four points for each module."""
    return code.resize((4 * MARGIN_AND_CODE, 4 * MARGIN_AND_CODE), Image.Resampling.BOX)


def blurred(code: Image.Image) -> Image.Image:
    """A camera that is not quite sharp: each point is spread over a third of a module around it.
    zxing-cpp and zbar bear a little more, none of the three bears half a module."""
    points = seen(code)
    return points.filter(ImageFilter.GaussianBlur(4 * 0.3))


def noisy(code: Image.Image) -> Image.Image:
    """A dim hall: a quarter of each point is chance. None of the three bears a half."""
    points = seen(code)
    grain = Random(7).randbytes(points.width * points.height)
    return Image.blend(points, Image.frombytes("L", points.size, grain), 0.25)


def folded(code: Image.Image) -> Image.Image:
    """A crease across: a module wide it is white, below it the paper lies in shadow and is shifted
    by half a module."""
    module = code.width / MARGIN_AND_CODE
    fold = round(code.height * 0.44)
    bent = code.copy()
    below = code.crop((0, fold, code.width, code.height)).point(lambda shade: round(shade * 0.75))
    bent.paste(190, (0, fold, code.width, code.height))
    bent.paste(below, (round(module / 2), fold))
    ImageDraw.Draw(bent).line([(0, fold), (code.width, fold)], fill=255, width=round(module))
    return bent


def printed(millimetres: float) -> Damage:
    """Printed so wide at 300 dots an inch in black and white; then seen by a camera that is held a
    little askew, has three and a half points for each module, and does not see true black."""

    def damage(code: Image.Image) -> Image.Image:
        side = round(millimetres / 25.4 * DOTS)
        paper = code.resize((side, side), Image.Resampling.BOX).point(
            lambda shade: 255 if shade > 127 else 0
        )
        sheet = Image.new("L", (side * 2, side * 2), 235)
        sheet.paste(paper, (side // 2, side // 2))
        askew = sheet.rotate(4, Image.Resampling.BICUBIC, fillcolor=235)
        seen = round(2 * 3.5 * MARGIN_AND_CODE)
        small = askew.resize((seen, seen), Image.Resampling.BILINEAR)
        soft = small.filter(ImageFilter.GaussianBlur(0.6))
        return soft.point(lambda shade: 50 + round(shade * 0.65))

    return damage


ALL: dict[str, Damage] = {
    "as it is": lambda code: code,
    "blurred": blurred,
    "noisy": noisy,
    "folded": folded,
    "printed at 25 mm": printed(25),
    "printed at 20 mm": printed(20),
}
