"""Pictures as people send them, and what they send instead: real files, made here."""

import io
import random
import struct
import zipfile
import zlib

from PIL import Image

FLASH, MAKE, GPS = 0x9209, 0x010F, 0x8825
ORIENTATION = 0x0112
NOISE = random.Random(7)


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that does not get smaller by itself."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), NOISE.randbytes(width * height * bands))


def halves(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right."""
    made = Image.new("RGB", (width, height), (220, 20, 20))
    made.paste((20, 20, 220), (width // 2, 0, width, height))
    return made


def saved(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def from_a_phone(picture: Image.Image, *, turned: int = 1, **options: object) -> bytes:
    """A JPEG with what a phone writes beside it: its make, where it was, how it was held."""
    exif = Image.Exif()
    exif[MAKE] = "Telefonwerk"
    exif[ORIENTATION] = turned
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 35.0, 4.9), 3: "W", 4: (2.0, 7.0, 35.8)})
    return saved(picture, exif=exif, comment=b"Nan's kitchen", **options)


def twelve_megabytes() -> bytes:
    """A photo of 12 MB and 12 million points."""
    made = from_a_phone(noise(4000, 3000), quality=92)
    assert 11_000_000 < len(made) < 15_000_000, len(made)
    return made


def says_it_is(width: int, height: int) -> bytes:
    """A PNG of a hundred bytes whose head says that it is this large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(64))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def a_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("photo.jpg", saved(halves(400, 300)))
    return file.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SVG_LATER = b'<?xml version="1.0"?>\n<!-- a drawing -->\n' + SVG
HTML = b"<!DOCTYPE html><title>Photo</title><script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
