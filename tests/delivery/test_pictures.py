"""Pictures as they are sent become pictures as they are shown; what is none is refused in words."""

import io
import resource
import struct
import time
import zlib

import pytest
from PIL import Image, ImageCms, ImageFile
from PIL.PngImagePlugin import PngInfo

from festival.delivery import pictures
from festival.domain.images import Picture, PictureRefused
from tests.support import photos

RED, BLUE = (220, 20, 20), (20, 20, 220)


def make(data: bytes) -> Picture:
    return pictures.make(io.BytesIO(data))


def opened(made: Picture) -> Image.Image:
    picture = Image.open(io.BytesIO(made.data))
    assert (picture.width, picture.height) == (made.width, made.height)
    assert picture.format == "JPEG"
    assert picture.mode == "RGB"
    return picture


def near(picture: Image.Image, x: float, y: float, colour: tuple[int, int, int]) -> bool:
    point = picture.getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(point, tuple)
    return all(abs(is_ - wanted) < 14 for is_, wanted in zip(point, colour, strict=True))


def test_a_12_mb_photo_is_made_small() -> None:
    """P1 edge: uploads a 12 MB photo -> resized, alt text required."""
    made = make(photos.twelve_megabytes())
    assert made.width <= 1200
    assert len(made.data) <= 150_000
    assert abs(made.width / made.height - 4 / 3) < 0.01
    opened(made)


def test_an_ordinary_photo_keeps_its_width() -> None:
    made = make(photos.saved(photos.halves(3000, 2000), quality=90))
    assert (made.width, made.height) == (1200, 800)


def test_a_small_picture_is_not_blown_up() -> None:
    made = make(photos.saved(photos.halves(500, 400)))
    assert (made.width, made.height) == (500, 400)


@pytest.mark.parametrize(
    ("turned", "first", "second"),
    [(1, (0.1, 0.5), (0.9, 0.5)), (3, (0.9, 0.5), (0.1, 0.5)), (6, (0.5, 0.1), (0.5, 0.9))],
)
def test_a_phone_held_otherwise_gives_an_upright_picture(
    turned: int, first: tuple[float, float], second: tuple[float, float]
) -> None:
    """Red was on the left as the camera saw it."""
    made = make(photos.from_a_phone(photos.halves(2400, 1200), turned=turned))
    picture = opened(made)
    assert near(picture, *first, RED)
    assert near(picture, *second, BLUE)


def test_nothing_that_was_written_beside_the_points_is_left() -> None:
    sent = photos.from_a_phone(photos.halves(800, 600), turned=6)
    assert b"Telefonwerk" in sent
    assert b"Nan's kitchen" in sent
    made = make(sent)
    for secret in (b"Telefonwerk", b"kitchen", b"Exif", b"ICC_PROFILE", b"http://ns.adobe"):
        assert secret not in made.data
    assert not opened(made).getexif()


def test_words_in_a_png_are_gone_too() -> None:
    info = PngInfo()
    info.add_text("Author", "Ada Lovelace", zip=False)
    sent = photos.saved(photos.halves(400, 300), "PNG", pnginfo=info)
    assert b"Ada Lovelace" in sent
    assert b"Ada" not in make(sent).data


def test_what_is_transparent_is_white_paper() -> None:
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    clear.paste((*RED, 255), (0, 0, 200, 400))
    for sent in (
        photos.saved(clear, "PNG"),
        photos.saved(clear, "WEBP", lossless=True),
        photos.saved(clear.quantize(8), "PNG"),
    ):
        picture = opened(make(sent))
        assert near(picture, 0.2, 0.5, RED)
        assert near(picture, 0.9, 0.5, (255, 255, 255))


def test_a_picture_for_a_printer_keeps_its_colours() -> None:
    picture = opened(make(photos.saved(Image.new("CMYK", (400, 300), (0, 255, 255, 0)))))
    assert near(picture, 0.5, 0.5, (254, 0, 0))


def test_a_profile_that_is_wrong_does_no_harm() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for told in (profile, b"no profile at all"):
        picture = opened(make(photos.saved(photos.halves(400, 300), icc_profile=told)))
        assert near(picture, 0.1, 0.5, RED)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (300, 300), colour) for colour in (RED, BLUE)]
    sent = photos.saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert near(opened(make(sent)), 0.5, 0.5, RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
def test_every_way_to_keep_colours(mode: str) -> None:
    made = make(photos.saved(Image.new(mode, (300, 300)), "PNG"))
    assert (made.width, made.height) == (300, 300)


def test_16_bits_of_grey_do_not_become_white() -> None:
    grey = Image.new("I;16", (300, 300), 128 * 256)
    assert near(opened(make(photos.saved(grey, "PNG"))), 0.5, 0.5, (128, 128, 128))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "This file is empty"),
        (photos.SVG, "a drawing (SVG)"),
        (photos.SVG_LATER, "a drawing (SVG)"),
        (b"\xef\xbb\xbf\n" + photos.SVG, "a drawing (SVG)"),
        (photos.HTML, "a web page"),
        (photos.PDF, "a PDF"),
        (photos.a_zip(), "a document or a zip file"),
        (photos.HEIC, "On an iPhone"),
        (b"MZ" + bytes(600), "We cannot read this file"),
        (b"just words", "We cannot read this file"),
        (photos.saved(photos.halves(300, 300), "BMP"), "We cannot read this file"),
        (photos.saved(photos.halves(300, 300), "TIFF"), "We cannot read this file"),
        (photos.saved(photos.noise(900, 900))[:90_000], "damaged or not whole"),
        (photos.saved(photos.noise(300, 300), "PNG")[:9_000], "damaged or not whole"),
        (photos.saved(photos.noise(300, 300), "WEBP")[:9_000], "damaged or not whole"),
        (photos.saved(photos.halves(300, 300))[:20], "damaged|cannot read"),
        (photos.saved(photos.halves(120, 900)), "too small to be sharp"),
        (photos.saved(photos.halves(2000, 250)), "too long and thin"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(sent: bytes, words: str) -> None:
    """Bad input: SVG with script, a page, a PDF, a zip, a file cut short."""
    with pytest.raises(PictureRefused) as refused:
        make(sent)
    assert any(one in str(refused.value) for one in words.split("|")), str(refused.value)
    assert refused.value.field == "picture"


@pytest.mark.parametrize(
    "size", [(40_000, 40_000), (10_000, 10_000), (6_000, 5_000), (100_000, 500)]
)
def test_a_huge_picture_is_refused_by_what_its_head_says(size: tuple[int, int]) -> None:
    """Bad input: picture 40,000 x 40,000. Nothing of it is unpacked."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(PictureRefused, match="too many dots"):
        make(photos.says_it_is(*size))
    assert time.monotonic() - began < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB


def test_a_real_picture_of_40_000_by_40_000_is_refused() -> None:
    """Bad input: picture 40,000 x 40,000, black all over, in 200 kB."""
    line = b"\0" + bytes(40_000 // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(line) for _ in range(40_000)) + packer.flush()
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    sent = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    )
    with pytest.raises(PictureRefused, match="too many dots"):
        make(sent)


def test_for_cards_it_is_smaller_still() -> None:
    made = make(photos.twelve_megabytes())
    small = pictures.smaller(made.data)
    assert Image.open(io.BytesIO(small)).width == 480
    assert len(small) < len(made.data) / 2


def test_half_a_picture_is_refused_also_where_pdfs_are_printed() -> None:
    """The library for PDFs lets half pictures pass, for the whole process."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    with pytest.raises(PictureRefused, match="damaged"):
        make(photos.saved(photos.noise(900, 900))[:90_000])
