"""A reservation moves: to another date, into two tickets, to somebody else, to another address."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from festival.domain import audit, clock, outbox, references, tickets, undelivered
from festival.domain.bookings.called_off import called_off
from festival.domain.bookings.changes import (
    lock_people,
    locked_parts,
    positions_of,
    set_people,
    shrink,
)
from festival.domain.bookings.claims import (
    Line,
    in_lines,
    make_claims,
    parts_among,
    settle_confirmed,
)
from festival.domain.bookings.confirming import in_line, set_contact, tell_of_booking
from festival.domain.bookings.finding import hash_secret, new_secret, standing
from festival.domain.bookings.terms import Contact, Rules, Who
from festival.domain.capacity import check_open, offer_what_is_free
from festival.domain.errors import N_, NotFound
from festival.domain.parties import RuleBroken, check_party, persons_of
from festival.domain.programme import is_public
from festival.extensions import db
from festival.models import (
    AccessRequest,
    Booking,
    Edition,
    Occurrence,
    Reservation,
    ReservationState,
    User,
)


def swap(
    booking: Booking,
    reservation: Reservation,
    target_id: int,
    rules: Rules,
    who: Who | None = None,
) -> Line:
    """Move a party to another run or session, in one step: the old places are given up only when
    the new ones are had. A series moves as a whole. Returns the new, confirmed line.

    Raises NotFound, RuleBroken, BookingClosed, NoPlacesLeft, RoomFull; nothing changes then.
    """
    now = clock.now()
    who = who or Who(channel=booking.channel)
    locked, old = locked_parts(booking, reservation, now, also={target_id})
    targets = parts_among(locked, target_id)
    _check_may_move(old, targets, now)
    party = persons_of(reservation.attendees)
    check_party(
        targets[0].session,
        party,
        complete=True,
        capacity=targets[0].capacity,
        by_staff=who.is_staff,
    )
    made = make_claims(booking, targets, party, rules, ReservationState.confirmed, who.share)
    for claim in made.claims:
        settle_confirmed(claim, now)
        carry_asked(reservation, claim, now)
    for part in old:
        shrink(part, set(range(len(part.attendees))), now)
    outbox.tell_booker(booking, "swapped", [*made.claims, *old])
    audit.record("booking.swapped", booking, actor=who.user, to=targets[0].session.code)
    offer_what_is_free(locked, now)
    return made


def _check_may_move(
    old: Sequence[Reservation], targets: Sequence[Occurrence], now: datetime
) -> None:
    if not is_public(targets[0].session, now):
        raise NotFound(N_("There is no such session."))
    if {part.occurrence_id for part in old} & {target.id for target in targets}:
        raise RuleBroken(N_("You have this place already. Choose another date."), field="target")
    for target in targets:
        check_open(target, now)


def carry_asked(before: Reservation, after: Reservation, now: datetime) -> None:
    """What the party asked for goes with it; its answer to the session's question only where that
    is the same session."""
    kept = before.access_request
    if kept is None:
        return
    same = before.occurrence.session_id == after.occurrence.session_id
    answer = kept.answer if same else ""
    if kept.consented_at is None and not answer:
        return
    after.access_request = AccessRequest(
        adjustments=list(kept.adjustments),
        note=kept.note,
        answer=answer,
        consented_at=kept.consented_at,
        changed_at=now,
    )


def split(
    booking: Booking,
    reservation: Reservation,
    attendee_ids: Collection[int],
    rules: Rules,
    who: Who | None = None,
) -> Line:
    """These people get a ticket of their own, in all parts of a series; the new line.

    Each half keeps to the session's rules. Raises RuleBroken, NotFound, BookingClosed.
    """
    now = clock.now()
    locked, parts = locked_parts(booking, reservation, now)
    positions = positions_of(reservation, attendee_ids)
    if len(positions) == len(reservation.attendees):
        raise RuleBroken(N_("Leave at least one person on the first ticket."), field="people")
    series = str(uuid.uuid4()) if len(parts) > 1 else None
    made = Line([_split_part(booking, part, positions, rules, series, now) for part in parts])
    outbox.tell_booker(booking, "changed", [*parts, *made.claims])
    audit.record("booking.split", booking, actor=_user(who), people=len(positions))
    offer_what_is_free(locked, now)
    return made


def _split_part(
    booking: Booking,
    part: Reservation,
    positions: Collection[int],
    rules: Rules,
    series: str | None,
    now: datetime,
) -> Reservation:
    """The same places, in two reservations: what leaves one is taken by the other at once."""
    going = [one for place, one in enumerate(part.attendees) if place in positions]
    staying = [one for place, one in enumerate(part.attendees) if place not in positions]
    party = persons_of(going)
    session = part.occurrence.session
    check_party(session, party, complete=True, capacity=part.occurrence.capacity, by_staff=True)
    set_people(part, staying, now)
    share = part.allocation
    assert share is not None  # a CHECK says so of what is confirmed
    made = make_claims(
        booking, [part.occurrence], party, rules, ReservationState.confirmed, share.kind
    )
    (claim,) = made.claims
    claim.series_claim = series
    settle_confirmed(claim, now)
    carry_asked(part, claim, now)
    return claim


def pass_on(
    booking: Booking,
    reservation: Reservation,
    contact: Contact,
    who: Who | None = None,
) -> Booking:
    """Give a reservation (all parts of a series) to somebody else, who gets a booking of their
    own. The old ticket and its links end; what the first party asked for is not told on.

    Raises NotFound, BookingClosed.
    """
    now = clock.now()
    locked, parts = locked_parts(booking, reservation, now)
    edition = db.session.get_one(Edition, booking.edition_id)
    made = Booking(
        edition_id=edition.id,
        secret_hash=hash_secret(new_secret()),
        reference=references.make_reference(edition),
        channel=booking.channel,
        language=booking.language,
        created_at=now,
        confirmed_at=now,
        token_id=booking.token_id,
        made_by_id=booking.made_by_id,
        answers={},
    )
    set_contact(made, contact)
    db.session.add(made)
    # Calendars know the places by these: the first party's entries are to go.
    entries = {str(part.id): [part.calendar_uid, part.calendar_sequence + 1] for part in parts}
    for part in [*parts, *called_off(booking, reservation)]:
        part.booking = made
        part.access_request = None
        for one in part.attendees:
            one.name = ""
        part.attendees[0].name = contact.name
        part.calendar_uid = f"{uuid.uuid4()}@{part.calendar_uid.partition('@')[2]}"
        part.revised_at = now
        tickets.reissue(part)
    db.session.flush()
    db.session.expire(booking, ["reservations"])
    outbox.tell_booker(booking, "passed_on", parts, entries=entries)
    outbox.tell_booker(made, "booked", parts)
    audit.record("booking.passed_on", booking, actor=_user(who), to=made.reference)
    offer_what_is_free(locked, now)
    return made


def change_contact(booking: Booking, contact: Contact, who: Who | None = None) -> None:
    """Another name, email address or phone number. With the address end the links that were
    mailed, and the tickets in it: a mistyped address may be somebody's."""
    lock_people(booking)
    moved = contact.email.lower() != booking.email_folded
    reached_anew = moved or contact.mobile != booking.mobile
    set_contact(booking, contact)
    if moved:
        booking.link_version += 1
        for claim in standing(booking):
            tickets.reissue(claim)
    db.session.flush()
    resent = moved and resend(booking)
    if reached_anew:
        undelivered.corrected(booking, resent=resent)
    audit.record("booking.contact", booking, actor=_user(who), address_changed=moved)


def resend(booking: Booking) -> bool:
    """Send the booking with its tickets, its turns and its offers once more; whether there is an
    address to send it to."""
    if not booking.email:
        return False
    tell_of_booking(booking)
    offered = [one for one in in_line(booking) if one.state == ReservationState.offered]
    for line in in_lines(offered):
        outbox.tell_booker(booking, "offered", line.claims)
    return True


def _user(who: Who | None) -> User | None:
    return who.user if who else None
