"""From wishes to a booking: all at once, and what cannot be had is said line by line."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal

from festival.domain import audit, clock, outbox, references, tickets, words
from festival.domain.bookings.baskets import lock_basket
from festival.domain.bookings.claims import (
    Line,
    drop_line,
    lines_of,
    make_claims,
    note_asked,
    numbered,
    parts_among,
    renew,
    settle_confirmed,
)
from festival.domain.bookings.finding import by_key, hash_secret, new_secret, standing
from festival.domain.bookings.terms import (
    Asked,
    BasketChanged,
    Contact,
    NotAllHad,
    Rules,
    Who,
    Wish,
)
from festival.domain.capacity import (
    NoPlacesLeft,
    RoomFull,
    check_open,
    lock_and_settle,
    offer_what_is_free,
)
from festival.domain.errors import N_, DomainError, NotFound
from festival.domain.parties import check_least, check_party
from festival.domain.programme import is_public
from festival.domain.states import move
from festival.extensions import db
from festival.models import (
    AllocationKind,
    Booking,
    Edition,
    Occurrence,
    Reservation,
    ReservationState,
)

FULL = (NoPlacesLeft, RoomFull)
Instead = Literal["wait", "leave"]


def confirm(
    booking: Booking,
    contact: Contact,
    key: str,
    rules: Rules,
    shown: Collection[str] | None = None,
    *,
    instead: Mapping[str, Instead] | None = None,
    asked: Asked | None = None,
    proxy_name: str = "",
) -> Booking:
    """Make the basket a booking.

    ``key`` is the form's idempotency key: a repeat returns what the first did, and so does any
    other form of the same basket. ``shown`` are the UIDs of the lines that the person agreed to,
    where a page showed them. ``instead`` says of lines that cannot be had, by UID, whether to wait
    for places or to leave them out; the rest is booked. A hold that ran out is taken again if the
    places are still there.

    Raises NotAllHad with a problem for each line that cannot be had and of which nothing was said:
    nothing is booked then. Raises RuleBroken, BasketChanged, NotFound.
    """
    now = clock.now()
    if (done := by_key(key)) is not None:
        return done
    locked = lock_basket(booking, now)
    if booking.confirmed_at is not None:
        return booking
    lines = lines_of(booking)
    if not lines:
        raise NotFound(N_("You have not chosen a session yet."))
    if shown is not None and {line.uid for line in lines} != set(shown):
        raise BasketChanged
    answers = {line.uid: _answer(booking, line) for line in lines}
    had = _get(lines, instead or {}, answers, asked or Asked(), rules, now)
    if not had:
        raise NotFound(N_("There is nothing left to book. Choose another session."))
    _finish(booking, contact, key, now)
    booking.proxy_name = proxy_name
    booking.answers = {}
    db.session.flush()
    tell_of_booking(booking)
    audit.record("booking.confirmed", booking, actor=None, channel=booking.channel.value)
    if instead or in_line(booking):
        # What was left out may have been held, and fewer places would do for who waits now.
        offer_what_is_free(locked, now)
    return booking


def _answer(booking: Booking, line: Line) -> str:
    """What was typed in answer to the session's question."""
    given = booking.answers.get("questions", {})
    return str(given.get(line.first.occurrence.session.code, ""))


def _get(
    lines: Sequence[Line],
    instead: Mapping[str, Instead],
    answers: Mapping[str, str],
    asked: Asked,
    rules: Rules,
    now: datetime,
) -> list[Line]:
    """Book or queue every line; what was had. Raises NotAllHad."""
    problems: dict[object, DomainError] = {}
    had = []
    for line in lines:
        choice = instead.get(line.uid)
        if choice == "leave":
            drop_line(line)
            continue
        try:
            made = _get_line(line, choice, rules, now)
        except DomainError as problem:
            problems[line.uid] = problem
            continue
        if asked or answers[line.uid]:
            for claim in made.claims:
                note_asked(claim, asked, answers[line.uid], now)
        had.append(made)
    if problems:
        raise NotAllHad(problems)
    return had


def _get_line(line: Line, choice: Instead | None, rules: Rules, now: datetime) -> Line:
    """This line's places, or its turn. Raises what is in the way."""
    for occurrence in line.occurrences:
        check_open(occurrence, now)
    occurrence = line.first.occurrence
    check_party(occurrence.session, line.party, complete=True, capacity=occurrence.capacity)
    if line.state != ReservationState.held:
        wishes_to_wait = line.state == ReservationState.waiting or choice == "wait"
        least = line.first.least_places
        try:
            line = renew(line, rules, AllocationKind.public, ReservationState.held)
        except FULL:
            if not wishes_to_wait:
                raise
            return _queue(line, rules, least, now)
    db.session.flush()
    for claim in line.claims:
        move(claim, ReservationState.confirmed)
        settle_confirmed(claim, now, ticket=False)
    return line


def _queue(line: Line, rules: Rules, least: int | None, now: datetime) -> Line:
    """The line's turn begins."""
    waiting = renew(line, rules, AllocationKind.public, ReservationState.waiting)
    # A party may take fewer places since its ages are known.
    begin_turn(waiting, None if least is None else min(least, waiting.first.places), now)
    return waiting


def begin_turn(line: Line, least: int | None, now: datetime) -> None:
    """Put a waiting line at the end of the queue. Raises RuleBroken."""
    check_least(least, line.first.places)
    for claim in line.claims:
        claim.waiting_since = now
        claim.least_places = None if least == claim.places else least
    db.session.flush()


def _finish(booking: Booking, contact: Contact, key: str | None, now: datetime) -> None:
    """A booking from now on: its reference, its tickets, and how its booker is reached."""
    edition = db.session.get_one(Edition, booking.edition_id)
    booked = standing(booking)
    booking.reference, numbers = references.draw(edition, len(booked))
    for claim, number in zip(booked, numbers, strict=True):
        tickets.issue(claim, number)
    booking.confirm_key = key
    booking.confirmed_at = now
    set_contact(booking, contact)


def set_contact(booking: Booking, contact: Contact) -> None:
    """Who booked, and how they are reached."""
    booking.name = contact.name
    booking.name_folded = words.fold(contact.name)[:160]
    booking.email = contact.email
    booking.email_folded = contact.email.lower()
    booking.mobile = contact.mobile


def tell_of_booking(booking: Booking) -> None:
    """One message of what was booked and what is waited for."""
    booked, waiting = standing(booking), in_line(booking)
    if booked:
        outbox.tell_booker(booking, "booked", [*booked, *waiting])
    elif waiting:
        outbox.tell_booker(booking, "waiting", waiting)


def in_line(booking: Booking) -> list[Reservation]:
    """Its reservations that wait for places or are offered some."""
    states = (ReservationState.waiting, ReservationState.offered)
    return [one for one in booking.reservations if one.state in states]


def book(
    *,
    wishes: Sequence[Wish],
    contact: Contact,
    rules: Rules,
    who: Who,
    edition: Edition | None = None,
    language: str = "en",
    key: str | None = None,
) -> Booking:
    """Book all these wishes at once, without a basket: for the phone line, a counter, a program.

    ``edition``: None for that of what is wished for. Raises NotAllHad with a problem for each wish
    (by its place, from 0) that cannot be had and does not wait; nothing is booked then.
    """
    now = clock.now()
    if key is not None and (done := by_key(key)) is not None:
        return done
    locked = lock_and_settle({wish.occurrence_id for wish in wishes}, now)
    festival = edition or (locked[0].session.edition if locked else None)
    booking = Booking(
        edition_id=festival.id if festival else None,
        secret_hash=hash_secret(new_secret()),
        channel=who.channel,
        language=language,
        created_at=now,
        made_by_id=who.user.id if who.user else None,
        token_id=who.token.id if who.token else None,
        proxy_name=who.proxy_name,
        answers={},
        reservations=[],
    )
    problems: dict[object, DomainError] = {}
    with db.session.no_autoflush:
        for place, wish in enumerate(wishes):
            try:
                _grant(booking, wish, locked, rules, who, now)
            except DomainError as problem:
                problems[place] = problem
        if problems:
            raise NotAllHad(problems)
        _finish(booking, contact, key, now)
    db.session.add(booking)
    db.session.flush()
    tell_of_booking(booking)
    audit.record("booking.made", booking, actor=who.user, channel=who.channel.value)
    if in_line(booking):
        offer_what_is_free(locked, now)  # fewer places may do for who waits
    return booking


def _grant(
    booking: Booking,
    wish: Wish,
    locked: Sequence[Occurrence],
    rules: Rules,
    who: Who,
    now: datetime,
) -> None:
    parts = parts_among(locked, wish.occurrence_id)
    session = parts[0].session
    if not is_public(session, now):
        raise NotFound(N_("There is no such session."))
    check_party(
        session, wish.party, complete=True, capacity=parts[0].capacity, by_staff=who.is_staff
    )
    for part in parts:
        check_open(part, now)
    party = numbered(booking, wish.party)
    try:
        line = make_claims(booking, parts, party, rules, ReservationState.confirmed, who.share)
    except FULL:
        if not wish.wait:
            raise
        line = make_claims(booking, parts, party, rules, ReservationState.waiting, who.share)
        begin_turn(line, wish.least, now)
    for claim in line.claims:
        if claim.state == ReservationState.confirmed:
            settle_confirmed(claim, now, ticket=False)
        if wish.asked or wish.answer:
            note_asked(claim, wish.asked, wish.answer, now)
