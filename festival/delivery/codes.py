"""Ticket codes as QR pictures: level Q, a margin of four modules, dark on light.

The mask is always the same. Choosing among the eight takes most of the time that a code takes, and
is for contents that draw patterns of their own; what is signed looks like noise under any mask.
"""

import struct
import zlib
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, cast

import qrcode
from qrcode.util import MODE_ALPHA_NUM, QRData

MARGIN = 4
MASK = 3
LIGHT, DARK = b"\xff", b"\0"
# What to do after each step along an edge: right, down, left, up.
STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


Cells = Sequence[Sequence[bool | None]]


def _cells(code: str) -> Cells:
    """The modules of the code, dark ones true, without a margin."""
    made: qrcode.QRCode[Any] = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_Q, mask_pattern=MASK
    )
    mode = cast(Literal[2], MODE_ALPHA_NUM)  # its stub says only that it is a number
    made.add_data(QRData(code, mode=mode))
    made.make()
    return made.modules


class Drawing(NamedTuple):
    """How many modules the picture is wide with its margin, and the path that fills the dark."""

    size: int
    path: str


def drawing(code: str) -> Drawing:
    """The code to be drawn in a page.

    The path goes around each dark patch, so that no seams show between modules however it is
    scaled, and holes are left out by the direction in which they are gone around.
    """
    cells = _cells(code)
    return Drawing(len(cells) + 2 * MARGIN, "".join(_outlines(_edges(cells))))


def _edges(cells: Cells) -> dict[tuple[int, int], list[int]]:
    """The edges between dark and light by where they begin; the dark is on their right."""
    edges: dict[tuple[int, int], list[int]] = {}
    light = [False] * (len(cells) + 2)
    rows = [light, *([False, *map(bool, row), False] for row in cells), light]
    for y in range(1, len(rows) - 1):
        above, row, below = rows[y - 1], rows[y], rows[y + 1]
        for x in range(1, len(row) - 1):
            if not row[x]:
                continue
            if not above[x]:
                edges.setdefault((x, y), []).append(0)
            if not row[x + 1]:
                edges.setdefault((x + 1, y), []).append(1)
            if not below[x]:
                edges.setdefault((x + 1, y + 1), []).append(2)
            if not row[x - 1]:
                edges.setdefault((x, y + 1), []).append(3)
    return edges


def _outlines(edges: dict[tuple[int, int], list[int]]) -> list[str]:
    """Closed lines along these edges, as parts of a path; uses the edges up."""
    parts: list[str] = []
    at = (MARGIN - 1, MARGIN - 1)  # edges are counted from 1
    pen = (0, 0)
    while edges:
        start = point = next(iter(edges))
        parts.append(f"m{start[0] + at[0] - pen[0]} {start[1] + at[1] - pen[1]}")
        pen = (start[0] + at[0], start[1] + at[1])
        way, run = edges[point][-1], 0
        while point in edges:
            leaving = edges[point]
            # Where two patches touch at a corner, turn: each is gone around on its own.
            turn = leaving.pop(leaving.index((way + 1) % 4) if len(leaving) > 1 else 0)
            if not leaving:
                del edges[point]
            if turn != way and run:
                parts.append(_straight(way, run))
                run = 0
            way, run = turn, run + 1
            point = (point[0] + STEPS[way][0], point[1] + STEPS[way][1])
        parts.append("z")
    return parts


def _straight(way: int, run: int) -> str:
    return f"{'hv'[way % 2]}{run if way < 2 else -run}"


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
    cells = _cells(code)
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
