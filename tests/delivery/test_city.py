"""The city's drawing: every ward its own part, nothing left over, no mark upon another."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.delivery.city import APART, Drawing, Place, Point, Polygon, drawing
from festival.models import Ward

LATITUDES = st.floats(52.5, 52.7).map(lambda one: round(one, 4))
LONGITUDES = st.floats(-2.3, -2.0).map(lambda one: round(one, 4))
POINTS = st.tuples(LATITUDES, LONGITUDES)
CITIES = st.lists(POINTS, min_size=2, max_size=30, unique=True)


def wards(points: list[tuple[float | None, float | None]]) -> list[Ward]:
    return [
        Ward(name=f"Ward {number}", latitude=latitude, longitude=longitude)
        for number, (latitude, longitude) in enumerate(points)
    ]


def area(polygon: Polygon) -> float:
    edges = zip(polygon, (*polygon[1:], polygon[0]), strict=True)
    return abs(sum(x * v - u * y for (x, y), (u, v) in edges)) / 2


def is_inside(spot: Point, polygon: Polygon) -> bool:
    """Whether it is on the same side of every edge; our polygons bend one way only."""
    edges = zip(polygon, (*polygon[1:], polygon[0]), strict=True)
    turns = [(u - x) * (spot[1] - y) - (v - y) * (spot[0] - x) for (x, y), (u, v) in edges]
    return all(turn > -1e-6 for turn in turns) or all(turn < 1e-6 for turn in turns)


def middle(polygon: Polygon) -> Point:
    across, down = zip(*polygon, strict=True)
    return sum(across) / len(across), sum(down) / len(down)


@given(CITIES)
def test_cells_cover_the_city_and_nothing_twice(points: list[Any]) -> None:
    """Each is within the outline, all together are as large as it, and each corner of one is no
    nearer to another's point: so they cannot lie upon one another."""
    city = drawing(wards(points))
    assert len(city.cells) == len(points)
    assert sum(area(cell.outline) for cell in city.cells) == pytest.approx(area(city.outline))
    for cell in city.cells:
        assert is_inside(cell.point, cell.outline)
        assert is_inside(cell.label, cell.outline)
        for corner in cell.outline:
            assert is_inside(corner, city.outline)
            own = math.dist(corner, cell.point)
            assert all(own <= math.dist(corner, other.point) + 1e-6 for other in city.cells)


@given(CITIES)
def test_the_city_stands_on_its_sheet_where_the_earth_has_it(points: list[Any]) -> None:
    city = drawing(wards(points))
    south, west, north, east = city.bounds
    for cell, (latitude, longitude) in zip(by_number(city), points, strict=True):
        assert city.spot(latitude, longitude) == pytest.approx(cell.point)
        assert south < latitude < north
        assert west < longitude < east
    assert all(0 <= x <= city.width and 0 <= y <= city.height for x, y in city.outline)
    high = (north - south) / ((east - west) * math.cos(math.radians((north + south) / 2)))
    assert city.height / city.width == pytest.approx(high, rel=0.01)
    assert 0.79 < high < 1.16


def by_number(city: Drawing) -> list[Any]:
    return sorted(city.cells, key=lambda cell: int(cell.name.removeprefix("Ward ")))


@given(CITIES, st.randoms(use_true_random=False))
def test_it_is_the_same_in_whatever_order(points: list[Any], chance: Any) -> None:
    city = wards(points)
    other = list(city)
    chance.shuffle(other)
    assert drawing(city) == drawing(other)


@given(CITIES)
def test_neighbours_differ_in_tint(points: list[Any]) -> None:
    for one, other in itertools.combinations(drawing(wards(points)).cells, 2):
        corners = [corner for corner in one.outline if is_shared(corner, one.point, other.point)]
        if any(math.dist(a, b) > 1 for a, b in itertools.combinations(corners, 2)):
            assert one.tint != other.tint


def is_shared(corner: Point, one: Point, other: Point) -> bool:
    return abs(math.dist(corner, one) - math.dist(corner, other)) < 1e-9


def test_wards_without_a_point_are_left_out() -> None:
    city = drawing(wards([(52.6, -2.1), (None, None), (52.58, -2.15)]))
    assert [cell.name for cell in city.cells] == ["Ward 0", "Ward 2"]


def test_two_wards_at_one_point_are_one() -> None:
    city = drawing(wards([(52.6, -2.1), (52.6, -2.1), (52.58, -2.15)]))
    assert [cell.name for cell in city.cells] == ["Ward 0", "Ward 2"]


@pytest.mark.parametrize("points", [[], [(None, None)], [(52.6, -2.1)]])
def test_fewer_than_two_wards_are_a_plain_sheet(points: list[Any]) -> None:
    city = drawing(wards(points), [Place(52.59, -2.12)])
    assert (city.cells, city.ground) == ((), "")
    assert city.spot(52.59, -2.12) is not None


def test_without_any_point_there_is_a_sheet_all_the_same() -> None:
    assert drawing([]).spot(52.59, -2.12) is None


def test_the_city_reaches_to_its_venues_but_not_to_a_mistyped_one() -> None:
    points: list[Any] = [(52.6, -2.1), (52.58, -2.15)]
    near, far = Place(52.575, -2.16), Place(5.2575, -2.16)
    city = drawing(wards(points), [near, far, Place(None, None)])
    assert city.spot(*near) is not None
    assert city.spot(*far) is None
    assert city == drawing(wards(points), [near])


def test_a_long_name_stands_in_lines_around_the_middle() -> None:
    points: list[Any] = [(52.6, -2.1), (52.58, -2.15)]
    city = wards(points)
    city[0].name = "Bushbury South and Low Hill"
    lines = [cell.lines for cell in drawing(city).cells if "Low" in cell.name]
    assert lines == [[(-1.0, "Bushbury"), (0.0, "South and Low"), (1.0, "Hill")]]


@given(st.lists(POINTS, max_size=60))
def test_marks_lie_not_upon_one_another(points: list[Any]) -> None:
    """At 320 pixels each can be pressed: 24 pixels and more from the next."""
    city = drawing(wards([(52.5, -2.3), (52.7, -2.0)]))
    places = [place(number, point) for number, point in enumerate(points)]
    marks = city.marks(places)
    told = sorted(one["number"] for mark in marks for one in mark.places)
    assert told == [one["number"] for one in places]
    for mark in marks:
        assert APART / 2 - 1e-3 <= mark.x <= city.width - APART / 2 + 1e-3
        assert APART / 2 - 1e-3 <= mark.y <= city.height - APART / 2 + 1e-3
    for one, other in itertools.combinations(marks, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) >= APART
    assert marks == city.marks(places)


def place(number: int, point: tuple[float | None, float | None]) -> dict[str, Any]:
    return {"number": number, "latitude": point[0], "longitude": point[1], "count": 1}


def test_a_mark_with_room_stands_where_the_place_is() -> None:
    city = drawing(wards([(52.5, -2.3), (52.7, -2.0)]))
    (mark,) = city.marks([place(1, (52.6, -2.15)), place(2, (None, None)), place(3, (1.0, 1.0))])
    assert not mark.is_moved
    assert (mark.x, mark.y) == city.spot(52.6, -2.15)


def test_what_finds_no_room_shares_a_mark() -> None:
    city = drawing(wards([(52.5, -2.3), (52.7, -2.0)]))
    marks = city.marks([place(number, (52.6, -2.15)) for number in range(400)])
    assert 1 < len(marks) < 20
    assert sum(mark.sessions for mark in marks) == 400
