"""Occurrences and bookings as programs see them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from festival.delivery import ticket_keys
from festival.delivery.addresses import address, manage
from festival.domain import tickets, waiting
from festival.domain.capacity import Availability
from festival.models import Attendee, Booking, Occurrence, Reservation, ReservationState


def occurrence(run: Occurrence, free: Availability) -> dict[str, Any]:
    """A run with what can be booked of it."""
    session, zone = run.session, run.session.edition.zone
    wording = session.published_revision
    assert wording is not None  # only public sessions are shown
    text, theme = wording.text(), session.theme
    return {
        "id": run.id,
        "session": {
            "code": session.code,
            "title": text.title,
            "summary": text.summary,
            "theme": {"slug": theme.slug, "name": theme.name} if theme else None,
            "provider": session.provider.name,
            "age_min": session.age_min,
            "age_max": session.age_max,
            "question": session.question,
            "page": address("programme.session", code=session.code),
        },
        "starts_at": _moment(run.starts_at, zone),
        "ends_at": _moment(run.ends_at, zone),
        "state": run.state,
        "booking": run.booking_mode,
        "series_part": run.series_part,
        "venue": {
            "name": run.room.venue.name,
            "room": run.room.name,
            "postcode": run.room.venue.postcode,
            "is_online": run.room.venue.is_online,
        },
        "capacity": run.capacity,
        "availability": {
            "reason": free.reason,
            "places": free.places,
            "waiting": free.waiting,
        },
    }


def booking(made: Booking) -> dict[str, Any]:
    """A booking with its reservations, tickets and links."""
    return {
        "reference": made.reference,
        "channel": made.channel,
        "language": made.language,
        "contact": {"name": made.name, "email": made.email, "phone": made.mobile},
        "manage": manage(made),
        "reservations": _reservations(made),
    }


def _reservations(made: Booking) -> list[dict[str, Any]]:
    calendar = manage(made, "bookings.calendar")
    return [_reservation(one, calendar) for one in made.reservations]


def _reservation(claim: Reservation, calendar: str) -> dict[str, Any]:
    run, is_booked = claim.occurrence, claim.state == ReservationState.confirmed
    zone = run.session.edition.zone
    ticket = claim.ticket if is_booked else None
    return {
        "id": claim.id,
        "occurrence": run.id,
        "session": run.session.code,
        "starts_at": _moment(run.starts_at, zone),
        "ends_at": _moment(run.ends_at, zone),
        "state": claim.state,
        "places": claim.places,
        "people": claim.people,
        "attendees": [_attendee(one) for one in claim.attendees],
        "series": claim.series_claim,
        "ticket": tickets.code_of(ticket, ticket_keys()) if ticket else None,
        "calendar": calendar if is_booked else None,
        "offer_until": _moment(claim.offer_until, zone) if claim.offer_until else None,
        "position": _position(claim) if claim.state == ReservationState.waiting else None,
    }


def _attendee(one: Attendee) -> dict[str, Any]:
    return {"id": one.id, "kind": one.kind, "age": one.age, "name": one.name}


def _position(claim: Reservation) -> dict[str, int]:
    where = waiting.position(claim)
    return {"best": where.best, "worst": where.worst}


def _moment(value: datetime, zone: ZoneInfo) -> str:
    return value.astimezone(zone).isoformat()
