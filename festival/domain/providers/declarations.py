"""What an organisation declares to have: insurance, a safeguarding lead, a risk assessment.

Where children come without a parent, nothing is published before all three are in order; for all
else their absence only warns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from festival.domain.children import HasAges, children_come_alone
from festival.models import Declaration, DeclarationKind, Provider

WARNED_BEFORE = timedelta(days=30)  # that a declaration ends


class Trouble(StrEnum):
    """What is wrong with a declaration."""

    missing = "missing"
    not_held = "not_held"  # they said that they have none: the team talks to them
    over = "over"
    ends_soon = "ends_soon"
    not_checked = "not_checked"


@dataclass(frozen=True)
class Caution:
    """What an organisation, and the team, should hear of one declaration."""

    kind: DeclarationKind
    trouble: Trouble
    expires_on: date | None = None


def lacking(provider: Provider, session_like: HasAges, on: date) -> list[DeclarationKind]:
    """The declarations without which this session may not be published, for its run on this day.

    Takes whatever says ages and accompaniment: a session, or an offer. Gives an empty list where
    no child comes without a parent. A declaration counts when the team has checked it, it has not
    ended on that day, and a safeguarding lead has a name and a phone number.
    """
    if not children_come_alone(session_like):
        return []
    return [kind for kind in DeclarationKind if not holds(declaration_of(provider, kind), on)]


def lacking_on(
    provider: Provider, session_like: HasAges, days: Iterable[date]
) -> list[DeclarationKind]:
    """What is lacking on any of these days, each once, in order; see ``lacking``."""
    found = {kind for day in days for kind in lacking(provider, session_like, day)}
    return [kind for kind in DeclarationKind if kind in found]


def holds(declaration: Declaration | None, on: date) -> bool:
    """Whether the team may rely on this declaration on this day."""
    if declaration is None or declaration.checked_at is None or not is_complete(declaration):
        return False
    return declaration.expires_on is None or declaration.expires_on >= on


def is_complete(declaration: Declaration) -> bool:
    """Whether it says what it must: who holds it, how to reach a safeguarding lead, when an
    insurance ends."""
    if declaration.not_held or not declaration.holder:
        return False
    if declaration.kind == DeclarationKind.safeguarding:
        return bool(declaration.phone)
    return declaration.kind != DeclarationKind.insurance or declaration.expires_on is not None


def declaration_of(provider: Provider, kind: DeclarationKind) -> Declaration | None:
    """What this organisation has declared of this kind."""
    return next((one for one in provider.declarations if one.kind == kind), None)


def warnings(provider: Provider, on: date) -> list[Caution]:
    """What to look after, seen from this day: at most one thing for each kind of declaration."""
    found = (_warning(declaration_of(provider, kind), kind, on) for kind in DeclarationKind)
    return [one for one in found if one is not None]


def _warning(declaration: Declaration | None, kind: DeclarationKind, on: date) -> Caution | None:
    if declaration is None:
        return Caution(kind, Trouble.missing)
    if declaration.not_held:
        return Caution(kind, Trouble.not_held)
    if not is_complete(declaration):
        return Caution(kind, Trouble.missing)
    ends = declaration.expires_on
    if ends is not None and ends < on:
        return Caution(kind, Trouble.over, ends)
    if ends is not None and ends <= on + WARNED_BEFORE:
        return Caution(kind, Trouble.ends_soon, ends)
    return None if declaration.checked_at else Caution(kind, Trouble.not_checked, ends)
