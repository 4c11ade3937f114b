"""Adding what is missing between the small demonstration and a festival of a given size."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from festival.domain import clock
from festival.domain.demonstration.sessions import World
from festival.domain.demonstration.synthetic.chance import Chance
from festival.domain.demonstration.synthetic.demand import asked_for, moments
from festival.domain.demonstration.synthetic.orders import Orders
from festival.domain.demonstration.synthetic.places import add_providers, add_venues
from festival.domain.demonstration.synthetic.rows import Rows
from festival.domain.demonstration.synthetic.sessions import SECOND_DATE, Maker, Run
from festival.domain.demonstration.synthetic.sizes import Size
from festival.extensions import db
from festival.models import (
    Allocation,
    Booking,
    Counter,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    Provider,
    SessionState,
    Ticket,
    User,
    Venue,
    Ward,
)

SEED = 2027


def add(world: World, size: Size, opened_at: datetime) -> int:
    """Add to the demonstration, whose rows are written, until there is as much as ``size`` says;
    how many sessions are published then. The same rows every time, but for the days."""
    db.session.flush()
    rows, chance = Rows(), _chance()
    wards = list(db.session.scalars(sa.select(Ward).order_by(Ward.code)))
    sessions = size.sessions - _published()
    providers = add_providers(rows, chance, wards, size.providers - _count(Provider))
    days = (world.edition.ends_on - world.edition.starts_on).days + 1
    count = round(sessions * (1 + 2 * SECOND_DATE))
    places = add_venues(rows, chance, wards, size.venues - _count(Venue), count, days)
    maker = Maker(world, rows, chance, places, providers, opened_at - timedelta(days=3))
    runs = maker.make(sessions, size.places - _places(), _next_code())
    wanted = size.orders - _count(Booking)
    orders = Orders(rows, chance, world.edition, _staff())
    orders.make(
        moments(chance, wanted, opened_at, clock.now()),
        asked_for(chance, runs, wanted),
        world.calendar_domain,
    )
    rows.end()
    _write_counters(rows, runs)
    db.session.expire_all()  # rows have changed beside the objects
    return size.sessions


def _chance() -> Chance:
    chance = Chance(SEED)
    for column in (Provider.name, Venue.name, Booking.reference, Ticket.number):
        chance.taken.update(db.session.scalars(sa.select(column)))
    return chance


def _count(model: type[Provider | Venue | Booking]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def _published() -> int:
    return db.session.query(FestivalSession).filter_by(state=SessionState.published).count()


def _places() -> int:
    """Places on offer; the parts of a series are one."""
    query = sa.select(sa.func.sum(Occurrence.capacity)).where(
        Occurrence.state == OccurrenceState.scheduled,
        sa.func.coalesce(Occurrence.series_part, 1) == 1,
    )
    return db.session.scalar(query) or 0


def _next_code() -> int:
    return db.session.get_one(Counter, "session_code").value + 1


def _staff() -> dict[str, int]:
    return dict(db.session.execute(sa.select(User.email, User.id)).all())


def _write_counters(rows: Rows, runs: Sequence[Run]) -> None:
    """What was taken of each run and each of its shares, which was counted on the way."""
    standing = [run for run in runs if not run.cancelled]
    rows.change(
        Occurrence,
        {
            run.occurrence_id: {
                "places_taken": run.capacity - run.free.places,
                "people_expected": run.legal - run.free.people,
                "companions_expected": run.free.companions,
            }
            for run in standing
        },
    )
    rows.change(
        Allocation,
        {
            share_id: {"places_taken": places - run.free.shares[share_id]}
            for run in standing
            for share_id, places in run.places_of.items()
        },
    )
