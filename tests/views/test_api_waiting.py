"""Programs and the waiting list: join, be offered places, answer in every order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import bookings, check, clock
from festival.extensions import db
from festival.models import Booking, Edition, Occurrence
from tests import factories
from tests.factories import occurrence_of
from tests.support.client import PageResponse
from tests.support.programs import Program, make_token, wanted


@pytest.fixture
def full(edition: Edition) -> Occurrence:
    """Two places, which somebody else has."""
    run = occurrence_of(factories.session(capacity=2))
    factories.booking(run, adults=2)
    return run


@pytest.fixture
def web(app: Flask, edition: Edition) -> Program:
    return Program(app, make_token())


@pytest.fixture(autouse=True)
def _rules_hold(app: Flask) -> Any:
    yield
    db.session.expire_all()
    assert check.broken_rules() == []


def path_of(made: dict[str, Any]) -> str:
    return f"bookings/{made['reference']}/reservations/{made['reservations'][-1]['id']}"


def wait(web: Program, run: Occurrence, adults: int = 1, **more: Any) -> dict[str, Any]:
    made = web.book(wanted(run, adults, join_waiting_list=True, **more))
    assert made["reservations"][0]["state"] == "waiting"
    return made


def cancel_the_other(run: Occurrence) -> None:
    """Whoever has the places gives them back."""
    other = db.session.scalars(
        sa.select(Booking).where(Booking.token_id.is_(None), Booking.reference.is_not(None))
    ).first()
    assert other is not None
    bookings.cancel_all(other)
    db.session.commit()


def state(answer: PageResponse) -> str:
    assert answer.status_code == 200, answer.text
    return answer.json["reservations"][-1]["state"]  # type: ignore[no-any-return]


def refused(answer: PageResponse, reason: str) -> None:
    assert (answer.status_code, answer.json["reason"]) == (409, reason), answer.text


def test_join_with_a_booking_that_is_there(web: Program, full: Occurrence) -> None:
    made = web.book(wanted(occurrence_of(factories.session())))
    path = f"bookings/{made['reference']}/waiting"
    answer = web.post(path, wanted(full, 2, least_places=1))
    assert answer.status_code == 201
    waits = answer.json["reservations"][1]
    assert (waits["state"], waits["position"]) == ("waiting", {"best": 1, "worst": 1})
    refused(web.post(path, wanted(full)), "rule_broken")
    refused(web.post(path, wanted(999_999)), "not_found")
    assert web.post(path, wanted(full, least_places=0)).status_code == 422


def test_what_is_free_is_offered_at_once(web: Program, edition: Edition) -> None:
    free = occurrence_of(factories.session())
    made = web.book(wanted(occurrence_of(factories.session())))
    answer = web.post(f"bookings/{made['reference']}/waiting", wanted(free))
    assert answer.json["reservations"][1]["state"] == "offered"


def test_a_position_is_a_range(web: Program, full: Occurrence) -> None:
    wait(web, full, 2)
    second = wait(web, full)
    assert second["reservations"][0]["position"] == {"best": 1, "worst": 2}


def test_accept_in_one_step(web: Program, full: Occurrence) -> None:
    made = wait(web, full)
    cancel_the_other(full)
    offered = web.get(f"bookings/{made['reference']}").json["reservations"][0]
    assert offered["state"] == "offered"
    assert offered["offer_until"]
    accepted = web.post(f"{path_of(made)}/accept")
    assert state(accepted) == "confirmed"
    assert accepted.json["reservations"][0]["ticket"]
    assert state(web.post(f"{path_of(made)}/accept")) == "confirmed"  # twice is once
    assert full.places_taken == 1


def test_accept_says_who_takes_the_places(web: Program, full: Occurrence) -> None:
    factories.waiting(full)
    made = wait(web, full, 2, least_places=1)
    cancel_the_other(full)
    people = [one["id"] for one in made["reservations"][0]["attendees"]]
    path = f"{path_of(made)}/accept"
    refused(web.post(path, {"people": people}), "rule_broken")
    answer = web.post(path, {"people": people[1:], "keep_waiting": True})
    booked, waits = answer.json["reservations"]
    assert [one["id"] for one in booked["attendees"]] == people[1:]
    assert (booked["state"], waits["state"]) == ("confirmed", "waiting")
    assert web.post(path, {"people": []}).status_code == 422


def test_nothing_to_accept(web: Program, full: Occurrence) -> None:
    refused(web.post(f"{path_of(wait(web, full))}/accept"), "offer_over")


def test_decline_then_accept(web: Program, full: Occurrence) -> None:
    made, next_one = wait(web, full, 2), wait(web, full, 2)
    cancel_the_other(full)
    assert state(web.post(f"{path_of(made)}/decline")) == "declined"
    assert state(web.post(f"{path_of(made)}/decline")) == "declined"
    refused(web.post(f"{path_of(made)}/accept"), "not_found")
    assert state(web.get(f"bookings/{next_one['reference']}")) == "offered"


def test_too_late_to_accept_but_one_may_stay(
    web: Program, full: Occurrence, at: Callable[..., None]
) -> None:
    made = wait(web, full)
    cancel_the_other(full)
    at(clock.now() + timedelta(hours=60))
    refused(web.post(f"{path_of(made)}/accept"), "offer_over")
    stayed = web.post(f"{path_of(made)}/stay")
    assert state(stayed) == "offered"  # nobody else was in line
    assert state(web.post(f"{path_of(made)}/accept")) == "confirmed"


def test_leave_the_line(web: Program, full: Occurrence) -> None:
    made = wait(web, full)
    assert state(web.post(f"{path_of(made)}/leave")) == "cancelled"
    refused(web.post(f"{path_of(made)}/leave"), "not_found")
    refused(web.post(f"{path_of(made)}/stay"), "not_found")


def test_leaving_gives_the_offer_to_the_next(web: Program, full: Occurrence) -> None:
    made, next_one = wait(web, full, 2), wait(web, full)
    cancel_the_other(full)
    web.post(f"{path_of(made)}/leave")
    assert state(web.get(f"bookings/{next_one['reference']}")) == "offered"
    assert full.places_taken == 1


def test_cancelling_all_leaves_every_line(web: Program, full: Occurrence) -> None:
    made = wait(web, full)
    assert state(web.post(f"bookings/{made['reference']}/cancel")) == "cancelled"


def test_a_body_is_needed_only_where_something_is_needed(web: Program, full: Occurrence) -> None:
    made = wait(web, full)
    assert web.post(f"{path_of(made)}/accept", {"who": []}).status_code == 422
    assert web.post(f"bookings/{made['reference']}/waiting").status_code == 415
    answer = web.post(f"{path_of(made)}/accept", data="yes", content_type="text/plain")
    assert answer.status_code == 415
