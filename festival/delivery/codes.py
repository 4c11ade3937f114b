"""Ticket codes as QR pictures: level Q, a margin of four modules, dark on light."""

from io import BytesIO
from typing import Any, Literal, cast

import qrcode
from qrcode.image.pure import PyPNGImage
from qrcode.image.svg import SvgPathFillImage
from qrcode.util import MODE_ALPHA_NUM, QRData


def _picture(code: str, factory: Any, module: int) -> bytes:
    picture = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=module, border=4
    )
    mode = cast(Literal[2], MODE_ALPHA_NUM)  # its stub says only that it is a number
    picture.add_data(QRData(code, mode=mode))
    out = BytesIO()
    picture.make_image(image_factory=factory).save(out)
    return out.getvalue()


def svg(code: str) -> bytes:
    """The code as SVG with a white background of its own, so that dark pages do not swallow it."""
    return _picture(code, SvgPathFillImage, 10)


def png(code: str, module: int = 8) -> bytes:
    """The code as PNG, so many pixels a module."""
    return _picture(code, PyPNGImage, module)
