"""What is asked of every offer besides: the team's own questions, in their order."""

import re
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, words
from festival.domain.errors import N_, DomainError, NotAllowed, NotFound
from festival.extensions import db
from festival.models import Edition, FestivalSession, User

MOST = 20
MOST_LABEL, MOST_HINT = 160, 300


class BadQuestion(DomainError):
    """This cannot be asked so."""

    reason = "bad_question"


def ask(
    edition: Edition, *, label: str, hint: str = "", needed: bool = False, actor: User | None
) -> str:
    """Ask one more question, after the others; its key. Raises BadQuestion."""
    asked = _locked(edition)
    if len(asked) >= MOST:
        raise BadQuestion(N_("These are %(most)s questions. Take one away first."), most=MOST)
    _check(asked, label)
    key = _new_key(edition, label)
    asked.append({"key": key, "label": label, "hint": hint, "needed": needed})
    _keep(edition, asked, actor)
    return key


def reword(
    edition: Edition,
    key: str,
    *,
    label: str,
    hint: str = "",
    needed: bool = False,
    actor: User | None,
) -> None:
    """Put a question in other words; the answers there are stay. Raises NotFound, BadQuestion."""
    asked = _locked(edition)
    one = _find(asked, key)
    _check([other for other in asked if other is not one], label)
    one.update(label=label, hint=hint, needed=needed)
    _keep(edition, asked, actor)


def remove(edition: Edition, key: str, *, actor: User | None) -> None:
    """Ask it no more; what was answered stays with the sessions. Again changes nothing."""
    asked = _locked(edition)
    left = [one for one in asked if one["key"] != key]
    if len(left) < len(asked):
        _keep(edition, left, actor)


def move(edition: Edition, key: str, *, up: bool, actor: User | None) -> None:
    """Ask it one place earlier or later; at the end it stays. Raises NotFound."""
    asked = _locked(edition)
    place = asked.index(_find(asked, key))
    other = place - 1 if up else place + 1
    if 0 <= other < len(asked):
        asked[place], asked[other] = asked[other], asked[place]
        _keep(edition, asked, actor)


def find(edition: Edition, key: str) -> dict[str, Any]:
    """The question that has this key. Raises NotFound."""
    return _find([dict(one) for one in edition.questions], key)


def answered(edition: Edition) -> dict[str, int]:
    """How many sessions of this edition have answered each question, by key."""
    query = sa.select(FestivalSession.answers).where(FestivalSession.edition_id == edition.id)
    counts = {one["key"]: 0 for one in edition.questions}
    for answers in db.session.scalars(query):
        for key in counts:
            counts[key] += bool((answers or {}).get(key))
    return counts


def _locked(edition: Edition) -> list[dict[str, Any]]:
    db.session.refresh(edition, with_for_update=True)
    return [dict(one) for one in edition.questions]


def _find(asked: list[dict[str, Any]], key: str) -> dict[str, Any]:
    for one in asked:
        if one["key"] == key:
            return one
    raise NotFound(N_("This question is not asked any more."))


def _check(others: list[dict[str, Any]], label: str) -> None:
    if not label:
        raise BadQuestion(N_("Type the question."), field="label")
    if any(words.fold(one["label"]) == words.fold(label) for one in others):
        raise NotAllowed(N_("You ask this already."), field="label")


def _new_key(edition: Edition, label: str) -> str:
    """A name for its answers that no question of this edition has, nor had one that was answered:
    an older answer must not come to stand under another question."""
    query = sa.select(FestivalSession.answers).where(FestivalSession.edition_id == edition.id)
    taken = {one["key"] for one in edition.questions}
    taken |= {key for answers in db.session.scalars(query) for key in answers or {}}
    stem = re.sub(r"[^a-z0-9]+", "_", words.fold(label)).strip("_")[:30] or "question"
    numbered = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(one for one in numbered if one not in taken)


def _keep(edition: Edition, asked: list[dict[str, Any]], actor: User | None) -> None:
    edition.questions = asked
    db.session.flush()
    audit.record("edition.questions", edition, actor=actor, asked=len(asked))
