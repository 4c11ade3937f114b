"""Who may become what: one table per entity, one function that moves."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, TypeVar

from festival.domain.errors import N_, NotAllowed
from festival.models import (
    MessageState,
    OccurrenceState,
    ReservationState,
    RevisionState,
    SessionState,
)

R, V, C, S, M = RevisionState, ReservationState, OccurrenceState, SessionState, MessageState

REVISION: Mapping[StrEnum, frozenset[StrEnum]] = {
    R.draft: frozenset({R.submitted, R.withdrawn}),
    R.submitted: frozenset({R.approved, R.returned, R.declined, R.withdrawn}),
    R.returned: frozenset({R.submitted}),
    R.approved: frozenset({R.superseded}),
}
SESSION: Mapping[StrEnum, frozenset[StrEnum]] = {
    S.unpublished: frozenset({S.published}),
    S.published: frozenset({S.withdrawn}),
}
OCCURRENCE: Mapping[StrEnum, frozenset[StrEnum]] = {
    C.proposed: frozenset({C.scheduled}),
    C.scheduled: frozenset({C.cancelled}),
    C.cancelled: frozenset({C.scheduled}),
}
RESERVATION: Mapping[StrEnum, frozenset[StrEnum]] = {
    V.held: frozenset({V.confirmed, V.lapsed, V.cancelled, V.withdrawn}),
    V.waiting: frozenset({V.offered, V.cancelled, V.closed, V.withdrawn}),
    V.offered: frozenset({V.confirmed, V.declined, V.waiting, V.cancelled, V.withdrawn}),
    V.confirmed: frozenset({V.cancelled, V.withdrawn}),
    V.withdrawn: frozenset({V.confirmed}),  # only when the occurrence is reinstated
}
MESSAGE: Mapping[StrEnum, frozenset[StrEnum]] = {
    # Who was slow to send it tells that it left, whatever others have made of it meanwhile.
    M.queued: frozenset({M.leased, M.sent, M.dropped}),
    M.dropped: frozenset({M.sent}),
    M.leased: frozenset({M.queued, M.sent, M.failed, M.bounced, M.dropped}),
    M.sent: frozenset({M.bounced}),
    M.failed: frozenset({M.queued, M.sent}),  # queued: the office tries again
}
TABLES: Mapping[type[StrEnum], Mapping[StrEnum, frozenset[StrEnum]]] = {
    R: REVISION,
    S: SESSION,
    C: OCCURRENCE,
    V: RESERVATION,
    M: MESSAGE,
}

State = TypeVar("State", bound=StrEnum)


class HasState(Protocol[State]):
    state: State


def may_move(current: StrEnum, target: StrEnum) -> bool:
    """Whether the table of this kind of thing has this move."""
    return target in TABLES[type(current)].get(current, frozenset())


def move(thing: HasState[State], target: State) -> None:
    """Move the thing to its target state. Raises NotAllowed for any move not in its table."""
    if not may_move(thing.state, target):
        raise NotAllowed(
            N_("This is %(state)s now, so it can no longer become %(target)s."),
            state=thing.state.value,
            target=target.value,
        )
    thing.state = target
