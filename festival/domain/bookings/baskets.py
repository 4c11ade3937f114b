"""A booking on its way: hold places, say who comes, confirm, or leave."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, clock, outbox, references, tickets, words
from festival.domain.bookings.finding import by_key, hash_secret, of_secret, read_again, standing
from festival.domain.capacity import (
    check_open,
    give_back,
    lock_and_settle,
    public_share,
    take,
)
from festival.domain.errors import N_, DomainError, NotAllowed, NotFound
from festival.domain.parties import Person, RuleBroken, check_party, count_places, takes_place
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    Attendee,
    Booking,
    Edition,
    Occurrence,
    Reservation,
    ReservationState,
)

BASKETS_KEPT = timedelta(hours=24)
PURGED_AT_ONCE = 500


class BasketChanged(DomainError):
    """The basket was changed in another window meanwhile."""

    reason = "basket_changed"

    def __init__(self) -> None:
        super().__init__(
            N_("Your booking was changed in another window. Look at it again, then go on.")
        )


class HoldOver(DomainError):
    """The hold ran out, and the places are gone."""

    reason = "hold_over"


@dataclass(frozen=True)
class Rules:
    """The installation's own numbers for holds, and the domain of calendar UIDs."""

    hold: timedelta
    extensions: int
    calendar_domain: str


@dataclass(frozen=True)
class Contact:
    """How to reach whoever booked; email and mobile may be empty."""

    name: str
    email: str = ""
    mobile: str = ""


def parts_of(occurrence: Occurrence) -> list[Occurrence]:
    """The occurrence itself, or all parts of its series, which are booked together."""
    if occurrence.series_part is None:
        return [occurrence]
    return [part for part in occurrence.session.occurrences if part.series_part is not None]


def hold(
    *,
    edition: Edition,
    secret: str,
    occurrence: Occurrence,
    party: Sequence[Person],
    rules: Rules,
    language: str = "en",
) -> Booking:
    """Begin a booking by holding places for this party, in all parts of a series or none.

    A basket of the same secret is replaced: its holds are given up first. Returns the booking.
    Raises BookingClosed, RuleBroken or NoPlacesLeft.
    """
    now = clock.now()
    part_ids = {part.id for part in parts_of(occurrence)}
    booking = of_secret(secret)
    locked = {found.id: found for found in _lock_basket(booking, now, part_ids)}
    check_party(occurrence.session, party)
    for part_id in part_ids:
        check_open(locked[part_id], now)
    until = now + rules.hold
    booking = booking or of_secret(secret)  # a second press waited for the first at the lock
    if booking is None:
        booking = _new_basket(edition, secret, now)
    elif booking.confirmed_at is not None:
        raise NotAllowed(N_("You have booked these places already. Start again to book more."))
    elif not set(locked).issuperset(_occurrence_ids(booking)):
        raise BasketChanged
    elif {claim.occurrence_id for claim in held_of(booking)} == part_ids:
        until = held_until(booking) or until  # the same places: no way round the extensions
    else:
        booking.extensions = 0
    booking.created_at, booking.language = now, language
    empty_basket(booking)
    _claim(booking, [locked[part_id] for part_id in sorted(part_ids)], party, rules, until)
    return booking


def _new_basket(edition: Edition, secret: str, now: datetime) -> Booking:
    """Raises BasketChanged when another window has just begun it."""
    booking = Booking(
        edition_id=edition.id, secret_hash=hash_secret(secret), created_at=now, answers={}
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
    wanted = {*others, *_occurrence_ids(booking)}
    locked = lock_and_settle(wanted, now)
    read_again(booking)
    if not wanted.issuperset(_occurrence_ids(booking)):
        raise BasketChanged
    return locked


def _occurrence_ids(booking: Booking | None) -> set[int]:
    return {claim.occurrence_id for claim in latest_claims(booking)} if booking else set()


def _claim(
    booking: Booking,
    occurrences: Sequence[Occurrence],
    party: Sequence[Person],
    rules: Rules,
    until: datetime,
) -> None:
    now = clock.now()
    series = str(uuid.uuid4()) if len(occurrences) > 1 else None
    for occurrence in occurrences:
        places, people = count_places(occurrence.session, party), len(party)
        share = public_share(occurrence)
        take(occurrence, share, places, people, now)
        reservation = Reservation(
            booking_id=booking.id,
            occurrence_id=occurrence.id,
            allocation_id=share.id,
            state=ReservationState.held,
            series_claim=series,
            places=places,
            people=people,
            held_until=until,
            created_at=now,
            calendar_uid=f"{uuid.uuid4()}@{rules.calendar_domain}",
            revised_at=now,
            attendees=_attendees(occurrence, party),
        )
        booking.reservations.append(reservation)
        reservation.occurrence = occurrence
    db.session.flush()


def _attendees(occurrence: Occurrence, party: Sequence[Person]) -> list[Attendee]:
    return [
        Attendee(
            kind=person.kind,
            name=person.name,
            age=person.age,
            takes_place=takes_place(occurrence.session, person, party),
        )
        for person in party
    ]


def held_of(booking: Booking) -> list[Reservation]:
    """The reservations that hold places for a basket."""
    return [claim for claim in booking.reservations if claim.state == ReservationState.held]


def latest_claims(booking: Booking) -> list[Reservation]:
    """The reservations of the last hold, also when it has lapsed: what the basket is about.

    All parts of a series, of which only some may have been settled; nothing once it was left.
    """
    newest = max((claim.created_at for claim in booking.reservations), default=None)
    states = (ReservationState.held, ReservationState.lapsed)
    return [
        claim
        for claim in booking.reservations
        if claim.created_at == newest and claim.state in states
    ]


def empty_basket(booking: Booking) -> None:
    """Give up everything this basket holds, and forget who was to come; its occurrences are
    locked."""
    for claim in list(booking.reservations):
        if claim.state == ReservationState.held:
            give_back(claim, claim.places, claim.people)
        booking.reservations.remove(claim)
        db.session.delete(claim)
    db.session.flush()


def leave(booking: Booking) -> None:
    """The resident gives up the basket before confirming. Raises BasketChanged."""
    _lock_basket(booking, clock.now())
    if booking.confirmed_at is None:
        empty_basket(booking)
        booking.answers = {}


def is_over(booking: Booking, now: datetime) -> bool:
    """Whether the basket's hold has run out, settled or not."""
    held = held_of(booking)
    return not held or any(_until(claim) <= now for claim in held)


def _until(claim: Reservation) -> datetime:
    assert claim.held_until is not None  # a CHECK says so
    return claim.held_until


def held_until(booking: Booking) -> datetime | None:
    """When the basket's places are given up (aware, UTC); None when nothing is held."""
    return min((_until(claim) for claim in held_of(booking)), default=None)


def remember(booking: Booking, answers: Mapping[str, Any]) -> None:
    """Keep what was typed, as typed, so that nothing is lost when a hold runs out."""
    db.session.refresh(booking, with_for_update={"of": Booking})
    if booking.confirmed_at is None:
        booking.answers = {**booking.answers, **answers}


def name_party(booking: Booking, party: Sequence[Person], rules: Rules) -> None:
    """Say who is coming. Places move with the ages (a baby may take none); a hold that ran out
    is taken anew. Raises RuleBroken, BookingClosed, NoPlacesLeft, BasketChanged, NotFound."""
    now = clock.now()
    locked = _lock_basket(booking, now)
    if booking.confirmed_at is not None:
        return
    _check_chosen(locked)
    for occurrence in locked:
        check_party(occurrence.session, party)
        check_open(occurrence, now)
    until = held_until(booking) or now + rules.hold
    empty_basket(booking)
    _claim(booking, locked, party, rules, until)


def _check_chosen(locked: Collection[Occurrence]) -> None:
    if not locked:
        raise NotFound(N_("You have not chosen a session yet."))


def extend(booking: Booking, rules: Rules) -> None:
    """Hold for as long again, so many times at most. Raises HoldOver, RuleBroken, BasketChanged."""
    now = clock.now()
    _lock_basket(booking, now)
    if booking.extensions >= rules.extensions:
        raise RuleBroken(N_("We cannot hold these places any longer. Book them now, or call us."))
    held = held_of(booking)
    if not held:
        raise HoldOver(N_("The time to book ran out. What you typed is still here: go on to book."))
    booking.extensions += 1
    for claim in held:
        claim.held_until = now + rules.hold


def confirm(
    booking: Booking, contact: Contact, key: str, rules: Rules, shown: Collection[str] | None = None
) -> Booking:
    """Make the basket a booking: all of it or nothing.

    ``key`` is the form's idempotency key: a repeat returns what the first did, and so does any
    other form of the same basket. ``shown`` are the calendar UIDs of the reservations that the
    person agreed to, where a page showed them (an id may be used again once its row is gone).
    A hold that ran out is taken again if the places are still there. Raises NoPlacesLeft,
    RoomFull, BookingClosed, RuleBroken, BasketChanged, NotFound.
    """
    now = clock.now()
    if (done := by_key(key)) is not None:
        return done
    locked = _lock_basket(booking, now)
    if booking.confirmed_at is not None:
        return booking
    _check_chosen(locked)
    claims = latest_claims(booking)
    if shown is not None and {claim.calendar_uid for claim in claims} != set(shown):
        raise BasketChanged
    for occurrence in locked:
        check_open(occurrence, now)
    if len(held_of(booking)) < len(claims):  # it ran out, perhaps in one part of a series only
        party = _party_again(claims[0])
        empty_basket(booking)
        _claim(booking, locked, party, rules, now + rules.hold)
    _confirm_claims(booking, now)
    booking.reference = references.make_reference(db.session.get_one(Edition, booking.edition_id))
    booking.confirm_key = key
    booking.confirmed_at = now
    booking.answers = {}
    _set_contact(booking, contact)
    db.session.flush()
    outbox.tell_booker(booking, "booked", standing(booking))
    audit.record("booking.confirmed", booking, actor=None, channel=booking.channel.value)
    return booking


def _party_again(claim: Reservation) -> list[Person]:
    return [Person(one.kind, one.name, one.age) for one in claim.attendees]


def _confirm_claims(booking: Booking, now: datetime) -> None:
    for claim in held_of(booking):
        check_party(claim.occurrence.session, _party_again(claim), complete=True)
        move(claim, ReservationState.confirmed)
        claim.confirmed_at = now
        claim.held_until = None
        claim.revised_at = now
        tickets.issue(claim)


def _set_contact(booking: Booking, contact: Contact) -> None:
    booking.name = contact.name
    booking.name_folded = words.fold(contact.name)[:160]
    booking.email = contact.email
    booking.mobile = contact.mobile


def purge_baskets(now: datetime) -> int:
    """Forget baskets that were not confirmed for 24 hours, with all that was typed; how many."""
    begun_before = Booking.created_at < now - BASKETS_KEPT
    query = sa.select(Booking).where(Booking.confirmed_at.is_(None), begun_before)
    old = list(db.session.scalars(query.order_by(Booking.id).limit(PURGED_AT_ONCE)))
    wanted = {occurrence_id for one in old for occurrence_id in _occurrence_ids(one)}
    lock_and_settle(wanted, now)
    forgotten = 0
    for booking in old:
        read_again(booking)
        moved_on = booking.confirmed_at is not None or booking.created_at >= now - BASKETS_KEPT
        if moved_on or not wanted.issuperset(_occurrence_ids(booking)):
            continue
        empty_basket(booking)
        db.session.delete(booking)
        forgotten += 1
    return forgotten
