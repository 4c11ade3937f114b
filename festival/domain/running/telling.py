"""Who hears of what an organiser does, and by which channel: the same before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from festival.domain import channels, clock, contacts, outbox
from festival.extensions import db
from festival.models import (
    Announcement,
    Booking,
    ChangeNotice,
    Occurrence,
    Reservation,
    ReservationState,
)

TOLD = (
    ReservationState.confirmed,
    ReservationState.offered,
    ReservationState.waiting,
    ReservationState.held,
)


@dataclass(frozen=True)
class Told:
    """Who hears of a change: bookings by channel (some by two), and the parties they stand for."""

    email: int
    sms: int
    call: int
    nobody: int
    booked: int  # parties that have places
    waiting: int


def who_is_told(occurrence: Occurrence, kind: str = "withdrawn") -> Told:
    """Who would hear now of what becomes of this run (``withdrawn``: that it is cancelled;
    ``changed_by_us``: that it is moved): to be shown before it is decided."""
    return told_of(claims_on(occurrence), kind)


def who_is_told_of_all(occurrences: Sequence[Occurrence], kind: str = "withdrawn") -> Told:
    """The same of several runs that change together: a booking hears of them once."""
    return told_of(claims_on(*occurrences), kind)


def told_of(claims: Sequence[Reservation], kind: str) -> Told:
    """Who of these would hear of this kind of message."""
    takes = (ReservationState.confirmed, ReservationState.offered)
    by_booking = list(_by_booking(claims))
    known = contacts.of_bookings([booking for booking, _mine in by_booking])
    ways = [
        channels.channels_of(booking, kind, mine, clock.now(), known.get(booking.id))
        for booking, mine in by_booking
    ]
    all_claims = [claim for _booking, mine in by_booking for claim in mine]
    return Told(
        email=sum(channels.EMAIL in way for way in ways),
        sms=sum(channels.SMS in way for way in ways),
        call=sum(channels.CALL in way for way in ways),
        nobody=sum(not way for way in ways),
        booked=sum(claim.state in takes or kind == "reinstated" for claim in all_claims),
        waiting=sum(claim.state == ReservationState.waiting for claim in all_claims),
    )


def claims_on(*occurrences: Occurrence) -> list[Reservation]:
    """Who has places in these runs, or waits for some."""
    query = (
        sa.select(Reservation)
        .join(Reservation.booking)
        .where(
            Reservation.occurrence_id.in_([one.id for one in occurrences]),
            Reservation.state.in_(TOLD),
        )
        .order_by(Reservation.id)
        .options(contains_eager(Reservation.booking))
    )
    return list(db.session.scalars(query))


def tell_each(
    claims: Sequence[Reservation],
    kind: str,
    *,
    notice: ChangeNotice | None = None,
    announcement: Announcement | None = None,
    **facts: Any,
) -> None:
    """Tell each booking once of all of these that are its own, on account of this ``notice`` or
    ``announcement``; a basket on its way sees it when it goes on."""
    told = list(_by_booking(claims))
    known = contacts.of_bookings([booking for booking, _mine in told])
    for booking, mine in told:
        outbox.tell_booker(
            booking,
            kind,
            mine,
            contact=known.get(booking.id),
            notice=notice,
            announcement=announcement,
            **facts,
        )


def _by_booking(claims: Sequence[Reservation]) -> Iterator[tuple[Booking, list[Reservation]]]:
    """Confirmed bookings, each with its own of these."""
    found: dict[int, list[Reservation]] = {}
    for claim in claims:
        if claim.booking.confirmed_at is not None:
            found.setdefault(claim.booking_id, []).append(claim)
    return ((mine[0].booking, mine) for mine in found.values())
