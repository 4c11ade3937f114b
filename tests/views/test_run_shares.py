"""What is kept back of a run's places, and when booking opens, as the team sets it."""

from datetime import datetime, timedelta

import pytest

from festival.domain import check
from festival.domain.occurrences import Share
from festival.extensions import db
from festival.models import AllocationKind, Occurrence
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of


@pytest.fixture
def run(manager: Somebody) -> Occurrence:
    return occurrence_of(
        factories.session(
            capacity=20, room=factories.room(30), shares=[Share(AllocationKind.phone, 4)]
        )
    )


def places(run: Occurrence) -> dict[str, int]:
    db.session.refresh(run)
    return {one.kind.value: one.places for one in run.allocations if one.places}


def test_numbers_and_parts(manager: Somebody, run: Occurrence) -> None:
    page = manager.client.get(f"/office/runs/{run.id}/shares")
    answer = manager.client.submit(
        page,
        "Save",
        share_phone="10%",
        days_phone="2",
        share_partner="5",
        share_access="1",
        share_phase="3",
        days_phase="1",
        opens_at="",
        closes_at="",
    )
    assert answer.page.h1 == "Bread from nothing"
    assert places(run) == {"public": 10, "phone": 2, "partner": 5, "phase": 3, "access": 1}
    phone, phase = (
        next(one for one in run.allocations if one.kind == kind)
        for kind in (AllocationKind.phone, AllocationKind.phase)
    )
    assert phone.releases_at == run.starts_at - timedelta(days=2)
    assert phase.releases_at == run.starts_at - timedelta(days=1)
    assert check.broken_rules() == []
    again = manager.client.get(f"/office/runs/{run.id}/shares")
    assert again.page.form("Save").filled({}, "Save")[1].count(("share_partner", "5")) == 1
    assert again.page.form("Save").filled({}, "Save")[1].count(("days_phase", "1")) == 1


def test_what_becomes_public_goes_to_who_waits(manager: Somebody, run: Occurrence) -> None:
    factories.booking(run, 4)
    run.session.most_places = 20
    factories.booking(run, 12)
    waits = factories.waiting(run, 3)
    page = manager.client.get(f"/office/runs/{run.id}/shares")
    manager.client.submit(page, "Save", share_phone="", days_phone="")
    assert reservation_of(waits).state == "offered"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("share_phone", "many", "Type a number of places, like 3, or a part, like 10%."),
        ("share_phone", "101%", "Type a number of places, like 3, or a part, like 10%."),
        ("share_phone", "21", "Keep fewer places back"),
        ("share_access", "11", "Only 10 more people fit into the room by law."),
        ("days_phone", "-1", "Type a number from 0 to 400."),
        ("opens_at", "10 May", "Type a day and a time, like 10/05/2027 10am."),
        ("opens_at", "31/02/2027 10am", "Type a day and a time, like 10/05/2027 10am."),
        ("closes_at", "10/05/2099 10am", "Booking cannot close after the session starts."),
    ],
)
def test_each_mistake_is_told_at_its_field(
    manager: Somebody, run: Occurrence, field: str, typed: str, words: str
) -> None:
    before = places(run)
    page = manager.client.get(f"/office/runs/{run.id}/shares")
    answer = manager.client.submit(page, "Save", **{field: typed})
    assert any(words in one for one in answer.page.error_summary)
    assert (field, typed) in answer.page.form("Save").filled({}, "Save")[1]
    assert places(run) == before


def test_places_that_open_later_need_their_day(manager: Somebody, run: Occurrence) -> None:
    page = manager.client.get(f"/office/runs/{run.id}/shares")
    answer = manager.client.submit(page, "Save", share_phase="5", days_phase="")
    assert answer.page.error_summary == ["Say when these places open."]


def test_booking_opens_when_it_is_said(manager: Somebody, run: Occurrence) -> None:
    zone = run.session.edition.zone
    day = (run.starts_at - timedelta(days=1)).astimezone(zone)
    page = manager.client.get(f"/office/runs/{run.id}/shares")
    manager.client.submit(page, "Save", opens_at=f"{day:%d/%m/%Y} 10am")
    db.session.refresh(run)
    assert run.bookings_open_at == datetime(day.year, day.month, day.day, 10, tzinfo=zone)


def test_only_the_team_sets_them(lead: Somebody, operator: Somebody, run: Occurrence) -> None:
    for person in (lead, operator):
        assert person.client.get(f"/office/runs/{run.id}/shares").status_code == 404
