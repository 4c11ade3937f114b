"""Ticket codes as pictures that a decoder reads."""

import re
from io import BytesIO

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Page

from festival.delivery import codes, ticket_keys
from festival.domain.tickets import TicketFacts
from tests.support.browser import Pages

FACTS = TicketFacts(number=4_294_967_295, occurrence_id=77, people=255, generation=255)


def _corner(picture: Image.Image, module: int) -> set[int]:
    """The shades in the margin at the top left."""
    size = 4 * module
    return {value for _count, value in picture.convert("L").crop((0, 0, size, size)).getcolors()}


def test_the_png_gives_the_code(app: Flask) -> None:
    code = ticket_keys().sign(FACTS)
    for module in (4, 6, 8):
        picture = Image.open(BytesIO(codes.png(code, module)))
        (read,) = zxingcpp.read_barcodes(picture)
        assert read.text == code
        assert read.ec_level == "Q"
        assert _corner(picture, module) == {255}


def test_a_folded_ticket_still_reads(app: Flask) -> None:
    """A crease wipes out a stripe of the picture."""
    code = ticket_keys().sign(FACTS)
    picture = Image.open(BytesIO(codes.png(code, 8))).convert("L")
    crease = Image.new("L", (picture.width, 12), 255)
    picture.paste(crease, (0, int(picture.height * 0.45)))
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.text == code


@pytest.mark.browser
def test_the_svg_gives_the_code_on_a_dark_page(app: Flask, new_page: Pages) -> None:
    code = ticket_keys().sign(FACTS)
    page: Page = new_page(color_scheme="dark")
    page.set_content(f"<body bgcolor=black>{codes.svg(code).decode()}</body>")
    picture = Image.open(BytesIO(page.screenshot(full_page=True)))
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.text == code


def test_the_drawing_has_exactly_the_dark_modules(app: Flask) -> None:
    """Its outlines, filled as a browser fills them, against what PNG shows point by point."""
    for number in range(1, 40):
        code = ticket_keys().sign(TicketFacts(number, 77, 3, 0))
        drawing = codes.drawing(code)
        points = Image.open(BytesIO(codes.png(code, 1))).convert("L")
        assert points.size == (drawing.size, drawing.size) == (53, 53)
        assert filled(drawing) == [shade < 128 for shade in points.tobytes()]


def filled(drawing: codes.Drawing) -> list[bool]:
    """Each module of a drawing: dark where more edges go down than up on its left, or fewer."""
    turns = [0] * drawing.size**2
    x = y = start_x = start_y = 0

    def go_to(new_y: int) -> None:
        for line in range(min(y, new_y), max(y, new_y)):
            for place in range(line * drawing.size + x, (line + 1) * drawing.size):
                turns[place] += 1 if new_y > y else -1

    for command, numbers in re.findall(r"([mhvz])([-\d ]*)", drawing.path):
        if command == "m":
            right, down = map(int, numbers.split())
            x, y = start_x + right, start_y + down
            start_x, start_y = x, y
        elif command == "h":
            x += int(numbers)
        elif command == "v":
            go_to(y + int(numbers))
            y += int(numbers)
        else:
            go_to(start_y)
            x, y = start_x, start_y
    return [turn != 0 for turn in turns]
