"""Tickets as PDF: whole, tagged, in the right languages and scripts."""

import http.server
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import get_domain
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from festival.delivery import printed, ticket_keys
from festival.domain import words
from festival.extensions import write
from festival.models import Booking, Edition, ReservationState
from tests import factories
from tests.support import databases
from tests.support.printing import codes_on, needs_pango, sheets

NOTO = Path("/usr/share/fonts/truetype/noto")
GURMUKHI, URDU = "ਗੁਰਪ੍ਰੀਤ ਸ਼ਰਮਾ", "عائشہ نستعلیق"
FONTS = {GURMUKHI: "NotoSansGurmukhi-Regular.ttf", URDU: "NotoNaskhArabic-Regular.ttf"}

pytestmark = needs_pango


def booked(name: str = "Ada Lovelace", language: str = "en", **wording: str) -> Booking:
    session = factories.session(title="Stitch a Story", wording=wording or None)
    made = factories.booking(factories.occurrence_of(session), 3, name=name)
    made.language = language
    return made


def pdf_of(booking: Booking, **how: bool) -> bytes:
    edition = factories.the_edition()
    return printed.tickets(booking.reservations, booking, edition, ticket_keys(), **how)


def elements(thing: Any) -> Iterator[Any]:
    """The elements of a PDF's tags in their order."""
    thing = thing.get_object()
    if not isinstance(thing, dict):
        return
    yield thing
    kids = thing.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        yield from elements(kid)


def tags(pdf: bytes) -> list[Any]:
    return list(elements(pypdf.PdfReader(BytesIO(pdf)).root_object["/StructTreeRoot"]))


def text_of(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    return " ".join(text.split())


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Of its pages, in millimetres."""
    boxes = [page.mediabox for page in pypdf.PdfReader(BytesIO(pdf)).pages]
    return [
        (round(float(box.width) * 25.4 / 72), round(float(box.height) * 25.4 / 72)) for box in boxes
    ]


# --- whole


@pytest.mark.usefixtures("app")
def test_several_tickets_are_one_file_of_one_page_each() -> None:
    runs = factories.series(3, title="Start to Code")
    booking = factories.booking(runs[0], 2)
    pdf = pdf_of(booking)
    assert sizes(pdf) == [(148, 210)] * 3
    assert codes_on(sheets(pdf)) == [factories.code_of(one) for one in booking.reservations]
    for page in pypdf.PdfReader(BytesIO(pdf)).pages:
        words_of_page = page.extract_text()
        assert str(booking.reference) in words_of_page
        assert "2 people" in words_of_page


@pytest.mark.usefixtures("app")
def test_large_print_is_eighteen_points_and_more_on_a4() -> None:
    edition = factories.the_edition()
    edition.is_demonstration = True
    pdf = pdf_of(booked(meeting_point="The front desk", language="ur"), large=True)
    assert sizes(pdf) == [(210, 297)]
    points: set[float] = set()

    def take(text: str, scaled: Any, matrix: Any, _font: Any, size: float) -> None:
        if text.strip():
            points.add(round(size * abs(matrix[3] * scaled[3]), 1))

    pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text(visitor_text=take)
    assert min(points) >= 18
    assert len(codes_on(sheets(pdf))) == 1


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("large", [False, True])
def test_the_code_is_thirty_millimetres_or_more(large: bool) -> None:
    booking = booked()
    document = pypdfium2.PdfDocument(pdf_of(booking, large=large))
    (picture,) = (one for one in document[0].get_objects() if one.type == 3)
    left, bottom, right, top = picture.get_bounds()
    document.close()
    side = min(right - left, top - bottom) * 25.4 / 72 * 45 / 53  # without its margin
    assert side >= 30


@pytest.mark.usefixtures("app")
def test_a_place_that_was_called_off_has_no_code() -> None:
    booking = booked()
    booking.reservations[0].state = ReservationState.cancelled
    pdf = pdf_of(booking)
    assert codes_on(sheets(pdf)) == []
    assert "This ticket does not let you in." in text_of(pdf)
    assert "/Figure" not in [one.get("/S") for one in tags(pdf)]


@pytest.mark.usefixtures("app")
def test_the_link_for_others_gives_no_name() -> None:
    booking = booked("Rumpelstiltskin")
    assert "Rumpelstiltskin" in text_of(pdf_of(booking))
    assert "Rumpelstiltskin" not in text_of(pdf_of(booking, named=False))


# --- for who has it read to them


@pytest.mark.usefixtures("app")
def test_it_is_tagged_and_has_a_title_a_language_and_a_text_for_the_code() -> None:
    booking = booked()
    pdf = pdf_of(booking)
    reader = pypdf.PdfReader(BytesIO(pdf))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert (
        reader.metadata.title == f"Tickets for {booking.reference} - {factories.the_edition().name}"
    )
    assert (
        b"<pdfuaid:part>1</pdfuaid:part>"
        in root["/Metadata"].get_object().get_data().replace(b'"', b"")
        or b"pdfuaid:part=" in root["/Metadata"].get_object().get_data()
    )
    kinds = [one.get("/S") for one in tags(pdf)]
    assert {"/Document", "/H2", "/Figure", "/L"} <= set(kinds)
    (figure,) = [one for one in tags(pdf) if one.get("/S") == "/Figure"]
    assert figure["/Alt"] == "QR code of this ticket. The booking reference works as well."


@pytest.mark.usefixtures("app")
def test_each_text_says_its_language() -> None:
    root = pypdf.PdfReader(BytesIO(pdf := pdf_of(booked(URDU, "ur")))).root_object
    assert root["/Lang"] == "ur"
    leaves = [one for one in tags(pdf) if one.get("/S") in ("/Span", "/Figure") and "/K" in one]
    told = [one.get("/Lang") for one in leaves]
    assert told[0] == "en"  # the title, which nobody has translated
    assert None in told  # the day, in Urdu as the whole is
    (figure,) = [one for one in leaves if one["/S"] == "/Figure"]
    assert figure["/Lang"] == "en"


PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "When"
msgstr "کب"

msgid "%(num)s person"
msgid_plural "%(num)s people"
msgstr[0] "%(num)s فرد"
msgstr[1] "%(num)s افراد"
"""


def test_labels_stand_in_both_languages_where_they_are_translated(
    committed_app: Flask, tmp_path: Path
) -> None:
    folder = tmp_path / "translations" / "ur" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, read_po(BytesIO(PO.encode()), locale="ur"))
    with write():
        booking_id = booked(URDU, "ur").id
    app = databases.make_app(
        committed_app.config["DATABASE_URL"],
        tmp_path,
        {"BABEL_TRANSLATION_DIRECTORIES": str(tmp_path / "translations")},
    )
    with app.app_context():
        get_domain().cache.clear()  # which all applications of a process share
        booking = factories.db.session.get_one(Booking, booking_id)
        edition = factories.the_edition()
        shown = printed.ticket_of(
            booking.reservations[0], booking, edition, ticket_keys(), named=True
        )
        pdf = pdf_of(booking)
        get_domain().cache.clear()
    databases.close(app)
    when, people, where = (shown.labels[name] for name in ("when", "people", "where"))
    assert (when.own.text, when.own.direction) == ("کب", "rtl")
    assert when.beside is not None
    assert (when.beside.text, when.beside.language) == ("When", "en")
    assert people.own.text == "3 افراد"
    assert (where.own.text, where.own.language, where.beside) == ("Where", "en", None)
    assert shown.direction == "rtl"
    assert len(codes_on(sheets(pdf))) == 1


# --- scripts


def ink(picture: Image.Image) -> Image.Image:
    return picture.crop(ImageChops.invert(picture).getbbox())


def on_paper(pdf: bytes, text: str) -> Image.Image:
    """The picture of these words on its first page."""
    document = pypdfium2.PdfDocument(pdf)
    page, dots = document[0], 300 / 72
    words_of_page = page.get_textpage()
    found = words_of_page.search(text).get_next()
    assert found is not None, words_of_page.get_text_range()
    boxes = [words_of_page.get_charbox(at, loose=True) for at in range(found[0], sum(found))]
    left, bottom = (min(box[side] for box in boxes) * dots for side in (0, 1))
    right, top = (max(box[side] for box in boxes) * dots for side in (2, 3))
    height = page.get_height() * dots
    whole = page.render(scale=dots).to_pil().convert("L")
    document.close()
    return ink(whole.crop((int(left) - 2, int(height - top), int(right) + 3, int(height - bottom))))


def drawn(text: str, layout: ImageFont.Layout) -> Image.Image:
    font = ImageFont.truetype(NOTO / FONTS[text], 46, layout_engine=layout)
    picture = Image.new("L", (900, 200), 255)
    ImageDraw.Draw(picture).text((50, 50), text, font=font, fill=0)
    return ink(picture)


def likeness(one: Image.Image, other: Image.Image) -> float:
    """How much of the ink of each lies on the other's, or beside it by two points."""
    size = (max(one.width, other.width), max(one.height, other.height))
    dark, near = [], []
    for picture in (one, other):
        sheet = Image.new("L", size, 255)
        sheet.paste(picture)
        dark.append(_ink_of(sheet))
        near.append(_ink_of(sheet.filter(ImageFilter.MinFilter(5))))
    return min(
        len(dark[0] & near[1]) / len(dark[0]),
        len(dark[1] & near[0]) / len(dark[1]),
    )


def _ink_of(picture: Image.Image) -> set[int]:
    return {at for at, shade in enumerate(picture.tobytes()) if shade < 128}


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("name", "language"), [(GURMUKHI, "pa"), (URDU, "ur")])
def test_names_are_shaped(name: str, language: str) -> None:
    if not (NOTO / FONTS[name]).exists():
        pytest.skip("no Noto fonts found (on Debian: apt-get install fonts-noto-core)")
    paper = on_paper(pdf_of(booked(name, language)), name)
    right, wrong = (
        drawn(name, layout) for layout in (ImageFont.Layout.RAQM, ImageFont.Layout.BASIC)
    )
    # Letters that nobody joined or put in their order take another width, and other places.
    assert abs(paper.width - right.width) <= 4
    assert abs(wrong.width - right.width) > 15
    assert likeness(paper, right) > 0.95
    assert likeness(wrong, right) < 0.85


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "name",
    [
        "Zoë 🎉 O’Brien",
        "N" * 100,
        "ਗੁਰਪ੍ਰੀਤ " * 11,
        "\u202eAda\u202c Lovelace",
        "عائشہ \u200fAda\u200e خان",
        '<b>Ada</b> & "Co" {{ 7 }}',
        "Ada\u0007\n\tLovelace",
        "x",
    ],
    ids=["emoji", "long", "long Gurmukhi", "override", "both ways", "markup", "controls", "short"],
)
def test_no_name_breaks_the_ticket(name: str) -> None:
    for large in (False, True):
        booking = booked()
        booking.name = name
        pdf = pdf_of(booking, large=large)
        assert codes_on(sheets(pdf)) == [factories.code_of(booking)]
        assert len(sizes(pdf)) == 1


@pytest.mark.usefixtures("app")
def test_no_letter_is_an_empty_box() -> None:
    for name, language in ((GURMUKHI, "pa"), (URDU, "ur"), ("Åse Łukasz Ñuñez Ștefan", "en")):
        pdf = pdf_of(booked(name, language))
        for page in pypdf.PdfReader(BytesIO(pdf)).pages:
            assert "\ufffd" not in page.extract_text()
            assert "\x00" not in page.extract_text()


# --- nothing from elsewhere


@pytest.mark.usefixtures("app")
def test_it_fetches_nothing(tmp_path: Path) -> None:
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "secret.txt").write_text("SECRET")
    here = f"http://127.0.0.1:{server.server_port}"
    html = f"""<html lang="en"><title>x</title><link rel="stylesheet" href="{here}/a.css">
        <style>@import "{here}/b.css"; p {{ background: url({here}/c.png) }}</style>
        <link rel="attachment" href="file://{tmp_path}/secret.txt">
        <p>Hello <img src="{here}/d.png" alt="d"><img src="file://{tmp_path}/secret.txt" alt="e">
        <object data="{here}/f.svg"></object></p>"""
    pdf = printed._pdf(html)
    server.shutdown()
    server.server_close()
    assert asked == []
    assert "Hello" in text_of(pdf)
    assert b"SECRET" not in pdf
    assert "SECRET" not in text_of(pdf)
    assert pypdf.PdfReader(BytesIO(pdf)).attachments == {}


def test_where_pango_is_missing_it_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # as where it is not installed
    printed._weasyprint.cache_clear()
    try:
        assert not printed.can_print()
        with pytest.raises(printed.CannotPrint):
            pdf_of(booked())
    finally:
        monkeypatch.undo()
        printed._weasyprint.cache_clear()
    assert printed.can_print()


# --- days


def test_days_and_hours_in_other_languages(edition: Edition) -> None:
    starts = datetime.fromisoformat("2027-06-08T13:00+01:00")
    ends = datetime.fromisoformat("2027-06-08T14:30+01:00")
    assert words.when_abroad(starts, ends, None, "ur") == "منگل، 8 جون، 2027، 13:00 – 14:30"
    assert words.when_abroad(starts, ends, None, "pl") == "wtorek, 8 czerwca 2027, 13:00 – 14:30"
    next_day = datetime.fromisoformat("2027-06-09T01:00+01:00")
    assert "9 czerwca" in words.when_abroad(starts, next_day, None, "pl")
    midnight = datetime.fromisoformat("2027-06-09T00:00+01:00")
    assert "9 czerwca" not in words.when_abroad(starts, midnight, None, "pl")


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Ada", "ltr"),
        (URDU, "rtl"),
        (GURMUKHI, "ltr"),
        ("(123) عائشہ", "rtl"),
        ("", "ltr"),
        ("7", "ltr"),
    ],
)
def test_the_first_letter_says_the_direction(text: str, direction: str) -> None:
    assert words.direction_of(text) == direction
