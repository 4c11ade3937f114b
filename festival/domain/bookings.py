"""A resident's booking: hold, say who comes, confirm, change one's mind."""

import hashlib
import secrets
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from festival.domain import audit, clock, outbox, references, scans, tickets, words
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
    _read_again(booking)
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


def _read_again(booking: Booking | None) -> None:
    """After locking: forget what was read of this booking before the lock."""
    if booking is None:
        return
    db.session.flush()
    for claim in booking.reservations:
        db.session.expire(claim)
    db.session.refresh(booking)


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
    person agreed to, where a page showed them (an id may be used again once its row is gone). A hold that ran out is taken again if the places are
    still there. Raises NoPlacesLeft, BookingClosed, RuleBroken, BasketChanged, NotFound.
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


def by_key(key: str) -> Booking | None:
    """The booking that a confirming form with this key made."""
    query = sa.select(Booking).where(Booking.confirm_key == key)
    return db.session.scalar(query.execution_options(populate_existing=True))


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


def standing(booking: Booking) -> list[Reservation]:
    """The reservations that stand."""
    return [claim for claim in booking.reservations if claim.state == ReservationState.confirmed]


def give_up(booking: Booking, reservation: Reservation, attendee_ids: Collection[int]) -> None:
    """Cancel these people of a confirmed reservation; all of them cancels it.

    In a series the same people leave every part that is still to come. The places are free at
    once. Raises NotFound, RuleBroken, BookingClosed, and NoPlacesLeft where an adult who is left
    begins to count.
    """
    now = clock.now()
    parts = _series_of(booking, reservation)
    lock_and_settle({part.occurrence_id for part in parts}, now)
    _read_again(booking)
    confirmed = [part for part in parts if part.state == ReservationState.confirmed]
    if reservation not in confirmed:
        raise NotFound(N_("This booking has already been cancelled."))
    if reservation.occurrence.starts_at <= now:
        raise BookingClosed(N_("This session has started, so it cannot be changed any more."))
    positions = _positions(reservation, attendee_ids)
    changed = [part for part in confirmed if part.occurrence.starts_at > now]
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
    """Where in the party these people stand, as it is under the lock: pressed twice, the second
    time finds nobody."""
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
    _check_nobody_is_in(part, len(kept))
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


def _check_nobody_is_in(part: Reservation, kept: int) -> None:
    """Who has been let in is in the room: that place cannot be given to somebody else."""
    inside = scans.people_in(part.ticket.number) if part.ticket else 0
    if inside > kept:
        raise RuleBroken(
            N_("%(inside)s of you have been let in already. Ask at the door."),
            field="people",
            inside=inside,
        )


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
        outbox.tell_booker(booking, "reminded", standing(booking))
    return len(found)


def purge_baskets(now: datetime) -> int:
    """Forget baskets that were not confirmed for 24 hours, with all that was typed; how many."""
    begun_before = Booking.created_at < now - BASKETS_KEPT
    query = sa.select(Booking).where(Booking.confirmed_at.is_(None), begun_before)
    old = list(db.session.scalars(query.order_by(Booking.id).limit(PURGED_AT_ONCE)))
    wanted = {occurrence_id for one in old for occurrence_id in _occurrence_ids(one)}
    lock_and_settle(wanted, now)
    forgotten = 0
    for booking in old:
        _read_again(booking)
        moved_on = booking.confirmed_at is not None or booking.created_at >= now - BASKETS_KEPT
        if moved_on or not wanted.issuperset(_occurrence_ids(booking)):
            continue
        empty_basket(booking)
        db.session.delete(booking)
        forgotten += 1
    return forgotten
