"""What a phone at a door has with it: what runs there, who is expected, whom to call.

Names as given, places and a mark where somebody must be told; never an address or a number of a
resident. What changed is sent in parts, each with its own version.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from festival.domain import clock, programme
from festival.domain.door.opening import EARLY
from festival.domain.door.sending import Phone
from festival.extensions import db
from festival.models import (
    AccessRequest,
    Attendee,
    AttendeeKind,
    Booking,
    Declaration,
    DeclarationKind,
    DoorDevice,
    DoorPass,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Provider,
    Reservation,
    ReservationState,
    Revision,
    Room,
    Scan,
    ScanKind,
    Ticket,
    Venue,
)

Part = list[list[Any]]
LARGE = 240  # people of a run from which on its list travels in PARTS
PARTS = 8
OVERLAP = timedelta(seconds=60)  # two doors may finish in another order than they began
MOST_EVENTS = 500
NEAR = timedelta(days=21)  # tickets for sessions so far away are explained without a network
TOLD = tuple(kind for kind in ScanKind if kind != ScanKind.note)
STATES = {ReservationState.confirmed: 1}  # anything else: given back, or taken away
COUNTED = (AttendeeKind.adult, AttendeeKind.child, AttendeeKind.companion)


_scan, _device, _pass = Scan.__table__, DoorDevice.__table__, DoorPass.__table__
_run, _room = Occurrence.__table__, Room.__table__
_HERE = (
    sa.select(_run.c.id)
    .join(_room, _room.c.id == _run.c.room_id)
    .where(
        _room.c.venue_id == sa.bindparam("venue"),
        _run.c.ends_at >= sa.bindparam("begins"),
        _run.c.starts_at <= sa.bindparam("ends"),
    )
)
# Written once: it is asked with every scan.
EVENTS = (
    sa.select(
        _scan.c.id,
        _scan.c.scan_id,
        _scan.c.kind,
        _scan.c.ticket_number,
        _scan.c.occurrence_id,
        _scan.c.people,
        _scan.c.undoes,
        _scan.c.follows,
        _scan.c.label,
        _scan.c.happened_at,
        _scan.c.received_at,
        _pass.c.label.label("door"),
        _device.c.letter,
    )
    .outerjoin(_device, _device.c.id == _scan.c.device_id)
    .outerjoin(_pass, _pass.c.id == _scan.c.door_pass_id)
    .where(
        _scan.c.id > sa.bindparam("after"),
        _scan.c.kind.in_(TOLD),
        sa.or_(_scan.c.device_id.is_(None), _scan.c.device_id != sa.bindparam("me")),
        sa.or_(
            _scan.c.occurrence_id.in_(_HERE),
            sa.and_(_scan.c.occurrence_id.is_(None), _pass.c.venue_id == sa.bindparam("venue")),
        ),
    )
    .order_by(_scan.c.id)
    .limit(MOST_EVENTS + 1)
)


def people_lists(here: Collection[int]) -> dict[str, Part]:
    """Who has a ticket for these runs (ids), by part.

    A row: ticket number, reference, name, people, generation, 1 where it stands, 1 where somebody
    must be told that they are here, and how many adults, children, companions. Of a ticket that
    does not stand no name is told. One query.
    """
    asked = sa.exists().where(
        AccessRequest.reservation_id == Reservation.id,
        sa.or_(AccessRequest.note != "", sa.cast(AccessRequest.adjustments, sa.String) != "[]"),
    )
    counts = [
        sa.select(sa.func.count())
        .where(Attendee.reservation_id == Reservation.id, Attendee.kind == kind)
        .scalar_subquery()
        for kind in COUNTED
    ]
    query = (
        sa.select(
            Reservation.occurrence_id,
            Ticket.number,
            Booking.reference,
            Booking.name,
            Ticket.people,
            Ticket.generation,
            Reservation.state,
            asked,
            *counts,
        )
        .join(Ticket, Ticket.reservation_id == Reservation.id)
        .join(Booking, Booking.id == Reservation.booking_id)
        .where(Reservation.occurrence_id.in_(here))
        .order_by(Reservation.occurrence_id, Ticket.number)
    )
    rows: dict[int, Part] = {one: [] for one in sorted(here)}
    for run, number, reference, name, people, generation, state, asks, *kinds in db.session.execute(
        query
    ):
        stands = STATES.get(state, 0)
        told = [reference, name] if stands else ["", ""]
        rows[run].append([number, *told, people, generation, stands, int(asks), *kinds])
    return {key: part for run, part in rows.items() for key, part in _in_parts(run, part)}


def _in_parts(run: int, rows: Part) -> Iterable[tuple[str, Part]]:
    if len(rows) <= LARGE:
        return [(str(run), rows)]
    return [(f"{run}.{k}", [row for row in rows if row[0] % PARTS == k]) for k in range(PARTS)]


def version_of(part: Any) -> str:
    """A short name of what stands in a part: another one when anything in it changes."""
    plain = json.dumps(part, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def changed_parts(
    parts: Mapping[str, Any], has: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """What a phone that has these versions lacks, each as {version, rows}; and what it must
    drop."""
    fresh = {
        key: {"version": version, "rows": part}
        for key, part in parts.items()
        if has.get(key) != (version := version_of(part))
    }
    return fresh, [key for key in has if key not in parts]


def sessions_of(here: Collection[int]) -> list[dict[str, Any]]:
    """These runs (ids), with what a volunteer must know of each."""
    query = (
        sa.select(Occurrence)
        .where(Occurrence.id.in_(here))
        .options(
            lazyload(Occurrence.allocations),
            joinedload(Occurrence.session).options(
                selectinload(FestivalSession.published_revision).selectinload(Revision.texts),
                joinedload(FestivalSession.provider),
            ),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return [
        {
            **_named(run),
            "room": run.room.name,
            "cancelled": run.state == OccurrenceState.cancelled,
            "capacity": run.capacity,
            "legal": run.legal_capacity,
            "taken": run.places_taken,
            "expected": run.people_expected,
            "age_min": run.session.age_min,
            "age_max": run.session.age_max,
            "accompaniment": run.session.accompaniment,
            "mode": run.booking_mode,
            "provider": run.session.provider.name,
        }
        for run in db.session.scalars(query)
    ]


def _named(run: Occurrence) -> dict[str, Any]:
    revision = run.session.published_revision
    return {
        "id": run.id,
        "code": run.session.code,
        "title": revision.text().title if revision else run.session.code,
        "starts": clock.in_ms(run.starts_at),
        "ends": clock.in_ms(run.ends_at),
    }


def nearby(edition: Edition, now: datetime) -> dict[str, Any]:
    """Every session of these weeks and where it is, to explain a ticket for another place. It is
    public."""
    query = (
        sa.select(Occurrence)
        .join(Occurrence.session)
        .join(Occurrence.room)
        .where(
            FestivalSession.edition_id == edition.id,
            programme.are_public(now),
            Occurrence.state.in_((OccurrenceState.scheduled, OccurrenceState.cancelled)),
            Occurrence.starts_at.between(now - NEAR, now + NEAR),
        )
        .options(
            lazyload(Occurrence.allocations),
            joinedload(Occurrence.session)
            .selectinload(FestivalSession.published_revision)
            .selectinload(Revision.texts),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    runs = list(db.session.scalars(query))
    venues: dict[int, Venue] = {run.room.venue_id: run.room.venue for run in runs}
    return {
        "runs": [
            {
                **_named(run),
                "room": run.room.name,
                "venue": run.room.venue_id,
                "cancelled": run.state == OccurrenceState.cancelled,
            }
            for run in runs
        ],
        "venues": {
            key: {
                "name": venue.name,
                "address": ", ".join(filter(None, (venue.address, venue.postcode))),
                "place": [venue.latitude, venue.longitude],
                "transport": venue.transport,
            }
            for key, venue in venues.items()
        },
    }


def whom_to_call(here: Collection[int], edition: Edition) -> list[dict[str, str]]:
    """Who helps at this door, by telephone: the festival's line, and who answers for safeguarding
    in the organisations of these runs (ids)."""
    query = (
        sa.select(Provider.name, Provider.phone, Declaration.holder, Declaration.phone)
        .join(FestivalSession, FestivalSession.provider_id == Provider.id)
        .join(Occurrence, Occurrence.session_id == FestivalSession.id)
        .outerjoin(
            Declaration,
            sa.and_(
                Declaration.provider_id == Provider.id,
                Declaration.kind == DeclarationKind.safeguarding,
            ),
        )
        .where(Occurrence.id.in_(here))
        .distinct()
        .order_by(Provider.name)
    )
    lines = []
    if edition.help_phone:
        lines.append({"who": "office", "name": edition.name, "phone": edition.help_phone})
    for provider, phone, holder, safe_phone in db.session.execute(query):
        if safe_phone:
            lines.append(
                {"who": "safeguarding", "name": f"{holder}, {provider}", "phone": safe_phone}
            )
        if phone:
            lines.append({"who": "provider", "name": provider, "phone": phone})
    return lines


def others_events(
    phone: Phone, cursor: int, now: datetime
) -> tuple[list[dict[str, Any]], int, bool]:
    """What other phones and people wrote down of what runs at this phone's door, after ``cursor``;
    the cursor to ask with next; and whether there is more. One query.

    What came in the last minute is told again: two doors may finish in another order than they
    began. Every event has an id, so that it counts once.
    """
    here = {
        "after": cursor,
        "me": phone.id,
        "venue": phone.venue_id,
        "begins": phone.from_at,
        "ends": phone.until_at + EARLY,
    }
    rows = db.session.connection().execute(EVENTS, here).all()
    more, rows = len(rows) > MOST_EVENTS, rows[:MOST_EVENTS]
    settled = [row.id for row in rows if more or row.received_at <= now - OVERLAP]
    return [_event(row) for row in rows], max([cursor, *settled]), more


def _event(row: Any) -> dict[str, Any]:
    return {
        "id": row.scan_id,
        "kind": row.kind,
        "ticket": row.ticket_number,
        "occurrence": row.occurrence_id,
        "people": row.people,
        "undoes": row.undoes,
        "follows": row.follows,
        "label": row.label,
        "at": clock.in_ms(row.happened_at),
        "door": row.door or "",
        "phone": row.letter or "",
    }
