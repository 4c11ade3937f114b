"""The city's map: its drawing as a picture, and what pages with a map are made of."""

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from festival.delivery.city import Drawing, drawing
from festival.domain.venues import register
from festival.views.access import public
from festival.views.files import File, kept, public_file
from festival.views.page import edition as current_edition

blueprint = Blueprint("maps", __name__)
SVG = "image/svg+xml"


@blueprint.get("/city.svg")
@public
def city() -> ResponseReturnValue:
    """The drawing of the city: by day, or with ``?dark`` by night. A picture cannot be asked for
    the page's colours, and a style inside it is not let in."""
    dark = "dark" in request.args
    return public_file(kept(("city.svg", dark), lambda: _file(dark=dark)), "city.svg")


def _file(*, dark: bool) -> File:
    name = (current_edition() or abort(404)).city
    picture = render_template("maps/city.svg", drawing=city_drawing(), dark=dark, city=name)
    return File.of(picture.encode(), SVG)


def city_drawing() -> Drawing:
    """The city with all its wards, and all venues on it: the same for every page and picture, so
    that one fits upon the other."""
    return drawing(register.wards(), register.on_the_map())


def tiles() -> dict[str, str] | None:
    """Where the pictures of a map server come from and who made them; None for our own drawing."""
    if not current_app.config["MAP_TILES"]:
        return None
    return {"url": current_app.config["MAP_TILES"], "credit": current_app.config["MAP_CREDIT"]}
