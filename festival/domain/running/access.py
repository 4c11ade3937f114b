"""People who asked for something that another room does not have."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa

from festival.domain import audit, capacity, clock, outbox
from festival.domain.errors import N_, DomainError, NotAllowed
from festival.extensions import db
from festival.models import (
    AccessRequest,
    AuditEntry,
    Occurrence,
    Office,
    OfficeRole,
    Reservation,
    Room,
    User,
)
from festival.models.booking import TAKES_PLACES, ReservationState

ASKED, ASKED_AGAIN = "access.lead_asked", timedelta(hours=1)
YES = ("yes", "by lift", "by ramp")  # ways in without steps
# What people ask for, and the fact of a room that answers it.
NEEDS: Mapping[str, str] = {
    "step-free": "step_free",
    "space for a wheelchair": "step_free",
    "hearing loop": "hearing_loop",
}


class AccessAtRisk(DomainError):
    """People asked for what the new room does not have, or nobody knows whether it has: the access
    lead speaks with them first. ``asked``: how many asked for each of ``NEEDS``."""

    reason = "access_at_risk"

    def __init__(self, asked: Mapping[str, int]) -> None:
        self.asked = asked
        number = max(asked.values())
        super().__init__(
            N_(
                "%(number)s of the parties asked for a way in without steps, room for a wheelchair "
                "or a hearing loop, and this room does not surely have it. The access lead must "
                "speak with them first."
            ),
            field="room",
            number=number,
        )


def at_risk(occurrence: Occurrence, room: Room) -> dict[str, int]:
    """How many parties that come, or wait, asked for what this room does not surely have."""
    query = (
        sa.select(AccessRequest.adjustments)
        .join(AccessRequest.reservation)
        .where(
            Reservation.occurrence_id == occurrence.id,
            Reservation.state.in_((*TAKES_PLACES, ReservationState.waiting)),
        )
    )
    asked: Sequence[Sequence[str]] = db.session.scalars(query).all()
    missing = [need for need, fact in NEEDS.items() if getattr(room, fact).lower() not in YES]
    counts = {need: sum(need in one for one in asked) for need in missing}
    return {need: count for need, count in counts.items() if count}


def may_agree(actor: User | None) -> bool:
    """The access lead speaks with those who asked, and says whether the room will do."""
    return actor is not None and actor.holds(Office.access_lead)


def check_access(
    occurrence: Occurrence, room: Room, *, agreed: bool, actor: User | None
) -> dict[str, int]:
    """What is at risk in this room; raises AccessAtRisk unless the access lead has ``agreed`` it
    with the people."""
    risks = at_risk(occurrence, room)
    if risks and not (agreed and may_agree(actor)):
        raise AccessAtRisk(risks)
    return risks


def ask_lead(occurrence: Occurrence, room: Room, *, actor: User) -> int:
    """Ask the access leads by mail whether this room would do for who asked; how many were asked.
    Of the same run and room they are asked once in ASKED_AGAIN. Raises NotAllowed where nobody
    asked for anything that the room lacks."""
    capacity.lock([occurrence.id])
    if not at_risk(occurrence, room):
        raise NotAllowed(
            N_("Nobody needs anything that this room does not have. You can change it yourself."),
            field="room",
        )
    query = sa.select(AuditEntry.facts).where(
        AuditEntry.action == ASKED,
        AuditEntry.thing == Occurrence.__tablename__,
        AuditEntry.thing_id == occurrence.id,
        AuditEntry.at > clock.now() - ASKED_AGAIN,
    )
    leads = _leads()
    if any(facts.get("room") == room.id for facts in db.session.scalars(query)):
        return len(leads)
    for lead in leads:
        outbox.queue(
            "access_question",
            lead.email,
            name=lead.name,
            occurrence=occurrence.id,
            room=room.id,
            asker=actor.id,
        )
    if leads:
        audit.record(ASKED, occurrence, actor=actor, room=room.id)
    return len(leads)


def _leads() -> Sequence[User]:
    query = (
        sa.select(User)
        .join(OfficeRole)
        .where(OfficeRole.office == Office.access_lead, User.is_active)
        .order_by(User.id)
    )
    return db.session.scalars(query).all()
