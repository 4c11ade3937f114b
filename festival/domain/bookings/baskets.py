"""A booking on its way: places held as they are added, people said once, left or forgotten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from festival.domain import clock
from festival.domain.bookings.claims import (
    Line,
    delete_claim,
    drop_line,
    follow_places,
    lines_of,
    make_claims,
    numbered,
    parts_among,
)
from festival.domain.bookings.finding import IN_BASKET, hash_secret, id_of, of_secret, read_again
from festival.domain.bookings.terms import BasketChanged, HoldOver, Rules
from festival.domain.capacity import (
    check_open,
    lock_and_settle,
    offer_what_is_free,
)
from festival.domain.errors import N_, NotAllowed, NotFound
from festival.domain.parties import (
    Person,
    RuleBroken,
    check_least,
    check_party,
    count_places,
    takes_place,
)
from festival.extensions import db
from festival.models import (
    Booking,
    Edition,
    Occurrence,
    Reservation,
    ReservationState,
)

BASKETS_KEPT = timedelta(hours=24)
PURGED_AT_ONCE = 500
MOST_LINES = 30


def hold(
    *,
    edition: Edition,
    secret: str,
    occurrence: Occurrence,
    party: Sequence[Person],
    rules: Rules,
    language: str = "en",
) -> Booking:
    """Hold places for this party, in all parts of a series or none, as a line of the basket that
    ``secret`` owns; a line for the same session run is replaced. Returns the basket.

    Raises BookingClosed, RuleBroken, GroupTooLarge, NoPlacesLeft, RoomFull, BasketChanged.
    """
    return _add(edition, secret, occurrence, party, rules, language, ReservationState.held, None)


def wish_to_wait(
    *,
    edition: Edition,
    secret: str,
    occurrence: Occurrence,
    party: Sequence[Person],
    rules: Rules,
    least: int | None = None,
    language: str = "en",
) -> Booking:
    """The same as a line that asks for a turn in the waiting list; the turn begins when the basket
    is confirmed. ``least`` places would do; None: all together. Raises as ``hold`` does."""
    state = ReservationState.waiting
    return _add(edition, secret, occurrence, party, rules, language, state, least)


def _add(
    edition: Edition,
    secret: str,
    occurrence: Occurrence,
    party: Sequence[Person],
    rules: Rules,
    language: str,
    state: ReservationState,
    least: int | None,
) -> Booking:
    now = clock.now()
    booking = of_secret(secret)
    occurrence_id = id_of(occurrence)
    locked = _lock_basket(booking, now, {occurrence_id})
    booking = booking or of_secret(secret)  # a second press waited for the first at the lock
    parts = parts_among(locked, occurrence_id)
    check_party(parts[0].session, party, capacity=parts[0].capacity)
    for part in parts:
        check_open(part, now)
    if booking is None:
        booking = _new_basket(edition, secret, now)
    elif booking.confirmed_at is not None:
        raise NotAllowed(N_("You have booked these places already. Start again to book more."))
    until = now + rules.hold
    before = [line for line in lines_of(booking) if _is_about(line, parts)]
    _check_not_too_many(booking, before)
    for line in before:
        # The same places: no way round the extensions.
        until = line.ends or until
        drop_line(line)
    db.session.flush()
    booking.created_at, booking.language = now, language
    check_least(least, count_places(parts[0].session, party))
    line = make_claims(booking, parts, numbered(booking, party), rules, state, until=until)
    for claim in line.claims:
        claim.least_places = least
    db.session.flush()
    if before:
        offer_what_is_free(parts, now)  # what a smaller party than before leaves
    return booking


def _is_about(line: Line, parts: Collection[Occurrence]) -> bool:
    return {one.occurrence_id for one in line.claims} & {part.id for part in parts} != set()


def _check_not_too_many(booking: Booking, replaced: Sequence[Line]) -> None:
    if len(lines_of(booking)) - len(replaced) >= MOST_LINES:
        raise RuleBroken(
            N_("You can book %(limit)s sessions at a time. Book these first, then the others."),
            limit=MOST_LINES,
        )


def _new_basket(edition: Edition, secret: str, now: datetime) -> Booking:
    """Raises BasketChanged when another window has just begun it."""
    booking = Booking(
        edition_id=edition.id,
        secret_hash=hash_secret(secret),
        created_at=now,
        answers={},
        reservations=[],
    )
    db.session.add(booking)
    try:
        db.session.flush()
    except sa.exc.IntegrityError as conflict:
        raise BasketChanged from conflict
    return booking


def _lock_basket(
    booking: Booking | None, now: datetime, others: Collection[int] = ()
) -> list[Occurrence]:
    """Lock and settle what this basket is about and these others (ids), and read the basket as it
    stands under the lock: what was read before may be old. Raises BasketChanged when it is about
    something else by now, which is not locked."""
    locked = lock_and_settle({*others, *_occurrence_ids(booking)}, now)
    try:
        read_again(booking)
    except sa.exc.InvalidRequestError as gone:  # forgotten after a day, while we waited
        raise BasketChanged from gone
    lines = lines_of(booking) if booking else []
    about = {claim.occurrence_id for line in lines for claim in line.claims}
    if not {one.id for one in locked}.issuperset(about):
        raise BasketChanged
    return locked


def lock_basket(booking: Booking, now: datetime) -> list[Occurrence]:
    """Lock and settle what this basket is about. Raises BasketChanged."""
    return _lock_basket(booking, now)


def _occurrence_ids(booking: Booking | None) -> set[int]:
    """What the basket is about, by its rows."""
    if booking is None:
        return set()
    booking_id = id_of(booking)
    query = sa.select(Reservation.occurrence_id).where(
        Reservation.booking_id == booking_id, Reservation.state.in_(IN_BASKET)
    )
    return set(db.session.scalars(query))


def line_called(booking: Booking, uid: str) -> Line:
    """The basket's line of this UID. Raises BasketChanged where it is there no more."""
    found = next((line for line in lines_of(booking) if line.uid == uid), None)
    if found is None:
        raise BasketChanged
    return found


def remove_line(booking: Booking, uid: str) -> None:
    """Take one session out of the basket. Raises BasketChanged."""
    now = clock.now()
    locked = _lock_basket(booking, now)
    if booking.confirmed_at is not None:
        raise BasketChanged
    drop_line(line_called(booking, uid))
    offer_what_is_free(locked, now)


def leave(booking: Booking) -> None:
    """The resident gives up the basket before confirming. Raises BasketChanged."""
    now = clock.now()
    locked = _lock_basket(booking, now)
    if booking.confirmed_at is None:
        empty_basket(booking)
        booking.answers = {}
        offer_what_is_free(locked, now)


def empty_basket(booking: Booking) -> None:
    """Give up everything this basket holds, and forget who was to come; its occurrences are
    locked."""
    for line in lines_of(booking):
        drop_line(line)
    for claim in list(booking.reservations):
        delete_claim(claim)
    db.session.flush()


def is_over(booking: Booking, now: datetime) -> bool:
    """Whether some hold of the basket has run out, settled or not."""
    return any(line.ran_out(now) for line in lines_of(booking))


def held_until(booking: Booking) -> datetime | None:
    """When the first of the basket's places are given up (aware, UTC); None: nothing is held."""
    return min((line.ends for line in lines_of(booking) if line.ends), default=None)


def remember(booking: Booking, answers: Mapping[str, Any]) -> None:
    """Keep what was typed, as typed, so that nothing is lost when a hold runs out."""
    wanted = ["answers", "confirmed_at"]
    db.session.refresh(booking, wanted, with_for_update={"of": Booking})
    if booking.confirmed_at is None:
        booking.answers = {**booking.answers, **answers}


def name_people(booking: Booking, people: Sequence[Person]) -> None:
    """Say who is coming, by the numbers of the household. Places move with the ages (a baby may
    take none), in every session they come to.

    Raises RuleBroken on ``age_`` with the person's number, BookingClosed, NoPlacesLeft,
    BasketChanged.
    """
    now = clock.now()
    locked = _lock_basket(booking, now)
    if booking.confirmed_at is not None:
        return
    if not lines_of(booking):
        raise NotFound(N_("You have not chosen a session yet."))
    by_number = {person.number: person for person in people}
    for line in lines_of(booking):
        party = [_told(person, by_number) for person in line.party]
        _check_numbered(line, party)
        for claim in line.claims:
            _set_party(claim, party, now)
    db.session.flush()
    offer_what_is_free(locked, now)


def _told(person: Person, by_number: Mapping[int | None, Person]) -> Person:
    told = by_number.get(person.number) if person.number is not None else None
    return person if told is None else replace(person, name=told.name, age=told.age)


def _check_numbered(line: Line, party: Sequence[Person]) -> None:
    """The rules, with a child's field called by the person's number."""
    occurrence = line.first.occurrence
    try:
        check_party(occurrence.session, party, capacity=occurrence.capacity)
    except RuleBroken as broken:
        broken.about = occurrence
        if broken.field and broken.field.startswith("age_"):
            broken.field = f"age_{party[int(broken.field.removeprefix('age_'))].number}"
        raise


def _set_party(claim: Reservation, party: Sequence[Person], now: datetime) -> None:
    """The same people, better known; what is held follows."""
    session = claim.occurrence.session
    places = count_places(session, party)
    if claim.state == ReservationState.held:
        follow_places(claim, places, len(party), now)
    claim.places = places
    claim.own_places = min(claim.own_places, places)
    for one, person in zip(claim.attendees, party, strict=True):
        one.name, one.age = person.name, person.age
        one.takes_place = takes_place(session, person, party)


def extend(booking: Booking, rules: Rules) -> None:
    """Hold for as long again, so many times at most. Raises HoldOver, RuleBroken, BasketChanged."""
    now = clock.now()
    _lock_basket(booking, now)
    if booking.extensions >= rules.extensions:
        raise RuleBroken(N_("We cannot hold these places any longer. Book them now, or call us."))
    held = [line for line in lines_of(booking) if line.state == ReservationState.held]
    if not held:
        raise HoldOver(N_("The time to book ran out. What you typed is still here: go on to book."))
    booking.extensions += 1
    for line in held:
        for claim in line.claims:
            claim.held_until = now + rules.hold


def purge_baskets(now: datetime) -> int:
    """Forget baskets that were not confirmed for 24 hours, with all that was typed; how many."""
    begun_before = Booking.created_at < now - BASKETS_KEPT
    query = sa.select(Booking).where(Booking.confirmed_at.is_(None), begun_before)
    old = list(db.session.scalars(query.order_by(Booking.id).limit(PURGED_AT_ONCE)))
    wanted = {occurrence_id for one in old for occurrence_id in _occurrence_ids(one)}
    locked = lock_and_settle(wanted, now)
    forgotten = 0
    for booking in old:
        read_again(booking)
        moved_on = booking.confirmed_at is not None or booking.created_at >= now - BASKETS_KEPT
        if moved_on or not {one.id for one in locked}.issuperset(_occurrence_ids(booking)):
            continue
        empty_basket(booking)
        db.session.delete(booking)
        forgotten += 1
    offer_what_is_free(locked, now)
    return forgotten
