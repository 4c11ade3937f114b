"""The main pages as pictures, kept beside the tests: whoever changes how they look sees it, and
keeps the new ones with ``pytest tests/journeys/test_looks.py --new-looks`` once they are right."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Page

from festival.delivery import booking_rules
from festival.domain import accounts, demonstration
from festival.extensions import write
from tests.support.browser import Pages
from tests.support.live import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.databases("sqlite")]
KEPT = Path(__file__).resolve().parents[1] / "examples" / "looks"
NOON = "2027-05-20T12:00:00+01:00"  # before the festival, on the days of its own files
PAGES = {
    "programme": "/",
    "map": "/?view=map",
    "session": "/sessions/E26",
}
SMALLER = 4  # letters are drawn a little differently on each machine; how a page is laid out is not
TALL = 1600  # pixels of a page that are looked at
ALIKE = 5.0  # of 255: how far a picture may be from the one that is kept, on average
PART = 40.0  # and in any part of it, a twelfth of the width high and wide


Look = tuple[str, int, str]


def test_the_main_pages_look_as_they_did(
    committed_app: Flask,
    live_server: Callable[..., LiveServer],
    new_page: Pages,
    pytestconfig: pytest.Config,
) -> None:
    with write():
        demonstration.load(
            rules=booking_rules(),
            password_hash=accounts.hash_password(demonstration.PASSWORD),
            keep_dates=True,
        )
    server = live_server(NOW=NOON)
    seen = dict(pictures(server, new_page))
    if pytestconfig.getoption("new_looks"):
        KEPT.mkdir(parents=True, exist_ok=True)
        for look, picture in seen.items():
            picture.save(kept(look), optimize=True)
    other = {look: far for look, picture in seen.items() if (far := how_far(look, picture))}
    assert other == {}, "look at these pages; if they are right, keep them with --new-looks"


def pictures(server: LiveServer, new_page: Pages) -> Iterator[tuple[Look, Image.Image]]:
    """Each page at the width of a phone and of a desk, by day and by night."""
    for scheme in ("light", "dark"):
        for width in (390, 1280):
            page = new_page(server.url, viewport=(width, 900), color_scheme=scheme)
            for name, path in PAGES.items():
                yield (name, width, scheme), picture_of(page, path)


def picture_of(page: Page, path: str) -> Image.Image:
    """Smaller, in a few greys: a page's layout in some kilobytes."""
    page.goto(path)
    page.wait_for_selector(".js-enabled .leaflet-container, .js-enabled:not(:has(.map))")
    shot = Image.open(BytesIO(page.screenshot(full_page=True, animations="disabled")))
    shot = shot.convert("L").crop((0, 0, shot.width, TALL))
    size = (shot.width // SMALLER, TALL // SMALLER)
    return shot.resize(size, Image.Resampling.BOX).quantize(32).convert("L")


def kept(look: Look) -> Path:
    name, width, scheme = look
    return KEPT / f"{name}-{width}-{scheme}.png"


def how_far(look: Look, picture: Image.Image) -> str:
    """How far a picture is from the one that is kept; nothing where they are alike."""
    if not kept(look).is_file():
        return "none is kept"
    before = Image.open(kept(look)).convert("L")
    if before.size != picture.size:
        return f"{before.size} before, {picture.size} now"
    blurred = [one.filter(ImageFilter.GaussianBlur(3)) for one in (before, picture)]
    apart = ImageChops.difference(*blurred)
    overall = ImageStat.Stat(apart).mean[0]
    part = max(ImageStat.Stat(tile).mean[0] for tile in tiles(apart))
    if overall <= ALIKE and part <= PART:
        return ""
    return f"{overall:.1f} on average, {part:.1f} in one part"


def tiles(picture: Image.Image) -> Iterator[Image.Image]:
    side = max(16, picture.width // 12)
    for x in range(0, picture.width, side):
        for y in range(0, picture.height, side):
            yield picture.crop((x, y, min(x + side, picture.width), min(y + side, picture.height)))
