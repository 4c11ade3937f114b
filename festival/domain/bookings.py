"""A resident's booking: hold, say who comes, confirm, change one's mind."""

import hashlib
import secrets
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, clock, outbox, references, tickets, words
from festival.domain.capacity import (
    BookingClosed,
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


def new_secret() -> str:
    """A secret that owns a basket: 192 random bits for its cookie."""
    return secrets.token_urlsafe(24)


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


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
    part_ids = [part.id for part in parts_of(occurrence)]
    old = basket_of(secret)
    old_ids = [claim.occurrence_id for claim in held_of(old)] if old else []
    locked = {found.id: found for found in lock_and_settle({*part_ids, *old_ids}, now)}
    check_party(occurrence.session, party)
    for part_id in part_ids:
        check_open(locked[part_id], now)
    old = of_secret(secret)  # again: another tab may have begun it while we waited for the lock
    if old is not None and old.confirmed_at is not None:
        raise NotAllowed(N_("You have booked these places already. Start again to book more."))
    if old is not None:
        empty_basket(old)
    booking = old or Booking(
        edition_id=edition.id, secret_hash=hash_secret(secret), created_at=now, answers={}
    )
    booking.language = language
    db.session.add(booking)
    db.session.flush()
    _claim(booking, [locked[part_id] for part_id in part_ids], party, rules, now)
    return booking


def _claim(
    booking: Booking,
    occurrences: Sequence[Occurrence],
    party: Sequence[Person],
    rules: Rules,
    now: datetime,
) -> None:
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
            held_until=now + rules.hold,
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


def basket_of(secret: str) -> Booking | None:
    """The unconfirmed booking this secret owns."""
    query = sa.select(Booking).where(
        Booking.secret_hash == hash_secret(secret), Booking.confirmed_at.is_(None)
    )
    return db.session.scalar(query)


def of_secret(secret: str) -> Booking | None:
    """The booking this secret began, confirmed or not."""
    return db.session.scalar(sa.select(Booking).where(Booking.secret_hash == hash_secret(secret)))


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
    """Give up everything this basket holds; its occurrences are locked."""
    for claim in held_of(booking):
        move(claim, ReservationState.cancelled)
        claim.ended_at = clock.now()
        give_back(claim, claim.places, claim.people)
    db.session.flush()


def leave(booking: Booking) -> None:
    """The resident gives up the basket before confirming."""
    now = clock.now()
    lock_and_settle({claim.occurrence_id for claim in held_of(booking)}, now)
    _read_again(booking)
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
    booking.answers = {**booking.answers, **answers}


def _read_again(booking: Booking) -> None:
    """After locking: forget what was read of this booking before the lock."""
    db.session.flush()
    for claim in booking.reservations:
        db.session.expire(claim)
    db.session.refresh(booking)


def name_party(booking: Booking, party: Sequence[Person], rules: Rules) -> None:
    """Say who is coming. Places move with the ages (a baby may take none); a hold that ran out
    is taken anew. Raises RuleBroken, BookingClosed, NoPlacesLeft."""
    now = clock.now()
    claims = latest_claims(booking)
    locked = lock_and_settle({claim.occurrence_id for claim in claims}, now)
    _read_again(booking)
    if booking.confirmed_at is not None:
        return
    if not locked:
        raise NotFound(N_("You have not chosen a session yet."))
    for occurrence in locked:
        check_party(occurrence.session, party)
        check_open(occurrence, now)
    held = held_of(booking)
    until = min((_until(claim) for claim in held), default=now + rules.hold)
    empty_basket(booking)
    _claim(booking, locked, party, rules, now)
    for claim in held_of(booking):
        claim.held_until = until


def extend(booking: Booking, rules: Rules) -> None:
    """Hold for as long again, so many times at most. Raises HoldOver, RuleBroken."""
    now = clock.now()
    lock_and_settle({claim.occurrence_id for claim in latest_claims(booking)}, now)
    _read_again(booking)
    if booking.extensions >= rules.extensions:
        raise RuleBroken(N_("We cannot hold these places any longer. Book them now, or call us."))
    held = held_of(booking)
    if not held:
        raise HoldOver(N_("The time to book ran out. What you typed is still here: go on to book."))
    booking.extensions += 1
    for claim in held:
        claim.held_until = now + rules.hold


def confirm(booking: Booking, contact: Contact, key: str, rules: Rules) -> Booking:
    """Make the basket a booking: all of it or nothing.

    ``key`` is the form's idempotency key: a repeat returns what the first did, and so does any
    other form of the same basket. A hold that ran out is taken again if the places are still
    there. Raises NoPlacesLeft, BookingClosed, RuleBroken, NotFound.
    """
    now = clock.now()
    claims = latest_claims(booking)
    locked = lock_and_settle({claim.occurrence_id for claim in claims}, now)
    _read_again(booking)
    if booking.confirmed_at is not None:
        return booking
    if not locked:
        raise NotFound(N_("You have not chosen a session yet."))
    for occurrence in locked:
        check_open(occurrence, now)
    if not held_of(booking):
        _claim(booking, locked, _party_again(latest_claims(booking)[0]), rules, now)
    _confirm_claims(booking, now)
    booking.reference = references.make_reference(db.session.get_one(Edition, booking.edition_id))
    booking.confirm_key = key
    booking.confirmed_at = now
    booking.answers = {}
    _set_contact(booking, contact)
    db.session.flush()
    outbox.tell_booker(booking, "booked", held_of_confirmed(booking))
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


def held_of_confirmed(booking: Booking) -> list[Reservation]:
    """The reservations that stand."""
    return [claim for claim in booking.reservations if claim.state == ReservationState.confirmed]


def give_up(booking: Booking, reservation: Reservation, attendee_ids: Collection[int]) -> None:
    """Cancel these people of a confirmed reservation; all of them cancels it.

    In a series the same people leave every part that is still to come. The places are free at
    once. Raises NotFound, NotAllowed, RuleBroken, BookingClosed.
    """
    now = clock.now()
    positions = _positions(reservation, attendee_ids)
    parts = _series_of(booking, reservation)
    lock_and_settle({part.occurrence_id for part in parts}, now)
    _read_again(booking)
    standing = [part for part in parts if part.state == ReservationState.confirmed]
    if reservation not in standing:
        raise NotFound(N_("This booking has already been cancelled."))
    if reservation.occurrence.starts_at <= now:
        raise BookingClosed(N_("This session has started, so it cannot be changed any more."))
    changed = [part for part in standing if part.occurrence.starts_at > now]
    for part in changed:
        _shrink(part, positions, now)
    gone = reservation.state == ReservationState.cancelled
    outbox.tell_booker(booking, "cancelled" if gone else "changed", changed)
    audit.record(
        "booking.cancelled" if gone else "booking.reduced",
        booking,
        actor=None,
        people=len(positions),
    )


def _positions(reservation: Reservation, attendee_ids: Collection[int]) -> set[int]:
    positions = {
        place for place, one in enumerate(reservation.attendees) if one.id in set(attendee_ids)
    }
    if not positions:
        raise RuleBroken(N_("Say who cannot come."), field="people")
    return positions


def _series_of(booking: Booking, reservation: Reservation) -> list[Reservation]:
    if reservation.series_claim is None:
        return [reservation]
    return [one for one in booking.reservations if one.series_claim == reservation.series_claim]


def _shrink(part: Reservation, positions: set[int], now: datetime) -> None:
    """Take the people at these positions out of one reservation."""
    kept = [one for place, one in enumerate(part.attendees) if place not in positions]
    party = [Person(one.kind, one.name, one.age) for one in kept]
    places = count_places(part.occurrence.session, party)
    if kept:
        check_party(part.occurrence.session, party)
    else:
        move(part, ReservationState.cancelled)
        part.ended_at = now
    _move_places(part, places, len(kept), now)
    part.calendar_sequence += 1
    part.revised_at = now
    if kept:
        part.places, part.people = places, len(kept)
        part.attendees = kept
        for one, person in zip(kept, party, strict=True):
            one.takes_place = takes_place(part.occurrence.session, person, party)
        tickets.reissue(part)
    db.session.flush()


def _move_places(part: Reservation, places: int, people: int, now: datetime) -> None:
    """Let the counters follow a party; without its last child an adult may begin to count."""
    if places > part.places:
        assert part.allocation is not None  # a CHECK says so
        take(part.occurrence, part.allocation, places - part.places, people - part.people, now)
    else:
        give_back(part, part.places - places, part.people - people)


def find(reference: str, word: str) -> Booking | None:
    """The booking of this reference when ``word`` is any one word of the booker's name, folded.

    The same answer, None, whichever of the two was wrong.
    """
    booking = db.session.scalar(sa.select(Booking).where(Booking.reference == reference))
    given = words.fold(word).split()
    if booking is None or booking.confirmed_at is None or not given:
        return None
    names = set(booking.name_folded.split())
    return booking if names.intersection(given) else None


def by_reference(reference: str) -> Booking | None:
    """The confirmed booking of this reference."""
    return db.session.scalar(
        sa.select(Booking).where(Booking.reference == reference, Booking.confirmed_at.is_not(None))
    )


def send_references(email: str) -> int:
    """Send every coming booking under this address to it; how many were found.

    The page that asks must not tell the number: it would say who books.
    """
    coming = sa.and_(
        Reservation.state == ReservationState.confirmed,
        Reservation.occurrence.has(Occurrence.ends_at > clock.now()),
    )
    query = sa.select(Booking).where(
        sa.func.lower(Booking.email) == email.lower(),
        Booking.confirmed_at.is_not(None),
        Booking.reservations.any(coming),
    )
    found = list(db.session.scalars(query))
    for booking in found:
        outbox.tell_booker(booking, "reminded", held_of_confirmed(booking))
    return len(found)


def purge_baskets(now: datetime) -> int:
    """Forget baskets that were not confirmed for 24 hours, with all that was typed."""
    old = list(
        db.session.scalars(
            sa.select(Booking).where(
                Booking.confirmed_at.is_(None), Booking.created_at < now - timedelta(hours=24)
            )
        )
    )
    lock_and_settle({claim.occurrence_id for one in old for claim in held_of(one)}, now)
    for booking in old:
        empty_basket(booking)
        for claim in booking.reservations:
            db.session.delete(claim)
        db.session.delete(booking)
    return len(old)
