"""The picture that goes with the address of a session: what it is, and what it never is."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from festival.delivery import cards
from festival.delivery.cards import Card, art, lettering

LINES = ("Tuesday 8 June 2027, 1pm to 2:30pm", "Central Library")
PANJABI = "ਨਵੇਂ ਸਿੱਖਣ ਵਾਲਿਆਂ ਲਈ ਪੰਜਾਬੀ"
URDU = "ابتدائی افراد کے لیے پنجابی"
WORDS = (0, 112, 750, 380)  # where the title stands
PALETTES = sorted(art.MOTIFS)


def card(title: str = "Bread from nothing", **facts: object) -> Card:
    wanted = {
        "code": "E01",
        "palette": "4",
        "festival": "Festival",
        "title": title,
        "lines": LINES,
        "note": "Free",
    }
    return Card(**wanted | facts)  # type: ignore[arg-type]


def drawn(made: Card) -> Image.Image:
    data = cards.png(made)
    assert len(data) <= 60_000
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "PNG"
    assert picture.size == (1200, 630)
    return picture.convert("RGB")


def inked(picture: Image.Image, box: tuple[int, int, int, int] = WORDS) -> int:
    """How many points of this part of the paper are written on."""
    part = picture.crop(box).convert("L").point(lambda value: 255 if value < 160 else 0)
    return part.histogram()[255]


@pytest.mark.parametrize("palette", PALETTES)
def test_a_card_is_a_small_png_in_its_themes_colours(palette: str) -> None:
    """Finding something to learn: share card (Open Graph image drawn on the server)."""
    picture = drawn(card(palette=palette))
    right = picture.crop((750, 0, 1200, 630)).quantize(16).convert("RGB")
    shades = right.getcolors() or []
    dark = art.colours(palette)["dark"]
    wanted = tuple(int(dark[place : place + 2], 16) for place in (1, 3, 5))
    near = [
        one for _, one in shades if max(abs(a - b) for a, b in zip(one, wanted, strict=True)) < 24
    ]
    assert near, f"nothing is {dark}"


def test_the_same_words_are_the_same_picture() -> None:
    assert cards.png(card()) == cards.png(card())
    assert cards.png(card()) != cards.png(card(code="E02"))
    assert cards.png(card()) != cards.png(card(title="Bread from something"))


def test_another_process_draws_the_same() -> None:
    """So all web processes have one name for it, and no cache is told of a change that is none."""
    code = (
        "import hashlib; from festival.delivery import cards;"
        f"print(hashlib.sha256(cards.png({card()!r})).hexdigest())"
    ).replace("Card(", "cards.Card(")
    told = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert told[0].stdout == told[1].stdout != ""


@pytest.mark.parametrize(
    "title",
    [
        "A",
        f"NHS Careers: more than doctors and nurses, {'a few more words than anybody reads, ' * 2}",
        "W" * 120,
        "a " * 60,
        "Povești românești – zażółć gęślą jaźń",
        "Привет, γειά",
        f"Panjabi {PANJABI} for all",
        f"{URDU} English for all کلاس",
    ],
    ids=lambda title: title[:12],
)
def test_every_title_fits_within_its_paper(title: str) -> None:
    picture = drawn(card(title))
    assert inked(picture) > 100
    assert inked(picture, (0, 112, 56, 380)) == 0, "it begins outside of the paper"
    assert inked(picture, (722, 112, 750, 380)) == 0, "it runs into the art"
    assert inked(picture, (0, 382, 750, 402)) == 0, "it runs into the date"


def test_emoji_are_left_out_and_leave_no_trace() -> None:
    assert cards.png(card("Bread 😀🎉👨‍👩‍👧 from nothing ✨")) == cards.png(
        card("Bread from nothing")
    )


def test_what_nobody_sees_is_not_drawn_as_a_box() -> None:
    assert cards.png(card("Bre\u00adad\u200d from\u200f \ufeffnothing")) == cards.png(
        card("Bread from nothing")
    )
    assert cards.png(card("Cafe\u0301")) == cards.png(card("Café"))


@pytest.mark.parametrize("title", ["😀🎉", "\u200d", "", "\U0010fffd\ue000"])
def test_where_nothing_can_be_drawn_the_code_stands_for_it(title: str) -> None:
    assert cards.png(card(title)) == cards.png(card("E01"))


@pytest.mark.parametrize(("title", "rtl"), [(PANJABI, False), (URDU, True)], ids=["pa", "ur"])
def test_other_scripts_are_drawn_where_the_machine_has_them(title: str, rtl: bool) -> None:
    words = lettering.runs(title)
    picture = drawn(card(title))
    if not words:  # no such face here: the code is drawn
        assert cards.png(card(title)) == cards.png(card("E01"))
        return
    assert {one.rtl for one in words} == {rtl}
    assert {one.face for one in words} != {lettering.OWN}
    # The first line begins at the side where the writing does.
    left, right = inked(picture, (56, 112, 100, 200)), inked(picture, (660, 112, 722, 200))
    assert (left, right) != (0, 0)
    assert bool(right) or not rtl


def test_a_machine_without_fonts_draws_what_it_can(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Letters lose their accents, words in other scripts are left out; never is a box drawn."""
    monkeypatch.setenv("PATH", str(tmp_path))
    lettering._of_the_machine.cache_clear()
    try:
        assert cards.png(card("Povești – łatwo")) == cards.png(card("Povesti - latwo"))
        assert cards.png(card(f"Panjabi {PANJABI}")) == cards.png(card("Panjabi"))
        assert cards.png(card(URDU)) == cards.png(card("E01"))
    finally:
        lettering._of_the_machine.cache_clear()


def test_a_face_is_asked_for_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lettering.runs(PANJABI)
    monkeypatch.setenv("PATH", str(tmp_path))
    before = lettering._of_the_machine.cache_info().misses
    lettering.runs(PANJABI)
    assert lettering._of_the_machine.cache_info().misses == before


def test_a_cancelled_card_says_so() -> None:
    picture = drawn(card(note="Cancelled", is_cancelled=True))
    assert picture.getpixel((90, 532)) == pytest.approx((179, 38, 30), abs=8)
    assert cards.png(card(note="Cancelled", is_cancelled=True)) != cards.png(card())


def test_a_quilt_is_the_same_as_svg_and_as_points() -> None:
    for layer in art.layers("E01", "2", 3, 2):
        for outlines in layer.values():
            for outline in outlines:
                corners = art.points(outline)
                assert all(-0.01 <= x <= 3.01 and -0.01 <= y <= 2.01 for x, y in corners)
                assert art.path([outline]).count("M") == 1
    assert art.path([art.QUARTER]) == "M0 0L20 0A20 20 0 0 1 0 20z"


def test_all_palettes_have_motifs_and_unknown_ones_are_plain() -> None:
    assert set(PALETTES) == {*map(str, range(10)), "none"}
    assert art.colours("77") == art.colours("none")
    assert art.layers("E01", "77", 2, 2)
