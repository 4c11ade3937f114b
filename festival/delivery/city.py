"""The city as a drawing: its wards around their points, and marks for places on it.

Nothing comes from elsewhere. A ward is what is nearer to its own point than to any other ward's,
so the borders are a sketch and not a survey; who looks for a place near home needs no more.
"""

import itertools
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from festival.models import Ward

WIDTH = 720.0  # how wide every drawing is, in units of its own
LOWEST, HIGHEST = 0.8, 1.15  # how high it may be for that: it has to fit on a phone
MARGIN = 0.12  # of the city's size, around the outermost points
EDGE = 0.03  # and around that
SMALLEST = 0.02  # degrees, about two kilometres: one point alone has no size
REACH = 0.5  # a place further out than so many sizes of the city has a wrong point
CORNERS = 24  # of the circles that make the outline round
APART = 62.0  # between marks: 24 points of a screen of 320, which is 290 wide without its edges
PUSHES = 60  # how often marks that are closer are pushed, at most
FEW = 60  # of so many
RINGS = 3  # where a mark may go instead, each half of that further out
LETTERS = 13  # of a ward's name in one line
SAME = 1e-7  # two points that are no further apart are one

Point = tuple[float, float]
Polygon = tuple[Point, ...]


class Placed(Protocol):
    """What has a point on the earth, or has none yet: a ward, a venue."""

    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


class Place(NamedTuple):
    """A point on the earth, for who has nothing else at hand."""

    latitude: float | None
    longitude: float | None


class Cell(NamedTuple):
    """A ward: around its own point, with its name in lines, and a tint its neighbours lack."""

    name: str
    point: Point
    outline: Polygon
    tint: int

    @property
    def path(self) -> str:
        return path(self.outline)

    @property
    def label(self) -> Point:
        """The middle, where its name stands."""
        return _middle(self.outline)

    @property
    def lines(self) -> list[tuple[float, str]]:
        """Its name, each line with how many lines it stands below the middle."""
        lines = textwrap.wrap(self.name, LETTERS, break_long_words=False)
        return [(number - (len(lines) - 1) / 2, line) for number, line in enumerate(lines)]


class Mark(NamedTuple):
    """Where a place's mark stands, and where the place is; more than one where they are close."""

    x: float
    y: float
    at: Point
    places: list[Mapping[str, Any]]

    @property
    def is_moved(self) -> bool:
        return (self.x, self.y) != self.at

    @property
    def sessions(self) -> int:
        return sum(int(place["count"]) for place in self.places)


@dataclass(frozen=True)
class Drawing:
    """The city on a sheet ``width`` by ``height``, north above."""

    south: float
    west: float
    north: float
    east: float
    height: float
    outline: Polygon = ()
    cells: tuple[Cell, ...] = ()
    width: float = WIDTH

    @property
    def viewbox(self) -> str:
        return f"0 0 {self.width:g} {self.height:g}"

    @property
    def ground(self) -> str:
        return path(self.outline)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """South, west, north and east."""
        return self.south, self.west, self.north, self.east

    def spot(self, latitude: float | None, longitude: float | None) -> Point | None:
        """Where this point of the earth is on the sheet; None where it is not on it."""
        if latitude is None or longitude is None:
            return None
        x = (longitude - self.west) / (self.east - self.west) * self.width
        y = (self.north - latitude) / (self.north - self.south) * self.height
        return (x, y) if 0 <= x <= self.width and 0 <= y <= self.height else None

    def marks(self, places: Sequence[Mapping[str, Any]]) -> list[Mark]:
        """A mark for each place that is on the sheet, none upon another: each stands where the
        place is, or beside it, or else shares the nearest mark."""
        known = [
            (place, spot)
            for place in places
            if (spot := self.spot(place["latitude"], place["longitude"]))
        ]
        marks: list[Mark] = []
        for (place, at), wanted in zip(known, self._pushed([at for _, at in known]), strict=True):
            free = next((one for one in _around(wanted) if self._is_free(one, marks)), None)
            if free is None and marks:
                nearest = min(marks, key=lambda mark: math.dist((mark.x, mark.y), at))
                nearest.places.append(place)
            else:
                marks.append(Mark(*(free or at), at, [place]))
        return marks

    def _pushed(self, spots: Sequence[Point]) -> list[Point]:
        """The spots, those that are too close pushed apart, a bit at a time. Many have no room to
        give way: some will have to share a mark."""
        pushed = list(spots)
        for _ in range(PUSHES if len(spots) <= FEW else 0):
            if not _push(pushed):
                break
            pushed = [self._inside(spot) for spot in pushed]
        return pushed

    def _inside(self, spot: Point) -> Point:
        """The spot, or the one nearest to it where a mark is not cut off."""
        x, y = spot
        half = APART / 2
        return min(max(x, half), self.width - half), min(max(y, half), self.height - half)

    def _is_free(self, spot: Point, marks: Sequence[Mark]) -> bool:
        if math.dist(spot, self._inside(spot)) > SAME:
            return False
        return all(math.dist(spot, (mark.x, mark.y)) >= APART for mark in marks)


def drawing(wards: Sequence[Ward], places: Sequence[Placed] = ()) -> Drawing:
    """The city of these wards, large enough for these places. Wards without a point are left out;
    where fewer than two are left there are no borders, only a sheet to put marks on."""
    named = sorted((ward.name, known) for ward in wards if (known := _known(ward)))
    venues = [known for place in places if (known := _known(place))]
    points = [point for _, point in named] or venues or [(0.0, 0.0)]
    stretch = _stretch(points)
    centres = _apart([(name, _flat(point, stretch)) for name, point in named])
    inner = [spot for _, spot in centres]
    inner += _within_reach([_flat(point, stretch) for point in venues], inner)
    inner = inner or [_flat(points[0], stretch)]
    size = max(*_size(inner), SMALLEST)
    outline = _hull([one for spot in inner for one in _circle(spot, size * MARGIN)])
    sheet = _Sheet.around(outline, size * EDGE)
    south, west, north, east = sheet.bounds(stretch)
    if len(centres) < 2:
        return Drawing(south, west, north, east, sheet.height)
    outline = tuple(map(sheet.on, outline))
    cells = _cells([(name, sheet.on(spot)) for name, spot in centres], outline)
    return Drawing(south, west, north, east, sheet.height, outline, cells)


def path(polygon: Polygon) -> str:
    """A closed way around it, as SVG writes one."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in polygon) + "Z" if polygon else ""


# --- from the earth onto the sheet


def _known(placed: Placed) -> Point | None:
    if placed.latitude is None or placed.longitude is None:
        return None
    return placed.latitude, placed.longitude


def _stretch(points: Sequence[Point]) -> float:
    """How much shorter a degree is to the east than to the north; a city has one for all of it."""
    middle = sum(latitude for latitude, _ in points) / len(points)
    return max(math.cos(math.radians(middle)), 0.01)


def _flat(point: Point, stretch: float) -> Point:
    latitude, longitude = point
    return longitude * stretch, -latitude


def _apart(named: Sequence[tuple[str, Point]]) -> list[tuple[str, Point]]:
    """Without the second of two wards at the same point: there is no border between them."""
    found: list[tuple[str, Point]] = []
    for name, spot in named:
        if all(math.dist(spot, other) > SAME for _, other in found):
            found.append((name, spot))
    return found


def _within_reach(spots: list[Point], centres: list[Point]) -> list[Point]:
    """Without those so far out that somebody must have mistyped: the city would be a dot. Two wards
    at least are needed to tell."""
    if len(centres) < 2:
        return spots
    most = max(*_size(centres), SMALLEST) * REACH
    return [one for one in spots if min(math.dist(one, centre) for centre in centres) <= most]


def _size(spots: Sequence[Point]) -> Point:
    across, down = zip(*spots, strict=True)
    return max(across) - min(across), max(down) - min(down)


class _Sheet(NamedTuple):
    """A part of the flat earth: where it begins, and how large a unit of it is drawn."""

    left: float
    top: float
    scale: float
    height: float

    @classmethod
    def around(cls, spots: Sequence[Point], edge: float) -> "_Sheet":
        """With room beside or above where the city is much higher or wider than a sheet may be."""
        across, down = _size(spots)
        wide, high = across + 2 * edge, down + 2 * edge
        wide = max(wide, high / HIGHEST)
        high = max(high, wide * LOWEST)
        left = min(x for x, _ in spots) - (wide - across) / 2
        top = min(y for _, y in spots) - (high - down) / 2
        return cls(left, top, WIDTH / wide, round(WIDTH * high / wide, 1))

    def on(self, spot: Point) -> Point:
        return (spot[0] - self.left) * self.scale, (spot[1] - self.top) * self.scale

    def bounds(self, stretch: float) -> tuple[float, float, float, float]:
        right, bottom = self.left + WIDTH / self.scale, self.top + self.height / self.scale
        return -bottom, self.left / stretch, -self.top, right / stretch


# --- the wards


def _cells(centres: Sequence[tuple[str, Point]], outline: Polygon) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for name, point in centres:
        own = _cell(point, [other for _, other in centres if other != point], outline)
        taken = {cell.tint for cell in cells if _touch(point, cell.point, own)}
        tint = next(number for number in range(len(centres)) if number not in taken)
        cells.append(Cell(name, point, own, tint))
    return tuple(cells)


def _cell(point: Point, others: Sequence[Point], outline: Polygon) -> Polygon:
    """What of the outline is nearer to this point than to the others."""
    left = outline
    for other in sorted(others, key=lambda one: (math.dist(point, one), one)):
        if math.dist(point, other) > 2 * max(math.dist(point, corner) for corner in left):
            break  # this one and all after it are too far away to take anything
        left = _nearer(left, point, other)
    return left


def _nearer(polygon: Polygon, point: Point, other: Point) -> Polygon:
    """The half of a polygon that is nearer to the point than to the other."""
    kept: list[Point] = []
    for number, corner in enumerate(polygon):
        before = polygon[number - 1]
        here, there = _lead(corner, point, other), _lead(before, point, other)
        if (here < 0) != (there < 0):
            share = there / (there - here)
            kept.append(tuple(b + share * (c - b) for b, c in zip(before, corner, strict=True)))  # type: ignore[arg-type]
        if here >= 0:
            kept.append(corner)
    return tuple(kept)


def _lead(spot: Point, point: Point, other: Point) -> float:
    """More than nothing where the spot is nearer to the point than to the other."""
    return math.dist(spot, other) ** 2 - math.dist(spot, point) ** 2


def _touch(point: Point, other: Point, cell: Polygon) -> bool:
    """Whether the cell around the point has an edge with the other's."""
    return sum(abs(_lead(corner, point, other)) < 1e-3 for corner in cell) > 1


def _middle(polygon: Polygon) -> Point:
    """The centre of gravity."""
    area = across = down = 0.0
    for number, (x, y) in enumerate(polygon):
        u, v = polygon[number - 1]
        part = u * y - x * v
        area, across, down = area + part, across + (u + x) * part, down + (v + y) * part
    return across / (3 * area), down / (3 * area)


# --- around them


def _circle(spot: Point, radius: float) -> Iterator[Point]:
    for number in range(CORNERS):
        angle = math.tau * number / CORNERS
        yield spot[0] + radius * math.cos(angle), spot[1] + radius * math.sin(angle)


def _hull(spots: Sequence[Point]) -> Polygon:
    """The shortest way around them all: Andrew's, along one side and back along the other."""
    ordered = sorted(set(spots))
    return (*_side(ordered), *_side(ordered[::-1]))


def _side(spots: Sequence[Point]) -> list[Point]:
    way: list[Point] = []
    for spot in spots:
        while len(way) > 1 and _turn(way[-2], way[-1], spot) <= 0:
            way.pop()
        way.append(spot)
    return way[:-1]


def _turn(one: Point, two: Point, three: Point) -> float:
    """Less than nothing where the way bends outwards."""
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])


def _push(spots: list[Point]) -> bool:
    """Move each two that are too close away from one another; whether there were any. A bit more
    than is needed, for else it would take for ever."""
    found = False
    for number, other in itertools.combinations(range(len(spots)), 2):
        (x, y), (u, v) = spots[number], spots[other]
        far = math.hypot(x - u, y - v)
        if far >= APART:
            continue
        found = True
        # Two at the same point go apart in a direction that is another for each two.
        angle = math.atan2(y - v, x - u) if far > SAME else 2.4 * number + other
        step = (APART * 1.04 - far) / 2
        across, down = step * math.cos(angle), step * math.sin(angle)
        spots[number], spots[other] = (x + across, y + down), (u - across, v - down)
    return found


def _around(spot: Point) -> Iterator[Point]:
    """The spot itself, then rings of spots around it, each further out."""
    yield spot
    for ring in range(1, RINGS + 1):
        for number in range(8 * ring):
            angle = math.tau * number / (8 * ring)
            far = APART / 2 * ring
            yield spot[0] + far * math.cos(angle), spot[1] + far * math.sin(angle)
