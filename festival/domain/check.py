"""The rules that always hold, recomputed from the rows."""

from collections.abc import Iterator

import sqlalchemy as sa

from festival.domain import clock
from festival.domain.scans import LETS_IN, undone
from festival.extensions import db
from festival.models import (
    TAKES_PLACES,
    Allocation,
    AllocationKind,
    Booking,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Revision,
    RevisionState,
    Room,
    Scan,
    SessionState,
    Ticket,
)


def broken_rules() -> list[str]:
    """A sentence for everything that is not as it must be; empty when all is well."""
    return [sentence for rule in RULES for sentence in rule()]


def _sums(column: sa.ColumnElement[int]) -> dict[int, tuple[int, int]]:
    query = (
        sa.select(column, sa.func.sum(Reservation.places), sa.func.sum(Reservation.people))
        .where(Reservation.state.in_(TAKES_PLACES))
        .group_by(column)
    )
    return {key: (int(places), int(people)) for key, places, people in db.session.execute(query)}


def counters_tell_the_truth() -> Iterator[str]:
    """A run counts what its reservations say, and no more than it has and than the law allows."""
    sums = _sums(Reservation.occurrence_id)  # type: ignore[arg-type]
    for one in db.session.scalars(sa.select(Occurrence)):
        places, people = sums.get(one.id, (0, 0))
        if one.places_taken != places:
            yield f"occurrence {one.id}: places_taken is {one.places_taken}, its rows say {places}"
        if one.people_expected != people:
            told = one.people_expected
            yield f"occurrence {one.id}: people_expected is {told}, its rows say {people}"
        if places > one.capacity:
            yield f"occurrence {one.id}: {places} places taken of {one.capacity}"
        if people > one.legal_capacity:
            yield f"occurrence {one.id}: {people} people expected, {one.legal_capacity} legal"


def shares_tell_the_truth() -> Iterator[str]:
    """So does each share; each run has a public one, and together they are no more than it has."""
    sums = _sums(Reservation.allocation_id)  # type: ignore[arg-type]
    totals: dict[int, int] = {}
    public: set[int] = set()
    for share in db.session.scalars(sa.select(Allocation)):
        places, _ = sums.get(share.id, (0, 0))
        totals[share.occurrence_id] = totals.get(share.occurrence_id, 0) + share.places
        if share.kind == AllocationKind.public:
            public.add(share.occurrence_id)
        if share.places_taken != places:
            told = share.places_taken
            yield f"allocation {share.id}: places_taken is {told}, its rows say {places}"
        if places > share.places:
            yield f"allocation {share.id}: {places} places taken of {share.places}"
    for one in db.session.scalars(sa.select(Occurrence)):
        if one.id not in public:
            yield f"occurrence {one.id}: has no public share"
        if totals.get(one.id, 0) > one.capacity:
            yield f"occurrence {one.id}: its shares add up to {totals[one.id]} of {one.capacity}"


def shares_are_of_their_occurrence() -> Iterator[str]:
    """A reservation draws on a share of its own run."""
    query = (
        sa.select(Reservation.id)
        .join(Allocation, Reservation.allocation_id == Allocation.id)
        .where(Allocation.occurrence_id != Reservation.occurrence_id)
    )
    for reservation_id in db.session.scalars(query):
        yield f"reservation {reservation_id}: draws on another occurrence's share"


def parties_are_counted() -> Iterator[str]:
    """A reservation is for as many people, and takes as many places, as its party says."""
    query = (
        sa.select(Reservation)
        .where(Reservation.state.in_(TAKES_PLACES))
        .execution_options(yield_per=500)
    )
    for claim in db.session.scalars(query):
        counted = sum(one.takes_place for one in claim.attendees)
        if claim.people != len(claim.attendees) or claim.places != counted:
            yield (
                f"reservation {claim.id}: {claim.places} places for {claim.people} people, "
                f"its party says {counted} for {len(claim.attendees)}"
            )


def rooms_are_respected() -> Iterator[str]:
    """A run's legal capacity is its room's."""
    query = sa.select(Occurrence.id, Occurrence.legal_capacity, Room.legal_capacity).join(
        Occurrence.room
    )
    for occurrence_id, copied, legal in db.session.execute(query):
        if copied != legal:
            yield f"occurrence {occurrence_id}: legal capacity {copied}, its room's is {legal}"


def cancelled_runs_hold_nobody() -> Iterator[str]:
    """Nobody has a place on a run that is cancelled."""
    query = (
        sa.select(Reservation.id)
        .join(Reservation.occurrence)
        .where(Occurrence.state == OccurrenceState.cancelled, Reservation.state.in_(TAKES_PLACES))
    )
    for reservation_id in db.session.scalars(query):
        yield f"reservation {reservation_id}: stands although its occurrence is cancelled"


def series_are_whole() -> Iterator[str]:
    """The parts of a series are held, lost and booked together."""
    # A hold that ran out has lapsed, whether its occurrence was settled since or not.
    over = sa.and_(
        Reservation.state == ReservationState.held, Reservation.held_until <= clock.now()
    )
    state = sa.case((over, ReservationState.lapsed.value), else_=Reservation.state)
    query = (
        sa.select(Reservation.series_claim, sa.func.count(sa.distinct(state)))
        .where(
            Reservation.series_claim.is_not(None),
            Reservation.state.in_(("held", "lapsed", "confirmed")),
        )
        .group_by(Reservation.series_claim)
    )
    for claim, states in db.session.execute(query):
        if states > 1:
            yield f"series {claim}: its parts are in different states"


def confirmed_places_have_tickets() -> Iterator[str]:
    """What is booked has a reference, and a ticket for as many people."""
    query = (
        sa.select(Reservation.id, Reservation.people, Ticket.people, Booking.reference)
        .join(Reservation.booking)
        .outerjoin(Ticket, Ticket.reservation_id == Reservation.id)
        .where(Reservation.state == ReservationState.confirmed)
    )
    for reservation_id, people, admits, reference in db.session.execute(query):
        if admits != people:
            yield f"reservation {reservation_id}: is for {people}, its ticket admits {admits}"
        if reference is None:
            yield f"reservation {reservation_id}: confirmed without a reference"


def published_sessions_have_words() -> Iterator[str]:
    """What people see was approved."""
    query = (
        sa.select(FestivalSession.code, Revision.state)
        .outerjoin(Revision, FestivalSession.published_revision_id == Revision.id)
        .where(FestivalSession.state == SessionState.published)
    )
    for code, state in db.session.execute(query):
        if state != RevisionState.approved:
            yield f"session {code}: published without an approved wording"


def scans_add_up() -> Iterator[str]:
    """No ticket has let in more people than it is for, unless the door has said so."""
    query = (
        sa.select(Scan.ticket_number, sa.func.sum(Scan.people), Ticket.people)
        .join(Ticket, Ticket.number == Scan.ticket_number)
        .where(Scan.kind.in_(LETS_IN), ~undone())
        .group_by(Scan.ticket_number, Ticket.people)
    )
    for number, admitted, people in db.session.execute(query):
        if admitted > people:
            flagged = sa.select(Scan.flags).where(Scan.ticket_number == number)
            if not any("over_admitted" in flags for flags in db.session.scalars(flagged)):
                yield f"ticket {number}: {admitted} admitted of {people} without a flag"


RULES = (
    counters_tell_the_truth,
    shares_tell_the_truth,
    shares_are_of_their_occurrence,
    parties_are_counted,
    rooms_are_respected,
    cancelled_runs_hold_nobody,
    series_are_whole,
    confirmed_places_have_tickets,
    published_sessions_have_words,
    scans_add_up,
)
