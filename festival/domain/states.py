"""Who may become what: one table per entity, one function that moves."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, TypeVar

from festival.domain.errors import N_, NotAllowed
from festival.models import (
    MessageState,
    OccurrenceState,
    ProviderState,
    ReservationState,
    RevisionState,
    SessionState,
)

R, V, C, S, M = RevisionState, ReservationState, OccurrenceState, SessionState, MessageState
P = ProviderState

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
    # Only when the occurrence is reinstated; held and offered only when its cancelling is undone.
    V.withdrawn: frozenset({V.confirmed, V.waiting, V.offered, V.held}),
}
PROVIDER: Mapping[StrEnum, frozenset[StrEnum]] = {
    P.unchecked: frozenset({P.checked, P.refused}),
    P.refused: frozenset({P.checked}),
}
MESSAGE: Mapping[StrEnum, frozenset[StrEnum]] = {
    # Who was slow to send it tells that it left, whatever others have made of it meanwhile.
    # Failed without having been sent: a call to a wrong number.
    M.queued: frozenset({M.leased, M.sent, M.failed, M.dropped}),
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
    P: PROVIDER,
}

# What is said of a move that is not in its table: how the thing stands.
NOT_FROM: Mapping[str, str] = {
    "approved": N_("This has been approved, so that cannot be done any more."),
    "bounced": N_("This message came back, so that cannot be done any more."),
    "cancelled": N_("This has been cancelled, so that cannot be done any more."),
    "checked": N_("The team has checked this already, so that cannot be done."),
    "closed": N_("The waiting list is closed, so that cannot be done any more."),
    "confirmed": N_("This has been booked, so that cannot be done any more."),
    "declined": N_("The answer to this was no, so that cannot be done any more."),
    "draft": N_("This is still a draft, so that cannot be done yet."),
    "dropped": N_("This message is not needed any more, so that cannot be done."),
    "failed": N_("This message could not be sent, so that cannot be done."),
    "held": N_("This is not booked yet, so that cannot be done."),
    "lapsed": N_("The time to book this is over, so that cannot be done any more."),
    "leased": N_("This message is being sent, so that cannot be done now."),
    "offered": N_("This place is offered to somebody, so that cannot be done now."),
    "proposed": N_("This has not been approved yet, so that cannot be done."),
    "published": N_("People can see this already, so that cannot be done any more."),
    "queued": N_("This message is waiting to be sent, so that cannot be done."),
    "refused": N_("The team has said no to this, so that cannot be done any more."),
    "returned": N_("This has been returned with a comment, so that cannot be done now."),
    "scheduled": N_("This has been approved already, so that cannot be done."),
    "sent": N_("This message has been sent, so that cannot be done any more."),
    "submitted": N_("This has been sent in, so that cannot be done now."),
    "superseded": N_("There is a newer version of this, so that cannot be done any more."),
    "unchecked": N_("The team has not checked this yet, so that cannot be done."),
    "unpublished": N_("People cannot see this yet, so that cannot be done."),
    "waiting": N_("This is on the waiting list, so that cannot be done."),
    "withdrawn": N_("This has been taken back, so that cannot be done any more."),
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
        raise NotAllowed(NOT_FROM[thing.state.value])
    thing.state = target
