"""Edits so small that they need no approval: typing mistakes in words that are public."""

import re

from festival.domain.offers import submitting
from festival.domain.offers.deciding import approve_small
from festival.domain.offers.obstacles import offer_of
from festival.domain.offers.offer import WORDING, Offer
from festival.domain.words import fold
from festival.models import FestivalSession, Revision, User

MOST_WORDS = 5  # that may be spelled another way, in one field
MOST_LETTERS = 2  # by which one word may differ
# A word that turns a sentence round is never a typing mistake.
TURNING = (
    *("no", "not", "never", "without", "none", "nobody", "only", "free", "cannot"),
    *("cant", "dont", "wont", "isnt", "arent", "doesnt"),  # as "can't" and so on are compared
)
WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def submit(
    revision: Revision,
    offer: Offer,
    *,
    author: User,
    calendar_domain: str,
    seen: str | None = None,
) -> None:
    """Send the offer in for review; a small edit of a public session is public at once.

    ``seen`` is the version it was made of. Raises SubmissionClosed, TooManySessions, CannotRun,
    NotAllowed.
    """
    submitting.submit(revision, offer, author=author, calendar_domain=calendar_domain, seen=seen)
    if is_small(revision):
        approve_small(revision, author=author)


def is_small(revision: Revision) -> bool:
    """Whether this edit of a public session may be public without anybody looking.

    The rule: the edition allows it, nothing but the words is different, the picture is the same
    and no date is added; and in each field of words ``only_typos`` holds. Of the title only capital
    letters, spaces and punctuation may change.
    """
    session, offer = revision.session, offer_of(revision)
    public = session.published_revision
    if not session.edition.small_edits_at_once or offer is None or public is None:
        return False
    if revision.based_on_id != public.id or revision.image_id != public.image_id:
        return False
    if not _only_words_differ(session, offer):
        return False
    before, after = public.text(), revision.text()
    if _letters(before.title) != _letters(after.title):
        return False
    names = [name for name in (*WORDING, "image_alt") if name != "title"]
    return all(only_typos(getattr(before, name), getattr(after, name)) for name in names)


def only_typos(before: str, after: str) -> bool:
    """Whether two texts differ by no more than typing mistakes: by capital letters, spaces and
    punctuation; or word for word, where at most five words are spelled another way, each by at most
    two letters, and none has a number in it or is one that turns a sentence round ("not")."""
    if _letters(before) == _letters(after):
        return True
    old, new = WORD.findall(before), WORD.findall(after)
    if len(old) != len(new):
        return False
    changed = [pair for pair in zip(old, new, strict=True) if fold(pair[0]) != fold(pair[1])]
    return len(changed) <= MOST_WORDS and all(_is_typo(*pair) for pair in changed)


def _is_typo(before: str, after: str) -> bool:
    for word in (before, after):
        letters = _letters(word)
        if letters in TURNING:
            return False
        if any(letter.isdecimal() for letter in word):
            return False
    return len(before) > 2 and _distance(before, after) <= MOST_LETTERS


def _distance(before: str, after: str) -> int:
    """How many letters to put in, take out or change (Levenshtein)."""
    row = list(range(len(after) + 1))
    for number, letter in enumerate(before, start=1):
        above, row = row, [number]
        for place, other in enumerate(after):
            row.append(min(above[place + 1] + 1, row[place] + 1, above[place] + (letter != other)))
    return row[-1]


def _letters(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _only_words_differ(session: FestivalSession, offer: Offer) -> bool:
    same = all(
        _plain(getattr(session, name)) == _plain(getattr(offer, name)) for name in submitting.FACTS
    )
    return same and dict(offer.answers) == session.answers and not offer.runs


def _plain(fact: object) -> object:
    return sorted(fact) if isinstance(fact, list) else fact
