"""A provider's own report: story P6."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from festival.domain import feedback, reports
from festival.extensions import db
from festival.models import (
    Edition,
    MembershipRole,
    Occurrence,
    OccurrenceState,
    Provider,
    UnmetDemand,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of
from tests.support.statements import recorded
from tests.views.test_day import tiles

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")

At = Callable[..., None]


@pytest.fixture
def run(provider: Provider) -> Occurrence:
    made = factories.session(title="Sing Together", provider=provider, capacity=10)
    db.session.commit()
    return occurrence_of(made)


def come(person: Somebody, run: Occurrence, **people: str) -> None:
    address = f"/provider/sessions/{run.session.code}/runs/{run.id}/paper"
    person.client.submit(person.client.get(address), "Save the list", **people)


def test_counts_of_a_run_that_was_scanned(lead: Somebody, run: Occurrence, at: At) -> None:
    """P6: sees own report: counts, and who did not come."""
    party = reservation_of(factories.booking(run, adults=3)).id
    factories.booking(run, adults=1, name="Bo Absent", email="bo@example.org")
    db.session.commit()
    at(run.ends_at)
    come(lead, run, **{f"people_{party}": "2", "people_0": "4"})
    page = lead.client.get("/provider/report")
    assert tiles(page) == {
        "Dates that took place": "1",
        "People who came": "6",
        "Booked, but did not come": "50%",
    }
    assert page.page.table()[1][2:] == ["4", "6", "4", "2"]
    for name in ("Absent", "Lovelace", "bo@example.org"):
        assert name not in page.words


def test_what_we_called_off_is_nobodys_absence(
    lead: Somebody, run: Occurrence, provider: Provider, at: At
) -> None:
    """P6: the organiser's cancellations are neither no-shows nor the resident's."""
    off = factories.occurrence(run.session, starts_at=run.starts_at + timedelta(minutes=1))
    factories.booking(off, adults=3)
    party = reservation_of(factories.booking(run, adults=2, email="b@example.org")).id
    off.state = OccurrenceState.cancelled
    db.session.commit()
    at(off.ends_at)
    come(lead, run, **{f"people_{party}": "2"})
    page = lead.client.get("/provider/report")
    assert tiles(page)["Booked, but did not come"] == "0%"
    assert tiles(page)["Dates that took place"] == "1"
    assert page.page.table()[2][2:] == ["–", "Called off", "–", "–"]


def test_a_number_that_was_returned_tells_nothing_of_who_stayed_away(
    lead: Somebody, run: Occurrence, at: At
) -> None:
    factories.booking(run, adults=3)
    db.session.commit()
    at(run.ends_at)
    address = f"/provider/sessions/{run.session.code}/runs/{run.id}/attendance"
    lead.client.submit(lead.client.get(address), "Send the numbers", people="2")
    page = lead.client.get("/provider/report")
    assert tiles(page)["People who came"] == "2"
    assert "Booked, but did not come" not in tiles(page)
    assert page.page.table()[1][2:] == ["3", "2", "0", "Not known"]


@pytest.mark.parametrize(
    ("answers", "mean", "share"), [(7, None, None), (8, "4.0", None), (10, "4.0", "100%")]
)
def test_small_numbers_are_not_told(
    lead: Somebody, run: Occurrence, at: At, answers: int, mean: str | None, share: str | None
) -> None:
    """P6: satisfaction and first-timers, suppressed where few have answered."""
    at(run.ends_at)
    for number in range(answers):
        feedback.give(run, rating=4, is_first_time=True, words="", key=f"key-{number}")
    db.session.commit()
    shown = tiles(lead.client.get("/provider/report"))
    assert shown.get("How people liked it, out of 5") == mean
    assert shown.get("Learning for the first time since school") == share


@pytest.mark.parametrize(("parties", "told"), [(9, "Fewer than 10"), (10, "10")])
def test_unmet_demand_for_its_themes(
    lead: Somebody, run: Occurrence, at: At, parties: int, told: str
) -> None:
    """P6: unmet demand for its themes, also at others; small numbers hidden."""
    theme = run.session.theme
    assert theme is not None
    others = occurrence_of(factories.session(theme=theme))
    elsewhere = occurrence_of(factories.session(theme=factories.theme("Chess")))
    for one, number in ((others, parties), (elsewhere, 70)):
        db.session.add(
            UnmetDemand(
                occurrence_id=one.id, parties=number, places=number, recorded_at=one.starts_at
            )
        )
    db.session.commit()
    at(run.ends_at)
    page = lead.client.get("/provider/report")
    assert page.page.table(1)[1:] == [[theme.name, told]]
    assert "Chess" not in page.words


def test_others_see_their_own(
    lead: Somebody, other_lead: Somebody, reviewer: Somebody, run: Occurrence, at: At
) -> None:
    at(run.ends_at)
    assert "Sing Together" in lead.client.get("/provider/report").words
    assert "Sing Together" not in other_lead.client.get("/provider/report").words
    assert reviewer.client.get("/provider/report").status_code == 404


def test_who_stands_at_the_door_has_no_report(
    stage: Flask, provider: Provider, run: Occurrence
) -> None:
    role = (provider, MembershipRole.door)
    user = factories.user("door@example.org", "Dee Door", memberships=[role])
    db.session.commit()
    person = Somebody(stage, "Dee Door", "door@example.org", user)
    assert person.client.get("/provider/report").status_code == 404
    assert "Reports" not in person.client.get("/provider/").words


def test_as_many_questions_for_one_run_as_for_many(
    stage: Flask, edition: Edition, provider: Provider, run: Occurrence, at: At
) -> None:
    at(run.ends_at + timedelta(days=1))

    def questions() -> int:
        db.session.commit()
        db.session.expire_all()
        found = db.session.get_one(Provider, provider.id), db.session.get_one(Edition, edition.id)
        with recorded(stage) as statements:
            made = reports.report_of([found[0]], found[1], run.ends_at + timedelta(days=1))
            assert made.runs
        return statements.count

    one = questions()
    for _more in range(3):
        factories.session(provider=provider, starts_at=run.starts_at)
    assert questions() == one
