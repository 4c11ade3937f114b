"""How hard words are to read."""

import pytest

from festival.domain.offers import reading_of
from festival.domain.offers.reading import syllables

GETTYSBURG = (
    "Four score and seven years ago our fathers brought forth on this continent, a new nation, "
    "conceived in Liberty, and dedicated to the proposition that all men are created equal."
)


@pytest.mark.parametrize(
    ("word", "number"),
    [("cat", 1), ("make", 1), ("table", 2), ("baked", 1), ("wanted", 2), ("interdisciplinary", 7)],
)
def test_syllables(word: str, number: int) -> None:
    assert syllables(word) == number


def test_by_the_formula() -> None:
    """30 words of 47 syllables in one sentence: 0.39 * 30 + 11.8 * 47 / 30 - 15.59 = 14.6."""
    found = reading_of(GETTYSBURG)
    assert found is not None
    assert found.age == 20
    assert found.longest_sentence == 30
    assert found.is_hard


def test_easy_words() -> None:
    found = reading_of("We bake a loaf. You mix the flour. You add the salt. It is free.")
    assert found is not None
    assert (found.age, found.is_hard, found.long_words) == (5, False, ())


@pytest.mark.parametrize(
    "text",
    ["", "Bake bread.", "ਰੋਟੀ ਬਣਾਓ " * 30, "روٹی " * 30, "!? " * 40],
    ids=["nothing", "too little", "Panjabi", "Urdu", "no words"],
)
def test_what_the_formula_says_nothing_of(text: str) -> None:
    assert reading_of(text) is None
