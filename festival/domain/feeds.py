"""What calendars, feed readers and other people's programs follow: the public runs, and all that
stands under a booking or an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from festival.domain import contacts, links, programme
from festival.extensions import db
from festival.models import (
    Booking,
    Contact,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Provider,
    Reservation,
    ReservationState,
    Revision,
    RevisionText,
    Room,
    Theme,
    Venue,
)

CANCELLED_STAYS = timedelta(weeks=8)  # in people's calendars, so that nobody comes in vain
State = ReservationState


@dataclass(frozen=True)
class Scope:
    """Whose sessions a feed is about; empty means everybody's."""

    venue_id: int | None = None
    provider_id: int | None = None
    theme_id: int | None = None
    session_id: int | None = None


class Wording(NamedTuple):
    title: str
    summary: str
    description: str


class Run(NamedTuple):
    """One public run with what feeds say of it: plain values, because there are thousands."""

    id: int
    uid: str
    sequence: int
    state: OccurrenceState
    revised_at: datetime
    starts_at: datetime
    ends_at: datetime
    code: str
    revision_id: int
    approved_at: datetime | None
    room: str
    venue: str
    venue_slug: str
    address: str
    postcode: str
    latitude: float | None
    longitude: float | None
    is_online: bool
    provider: str
    provider_slug: str
    theme: str | None
    theme_slug: str | None

    @property
    def is_cancelled(self) -> bool:
        return self.state == OccurrenceState.cancelled

    @property
    def changed_at(self) -> datetime:
        """When what is said of it changed: the run, or its session's wording."""
        return max(self.revised_at, self.approved_at or self.revised_at)


COLUMNS = (
    Occurrence.id,
    Occurrence.calendar_uid,
    Occurrence.calendar_sequence,
    Occurrence.state,
    Occurrence.revised_at,
    Occurrence.starts_at,
    Occurrence.ends_at,
    FestivalSession.code,
    FestivalSession.published_revision_id,
    Revision.decided_at,
    Room.name,
    Venue.name,
    Venue.slug,
    Venue.address,
    Venue.postcode,
    Venue.latitude,
    Venue.longitude,
    Venue.is_online,
    Provider.name,
    Provider.slug,
    Theme.name,
    Theme.slug,
)


@dataclass(frozen=True)
class Found:
    """Runs in time order, and the wording of each revision among them."""

    runs: Sequence[Run]
    wordings: dict[int, Wording]

    def wording(self, run: Run) -> Wording:
        return self.wordings[run.revision_id]


def runs(
    edition: Edition, scope: Scope, now: datetime, among: Sequence[int] | None = None
) -> Found:
    """The public runs of this scope, cancelled ones too; only ``among`` these ids where somebody
    searched. A fixed number of queries."""
    rules = [
        FestivalSession.edition_id == edition.id,
        programme.are_public(now),
        Occurrence.state.in_(programme.PUBLIC_STATES),
        *_within(scope),
    ]
    if among is not None:
        rules.append(Occurrence.id.in_(among))
    query = _joined(sa.select(*COLUMNS)).where(*rules)
    rows = db.session.execute(query.order_by(Occurrence.starts_at, Occurrence.id))
    return Found([Run._make(row) for row in rows], _wordings(rules))


def _within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    wanted = (
        (Venue.id, scope.venue_id),
        (Provider.id, scope.provider_id),
        (Theme.id, scope.theme_id),
        (FestivalSession.id, scope.session_id),
    )
    return [column == value for column, value in wanted if value is not None]


def _joined(query: "sa.Select[*tuple[Any, ...]]") -> "sa.Select[*tuple[Any, ...]]":
    return (
        query.select_from(Occurrence)
        .join(Occurrence.session)
        .join(FestivalSession.published_revision)
        .join(FestivalSession.provider)
        .outerjoin(FestivalSession.theme)
        .join(Occurrence.room)
        .join(Room.venue)
    )


def _wordings(rules: Sequence[sa.ColumnElement[bool]]) -> dict[int, Wording]:
    """Each revision's English wording, else whatever there is."""
    ids = _joined(sa.select(FestivalSession.published_revision_id)).where(*rules)
    texts = (
        RevisionText.revision_id,
        RevisionText.language,
        RevisionText.title,
        RevisionText.summary,
        RevisionText.description,
    )
    query = sa.select(*texts).where(RevisionText.revision_id.in_(ids))
    found: dict[int, Wording] = {}
    for revision_id, language, *words in db.session.execute(query.order_by(RevisionText.language)):
        if revision_id not in found or language == "en":
            found[revision_id] = Wording(*words)
    return found


def venue(slug: str) -> Venue | None:
    """The venue of this address, if there is one."""
    return db.session.scalar(sa.select(Venue).where(Venue.slug == slug))


def theme(slug: str) -> Theme | None:
    """The theme of this address, if there is one."""
    return db.session.scalar(sa.select(Theme).where(Theme.slug == slug))


def session(code: str, edition: Edition, now: datetime) -> FestivalSession | None:
    """The public session of this code, in any case, if this festival has one."""
    found = programme.session_by_code(code, now)
    return found if found is not None and found.edition_id == edition.id else None


def provider(slug: str, edition: Edition) -> Provider | None:
    """The provider of this address, where it has or had something public in this festival: who
    only applied is nobody's business."""
    offered = sa.exists().where(
        FestivalSession.provider_id == Provider.id,
        FestivalSession.edition_id == edition.id,
        FestivalSession.published_at.is_not(None),
    )
    return db.session.scalar(sa.select(Provider).where(Provider.slug == slug, offered))


def bookings_at(token: str, secret: str) -> list[Booking] | None:
    """The bookings whose calendar has this address; None where it leads nowhere.

    Where several households share an email address, its calendar is nobody's: each booking has
    its own, and the shared one is as gone as one that was ended.
    """
    if (number := links.calendar_id(token)) is not None:
        booking = db.session.get(Booking, number)
        known = booking is not None and links.opens_calendar(secret, booking, token)
        return [booking] if booking is not None and known else None
    number = links.contact_id(token)
    contact = db.session.get(Contact, number) if number is not None else None
    if contact is None or not links.opens_contact(secret, contact, token, links.FEED):
        return None
    under = contacts.bookings_under(contact)
    return None if contacts.is_shared(contact, under) else under


def held_under(bookings: Sequence[Booking], now: datetime) -> list[Reservation]:
    """What these bookings hold or wait for, and for some weeks what they held: in time order,
    with all that is said of it. A fixed number of queries."""
    ids = [one.id for one in bookings if one.confirmed_at is not None]
    query = (
        sa.select(Reservation)
        .join(Reservation.booking)
        .join(Reservation.occurrence)
        .join(Occurrence.session)
        .where(Reservation.booking_id.in_(ids), _is_followed(now))
        .order_by(Occurrence.starts_at, Reservation.id)
        .options(
            lazyload(Reservation.attendees),
            contains_eager(Reservation.booking),
            contains_eager(Reservation.occurrence).options(
                lazyload(Occurrence.allocations),
                contains_eager(Occurrence.session).selectinload(FestivalSession.published_revision),
            ),
        )
    )
    return list(db.session.scalars(query))


def _is_followed(now: datetime) -> sa.ColumnElement[bool]:
    """SQL: it stands, is waited for, or was called off or given up not long ago."""
    gone = Reservation.state.in_((State.cancelled, State.withdrawn))
    return sa.or_(
        Reservation.state == State.confirmed,
        sa.and_(
            Reservation.state.in_((State.waiting, State.offered)),
            Reservation.waiting_since.is_not(None),
        ),
        sa.and_(
            gone,
            Reservation.confirmed_at.is_not(None),
            Reservation.ended_at > now - CANCELLED_STAYS,
        ),
    )
