"""A launch hour: people look at pages while others book, on a festival of the size it is for."""

from collections.abc import Callable
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check, clock, programme
from festival.domain.demonstration import SIZES
from festival.extensions import db
from festival.models import (
    BookingMode,
    Edition,
    FestivalSession,
    Occurrence,
    OccurrenceState,
    SessionState,
    Theme,
)
from tests.benchmarks import served
from tests.benchmarks.report import Sheet
from tests.operations.conftest import load_demonstration
from tests.support.live import LiveServer
from tests.support.load import Outcome, Request, Schedule, request

pytestmark = pytest.mark.bench
SECONDS, CLIENTS = 15, 32
CITY_PEAK = {"order": 1.5, "page": 23.0}  # a second
STRESS_PEAK = {"order": 19.0, "page": 284.0}

# What people look at in a launch hour, of a hundred pages.
LOOKED_AT = {"a session": 60, "a day": 15, "a search": 12, "a theme": 8, "the programme": 5}
WORDS = ("crochet", "bread", "yoga", "tablet", "polish", "music", "children", "walk")


class Public:
    """Draws what is asked for next; the same on every run."""

    def __init__(self, desk: served.Desk, *, everything: bool = True) -> None:
        self.desk = desk
        self.random = Random(7)
        self.kinds = dict(LOOKED_AT)
        if not everything:
            del self.kinds["the programme"]
        edition = db.session.scalars(sa.select(Edition)).one()
        self.days = [day.isoformat() for day in programme.days(edition)]
        published = FestivalSession.state == SessionState.published
        self.codes = list(db.session.scalars(sa.select(FestivalSession.code).where(published)))
        self.themes = list(db.session.scalars(sa.select(Theme.slug)))
        self.runs = list(db.session.scalars(_bookable()))
        db.session.rollback()

    def page(self) -> Request:
        kind = self.random.choices(list(self.kinds), list(self.kinds.values()))[0]
        path = {
            "a session": lambda: f"/sessions/{self.random.choice(self.codes)}",
            "a day": lambda: f"/?day={self.random.choice(self.days)}",
            "a search": lambda: f"/?q={self.random.choice(WORDS)}",
            "a theme": lambda: f"/?theme={self.random.choice(self.themes)}&places=yes",
            "the programme": lambda: "/",
        }[kind]()
        return request("GET", path, kind=kind, keep=False)

    def order(self) -> Request:
        return self.desk.order(
            self.random.choice(self.runs), self.random.choice((1, 1, 2, 2, 3)), children=0
        )


def _bookable() -> sa.Select[int]:
    """Runs for adults that could be booked, full or not."""
    return (
        sa.select(Occurrence.id)
        .join(Occurrence.session)
        .where(
            Occurrence.state == OccurrenceState.scheduled,
            Occurrence.booking_mode == BookingMode.required,
            Occurrence.series_part.is_(None),
            Occurrence.starts_at > clock.now(),
            FestivalSession.age_max.is_(None),
            FestivalSession.state == SessionState.published,
        )
        .order_by(Occurrence.id)
    )


def test_a_city(committed_app: Flask, live_server: Callable[..., LiveServer], sheet: Sheet) -> None:
    """A city's peak: 1.5 orders and 23 pages a second on 350 sessions with 5,500 bookings"""
    load_demonstration(size=SIZES["city"])
    public = Public(served.Desk(served.make_token()))
    server = live_server(workers=served.WORKERS)
    _run(server, public, CITY_PEAK, sheet)
    assert check.broken_rules() == []


def test_under_stress(
    committed_app: Flask, live_server: Callable[..., LiveServer], sheet: Sheet
) -> None:
    """The stress peak: 19 orders and 284 pages a second on 5,500 sessions with 68,000 bookings"""
    load_demonstration(size=SIZES["stress"])
    secret = served.make_token()
    server = live_server(workers=served.WORKERS)
    desk = served.Desk(secret)
    _run(server, Public(desk), STRESS_PEAK, sheet)
    sheet.tell("without the whole programme on one page", "")
    _run(server, Public(desk, everything=False), STRESS_PEAK, sheet)
    assert check.broken_rules() == []


def _run(server: LiveServer, public: Public, peak: dict[str, float], sheet: Sheet) -> None:
    makers = {"order": public.order, "page": public.page}
    before = served.cpu_of(server)
    outcome = Schedule(server.port, peak, makers, SECONDS, CLIENTS).run()
    cpu = served.cpu_of(server) - before
    asked = sum(peak.values())
    kept_up = min(1.0, outcome.per_second / asked)
    sheet.tell(
        "kept up with",
        f"{100 * kept_up:.0f} %",
        f"{outcome.per_second:,.1f} of {asked:g} a second, "
        f"with {cpu / outcome.seconds:.2f} processors",
    )
    _tell(sheet, outcome, "order")
    for kind in public.kinds:
        _tell(sheet, outcome, kind)
    errors = {status for status in outcome.statuses if status not in (200, 201, 409)}
    assert not errors, outcome.statuses


def _tell(sheet: Sheet, outcome: Outcome, kind: str) -> None:
    answers = [one for one in outcome.answers if one.kind == kind]
    if not answers:
        return
    size = sum(one.size for one in answers) / len(answers) / 1024
    booked = sum(one.status == 201 for one in answers)
    told = f", {booked} booked" if kind == "order" else ""
    sheet.tell(
        f"  {kind}",
        f"{outcome.median(kind):,.0f} ms",
        f"99 of 100 within {outcome.percentile(0.99, kind):,.0f} ms; "
        f"{len(answers)} of {size:,.0f} KB{told}",
    )
