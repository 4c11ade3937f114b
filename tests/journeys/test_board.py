"""The live board in a real browser: it looks again by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from festival.domain import clock, door
from festival.extensions import db, write
from festival.models import Occurrence, ScanKind
from tests import factories
from tests.journeys.conftest import Festival

pytestmark = pytest.mark.browser
DUTY = "duty@example.org"


@pytest.fixture
def run(festival: Festival) -> Occurrence:
    """A session that begins in ten minutes."""
    with write():
        starts_at = clock.now() + timedelta(minutes=10)
        made = factories.session(title="Sing Together", starts_at=starts_at)
        run = factories.occurrence_of(made)
        factories.booking(run, adults=4, email="", mobile="07700 900123")
    return run


def let_in(run: Occurrence, people: int) -> None:
    """Somebody comes in at the door."""
    with write():
        again = db.session.get_one(Occurrence, run.id)
        held, _code, _pin = factories.door_pass(again.room.venue)
        door.record(
            held,
            ScanKind.walk_up,
            scan_id=f"00000000-0000-4000-8000-{people:012}",
            people=people,
            occurrence_id=again.id,
            verdict="walk_up",
        )


def test_f6_it_looks_again_by_itself(
    festival: Festival, person: Callable[..., Page], run: Occurrence
) -> None:
    """F6: live dashboard: what happens at a door is on it without a hand."""
    page = person(DUTY)
    page.goto("/office/board")
    expect(page.get_by_text("Sing Together").first).to_be_visible()
    expect(page.get_by_text("37", exact=True)).to_have_count(0)
    let_in(run, 37)
    expect(page.get_by_text("37", exact=True).first).to_be_visible(timeout=20_000)
