"""Where somebody is, roughly: by a postcode, an area, a venue or a point on the map. Only the
rounded point or the area's name goes into addresses, never the postcode; nothing is kept."""

import re
from dataclasses import dataclass

import sqlalchemy as sa
from rapidfuzz import fuzz, process

from festival.domain.distance import miles
from festival.domain.finding.stock import Area, Stock
from festival.domain.words import fold
from festival.extensions import db
from festival.models import Postcode

MILES = (1, 2, 3, 5)  # that can be chosen
USUAL = 2
FULL = re.compile(r"(?i)\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b")
OUTWARD = re.compile(r"(?i)^\s*([a-z]{1,2}\d{1,2}[a-z]?)\s*(\d?)\s*$")
POINT = re.compile(r"^\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$")
ALIKE = 82  # of 100: two names of an area that differ by a slip


@dataclass(frozen=True)
class Spot:
    """A point, what to call it, and how addresses name it."""

    key: str
    name: str
    latitude: float
    longitude: float


def find_spot(typed: str, stock: Stock) -> Spot | None:
    """The place that somebody means; None where we do not know it. At most one query."""
    if match := POINT.match(typed):
        return _of_point(float(match[1]), float(match[2]), stock)
    if (match := FULL.search(typed)) or (match := OUTWARD.match(typed)):
        return _of_postcode(match[1].upper(), match[2].upper(), stock)
    return _of_name(typed, stock)


def _of_point(latitude: float, longitude: float, stock: Stock) -> Spot | None:
    """Rounded to about a kilometre: nobody's home."""
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    latitude, longitude = round(latitude, 2), round(longitude, 2)
    area = nearest_area(latitude, longitude, stock)
    key = f"{latitude:.2f},{longitude:.2f}"
    return Spot(key, area.name if area else key, latitude, longitude)


def _of_postcode(outward: str, inward: str, stock: Stock) -> Spot | None:
    """The postcode itself, else the middle of what we know around it: of postcodes and venues."""
    for known in (f"{outward} {inward}", f"{outward} {inward[:1]}", f"{outward} "):
        points = _postcodes(known) or _venues(known, stock)
        if points:
            latitudes, longitudes = zip(*points, strict=True)
            middle = sum(latitudes) / len(points), sum(longitudes) / len(points)
            return _of_point(*middle, stock)
    return None


def _postcodes(begins: str) -> list[tuple[float, float]]:
    columns = (sa.func.avg(Postcode.latitude), sa.func.avg(Postcode.longitude))
    query = sa.select(*columns).where(Postcode.postcode.startswith(begins, autoescape=True))
    return [(row[0], row[1]) for row in db.session.execute(query) if row[0] is not None]


def _venues(begins: str, stock: Stock) -> list[tuple[float, float]]:
    places = {item.place.venue.slug: item.place for item in stock.items}.values()
    return [
        (one.latitude, one.longitude)
        for one in places
        if one.latitude is not None
        and one.longitude is not None
        and f"{one.postcode.upper()} ".startswith(begins)
    ]


def nearest_area(latitude: float, longitude: float, stock: Stock) -> Area | None:
    """The ward whose middle is nearest; within five miles."""
    far = [
        (miles((latitude, longitude), (one.latitude, one.longitude)), one)
        for one in stock.areas
        if one.latitude is not None and one.longitude is not None
    ]
    nearest = min(far, key=lambda one: one[0], default=None)
    return nearest[1] if nearest is not None and nearest[0] <= 5 else None


def _of_name(typed: str, stock: Stock) -> Spot | None:
    """An area or venue by its name, by a part of it, or by one that is spelt nearly so."""
    wanted = fold(typed)
    if not wanted:
        return None
    spots = _named(stock)
    by_key = {spot.key: spot for _, spot in spots}
    if (exact := by_key.get(typed.strip().lower())) is not None:
        return exact
    for name, spot in spots:
        if f" {wanted} " in f" {name} ":
            return spot
    names = [name for name, _ in spots]
    alike = process.extractOne(wanted, names, scorer=fuzz.partial_ratio, score_cutoff=ALIKE)
    return spots[alike[2]][1] if alike is not None and len(wanted) >= 4 else None


def _named(stock: Stock) -> list[tuple[str, Spot]]:
    """Every name that stands for a point, folded: areas before venues and their addresses."""
    found = [
        (fold(one.name), Spot(one.slug, one.name, one.latitude, one.longitude))
        for one in stock.areas
        if one.latitude is not None and one.longitude is not None
    ]
    venues = {item.place.venue.slug: item.place for item in stock.items}
    for place in venues.values():
        if place.latitude is not None and place.longitude is not None:
            name = place.venue.name
            spot = Spot(f"at-{place.venue.slug}", name, place.latitude, place.longitude)
            found.append((fold(f"{name} {place.address}"), spot))
    return found
