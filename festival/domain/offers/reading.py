"""How hard words are to read, so that their writer can be told."""

import re
from dataclasses import dataclass

FEWEST_WORDS = 12  # of fewer the formula says nothing
PLAIN = 12  # the age most people can read comfortably
LONG_WORD = 4  # syllables
LONG_SENTENCE = 20  # words
WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
SENTENCE = re.compile(r"[^.!?\n]+")


@dataclass(frozen=True)
class Reading:
    """At what age people read this easily, and what makes it hard."""

    age: int
    long_words: tuple[str, ...]
    longest_sentence: int

    @property
    def is_hard(self) -> bool:
        return self.age > PLAIN


def reading_of(text: str) -> Reading | None:
    """How hard this English text is; None where there is too little of it, or it is in another
    script.

    By the Flesch-Kincaid grade level (Kincaid, Fishburne, Rogers and Chissom, "Derivation of New
    Readability Formulas for Navy Enlisted Personnel", 1975, in the public domain):
    ``0.39 words/sentences + 11.8 syllables/words - 15.59`` is the school year of the United
    States; a child of the first year is six, so five years more are the age.
    """
    words = WORD.findall(text)
    letters = [one for one in text if one.isalpha()]
    if len(words) < FEWEST_WORDS or sum(map(len, words)) < 0.8 * len(letters):
        return None
    sentences = [len(found) for part in SENTENCE.findall(text) if (found := WORD.findall(part))]
    counted = sum(syllables(word) for word in words)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * counted / len(words) - 15.59
    hard = dict.fromkeys(word.lower() for word in words if syllables(word) >= LONG_WORD)
    return Reading(max(5, round(grade) + 5), tuple(hard)[:5], max(sentences))


def syllables(word: str) -> int:
    """How many parts an English word is spoken in: its groups of vowels, without a silent e."""
    bare = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", bare))
    if bare.endswith("e") and not bare.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    if bare.endswith("ed") and not bare.endswith(("ted", "ded")) and groups > 1:
        groups -= 1
    return max(1, groups)
