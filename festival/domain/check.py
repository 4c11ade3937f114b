"""The rules that always hold, recomputed from the rows."""

from collections.abc import Iterator

import sqlalchemy as sa

from festival.domain import clock
from festival.domain.capacity import could_be_offered
from festival.domain.scans import LETS_IN, undone
from festival.extensions import db
from festival.models import (
    TAKES_PLACES,
    Allocation,
    AllocationKind,
    AttendeeKind,
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


def _sums(column: sa.ColumnElement[int], places: sa.ColumnElement[int]) -> dict[int, int]:
    """These places of everything that takes places, added up by this column."""
    query = (
        sa.select(column, sa.func.sum(places))
        .join(Allocation, Reservation.allocation_id == Allocation.id)
        .where(Reservation.state.in_(TAKES_PLACES))
        .group_by(column)
    )
    return {key: int(total) for key, total in db.session.execute(query)}


def counters_tell_the_truth() -> Iterator[str]:
    """A run counts what its reservations say, and no more than it has and than the law allows.
    Places of the access reserve stand beside its capacity."""
    is_reserve = Allocation.kind == AllocationKind.access
    inside = Reservation.places - sa.case((is_reserve, Reservation.own_places), else_=0)
    sums = _sums(Reservation.occurrence_id, inside)  # type: ignore[arg-type]
    heads = _sums(Reservation.occurrence_id, Reservation.people)  # type: ignore[arg-type]
    companions = _sums(Reservation.occurrence_id, Reservation.companions)  # type: ignore[arg-type]
    for one in db.session.scalars(sa.select(Occurrence)):
        places, people = sums.get(one.id, 0), heads.get(one.id, 0)
        if one.companions_expected != companions.get(one.id, 0):
            told, said = one.companions_expected, companions.get(one.id, 0)
            yield f"occurrence {one.id}: companions_expected is {told}, its rows say {said}"
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
    """So does each share: what was taken from it, and from the public one what others lacked."""
    own = _sums(Reservation.allocation_id, Reservation.own_places)  # type: ignore[arg-type]
    lacked = _sums(
        Reservation.occurrence_id,  # type: ignore[arg-type]
        Reservation.places - Reservation.own_places,
    )
    for share in db.session.scalars(sa.select(Allocation)):
        public = share.kind == AllocationKind.public
        places = own.get(share.id, 0) + (lacked.get(share.occurrence_id, 0) if public else 0)
        if share.places_taken != places:
            told = share.places_taken
            yield f"allocation {share.id}: places_taken is {told}, its rows say {places}"
        if places > share.places:
            yield f"allocation {share.id}: {places} places taken of {share.places}"


def shares_add_up() -> Iterator[str]:
    """Each run has one public share; together its shares are no more than its capacity, and with
    the access reserve no more than the room holds by law."""
    for one in db.session.scalars(sa.select(Occurrence)):
        kinds = [share.kind for share in one.allocations]
        reserve = sum(
            share.places for share in one.allocations if share.kind == AllocationKind.access
        )
        total = sum(share.places for share in one.allocations) - reserve
        if AllocationKind.public not in kinds:
            yield f"occurrence {one.id}: has no public share"
        if total > one.capacity:
            yield f"occurrence {one.id}: its shares add up to {total} of {one.capacity}"
        if one.capacity + reserve > one.legal_capacity:
            yield (
                f"occurrence {one.id}: {one.capacity} places and {reserve} kept for access, "
                f"{one.legal_capacity} legal"
            )


def nobody_waits_beside_free_places() -> Iterator[str]:
    """A freed place is offered in the transaction that frees it: nobody who would fit waits."""
    now = clock.now()
    waits = sa.select(Reservation.occurrence_id).where(
        Reservation.state == ReservationState.waiting,
        Reservation.waiting_since.is_not(None),
        Reservation.passed_over.is_(False),
    )
    query = sa.select(Occurrence).where(Occurrence.id.in_(waits)).order_by(Occurrence.id)
    for one in db.session.scalars(query):
        for claim_id in could_be_offered(one, now):
            yield f"reservation {claim_id}: waits although there are places for it"


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
    """A reservation is for as many people, and takes or wishes as many places, as its party says;
    an offer may be of fewer."""
    query = (
        sa.select(Reservation)
        .where(Reservation.state.in_((*TAKES_PLACES, ReservationState.waiting)))
        .execution_options(yield_per=500)
    )
    for claim in db.session.scalars(query):
        counted, people = sum(one.takes_place for one in claim.attendees), len(claim.attendees)
        told = claim.places, claim.people
        if claim.state == ReservationState.offered and claim.least_places is not None:
            right = claim.least_places <= claim.places <= counted
            right = right and people - claim.people == counted - claim.places
        else:
            right = told == (counted, people)
        if not right:
            yield (
                f"reservation {claim.id}: {claim.places} places for {claim.people} people, "
                f"its party says {counted} for {people}"
            )
        companions = sum(one.kind == AttendeeKind.companion for one in claim.attendees)
        if claim.companions != companions:
            told_of = f"for {claim.companions} companions"
            yield f"reservation {claim.id}: {told_of}, its party has {companions}"


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
    """The parts of a series are held, lost, waited for, offered and booked together."""
    # A hold that ran out has lapsed, whether its occurrence was settled since or not.
    over = sa.and_(
        Reservation.state == ReservationState.held, Reservation.held_until <= clock.now()
    )
    state = sa.case((over, ReservationState.lapsed.value), else_=Reservation.state)
    query = (
        sa.select(Reservation.series_claim, sa.func.count(sa.distinct(state)))
        .where(
            Reservation.series_claim.is_not(None),
            Reservation.state.in_(("held", "lapsed", "confirmed", "waiting", "offered")),
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
    shares_add_up,
    nobody_waits_beside_free_places,
    shares_are_of_their_occurrence,
    parties_are_counted,
    rooms_are_respected,
    cancelled_runs_hold_nobody,
    series_are_whole,
    confirmed_places_have_tickets,
    published_sessions_have_words,
    scans_add_up,
)
