"""The city's drawing as a picture, and the part of pages that shows it, without JavaScript."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from festival.models import Edition
from tests import factories
from tests.support.client import FestivalClient, PageResponse, make_client
from tests.support.maps import WARDS, add_map, make_city
from tests.support.page import words

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")
SVG = "{http://www.w3.org/2000/svg}"
TILES = {
    "MAP_TILES": "https://tiles.example.org/{z}/{x}/{y}.png",
    "MAP_CREDIT": "© Everybody <who> mapped",
    "MAP_HOST": "https://tiles.example.org",
}


@pytest.fixture
def page(committed_app: Flask) -> Callable[..., PageResponse]:
    """``page(MAP_TILES=...)``: a page with the map, on an application with these settings."""
    make_city()
    add_map(committed_app)

    def look(**settings: Any) -> PageResponse:
        committed_app.config.update(settings)
        return make_client(committed_app).get("/map")  # type: ignore[return-value]

    return look


# --- the picture


@pytest.fixture
def city(edition: Edition) -> None:
    for name, (latitude, longitude) in WARDS.items():
        factories.ward(name=name, latitude=latitude, longitude=longitude)


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("address", ["/city.svg", "/city.svg?dark=yes"])
def test_the_drawing_is_a_picture_of_its_own(client: FestivalClient, address: str) -> None:
    """No script, no style, nothing from elsewhere: it is shown under the strictest policy."""
    answer = client.get(address)
    assert answer.mimetype == "image/svg+xml"
    picture = ET.fromstring(answer.text)
    assert {one.tag for one in picture.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "rect", "path", "g", "text", "tspan")
    }
    names = {" ".join(line.text or "" for line in one) for one in picture.iter(f"{SVG}text")}
    assert names == set(WARDS)
    named = {name for one in picture.iter() for name in one.attrib}
    assert not [name for name in named if "href" in name or name.startswith("on")]
    assert "style" not in named
    assert "url(" not in answer.text


@pytest.mark.usefixtures("city")
def test_by_night_it_is_dark(client: FestivalClient) -> None:
    assert client.get("/city.svg").text != client.get("/city.svg?dark").text


@pytest.mark.usefixtures("city")
def test_it_is_kept_and_asked_for_again_with_its_name(client: FestivalClient) -> None:
    answer = client.get("/city.svg")
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert "Set-Cookie" not in answer.headers
    again = client.get("/city.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    factories.ward(name="Oxley", latitude=52.616, longitude=-2.141)
    new = client.get("/city.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert (new.status_code, "Oxley" in new.text) == (200, True)


def test_a_ward_is_written_as_it_is_called(client: FestivalClient, edition: Edition) -> None:
    factories.ward(name="Cats & <Dogs>", latitude=52.6, longitude=-2.1)
    factories.ward(name="Oxley", latitude=52.616, longitude=-2.141)
    picture = ET.fromstring(client.get("/city.svg").text)
    assert "<Dogs>" in "".join(picture.itertext())


def test_without_wards_it_is_a_plain_sheet(client: FestivalClient, edition: Edition) -> None:
    assert not list(ET.fromstring(client.get("/city.svg").text).iter(f"{SVG}text"))


def test_without_a_festival_there_is_no_city(client: FestivalClient) -> None:
    assert client.get("/city.svg").status_code == 404


# --- on a page


def test_each_place_is_a_link_on_the_drawing(page: Callable[..., PageResponse]) -> None:
    found = page().page
    marks = [(one.get("aria-label"), one.get("href")) for one in found.with_class("map__mark")]
    names = [name for name, _ in marks]
    assert names == [
        "1: 1 session at Art Gallery",
        "2: 2 sessions at Bilston Town Hall",
        "3: 3 sessions at Central Library",
        "4: 4 sessions at Penn Hall",
    ]
    assert all((href or "").startswith("/?venue=venue-") for _, href in marks)


def test_the_list_says_the_same_in_words(page: Callable[..., PageResponse]) -> None:
    """Finding something to learn: the list says the same in words, also of what is on no map."""
    found = page().page
    (listed,) = found.with_class("map__list")
    assert [words(item) for item in found.all("li", inside=listed)] == [
        "1 Art Gallery 1 session",
        "2 Bilston Town Hall 2 sessions",
        "3 Central Library 3 sessions",
        "4 Penn Hall 4 sessions",
        "5 A bus 5 sessions, not on the map",
    ]
    there = {one.get("href") for one in found.all("a", inside=listed)}
    assert there > {one.get("href") for one in found.with_class("map__mark")} > set()


def test_only_the_drawing_is_asked_for_where_no_server_is_set(
    page: Callable[..., PageResponse],
) -> None:
    answer = page()
    assert "data-tiles" not in answer.text
    assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"]


def test_pictures_are_let_in_from_the_server_that_is_set_and_no_other(
    page: Callable[..., PageResponse],
) -> None:
    answer = page(**TILES)
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "img-src 'self' https://tiles.example.org data:" in policy
    assert [rule for rule in policy if "tiles" in rule and "img-src" not in rule] == []
    (map_,) = answer.page.with_class("map")
    assert map_.get("data-credit") == TILES["MAP_CREDIT"]


def test_people_are_told_who_sees_that_they_look_at_the_map(
    app: Flask, client: FestivalClient, edition: Edition
) -> None:
    assert "tiles.example.org" not in client.get("/privacy").words
    assert "Nothing on this site comes from anybody else" in client.get("/cookies").words
    app.config.update(TILES)
    assert "pictures of the map come from tiles.example.org" in client.get("/privacy").words
    told = "The pictures of the large map come from tiles.example.org"
    assert told in client.get("/cookies").words
