"""What time brings to who has places: reminders, the way in to online sessions, thanks.

Each reservation remembers the last step that was written, so that a step is told once, whoever
looks and however often. A step whose time was over before somebody booked (or before the run was
moved) is not told: they have just read all of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import IntEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from festival.domain import channels, contacts, outbox, scans
from festival.domain.quiet import not_before
from festival.extensions import db
from festival.models import (
    Booking,
    Contact,
    Occurrence,
    OccurrenceState,
    Prefers,
    Reminders,
    Reservation,
    ReservationState,
    Room,
    Scan,
    Venue,
)


class Step(IntEnum):
    three_days = 1
    day_before = 2
    last = 3  # two hours before; an hour before where it is online
    thanks = 4


BEFORE = {
    Step.three_days: timedelta(days=3),
    Step.day_before: timedelta(days=1),
    Step.last: timedelta(hours=2),
}
ONLINE_LAST = timedelta(hours=1)
THANKS_AFTER = timedelta(hours=1)
THANKS_UNTIL = timedelta(days=3)  # later, nobody remembers


def due_at(occurrence: Occurrence, step: Step) -> datetime:
    """When this step of this run is to be told (aware, UTC): out of the quiet hours, unless the
    run starts that morning."""
    zone = occurrence.session.edition.zone
    if step == Step.thanks:
        return not_before(occurrence.ends_at + THANKS_AFTER, zone)
    before = BEFORE[step]
    if step == Step.last and is_online(occurrence):
        before = ONLINE_LAST
    return not_before(occurrence.starts_at - before, zone, occurrence.starts_at)


def is_online(occurrence: Occurrence) -> bool:
    return occurrence.room.venue.is_online


def due_bookings(now: datetime) -> list[int]:
    """The ids of bookings to which something is to be told at ``now`` (aware)."""
    return sorted({claim.booking_id for claim in _near(now) if step_of(claim, now)})


def _near(now: datetime, booking_id: int | None = None) -> Iterable[Reservation]:
    """What starts in the next three days or has just ended, and is not all told."""
    query = (
        sa.select(Reservation)
        .join(Reservation.occurrence)
        .where(
            Reservation.state == ReservationState.confirmed,
            Reservation.reminded < Step.thanks,
            Occurrence.state == OccurrenceState.scheduled,
            Occurrence.starts_at <= now + BEFORE[Step.three_days],
            Occurrence.ends_at > now - THANKS_UNTIL,
        )
        .options(
            joinedload(Reservation.occurrence).options(
                joinedload(Occurrence.session),
                joinedload(Occurrence.room).joinedload(Room.venue).raiseload(Venue.ward),
            )
        )
        .order_by(Reservation.id)
    )
    if booking_id is not None:
        query = query.where(Reservation.booking_id == booking_id)
        query = query.with_for_update(of=Reservation).execution_options(populate_existing=True)
    return db.session.scalars(query)


def step_of(claim: Reservation, now: datetime) -> Step | None:
    """The step of this reservation that is to be told at ``now``: the last whose time has come,
    if that was not told, and came after they knew of it."""
    occurrence = claim.occurrence
    come = [step for step in Step if due_at(occurrence, step) <= now]
    if occurrence.starts_at <= now:
        come = [step for step in come if step == Step.thanks]
    if not come or come[-1] <= claim.reminded:
        return None
    step = come[-1]
    if step == Step.day_before and is_online(occurrence):
        return step  # the way in has not been told, however late they booked
    return step if due_at(occurrence, step) > _known_since(claim) else None


def _known_since(claim: Reservation) -> datetime:
    """Since when they know that it is then and there."""
    moved = claim.occurrence.revised_at
    booked = claim.confirmed_at or claim.created_at
    return max(booked, moved) if claim.occurrence.calendar_sequence else booked


def remind(booking_id: int, now: datetime) -> int:
    """Write what is to be told to this booker at ``now``: one message for each step, however many
    sessions it is about; how many messages. What was told is locked and looked at again, so that
    two who do this at once write it once."""
    steps = [(claim, step_of(claim, now)) for claim in _near(now, booking_id)]
    due = [(claim, step) for claim, step in steps if step is not None]
    if not due:
        return 0
    booking = db.session.get_one(Booking, booking_id)
    contact = contacts.of_bookings([booking]).get(booking_id)
    written = 0
    for (step, kind), claims in _by_message(due).items():
        for claim in claims:
            claim.reminded = step
        wanted = _who_were_there(claims) if step == Step.thanks else claims
        if wanted and (kind == "joining" or wants(contact, step)):
            written += tell(booking, kind, step, wanted, contact)
    db.session.flush()
    return written


def _by_message(
    due: Iterable[tuple[Reservation, Step]],
) -> Mapping[tuple[Step, str], list[Reservation]]:
    found: dict[tuple[Step, str], list[Reservation]] = {}
    for claim, step in due:
        found.setdefault((step, _kind(claim.occurrence, step)), []).append(claim)
    return found


def _kind(occurrence: Occurrence, step: Step) -> str:
    if step == Step.thanks:
        return "thanks"
    if is_online(occurrence) and step > Step.three_days:
        return "joining"
    return "reminder"


def wants(contact: Contact | None, step: Step) -> bool:
    """Whether who reads mail to this address wants to be reminded at this step."""
    if contact is None or contact.reminders == Reminders.all:
        return True
    return contact.reminders == Reminders.day_before and step == Step.day_before


def tell(
    booking: Booking, kind: str, step: Step, claims: list[Reservation], contact: Contact | None
) -> int:
    """Write one message by each channel that fits the step; how many."""
    ways = list(_ways(booking, kind, step, contact))
    ids = [claim.id for claim in claims]
    for channel in ways:
        recipient = booking.email if channel == channels.EMAIL else booking.mobile
        outbox.queue(
            kind, recipient, booking=booking, channel=channel, reservations=ids, step=int(step)
        )
    return len(ways)


def _ways(booking: Booking, kind: str, step: Step, contact: Contact | None) -> Iterator[str]:
    """Mail to who has an address. SMS to who has none, on the day before; and for what is last a
    text instead of a mail, because they are on their way. Who has neither is rung up once, on the
    day before."""
    prefers = contact.prefers if contact else Prefers.any
    text = step in (Step.day_before, Step.last) and channels.can_text(booking)
    if booking.email:
        instead = text and step == Step.last and prefers in (Prefers.any, Prefers.sms)
        if not instead or kind == "joining":
            yield channels.EMAIL
        if instead or (text and prefers == Prefers.sms):
            yield channels.SMS
    elif text and prefers != Prefers.call:
        yield channels.SMS
    elif booking.mobile and step == Step.day_before:
        yield channels.CALL


def _who_were_there(claims: Iterable[Reservation]) -> list[Reservation]:
    """Those who came. Where nobody was counted at all, everybody may have come."""
    return [claim for claim in claims if not _was_counted(claim.occurrence) or _came(claim)]


def _was_counted(occurrence: Occurrence) -> bool:
    if is_online(occurrence):
        query = sa.select(Reservation.id).where(
            Reservation.occurrence_id == occurrence.id, Reservation.joined_at.is_not(None)
        )
    else:
        query = sa.select(Scan.id).where(
            Scan.occurrence_id == occurrence.id, Scan.ticket_number.is_not(None)
        )
    return db.session.scalar(query.limit(1)) is not None


def _came(claim: Reservation) -> bool:
    if is_online(claim.occurrence):
        return claim.joined_at is not None
    return claim.ticket is not None and scans.people_in(claim.ticket.number) > 0
