"""Three readers of QR codes that share nothing: in C++, in C and in JavaScript."""

import base64
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from festival.paths import STATIC

QR_JS = STATIC / "vendor" / "qr.js"
NO_ZBAR = "no zbar found (on Debian: apt-get install libzbar0)"
Decoder = Callable[[Image.Image], list[str]]

READ = """([width, height, grey]) => {
  const bytes = Uint8Array.from(atob(grey), (letter) => letter.charCodeAt(0));
  const data = new Uint8Array(width * height * 4).fill(255);
  bytes.forEach((shade, at) => data.fill(shade, at * 4, at * 4 + 3));
  try { return [qr.decodeQR({ width, height, data })]; } catch (error) { return []; }
}"""


def zxing(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@cache
def _pyzbar() -> Any:
    """The library looks for its C part when it is loaded, so that is here."""
    try:
        from pyzbar import pyzbar  # noqa: PLC0415
    except ImportError:
        return None
    return pyzbar


def zbar(picture: Image.Image) -> list[str]:
    return [
        found.data.decode()
        for found in _pyzbar().decode(picture, symbols=[_pyzbar().ZBarSymbol.QRCODE])
    ]


def qr_js(page: Page) -> Decoder:
    """The npm package, in this page."""
    page.set_content("<title>A reader</title>")
    page.add_script_tag(content=QR_JS.read_text(encoding="utf-8"))

    def read(picture: Image.Image) -> list[str]:
        grey = base64.b64encode(picture.convert("L").tobytes()).decode()
        found = page.evaluate(READ, [picture.width, picture.height, grey])
        return [str(text) for text in found]

    return read


def all_three(page: Page) -> dict[str, Decoder]:
    """Each by its name. Leaves the test out where one is missing."""
    if _pyzbar() is None:
        pytest.skip(NO_ZBAR)
    return {"zxing-cpp": zxing, "zbar": zbar, "qr": qr_js(page)}
