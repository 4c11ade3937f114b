"""How people come in to online sessions. The address of the meeting is only shown to who has a
place, from the day before, and when they press the button: mail and pages carry the way to it.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from festival.domain import audit, clock, contacts, reminders
from festival.domain.capacity import lock
from festival.domain.errors import N_, DomainError
from festival.domain.reminders import Step, is_online
from festival.extensions import db
from festival.models import (
    Message,
    MessageState,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    User,
)

LONGEST = 500
SOON = timedelta(hours=24)
NOT_AN_ADDRESS = N_("Copy the whole address of the meeting. It begins with https://")


class BadAddress(DomainError):
    """Not an address that people can be sent to."""

    reason = "bad_address"


class CannotJoin(DomainError):
    """Not now, or not these people."""

    reason = "cannot_join"


@dataclass(frozen=True)
class Joined:
    """Who said that they are coming in: parties, and the people they stand for."""

    parties: int
    people: int


def read_address(typed: str) -> str:
    """The meeting's address as it is kept; empty where there is none yet. Raises BadAddress."""
    typed = typed.strip()
    if not typed:
        return ""
    if len(typed) > LONGEST:
        raise BadAddress(N_("This address is too long."), field="joining_url")
    unseen = any(unicodedata.category(one)[0] in "CZ" for one in typed)
    if unseen or not _leads_somewhere(typed):
        raise BadAddress(NOT_AN_ADDRESS, field="joining_url")
    return typed


def _leads_somewhere(typed: str) -> bool:
    try:
        parts = urlsplit(typed)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    named = "." in host.strip(".") and not host.startswith(".")
    return parts.scheme == "https" and named and "@" not in parts.netloc and "\\" not in typed


def set_address(occurrence_id: int, typed: str, *, actor: User | None) -> int:
    """Where this run meets online from now on. Where people were told how to join and it begins
    within a day, they are told again (the old address may be in strangers' hands); how many
    parties are. Raises BadAddress."""
    address = read_address(typed)
    occurrence = next(one for one in lock({occurrence_id}) if one.id == occurrence_id)
    before = occurrence.joining_url
    if before == address:
        return 0
    occurrence.joining_url = address
    db.session.execute(  # entries that people's calendars have with the old one are older now
        sa.update(Reservation)
        .where(
            Reservation.occurrence_id == occurrence.id,
            Reservation.state == ReservationState.confirmed,
        )
        .values(revised_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )
    db.session.flush()
    audit.record("occurrence.joining", occurrence, actor=actor, had=bool(before), has=bool(address))
    return _tell_again(occurrence, clock.now()) if before and address else 0


def _tell_again(occurrence: Occurrence, now: datetime) -> int:
    if not now < occurrence.starts_at <= now + SOON:
        return 0
    if occurrence.state != OccurrenceState.scheduled or not is_online(occurrence):
        return 0
    query = sa.select(Reservation).where(
        Reservation.occurrence_id == occurrence.id,
        Reservation.state == ReservationState.confirmed,
        Reservation.reminded >= Step.day_before,
    )
    told = [one for one in db.session.scalars(query.order_by(Reservation.id)) if not _waits(one)]
    known = contacts.of_bookings([one.booking for one in told])
    for one in told:
        contact = known.get(one.booking_id)
        reminders.tell(one.booking, "joining", Step.day_before, [one], contact)
    return len(told)


def _waits(claim: Reservation) -> bool:
    """Whether a message about this has not left yet: it leads to what is right when it is read."""
    query = sa.select(Message.facts).where(
        Message.booking_id == claim.booking_id,
        Message.kind == "joining",
        Message.state == MessageState.queued,
    )
    return any(claim.id in facts["reservations"] for facts in db.session.scalars(query))


def opens_at(occurrence: Occurrence) -> datetime:
    """When the way in is shown: as the day before begins, in the festival's zone."""
    zone = occurrence.session.edition.zone
    day = occurrence.starts_at.astimezone(zone).date() - timedelta(days=1)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def join(reservation: Reservation) -> str:
    """They are coming in: noted once; the address of the meeting. Raises CannotJoin."""
    now = clock.now()
    occurrence = reservation.occurrence
    if reservation.state != ReservationState.confirmed:
        raise CannotJoin(N_("These places are cancelled, so you cannot join."))
    if now < opens_at(occurrence):
        raise CannotJoin(N_("It is too early to join."))
    if now >= occurrence.ends_at or occurrence.state != OccurrenceState.scheduled:
        raise CannotJoin(N_("This session is over."))
    if not occurrence.joining_url:
        raise CannotJoin(N_("We do not have the address of the meeting yet. Try again soon."))
    noted = (
        sa.update(Reservation)
        .where(
            Reservation.id == reservation.id,
            Reservation.state == ReservationState.confirmed,
            Reservation.joined_at.is_(None),
        )
        .values(joined_at=now)
    )
    db.session.execute(noted.execution_options(synchronize_session=False))
    return occurrence.joining_url


def joined(occurrence: Occurrence) -> Joined:
    """How many have come in so far."""
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Reservation.people), 0)).where(
        Reservation.occurrence_id == occurrence.id,
        Reservation.state == ReservationState.confirmed,
        Reservation.joined_at.is_not(None),
    )
    parties, people = db.session.execute(query).one()
    return Joined(int(parties), int(people))
