"""What a ticket or a reference is worth at a door; judging changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from festival.domain import bookings, clock, references
from festival.domain.door.opening import ids_at
from festival.domain.scans import LETS_IN, undone
from festival.domain.tickets import NotATicket, NotGenuine, TicketFacts, TicketKeys
from festival.extensions import db
from festival.models import (
    Booking,
    DoorPass,
    Edition,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Scan,
    Ticket,
)

Kind = Literal[
    "not_ours",
    "not_genuine",
    "other_session",
    "cancelled",
    "older",
    "already_in",
    "welcome",
    "cannot_check",
    "not_found",
]
Answer = Literal["yes", "no", "look"]
ANSWERS: dict[str, Answer] = {
    "welcome": "yes",
    "cannot_check": "look",
    "already_in": "look",
    "other_session": "look",
    "older": "look",
}
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Verdict:
    """What the volunteer is told of a ticket or a reference."""

    kind: Kind
    reservation: Reservation | None = None
    occurrence: Occurrence | None = None  # what it is for, where we know that
    ticket_number: int | None = None
    people: int = 0
    admitted: int = 0
    last_admitted_at: datetime | None = None
    last_admitted_door: str = ""

    @property
    def answer(self) -> Answer:
        """Yes, no, or look: somebody has to."""
        return ANSWERS.get(self.kind, "no")

    @property
    def remaining(self) -> int:
        """How many of them are not in yet."""
        return max(0, self.people - self.admitted)

    @property
    def may_admit(self) -> bool:
        """Whether anybody may still come in by it."""
        return self.kind in ("welcome", "cannot_check") and self.remaining > 0


def judge(door_pass: DoorPass, typed: str, keys: TicketKeys, edition: Edition) -> Verdict:
    """The verdict on a scanned code or a typed reference; changes nothing."""
    here = ids_at(door_pass)
    reference = references.read_reference(typed, edition.reference_prefix)
    if reference is not None:
        return _judge_reference(reference, here)
    try:
        facts = keys.read(typed)
    except NotATicket:
        return Verdict("not_ours")
    except NotGenuine:
        return Verdict("not_genuine")
    return judge_ticket(facts, here)


def _judge_reference(reference: str, here: set[int]) -> Verdict:
    booking = bookings.by_reference(reference)
    if booking is None:
        return Verdict("not_found")
    claims = _claims_that_matter(booking)
    ours = [claim for claim in claims if claim.occurrence_id in here]
    chosen = _most_useful(ours or claims)
    return judge_reservation(chosen, here) if chosen else Verdict("not_found")


def _claims_that_matter(booking: Booking) -> list[Reservation]:
    states = (ReservationState.confirmed, ReservationState.cancelled, ReservationState.withdrawn)
    return [claim for claim in booking.reservations if claim.state in states and claim.ticket]


def _most_useful(claims: Sequence[Reservation]) -> Reservation | None:
    """Of several: one that stands, and of these the nearest in time."""
    now = clock.now()
    return min(
        claims,
        key=lambda claim: (
            claim.state != ReservationState.confirmed,
            abs((claim.occurrence.starts_at - now).total_seconds()),
        ),
        default=None,
    )


def judge_ticket(facts: TicketFacts, here: set[int]) -> Verdict:
    ticket = db.session.scalar(sa.select(Ticket).where(Ticket.number == facts.number))
    if ticket is None:
        return _judge_unknown(facts, here)
    verdict = judge_reservation(ticket.reservation, here)
    if verdict.kind in ("welcome", "already_in") and facts.generation < ticket.generation:
        return replace(verdict, kind="older")
    return verdict


def _judge_unknown(facts: TicketFacts, here: set[int]) -> Verdict:
    """Of a ticket that is genuine, but not in this database (restored from a backup, say): for a
    session here it is never turned away."""
    known = facts.occurrence_id <= LARGEST_ID
    good = Verdict(
        "cannot_check",
        occurrence=db.session.get(Occurrence, facts.occurrence_id) if known else None,
        ticket_number=facts.number,
        people=facts.people,
    )
    return _in_order(good, here)


def judge_reservation(claim: Reservation, here: set[int]) -> Verdict:
    """The verdict on a reservation at a door where these occurrences (ids) run."""
    good = Verdict(
        "welcome",
        reservation=claim,
        occurrence=claim.occurrence,
        ticket_number=claim.ticket.number if claim.ticket else None,
        people=claim.ticket.people if claim.ticket else claim.people,
    )
    return _in_order(good, here, stands=claim.state == ReservationState.confirmed)


def _label(scan: Scan) -> str:
    """Which door it was; of what was on paper nobody knows."""
    return scan.door_pass.label if scan.door_pass else ""


def _in_order(good: Verdict, here: set[int], *, stands: bool = True) -> Verdict:
    """The first thing that is wrong, in the order that helps most; else the good verdict."""
    scans = _admissions(good.ticket_number)
    seen = replace(
        good,
        admitted=sum(scan.people for scan in scans),
        last_admitted_at=scans[-1].received_at if scans else None,
        last_admitted_door=_label(scans[-1]) if scans else "",
    )
    run = seen.occurrence
    if run is None or run.id not in here:
        return replace(seen, kind="other_session")
    if not stands or run.state == OccurrenceState.cancelled:
        return replace(seen, kind="cancelled")
    if not seen.remaining:
        return replace(seen, kind="already_in")
    return seen


def look_again(door_pass: DoorPass, reservation_id: int) -> Verdict:
    """The verdict on a reservation that was judged before."""
    claim = db.session.get(Reservation, reservation_id)
    return judge_reservation(claim, ids_at(door_pass)) if claim else Verdict("not_found")


def _admissions(ticket_number: int | None) -> list[Scan]:
    """Who came in by this ticket, the first first; but for what was undone."""
    query = (
        sa.select(Scan)
        .where(Scan.ticket_number == ticket_number, Scan.kind.in_(LETS_IN), ~undone())
        .order_by(Scan.id)
    )
    return list(db.session.scalars(query))
