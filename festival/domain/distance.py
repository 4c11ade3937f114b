"""How far two points of the earth are from one another, as the crow flies."""

import math

EARTH_KM = 6371.0
KM_IN_A_MILE = 1.609344

Point = tuple[float, float]  # latitude and longitude, in degrees


def kilometres(start: Point, end: Point) -> float:
    """Along the surface of a sphere (the haversine formula): good to half a percent."""
    lat1, lon1, lat2, lon2 = (math.radians(one) for one in (*start, *end))
    angle = math.sin((lat2 - lat1) / 2) ** 2
    angle += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(angle))


def miles(start: Point, end: Point) -> float:
    """The same in miles."""
    return kilometres(start, end) / KM_IN_A_MILE
