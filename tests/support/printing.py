"""What comes out of a printer: a PDF's pages as pictures, and the codes that are on them."""

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from festival.delivery import printed

needs_pango = pytest.mark.skipif(
    not printed.can_print(), reason="no Pango found (on Debian: apt-get install libpangoft2-1.0-0)"
)


def sheets(pdf: bytes, dots: int = 200) -> list[Image.Image]:
    """Its pages as pictures, with so many dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            document[number].render(scale=dots / 72).to_pil().convert("L")
            for number in range(len(document))
        ]
    finally:
        document.close()


def codes_on(pictures: list[Image.Image]) -> list[str]:
    """The codes that are on these, in their order."""
    return [found.text for picture in pictures for found in zxingcpp.read_barcodes(picture)]
