"""Ticket codes as QR pictures: level Q, a margin of four modules, dark on light.

The mask is always the same. Choosing among the eight takes most of the time that a code takes, and
is for contents that draw patterns of their own; what is signed looks like noise under any mask.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, cast

import qrcode
from qrcode.util import MODE_ALPHA_NUM, QRData

MARGIN = 4
MASK = 3
SIZE = 7  # what 120 letters at level Q need: 45 modules
LIGHT, DARK = b"\xff", b"\0"
LINE = 64  # points of the grid are counted through, so many a line
STEPS = (1, LINE, -1, -LINE)  # along an edge: right, down, left, up


Cells = Sequence[Sequence[bool | None]]


def _cells(code: str) -> Cells:
    """The modules of the code, dark ones true, without a margin."""
    made: qrcode.QRCode[Any] = qrcode.QRCode(
        version=SIZE, error_correction=qrcode.constants.ERROR_CORRECT_Q, mask_pattern=MASK
    )
    mode = cast(Literal[2], MODE_ALPHA_NUM)  # its stub says only that it is a number
    made.add_data(QRData(code, mode=mode))
    made.make(fit=False)
    return made.modules


class Drawing(NamedTuple):
    """How many modules the picture is wide with its margin, and the path that fills the dark."""

    size: int
    path: str


@lru_cache(maxsize=256)
def drawing(code: str) -> Drawing:
    """The code to be drawn in a page. A few are kept: phones ask again whether theirs still holds.

    The path goes around each dark patch, so that no seams show between modules however it is
    scaled, and holes are left out by the direction in which they are gone around.
    """
    cells = _cells(code)
    return Drawing(len(cells) + 2 * MARGIN, "".join(_outlines(*_edges(cells))))


def _edges(cells: Cells) -> tuple[dict[int, int], dict[int, int]]:
    """The edges between dark and light, by the point where each begins, as the way it goes; the
    dark is on its right. Where two patches touch at a corner, two begin: one is in the second."""
    edges: dict[int, int] = {}
    more: dict[int, int] = {}
    light = [False] * (len(cells) + 2)
    rows = [light, *([False, *map(bool, row), False] for row in cells), light]
    for y in range(1, len(rows) - 1):
        above, row, below = rows[y - 1], rows[y], rows[y + 1]
        for x in range(1, len(row) - 1):
            if not row[x]:
                continue
            point = y * LINE + x
            if not above[x]:
                (more if point in edges else edges)[point] = 0
            if not row[x + 1]:
                (more if point + 1 in edges else edges)[point + 1] = 1
            if not below[x]:
                (more if point + LINE + 1 in edges else edges)[point + LINE + 1] = 2
            if not row[x - 1]:
                (more if point + LINE in edges else edges)[point + LINE] = 3
    return edges, more


def _outlines(edges: dict[int, int], more: dict[int, int]) -> Iterator[str]:
    """Closed lines along these edges, as parts of a path; uses the edges up."""
    pen = [1 - MARGIN, 1 - MARGIN]  # points are counted from 1
    while edges:
        point, way = next(iter(edges.items()))
        y, x = divmod(point, LINE)
        yield f"m{x - pen[0]} {y - pen[1]}"
        pen = [x, y]
        run = 0
        while point in edges:
            turn = edges.pop(point)
            if point in more:  # turn right: each of the two patches is gone around on its own
                edges[point] = more.pop(point)
                if turn != (way + 1) % 4 and run:
                    turn, edges[point] = edges[point], turn
            if turn != way and run:
                yield f"{'hv'[way % 2]}{run if way < 2 else -run}"
                run = 0
            way, run = turn, run + 1
            point += STEPS[way]
        yield "z"


def svg(code: str) -> bytes:
    """The code as SVG with a white background of its own, so that dark pages do not swallow it."""
    size, path = drawing(code)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'width="{10 * size}" height="{10 * size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    ).encode()


def png(code: str, module: int = 8) -> bytes:
    """The code as PNG in shades of grey, so many pixels a module."""
    return _dots(_cells(code), module)


def png_of_address(address: str, module: int = 8) -> bytes:
    """The public address of a page, for phones that look at a poster."""
    made: qrcode.QRCode[Any] = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    made.add_data(address)
    made.make(fit=True)
    return _dots(made.modules, module)


def _dots(cells: Cells, module: int) -> bytes:
    side = (len(cells) + 2 * MARGIN) * module
    # Each line begins with the number of its filter: none.
    edge = (b"\0" + LIGHT * side) * (MARGIN * module)
    shades = (LIGHT * module, DARK * module)
    lines = [edge]
    for row in cells:
        dots = b"".join([shades[bool(cell)] for cell in row])
        lines.append((b"\0" + dots.center(side, LIGHT)) * module)
    lines.append(edge)
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)  # 8 bits a pixel, grey
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)
