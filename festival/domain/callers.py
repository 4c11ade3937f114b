"""Finding the booking of somebody who calls: by reference, name, phone number or email address.

Every booking that is shown for it is written in the audit log.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from festival.domain import audit, references, words
from festival.extensions import db
from festival.models import Booking, Edition, Occurrence, Reservation, ReservationState, User

MOST = 20
DIGITS = 6  # of a phone number, from its end: fewer are of too many people
NEAR = 0.7  # of 1: how alike two spellings of a name are
ALIKE = 2000  # names to compare
STANDS = (ReservationState.confirmed, ReservationState.offered, ReservationState.waiting)


def look_up(typed: str, edition: Edition, *, actor: User) -> list[Booking]:
    """The confirmed bookings that this finds: a reference, an email address, at least six digits
    of a phone number, or words of a name (those that are spelled alike where none is the same).
    Newest first, one more than ``MOST`` where there are more. Each one is recorded as seen.
    """
    found = _find(typed.strip(), edition)
    for booking in found[:MOST]:
        audit.record("booking.looked_up", booking, actor=actor)
    return found


def _find(typed: str, edition: Edition) -> list[Booking]:
    reference = references.read_reference(typed, edition.reference_prefix)
    if reference and (known := _bookings(Booking.reference == reference)):
        return known
    if "@" in typed:
        return _bookings(Booking.email_folded == typed.lower())
    digits = re.sub(r"\D", "", typed)
    if not re.search(r"[^\W\d_]", typed):
        return _bookings(_ends_with(digits)) if len(digits) >= DIGITS else []
    return _of_name(words.fold(typed).split()[:6])


def _bookings(*which: sa.ColumnElement[bool]) -> list[Booking]:
    query = (
        sa.select(Booking)
        .where(Booking.confirmed_at.is_not(None), *which)
        .order_by(Booking.id.desc())
        .limit(MOST + 1)
        .options(
            selectinload(Booking.reservations)
            .selectinload(Reservation.occurrence)
            .selectinload(Occurrence.session)
        )
    )
    return list(db.session.scalars(query))


def _of_name(given: Sequence[str]) -> list[Booking]:
    if not given:
        return []
    exact = _bookings(*(Booking.name_folded.contains(word, autoescape=True) for word in given))
    return exact or _spelled_alike(given)


def _spelled_alike(given: Sequence[str]) -> list[Booking]:
    """One name has three spellings. Of those that begin with the same letters, the most alike."""
    begins = [
        sa.or_(
            Booking.name_folded.startswith(word[0], autoescape=True),
            Booking.name_folded.contains(f" {word[0]}", autoescape=True),
        )
        for word in given
    ]
    query = (
        sa.select(Booking.id, Booking.name_folded)
        .where(Booking.confirmed_at.is_not(None), *begins)
        .order_by(Booking.id.desc())
        .limit(ALIKE)
    )
    alike = {
        number: min(_likeness(word, name.split()) for word in given)
        for number, name in db.session.execute(query)
    }
    near = sorted(
        (number for number in alike if alike[number] >= NEAR), key=lambda one: -alike[one]
    )
    return _bookings(Booking.id.in_(near[: MOST + 1])) if near else []


def _likeness(word: str, names: Sequence[str]) -> float:
    return max((SequenceMatcher(None, word, name).ratio() for name in names), default=0.0)


def _ends_with(digits: str) -> sa.ColumnElement[bool]:
    """SQL: the phone number ends with these, however it was typed: +44 and 0 are the same."""
    bare: sa.ColumnElement[Any] = sa.type_coerce(Booking.mobile, sa.String)
    for mark in " -().+":
        bare = sa.func.replace(bare, mark, "")
    return bare.like(f"%{digits[-9:]}")


def booked_before(mobile: str, email: str, now: datetime) -> list[Reservation]:
    """What somebody with this phone number or address has booked and is still to come."""
    digits = re.sub(r"\D", "", mobile)
    same = [Booking.email_folded == email.lower()] if email else []
    if len(digits) >= DIGITS:
        same.append(_ends_with(digits))
    if not same:
        return []
    query = (
        sa.select(Reservation)
        .join(Reservation.booking)
        .join(Reservation.occurrence)
        .where(
            Booking.confirmed_at.is_not(None),
            sa.or_(*same),
            Reservation.state.in_(STANDS),
            Occurrence.ends_at > now,
        )
        .order_by(Reservation.id)
        .limit(MOST)
        .options(contains_eager(Reservation.occurrence))
    )
    return list(db.session.scalars(query))
