"""A page with a map, as the programme's will be, and a city to draw on it."""

from typing import Any

import sqlalchemy as sa
from flask import Flask, url_for

from festival.extensions import db, write
from festival.models import Venue
from festival.views import maps
from tests import factories
from tests.support.on_a_page import add_page

WARDS = {
    "Bushbury North": (52.627, -2.121),
    "Bushbury South and Low Hill": (52.608, -2.116),
    "Penn": (52.562, -2.154),
    "St Peter's": (52.594, -2.131),
    "Tettenhall Regis": (52.606, -2.167),
    "Wednesfield North": (52.613, -2.061),
    "Bilston South": (52.56, -2.071),
}
VENUES = {
    "Central Library": (52.584, -2.126),
    "Art Gallery": (52.5841, -2.1261),
    "Penn Hall": (52.565, -2.15),
    "Bilston Town Hall": (52.565, -2.075),
}
PAGE = """
{% extends 'layouts/base.html' %}
{% from 'components/map.html' import city_map, map_head %}
{% from 'components/nearby.html' import nearby, nearby_head %}
{% block title %}Map{% endblock %}
{% block head %}{{ map_head() }}{{ nearby_head() }}{% endblock %}
{% block main %}
<h1>Programme</h1>
<form method="get" action="/"><label for="near">Near</label>
<input class="govuk-input" id="near" name="near">{{ nearby("near") }}</form>
<h2 id="map">Where it is</h2>
{{ city_map(drawing, points, tiles, "map") }}
{% endblock %}
"""


def make_city() -> None:
    """Wards and venues, one of them without a point."""
    with write():
        factories.the_edition()
        for name, (latitude, longitude) in WARDS.items():
            factories.ward(name=name, latitude=latitude, longitude=longitude)
        for name, (latitude, longitude) in VENUES.items():
            factories.venue(name, latitude=latitude, longitude=longitude)
        factories.venue("A bus", latitude=None, longitude=None)


def point(venue: Venue, number: int) -> dict[str, Any]:
    return {
        "name": venue.name,
        "latitude": venue.latitude,
        "longitude": venue.longitude,
        "count": number,
        "href": url_for("programme.home", venue=venue.slug),
        "number": number,
    }


def facts() -> dict[str, Any]:
    """What the page with the map is told: as many sessions at each place as its number says."""
    venues = db.session.scalars(sa.select(Venue).order_by(Venue.latitude.is_(None), Venue.name))
    points = [point(venue, number) for number, venue in enumerate(venues, 1)]
    return {"drawing": maps.city_drawing(), "points": points, "tiles": maps.tiles()}


def add_map(app: Flask) -> None:
    add_page(app, "/map", PAGE, facts)
