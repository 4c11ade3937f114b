"""A reference as one says it on the telephone."""

from flask_babel import gettext

LETTERS = {
    word[0]: word
    for word in (
        *("Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India"),
        *("Juliet", "Kilo", "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo"),
        *("Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray", "Yankee", "Zulu"),
    )
}
Group = tuple[str, list[str]]


def spell(reference: str) -> list[Group]:
    """Its groups of letters, each with the words for them: ``7K4``: seven, Kilo, four."""
    return [(group, [_word(letter) for letter in group]) for group in reference.split("-")]


def _word(letter: str) -> str:
    digits = (
        gettext("zero"),
        gettext("one"),
        gettext("two"),
        gettext("three"),
        gettext("four"),
        gettext("five"),
        gettext("six"),
        gettext("seven"),
        gettext("eight"),
        gettext("nine"),
    )
    return digits[int(letter)] if letter.isdecimal() else LETTERS.get(letter, letter)
