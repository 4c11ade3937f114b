"""Sessions as schema.org events, for search engines and assistants."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from festival.delivery.addresses import address
from festival.domain import images
from festival.domain.capacity import Availability, opens_at
from festival.models import (
    BookingMode,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    SessionFormat,
    Venue,
)

SCHEMA = "https://schema.org/"


def event_data(
    session: FestivalSession,
    runs: Sequence[Occurrence],
    free: Mapping[int, Availability],
    edition: Edition,
    *,
    card: str,
    moved: Mapping[int, datetime],
) -> dict[str, Any]:
    """One event for each run, with times in the offset of that day. ``card`` is the address of
    the picture where the session has none of its own; ``moved`` says when runs were to be."""
    events = [
        _event(session, run, free[run.id], edition) | {"image": [_picture(session) or card]}
        for run in runs
    ]
    for run, event in zip(runs, events, strict=True):
        if run.id in moved and run.state == OccurrenceState.scheduled:
            event["eventStatus"] = SCHEMA + "EventRescheduled"
            event["previousStartDate"] = moved[run.id].astimezone(edition.zone).isoformat()
    return {"@context": SCHEMA.rstrip("/"), "@graph": events}


def _event(
    session: FestivalSession, run: Occurrence, free: Availability, edition: Edition
) -> dict[str, Any]:
    assert session.published_revision is not None  # only such sessions are public
    text = session.published_revision.text()
    online = session.format == SessionFormat.online
    page = address("programme.session", code=session.code)
    cancelled = run.state == OccurrenceState.cancelled
    mode = "Online" if online else "Offline"
    event = {
        "@type": "Event",
        "@id": f"{page}#run-{run.id}",
        "name": text.title,
        "description": text.summary,
        "url": page,
        "startDate": run.starts_at.astimezone(edition.zone).isoformat(),
        "endDate": run.ends_at.astimezone(edition.zone).isoformat(),
        "eventStatus": SCHEMA + ("EventCancelled" if cancelled else "EventScheduled"),
        "eventAttendanceMode": f"{SCHEMA}{mode}EventAttendanceMode",
        "location": _online_place(page) if online else _place(run.room.venue, run, edition),
        "organizer": {"@type": "Organization", "name": session.provider.name},
        "inLanguage": list(session.delivery_languages) or ["en"],
        "isAccessibleForFree": not session.charge,
        "maximumAttendeeCapacity": run.capacity,
    }
    if session.age_min is not None or session.age_max is not None:
        event["typicalAgeRange"] = f"{session.age_min or 0}-{session.age_max or ''}"
    if run.booking_mode != BookingMode.none:
        event["offers"] = _offer(run, free, page, edition)
    return event


def _picture(session: FestivalSession) -> str | None:
    revision = session.published_revision
    image = images.shown(revision) if revision is not None else None
    return address("images.show", digest=image.digest) if image is not None else None


def _online_place(page: str) -> dict[str, Any]:
    return {"@type": "VirtualLocation", "url": page}


def _place(venue: Venue, run: Occurrence, edition: Edition) -> dict[str, Any]:
    place: dict[str, Any] = {
        "@type": "Place",
        "name": f"{venue.name}, {run.room.name}",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": venue.address,
            "addressLocality": edition.city,
            "postalCode": venue.postcode,
            "addressCountry": "GB",
        },
    }
    if venue.latitude is not None and venue.longitude is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": venue.latitude,
            "longitude": venue.longitude,
        }
    return place


def _offer(run: Occurrence, free: Availability, page: str, edition: Edition) -> dict[str, Any]:
    """Never "in stock" when nobody can book."""
    availability = {"open": "InStock", "not_open": "PreOrder"}.get(free.reason, "SoldOut")
    offer = {
        "@type": "Offer",
        "price": "0",
        "priceCurrency": "GBP",
        "availability": SCHEMA + availability,
        "url": page,
    }
    opening = opens_at(run)
    if opening is not None:
        offer["validFrom"] = opening.astimezone(edition.zone).isoformat()
    return offer
