"""Loading the demonstration festival: once, and never beside a real one."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from festival.domain import clock, door
from festival.domain.bookings import Rules
from festival.domain.demonstration.bookings import load_bookings, make_real_bookings
from festival.domain.demonstration.files import ZONE, Days
from festival.domain.demonstration.offers import load_offers
from festival.domain.demonstration.organisations import load_organisations
from festival.domain.demonstration.people import load_people
from festival.domain.demonstration.places import (
    load_providers,
    load_rooms,
    load_themes,
    load_venues,
    load_wards,
)
from festival.domain.demonstration.sessions import World, load_sessions
from festival.domain.demonstration.synthetic import Size, add
from festival.domain.errors import N_, DomainError
from festival.extensions import db
from festival.models import Booking, DoorPass, Edition, Venue

BOOKING_OPEN_FOR = timedelta(days=14)
OFFERS_OPEN_FOR = timedelta(days=60)
DOOR_VENUE = "V01"  # where E02 is full on the opening morning


class RealFestivalHere(DomainError):
    """This database belongs to a real festival."""

    reason = "real_festival_here"


@dataclass(frozen=True)
class Loaded:
    """What was loaded, and what can be told only now."""

    edition: Edition
    sessions: int
    example: Booking | None
    door_pass: DoorPass
    door_secret: str
    door_pin: str


def load(
    *, rules: Rules, password_hash: str, keep_dates: bool = False, size: Size | None = None
) -> Loaded | None:
    """Load the demonstration; None when it is here already. Raises RealFestivalHere.

    Days move by whole weeks so that the opening Saturday is the next one at least a week ahead,
    unless ``keep_dates``. ``password_hash`` is everybody's, of PASSWORD. With a
    ``size``, sessions and bookings are made up around the small demonstration until it is so large.
    """
    if already_here():
        return None
    now = clock.now()
    days = Days.as_given() if keep_dates else Days.beginning_soon(now)
    edition = _edition(days, now)
    providers = load_providers()
    venues = load_venues(load_wards())
    rooms, themes = load_rooms(venues), load_themes()
    db.session.flush()
    people = load_people(providers, password_hash)
    reviewer = people["reviewer@example.org"]
    load_organisations(providers, venues, people, days, now)
    world = World(edition, themes, providers, rooms, reviewer, days, rules.calendar_domain)
    sessions = load_sessions(world, approved_at=_opening_of_booking(now) - timedelta(days=3))
    load_offers(world, people["lead@example.org"], people["other.lead@example.org"])
    load_bookings(edition, sessions, _opening_of_booking(now), rules)
    example = make_real_bookings(edition, sessions, rules)
    made, secret, pin = _door_pass(venues[DOOR_VENUE], days, now)
    count = add(world, size, _opening_of_booking(now)) if size else len(sessions)
    return Loaded(edition, count, example, made, secret, pin)


def already_here() -> bool:
    """Whether the demonstration was loaded before. Raises RealFestivalHere beside a real one."""
    editions = list(db.session.scalars(sa.select(Edition)))
    if any(not edition.is_demonstration for edition in editions):
        raise RealFestivalHere(
            N_("This database has a real festival. Load the demonstration into another one.")
        )
    return bool(editions)


def _edition(days: Days, now: datetime) -> Edition:
    edition = Edition(
        slug=f"wolverhampton-{days.first.year}",
        name=f"Wolverhampton Learning Festival {days.first.year}",
        city="Wolverhampton",
        time_zone=ZONE.key,
        starts_on=days.first,
        ends_on=days.last,
        submissions_open_at=now - OFFERS_OPEN_FOR,
        # Later than a real festival's, so that offers can be tried for as long as it lasts.
        submissions_close_at=datetime.combine(days.last, time(23, 59), ZONE),
        bookings_open_at=_opening_of_booking(now),
        help_phone="01632 960 140",
        help_hours="Monday to Friday, 9am to 5pm, and every day of the festival",
        help_email="help@example.org",
        is_current=True,
        is_demonstration=True,
    )
    db.session.add(edition)
    db.session.flush()
    return edition


def _opening_of_booking(now: datetime) -> datetime:
    """A Monday at 10am, two to three weeks ago."""
    day = now.astimezone(ZONE).date() - BOOKING_OPEN_FOR
    return datetime.combine(day - timedelta(days=day.weekday()), time(10), ZONE)


def _door_pass(venue: Venue, days: Days, now: datetime) -> tuple[DoorPass, str, str]:
    """For the opening day; it works from now on, so that the door can be tried before."""
    evening = datetime.combine(days.first, time(18), ZONE)
    begins = min(now, evening - timedelta(hours=12))
    return door.make_pass(venue=venue, from_at=begins, until_at=evening, label="Front", actor=None)
