"""Pictures as people send them -> pictures as they are shown: bytes in, a small JPEG out.

What somebody sends may be huge, broken, or made to harm. So it is looked at by one of four readers
only (never as SVG or as a page), its size is read before its points are, one picture is made at a
time, and what comes out is drawn anew: nothing that a camera or a person wrote beside the points
is in it, the place where it was taken least of all.
"""

import io
import struct
import threading
import warnings
import zlib
from typing import IO

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from festival.domain.errors import N_
from festival.domain.images import Picture, PictureRefused

READERS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_POINTS = 64_000_000  # of a JPEG, which is decoded smaller than it is
MOST_POINTS_WHOLE = 26_000_000  # of the others: at four bytes a point some 100 MB
LEAST_SIDE = 200
LONGEST_SHAPE = 4  # times as long as it is narrow
WIDEST, HIGHEST = 1200, 1200
MOST_BYTES = 150_000
CARD_WIDTH = 480
ATTEMPTS = ((1200, 82), (1200, 72), (1200, 60), (900, 66), (900, 50), (640, 50), (480, 40))
PAPER = (255, 255, 255)  # what shows through where a picture is transparent
ONE_AT_A_TIME = threading.Lock()
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    TypeError,
    struct.error,
    zlib.error,
)

TOO_LARGE = N_(
    "This picture has too many dots: %(width)s across and %(height)s down. "
    "Make it smaller on your phone or computer, then choose it again."
)
UNKNOWN = N_("We cannot read this file. Choose a photo that ends in .jpg, .png or .webp.")
DAMAGED = N_("This picture is damaged or not whole. Choose it again, or choose another one.")


def make(sent: IO[bytes]) -> Picture:
    """The picture in this file: upright, at most 1,200 points wide, at most 150 KB.

    Reads the file from where it stands at 0. Raises PictureRefused, in words for who sent it."""
    with ONE_AT_A_TIME:
        # What prints PDFs says, for all of the process, that half a picture will do.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        return _make(sent)


def _make(sent: IO[bytes]) -> Picture:
    _refuse_others(sent)
    try:
        with warnings.catch_warnings():
            # Of sizes that we judge ourselves, and of notes in a file that we never look at.
            warnings.simplefilter("ignore")
            with Image.open(sent, formats=READERS) as opened:
                _check_size(opened)
                upright = _upright(opened)
    except Image.DecompressionBombError:
        raise PictureRefused(
            N_("This picture has far too many dots. Choose a smaller one.")
        ) from None
    except UnidentifiedImageError:
        raise PictureRefused(UNKNOWN) from None
    except BROKEN:
        raise PictureRefused(DAMAGED) from None
    return _small(upright)


def _refuse_others(sent: IO[bytes]) -> None:
    """Say of what is often sent by mistake what it is, and what to do instead."""
    sent.seek(0)
    head = sent.read(1024)
    sent.seek(0)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise PictureRefused(N_("This file is empty. Choose a photo."))
    if start.startswith((b"<svg", b"<?xml")) or b"<svg" in start:
        raise PictureRefused(
            N_("This is a drawing (SVG), which we cannot show. Save it as .png, then choose that.")
        )
    if start.startswith((b"<!doctype", b"<html", b"<!--")):
        raise PictureRefused(
            N_("This is a web page, not a picture. Save the picture itself, then choose that.")
        )
    if head.startswith(b"%PDF"):
        raise PictureRefused(
            N_("This is a PDF, not a picture. Take a photo or a screenshot of it instead.")
        )
    if head.startswith(b"PK"):
        raise PictureRefused(
            N_("This is a document or a zip file, not a picture. Choose the photo itself.")
        )
    if head[4:8] == b"ftyp":
        raise PictureRefused(
            N_(
                "This is a kind of photo or film that not every phone can show. On an iPhone, take "
                "a screenshot of it and choose that; else save it as .jpg."
            )
        )


def _check_size(opened: Image.Image) -> None:
    """Refuse by what the file says of its size, before one point of it is read."""
    width, height = opened.size
    most = MOST_POINTS if opened.format in ("JPEG", "MPO") else MOST_POINTS_WHOLE
    if width * height > most:
        raise PictureRefused(TOO_LARGE, width=width, height=height)
    if min(width, height) < LEAST_SIDE:
        raise PictureRefused(
            N_(
                "This picture is too small to be sharp: %(width)s dots across and %(height)s down. "
                "Choose one with at least %(least)s each way."
            ),
            width=width,
            height=height,
            least=LEAST_SIDE,
        )
    if max(width, height) > LONGEST_SHAPE * min(width, height):
        raise PictureRefused(
            N_("This picture is too long and thin. Cut it to a wider shape, then choose it again.")
        )


def _upright(opened: Image.Image) -> Image.Image:
    """The first picture of the file in plain colours, no larger than it is shown, upright."""
    opened.draft(None, (2 * WIDEST, 2 * HIGHEST))  # a JPEG is then decoded at a part of its size
    opened.seek(0)
    opened.load()
    profile = opened.info.get("icc_profile")
    turned = ImageOps.exif_transpose(_smaller(opened))
    return _plain(turned, profile)


def _smaller(picture: Image.Image) -> Image.Image:
    """A copy within the bounds; its notes go with it until it has been turned."""
    if picture.mode == "P":
        picture = picture.convert("RGBA")
    elif picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    exif = picture.getexif()
    copy = picture.copy()
    copy.thumbnail((max(WIDEST, HIGHEST),) * 2, Image.Resampling.LANCZOS, reducing_gap=3.0)
    copy.getexif().update(exif)
    return copy


def _plain(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB, on white paper, with nothing written beside its points."""
    if picture.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in picture.info:
        above = picture.convert("RGBA")
        paper = Image.new("RGBA", above.size, (*PAPER, 255))
        picture = Image.alpha_composite(paper, above).convert("RGB")
    elif profile and picture.mode in ("RGB", "CMYK"):
        picture = _in_srgb(picture, profile)
    plain = picture.convert("RGB")
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    return clean


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Its colours as a screen shows them; where its profile is wrong, as they are."""
    try:
        told = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(
            picture, told, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, *BROKEN):
        return picture
    return turned or picture


def _small(upright: Image.Image) -> Picture:
    """As JPEG, as good as fits."""
    tries = (_fitted(upright, side, quality) for side, quality in ATTEMPTS)
    return next((one for one in tries if len(one.data) <= MOST_BYTES), None) or _fitted(
        upright, *ATTEMPTS[-1]
    )


def _fitted(upright: Image.Image, side: int, quality: int) -> Picture:
    fitted = upright.copy()
    fitted.thumbnail((side, side), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    fitted.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return Picture(file.getvalue(), fitted.width, fitted.height)


def smaller(data: bytes) -> bytes:
    """A finished picture once more, as small as the cards of a list show it."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
        picture.thumbnail((CARD_WIDTH, CARD_WIDTH), Image.Resampling.LANCZOS)
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=68, optimize=True, progressive=True)
    return file.getvalue()
