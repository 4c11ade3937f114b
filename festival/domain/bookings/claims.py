"""Reservations: made, secured and counted alike, whoever asks for them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from festival.domain import clock, tickets
from festival.domain.bookings.finding import IN_BASKET
from festival.domain.bookings.terms import Asked, Rules
from festival.domain.capacity import (
    check_fits,
    give_all_back,
    give_back,
    ran_out,
    share_for,
    take,
    want,
)
from festival.domain.errors import N_, NotFound
from festival.domain.parties import (
    Person,
    count_companions,
    count_places,
    persons_of,
    takes_place,
)
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    AccessRequest,
    AllocationKind,
    Attendee,
    AttendeeKind,
    Booking,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
)


@dataclass(frozen=True)
class Line:
    """One line of a basket or booking: a reservation, or those of all parts of a series."""

    claims: Sequence[Reservation]

    @property
    def first(self) -> Reservation:
        return self.claims[0]

    @property
    def uid(self) -> str:
        """What the line is called by: an id may be used again once its row is gone."""
        return self.first.calendar_uid

    @property
    def state(self) -> ReservationState:
        states = {claim.state for claim in self.claims}
        return next(
            (one for one in (ReservationState.withdrawn, ReservationState.lapsed) if one in states),
            self.first.state,
        )

    @property
    def occurrences(self) -> list[Occurrence]:
        return [claim.occurrence for claim in self.claims]

    @property
    def party(self) -> list[Person]:
        return persons_of(self.first.attendees)

    @property
    def ends(self) -> datetime | None:
        """When its places are given up; None when it holds none."""
        if self.state != ReservationState.held:
            return None
        return min((claim.held_until for claim in self.claims if claim.held_until), default=None)

    def ran_out(self, now: datetime) -> bool:
        """Whether its hold is over, settled or not."""
        over = self.state == ReservationState.held and any(ran_out(one, now) for one in self.claims)
        return over or self.state == ReservationState.lapsed


def in_lines(claims: Sequence[Reservation]) -> list[Line]:
    """Reservations as lines, the parts of a series together and in time."""
    groups: dict[object, list[Reservation]] = {}
    for claim in sorted(claims, key=lambda one: one.id):
        groups.setdefault(claim.series_claim or claim.id, []).append(claim)
    return [Line(sorted(group, key=lambda one: one.occurrence_id)) for group in groups.values()]


def lines_of(booking: Booking) -> list[Line]:
    """What a basket is about, also what has lapsed or was called off meanwhile."""
    return in_lines([claim for claim in booking.reservations if claim.state in IN_BASKET])


def parts_of(occurrence: Occurrence) -> list[Occurrence]:
    """The occurrence itself, or all parts of its series that stand, which are booked together."""
    if not _is_booked_with_others(occurrence):
        return [occurrence]
    return [one for one in occurrence.session.occurrences if _is_booked_with_others(one)]


def _is_booked_with_others(occurrence: Occurrence) -> bool:
    """Whether it is part of a series; one that was called off stands for itself."""
    return occurrence.series_part is not None and occurrence.state == OccurrenceState.scheduled


def parts_among(locked: Sequence[Occurrence], occurrence_id: int) -> list[Occurrence]:
    """The same among locked occurrences. Raises NotFound."""
    found = next((one for one in locked if one.id == occurrence_id), None)
    if found is None:
        raise NotFound(N_("There is no such session."))
    if not _is_booked_with_others(found):
        return [found]
    return [
        one for one in locked if one.session_id == found.session_id and _is_booked_with_others(one)
    ]


def make_claims(
    booking: Booking,
    occurrences: Sequence[Occurrence],
    party: Sequence[Person],
    rules: Rules,
    state: ReservationState,
    kind: AllocationKind = AllocationKind.public,
    until: datetime | None = None,
) -> Line:
    """New reservations for this party, in all these occurrences: held or confirmed ones take their
    places, waiting ones do not. Raises NoPlacesLeft or RoomFull before anything is taken."""
    now = clock.now()
    places, companions = _sizes(occurrences[0], party)
    taking = state != ReservationState.waiting
    if taking:
        for occurrence in occurrences:
            share = share_for(occurrence, kind)
            check_fits(occurrence, want(share, places, len(party), companions), now)
    series = str(uuid.uuid4()) if len(occurrences) > 1 else None
    claims = []
    for occurrence in occurrences:
        share = share_for(occurrence, kind)
        own = take(occurrence, share, places, len(party), now, companions) if taking else 0
        claim = Reservation(
            occurrence=occurrence,
            allocation=share,
            state=state,
            series_claim=series,
            places=places,
            own_places=own,
            people=len(party),
            companions=companions,
            held_until=until if state == ReservationState.held else None,
            created_at=now,
            calendar_uid=f"{uuid.uuid4()}@{rules.calendar_domain}",
            revised_at=now,
            attendees=_attendees(occurrence, party),
        )
        booking.reservations.append(claim)
        claims.append(claim)
    return Line(claims)


def _sizes(occurrence: Occurrence, party: Sequence[Person]) -> tuple[int, int]:
    return count_places(occurrence.session, party), count_companions(party)


def _attendees(occurrence: Occurrence, party: Sequence[Person]) -> list[Attendee]:
    return [
        Attendee(
            kind=person.kind,
            name=person.name,
            age=person.age,
            person=person.number,
            takes_place=takes_place(occurrence.session, person, party),
        )
        for person in party
    ]


def renew(line: Line, rules: Rules, kind: AllocationKind, state: ReservationState) -> Line:
    """The same line anew, held or waiting: a hold that ran out does not come back to life.

    Raises NoPlacesLeft or RoomFull.
    """
    booking, occurrences, party = line.first.booking, line.occurrences, line.party
    until = clock.now() + rules.hold
    made = make_claims(booking, occurrences, party, rules, state, kind, until)
    drop_line(line)
    return made


def book_claim(claim: Reservation, now: datetime) -> None:
    """A held or offered reservation is booked, with its ticket."""
    move(claim, ReservationState.confirmed)
    settle_confirmed(claim, now)


def settle_confirmed(claim: Reservation, now: datetime, *, ticket: bool = True) -> None:
    """What every confirmed reservation has, and no longer has; without its ticket where several
    are drawn together."""
    claim.confirmed_at = now
    claim.held_until = claim.offer_until = None
    claim.revised_at = now
    if ticket:
        tickets.reissue(claim)


def drop_line(line: Line) -> None:
    """Take a line of a basket away, with what it holds; its occurrences are locked."""
    for claim in line.claims:
        if claim.state == ReservationState.held:
            give_all_back(claim)
        delete_claim(claim)


def delete_claim(claim: Reservation) -> None:
    """The row goes; deleted before it leaves its booking, since a row of no booking may not be."""
    booking = claim.booking
    db.session.delete(claim)
    booking.reservations.remove(claim)


def note_asked(claim: Reservation, asked: Asked, answer: str, now: datetime) -> None:
    """Keep what the party asked for, and its answer to the session's own question."""
    answer = answer if claim.occurrence.session.question else ""
    if not asked and not answer:
        claim.access_request = None
        return
    kept = claim.access_request or AccessRequest()
    kept.adjustments = list(asked.adjustments) if asked else []
    kept.note = asked.note if asked else ""
    kept.answer = answer
    kept.consented_at = now if asked else None
    kept.changed_at = now
    claim.access_request = kept


def numbered(booking: Booking, party: Sequence[Person]) -> list[Person]:
    """The party with a number for everybody who has none yet: people of this booking keep theirs,
    so that they are entered once and come to several sessions."""
    known = {one.person or 0 for claim in booking.reservations for one in claim.attendees}
    known |= {person.number or 0 for person in party}
    following = max(known, default=0) + 1
    found = []
    for person in party:
        if person.number is None and person.kind != AttendeeKind.unnamed:
            found.append(replace(person, number=following))
            following += 1
        else:
            found.append(person)
    return found


def household(booking: Booking) -> list[Person]:
    """Everybody of the basket or booking once, by number."""
    found: dict[int, Person] = {}
    for claim in booking.reservations:
        for person in persons_of(claim.attendees):
            if person.number is not None:
                found.setdefault(person.number, person)
    return [found[number] for number in sorted(found)]


def follow_places(
    claim: Reservation, places: int, people: int, now: datetime, companions: int | None = None
) -> None:
    """Let the counters follow a party that takes other places than before; ``companions`` of its
    people (None: as many as before). Raises NoPlacesLeft or RoomFull."""
    total = min(claim.companions if companions is None else companions, people)
    before = claim.places, claim.people, claim.companions
    after = places, people, total
    fewer = [max(0, old - new) for old, new in zip(before, after, strict=True)]
    more = [max(0, new - old) for old, new in zip(before, after, strict=True)]
    if any(fewer):
        give_back(claim, *fewer)
        claim.places -= fewer[0]
        claim.companions -= fewer[2]
        claim.people -= fewer[1]
    if any(more):
        share = claim.allocation or share_for(claim.occurrence, AllocationKind.public)
        check_fits(claim.occurrence, want(share, *more), now)
        claim.own_places += take(claim.occurrence, share, more[0], more[1], now, more[2])
        claim.places, claim.people, claim.companions = after
