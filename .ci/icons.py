"""Draw the scanner's icons: run by hand, ``.venv/bin/python .ci/icons.py``.

One drawing on a grid of 64: a viewfinder around the festival's sun and book. It has no words, so
that it is the same in every language. The maskable one fills its square and keeps what counts
within the circle that phones may cut out of it.
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "static" / "scan"
GRID, SMOOTH = 64, 4  # drawn so many times larger, then made smaller
ORANGE, SUN, CREAM, PEACH = "#c2410c", "#ffd15c", "#fff6ea", "#ffd3b8"
ROUND = 14  # the corners of the square
STROKE = 4

Point = tuple[float, float]
# A corner of the viewfinder, drawn for the top left; the others are its mirror images.
CORNER: list[Point] = [(13, 22), (13, 13), (22, 13)]
SUN_AT: tuple[Point, float] = (32, 26), 6.5
# Half of the book, the left one: where its edge bends, and its corners.
PAGE: tuple[Point, Point, Point, Point, Point, Point] = (
    (18, 35),
    (25, 32),
    (32, 36.5),
    (32, 46.5),
    (25, 42),
    (18, 45),
)


def mirrored(points: list[Point], *, across: bool, down: bool) -> list[Point]:
    return [(GRID - x if across else x, GRID - y if down else y) for x, y in points]


def corners() -> list[list[Point]]:
    sides = (False, True)
    return [mirrored(CORNER, across=across, down=down) for across in sides for down in sides]


def pages() -> list[tuple[str, list[Point]]]:
    return [(PEACH, list(PAGE)), (CREAM, mirrored(list(PAGE), across=True, down=False))]


def svg() -> str:
    """The drawing for what draws lines itself."""

    def said(point: Point) -> str:
        return f"{point[0]:g} {point[1]:g}"

    lines = "".join(f"M{said(start)}L{said(bend)}L{said(end)}" for start, bend, end in corners())
    book = "".join(
        f'<path fill="{colour}" d="M{said(a)}Q{said(b)} {said(c)}L{said(d)}Q{said(e)} {said(f)}z"/>'
        for colour, (a, b, c, d, e, f) in pages()
    )
    (x, y), radius = SUN_AT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {GRID} {GRID}" width="{GRID}" '
        f'height="{GRID}"><rect width="{GRID}" height="{GRID}" rx="{ROUND}" fill="{ORANGE}"/>'
        f'<path fill="none" stroke="{CREAM}" stroke-width="{STROKE}" stroke-linecap="round" '
        f'stroke-linejoin="round" d="{lines}"/>'
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{SUN}"/>{book}</svg>\n'
    )


def bend(start: Point, control: Point, end: Point) -> list[Point]:
    """Points along a curve that is pulled towards ``control``."""
    points = []
    for step in range(33):
        t = step / 32
        near, mid, far = (1 - t) ** 2, 2 * (1 - t) * t, t**2
        x, y = (near * start[i] + mid * control[i] + far * end[i] for i in (0, 1))
        points.append((x, y))
    return points


def png(size: int, *, fills: bool) -> Image.Image:
    """The drawing in points; one that fills its square is drawn smaller within."""
    side = size * SMOOTH
    grid = side / GRID
    within = 0.8 if fills else 1.0
    picture = Image.new("RGBA", (side, side), ORANGE if fills else "#0000")
    draw = ImageDraw.Draw(picture)
    if not fills:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), ROUND * grid, fill=ORANGE)

    def at(point: Point) -> Point:
        x, y = ((number - GRID / 2) * within + GRID / 2 for number in point)
        return x * grid, y * grid

    def dot(point: Point, radius: float, colour: str) -> None:
        x, y = at(point)
        around = radius * within * grid
        draw.ellipse((x - around, y - around, x + around, y + around), fill=colour)

    for line in corners():
        draw.line([at(point) for point in line], fill=CREAM, width=round(STROKE * within * grid))
        for point in line:
            dot(point, STROKE / 2, CREAM)
    dot(*SUN_AT, SUN)
    for colour, (a, b, c, d, e, f) in pages():
        draw.polygon([at(point) for point in bend(a, b, c) + bend(d, e, f)], fill=colour)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "icon.svg").write_text(svg())
    for name, size, fills in (
        ("icon-192.png", 192, False),
        ("icon-512.png", 512, False),
        ("icon-maskable-512.png", 512, True),
    ):
        few = png(size, fills=fills).quantize(255, method=Image.Quantize.FASTOCTREE)
        few.save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
