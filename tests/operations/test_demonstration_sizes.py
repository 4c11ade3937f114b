"""A made-up city's festival around the demonstration: as large as it says, true to its rules."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check, clock
from festival.domain.demonstration import SIZES
from festival.domain.demonstration.synthetic import Size
from festival.domain.parties import check_party, persons_of
from festival.extensions import Base, db, write
from festival.models import (
    Allocation,
    AllocationKind,
    Attendee,
    Booking,
    BookingMode,
    Edition,
    FestivalSession,
    Message,
    MessageState,
    Occurrence,
    OccurrenceState,
    Provider,
    Reservation,
    ReservationState,
    SessionState,
    Ticket,
    Venue,
)
from tests import factories
from tests.operations.conftest import Command, load_demonstration
from tests.support import databases
from tests.support.databases import Database
from tests.support.finding import look

# What it says and sends does not depend on the database; other commands are tried on both.
pytestmark = pytest.mark.databases("sqlite")

CITY = SIZES["city"]
SMALL = Size(sessions=60, venues=25, providers=20, places=3_000, orders=600)
MADE_UP = Booking.email.regexp_match(r"\.\d+@")  # not of the small demonstration
AT = "2026-11-25T16:00+00:00"


@pytest.fixture(scope="module")
def city_app(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    address = database.copy()
    app = databases.make_app(address, tmp_path_factory.mktemp("city"))
    with app.app_context():
        load_demonstration(size=CITY)
    yield app
    databases.close(app)
    database.drop(address)


@pytest.fixture
def city(city_app: Flask) -> Iterator[None]:
    """The city's festival, to look at."""
    with city_app.app_context():
        yield


def count(model: type[Base], *conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(model).where(*conditions)
    return db.session.scalar(query) or 0


@pytest.mark.usefixtures("city")
def test_there_is_as_much_as_was_asked_for() -> None:
    published = FestivalSession.state == SessionState.published
    assert count(FestivalSession, published) == CITY.sessions
    assert (count(Venue), count(Provider)) == (CITY.venues, CITY.providers)
    assert count(Booking) == CITY.orders
    places = sa.select(sa.func.sum(Occurrence.capacity)).where(
        Occurrence.state != OccurrenceState.proposed,
        sa.func.coalesce(Occurrence.series_part, 1) == 1,
    )
    assert db.session.scalar(places) == CITY.places


@pytest.mark.usefixtures("city")
def test_no_rule_is_broken() -> None:
    assert check.broken_rules() == []


@pytest.mark.usefixtures("city")
def test_everything_can_be_found() -> None:
    found = look().entries
    assert len({entry.first.session.code for entry in found}) == CITY.sessions
    assert all(entry.first.session.title and entry.first.session.summary for entry in found)


@pytest.mark.usefixtures("city")
def test_what_becomes_of_orders() -> None:
    orders = count(Reservation)

    def part(*states: ReservationState) -> float:
        return count(Reservation, Reservation.state.in_(states)) / orders

    assert 0.08 < part(ReservationState.cancelled) < 0.12
    assert 0.10 < part(ReservationState.waiting) < 0.20
    assert part(ReservationState.confirmed) > 0.65
    cancelled = Occurrence.state == OccurrenceState.cancelled
    runs = sa.select(sa.func.count(sa.distinct(Occurrence.session_id))).where(cancelled)
    assert db.session.scalar(runs) == 3
    assert part(ReservationState.withdrawn) > 0
    bounced = count(Message, Message.state == MessageState.bounced) / count(Message)
    assert 0.005 < bounced < 0.02


@pytest.mark.usefixtures("city")
def test_who_books_how() -> None:
    by_channel = dict(
        db.session.execute(
            sa.select(Booking.channel, sa.func.count()).group_by(Booking.channel)
        ).all()
    )
    parts = {channel.value: number / CITY.orders for channel, number in by_channel.items()}
    assert parts["web"] == pytest.approx(0.78, abs=0.03)
    assert parts["phone"] + parts["counter"] == pytest.approx(0.15, abs=0.03)
    assert parts["partner"] == pytest.approx(0.07, abs=0.02)
    people, companions = db.session.execute(
        sa.select(
            sa.func.avg(Reservation.people), sa.func.avg(sa.cast(Reservation.companions, sa.Float))
        )
    ).one()
    assert float(people) == pytest.approx(2.2, abs=0.1)
    assert companions == pytest.approx(0.02, abs=0.008)
    from_shares = sa.select(Allocation.kind, sa.func.sum(Allocation.places_taken)).group_by(
        Allocation.kind
    )
    taken = dict(db.session.execute(from_shares).all())
    assert taken[AllocationKind.phone] > 100
    assert taken[AllocationKind.partner] > 100


@pytest.mark.usefixtures("city")
def test_some_book_the_same_twice() -> None:
    same = (
        sa.select(Booking.email)
        .join(Booking.reservations)
        .where(MADE_UP)
        .group_by(Booking.email, Reservation.occurrence_id)
        .having(sa.func.count() > 1)
    )
    assert 0.01 < len(db.session.scalars(same).all()) / CITY.orders < 0.03


@pytest.mark.usefixtures("city")
def test_when_they_book() -> None:
    edition = db.session.scalars(sa.select(Edition)).one()
    opened_at, now = edition.bookings_open_at, clock.now()
    assert opened_at is not None
    early = count(Booking, Booking.confirmed_at < opened_at + timedelta(days=7))
    first = count(Booking, Booking.confirmed_at < opened_at + timedelta(hours=1))
    late = count(Booking, Booking.confirmed_at > now - timedelta(days=3))
    assert early / CITY.orders == pytest.approx(0.45, abs=0.03)
    assert first / CITY.orders == pytest.approx(0.20, abs=0.03)
    assert late / CITY.orders == pytest.approx(0.15, abs=0.03)
    assert count(Booking, Booking.confirmed_at > now) == 0


@pytest.mark.usefixtures("city")
def test_a_few_are_wanted_by_all_and_many_have_room() -> None:
    full = Occurrence.capacity - Occurrence.places_taken < 2
    bookable = (
        Occurrence.booking_mode == BookingMode.required,
        Occurrence.state == OccurrenceState.scheduled,
        Occurrence.series_part.is_(None),
    )
    runs = count(Occurrence, *bookable)
    assert count(Occurrence, *bookable, full) / runs > 0.1
    half_empty = Occurrence.places_taken * 2 < Occurrence.capacity
    assert 0.25 < count(Occurrence, *bookable, half_empty) / runs < 0.42
    waits = sa.select(Reservation.occurrence_id).where(
        Reservation.state == ReservationState.waiting
    )
    assert len(set(db.session.scalars(waits))) > runs * 0.08


@pytest.mark.usefixtures("city")
def test_every_party_may_come() -> None:
    query = sa.select(Reservation).order_by(Reservation.id.desc()).limit(1000)
    for claim in db.session.scalars(query):
        run = claim.occurrence
        party = persons_of(claim.attendees)
        check_party(run.session, party, complete=True, capacity=run.capacity)
        assert all(person.age is not None for person in party if person.kind == "child"), claim.id


@pytest.mark.usefixtures("app")
def test_booking_goes_on_from_there() -> None:
    """Ids that were given out while loading are not given out again."""
    load_demonstration(size=SMALL)
    query = (
        sa.select(Occurrence.id)
        .join(Occurrence.session)
        .where(
            Occurrence.places_taken < Occurrence.capacity - 4,
            Occurrence.state == OccurrenceState.scheduled,
            Occurrence.booking_mode == BookingMode.required,
            FestivalSession.audience == "adults",
        )
        .order_by(Occurrence.id.desc())
        .limit(1)
    )
    run_id = db.session.scalars(query).one()
    with write():
        made = factories.booking(db.session.get_one(Occurrence, run_id), 2)
        assert made.id > SMALL.orders
    assert check.broken_rules() == []


def rows_of(database: Database, tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What a small made-up festival says, but for what only secrets tell."""
    address = database.copy()
    app = databases.make_app(address, tmp_path_factory.mktemp("again"))
    columns = (
        sa.select(Venue.slug, Venue.latitude).order_by(Venue.id),
        sa.select(FestivalSession.code, FestivalSession.audience, FestivalSession.provider_id),
        sa.select(Occurrence.starts_at, Occurrence.capacity, Occurrence.places_taken).order_by(
            Occurrence.id
        ),
        sa.select(Booking.name, Booking.email, Booking.channel, Booking.confirmed_at).order_by(
            Booking.id
        ),
        sa.select(Booking.reference, Booking.secret_hash).where(MADE_UP),
        sa.select(Attendee.kind, Attendee.name, Attendee.age).order_by(Attendee.id),
        sa.select(Ticket.number).join(Ticket.reservation).join(Reservation.booking).where(MADE_UP),
    )
    with app.app_context():
        load_demonstration(size=SMALL)
        found = [list(db.session.execute(one)) for one in columns]
    databases.close(app)
    database.drop(address)
    return [sorted(map(tuple, rows), key=str) for rows in found]


def test_it_is_the_same_every_time(
    database: Database, tmp_path_factory: pytest.TempPathFactory, at: Callable[..., None]
) -> None:
    at(AT)
    first = rows_of(database, tmp_path_factory)
    assert first == rows_of(database, tmp_path_factory)
    assert [len(rows) for rows in first][:2] == [SMALL.venues, SMALL.sessions + 3]


@pytest.mark.databases("sqlite")
def test_the_command_makes_it(command: Command) -> None:
    done = command("demo", "--size", "city")
    assert done.code == 0, done.err
    assert "350 sessions" in done.out
    again = command("demo", "--size", "stress")
    assert "already here" in again.out
    assert count(Booking) == CITY.orders
    assert command("demo", "--size", "village").code == 2
