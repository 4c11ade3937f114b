"""Every move that is not in a table is refused."""

from enum import StrEnum
from itertools import product
from types import SimpleNamespace

import pytest

from festival.domain.errors import NotAllowed
from festival.domain.states import NOT_FROM, TABLES, may_move, move
from festival.models import (
    MessageState,
    OccurrenceState,
    ProviderState,
    ReservationState,
    RevisionState,
    SessionState,
)

# As design.md says it, written a second time so that a slip in either is seen.
WANTED: dict[type[StrEnum], str] = {
    RevisionState: """
        draft -> submitted withdrawn
        submitted -> approved returned declined withdrawn
        returned -> submitted
        approved -> superseded
    """,
    SessionState: """
        unpublished -> published
        published -> withdrawn
    """,
    OccurrenceState: """
        proposed -> scheduled
        scheduled -> cancelled
        cancelled -> scheduled
    """,
    ReservationState: """
        held -> confirmed lapsed cancelled withdrawn
        waiting -> offered cancelled closed withdrawn
        offered -> confirmed declined waiting cancelled withdrawn
        confirmed -> cancelled withdrawn
        withdrawn -> confirmed waiting offered held
    """,
    MessageState: """
        queued -> leased sent failed dropped
        leased -> queued sent failed bounced dropped
        sent -> bounced
        failed -> queued sent
        dropped -> sent
    """,
    ProviderState: """
        unchecked -> checked refused
        refused -> checked
    """,
}


def allowed(kind: type[StrEnum]) -> set[tuple[StrEnum, StrEnum]]:
    moves = set()
    for line in WANTED[kind].split("\n"):
        start, _, ends = line.partition("->")
        moves |= {(kind(start.strip()), kind(end)) for end in ends.split()}
    return moves


def test_every_kind_of_state_has_its_table() -> None:
    assert set(TABLES) == set(WANTED)


@pytest.mark.parametrize(
    ("current", "target"), [pair for kind in WANTED for pair in product(kind, kind)]
)
def test_moves(current: StrEnum, target: StrEnum) -> None:
    thing = SimpleNamespace(state=current)
    if (current, target) in allowed(type(current)):
        assert may_move(current, target)
        move(thing, target)
        assert thing.state == target
    else:
        assert not may_move(current, target)
        with pytest.raises(NotAllowed) as refusal:
            move(thing, target)
        assert thing.state == current
        assert str(refusal.value) == NOT_FROM[current.value]


def test_every_state_has_its_own_sentence() -> None:
    assert set(NOT_FROM) == {state.value for kind in TABLES for state in kind}
    assert len(set(NOT_FROM.values())) == len(NOT_FROM)
