"""How a booking is found: by the basket's secret, by its key, by reference and name, by address."""

import hashlib
import secrets
from collections.abc import Collection
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.sql.base import ExecutableOption

from festival.domain import clock, outbox, words
from festival.extensions import db
from festival.models import (
    Booking,
    FestivalSession,
    Occurrence,
    Reservation,
    ReservationState,
    Revision,
)

# What a basket is about, also what has lapsed or was called off meanwhile.
IN_BASKET = (
    ReservationState.held,
    ReservationState.lapsed,
    ReservationState.waiting,
    ReservationState.withdrawn,
)


def new_secret() -> str:
    """A secret that owns a basket: 192 random bits for its cookie."""
    return secrets.token_urlsafe(24)


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def of_secret(secret: str) -> Booking | None:
    """The booking this secret began, confirmed or not."""
    return db.session.scalar(sa.select(Booking).where(Booking.secret_hash == hash_secret(secret)))


def basket_of(secret: str) -> Booking | None:
    """The unconfirmed booking this secret owns."""
    query = sa.select(Booking).where(
        Booking.secret_hash == hash_secret(secret), Booking.confirmed_at.is_(None)
    )
    return db.session.scalar(query)


def open_basket(secret: str) -> Booking | None:
    """The booking this secret began, with all that its pages show, in a fixed number of queries."""
    return db.session.scalar(_basket_query(), {"secret": hash_secret(secret)})


@cache  # made once: putting it together takes longer than many a page's template
def _basket_query() -> "sa.Select[Booking]":
    wanted = Booking.secret_hash == sa.bindparam("secret")
    return sa.select(Booking).where(wanted).options(_all_that_is_shown())


@cache
def _reference_query() -> "sa.Select[Booking]":
    wanted = Booking.reference == sa.bindparam("wanted"), Booking.confirmed_at.is_not(None)
    return sa.select(Booking).where(*wanted).options(_all_that_is_shown())


def _all_that_is_shown() -> ExecutableOption:
    """A booking's reservations with their runs, sessions and wording: no question for each."""
    session = joinedload(Reservation.occurrence).joinedload(Occurrence.session)
    return selectinload(Booking.reservations).options(
        session.joinedload(FestivalSession.published_revision).joinedload(Revision.texts),
        session.joinedload(FestivalSession.edition),
        # Nobody looks at the shares before they are locked, and then they are read anew.
        joinedload(Reservation.occurrence).lazyload(Occurrence.allocations),
    )


def count_lines(secret: str) -> int:
    """How many sessions are in the unconfirmed basket of this secret: one small query."""
    line = sa.func.coalesce(Reservation.series_claim, sa.cast(Reservation.id, sa.String))
    query = (
        sa.select(sa.func.count(sa.distinct(line)))
        .join(Reservation.booking)
        .where(
            Booking.secret_hash == hash_secret(secret),
            Booking.confirmed_at.is_(None),
            Reservation.state.in_(IN_BASKET),
        )
    )
    return db.session.scalar(query) or 0


def standing_of(booking_ids: Collection[int]) -> list[Reservation]:
    """What stands of these bookings: those that one browser is known to have made."""
    if not booking_ids:
        return []
    query = (
        sa.select(Reservation)
        .where(
            Reservation.booking_id.in_(booking_ids),
            Reservation.state == ReservationState.confirmed,
        )
        .options(joinedload(Reservation.occurrence).joinedload(Occurrence.session))
        .order_by(Reservation.id)
    )
    return list(db.session.scalars(query))


def by_key(key: str) -> Booking | None:
    """The booking that a confirming form with this key made."""
    query = sa.select(Booking).where(Booking.confirm_key == key)
    return db.session.scalar(query.execution_options(populate_existing=True))


def by_reference(reference: str) -> Booking | None:
    """The confirmed booking of this reference, with all that its pages show, in a fixed number of
    queries."""
    return db.session.scalar(_reference_query(), {"wanted": reference})


def everything_under(email: str) -> list[Booking]:
    """The confirmed bookings under this email address (folded), with all that their pages show, in
    a fixed number of queries; oldest first."""
    query = (
        sa.select(Booking)
        .where(Booking.email_folded == email, Booking.confirmed_at.is_not(None))
        .order_by(Booking.id)
        .options(_all_that_is_shown())
    )
    return list(db.session.scalars(query))


def find(reference: str, word: str) -> Booking | None:
    """The booking of this reference when ``word`` is any one word of the booker's name, folded;
    of several words all must be of the name, so that one try is one guess.

    The same answer, None, whichever of the two was wrong.
    """
    booking = db.session.scalar(sa.select(Booking).where(Booking.reference == reference))
    given = words.fold(word).split()
    if booking is None or booking.confirmed_at is None or not given:
        return None
    names = set(booking.name_folded.split())
    return booking if names.issuperset(given) else None


def standing(booking: Booking) -> list[Reservation]:
    """The reservations that stand."""
    return [claim for claim in booking.reservations if claim.state == ReservationState.confirmed]


def send_references(email: str) -> int:
    """Send every coming booking under this address to it; how many were found.

    The page that asks must not tell the number: it would say who books.
    """
    coming = sa.and_(
        Reservation.state == ReservationState.confirmed,
        Reservation.occurrence.has(Occurrence.ends_at > clock.now()),
    )
    query = sa.select(Booking).where(
        Booking.email_folded == email.lower(),
        Booking.confirmed_at.is_not(None),
        Booking.reservations.any(coming),
    )
    found = list(db.session.scalars(query))
    for booking in found:
        outbox.tell_booker(booking, "reminded", standing(booking))
    return len(found)


def id_of(thing: Booking | Occurrence) -> int:
    """Its id, without reading a row that has to be read again under the lock anyway."""
    identity = instance_state(thing).identity
    return thing.id if identity is None else int(identity[0])


def read_again(booking: Booking | None) -> None:
    """After locking: forget what was read of this booking before the lock, also of a reservation
    that was read by itself."""
    if booking is None:
        return
    db.session.flush()
    mine = id_of(booking)
    for thing in list(db.session.identity_map.values()):
        if isinstance(thing, Reservation) and thing.__dict__.get("booking_id") == mine:
            db.session.expire(thing)
    db.session.refresh(booking)
