"""Programs book, look, change and cancel."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import ticket_keys
from festival.domain import check, clock
from festival.domain.occurrences import Share
from festival.extensions import db
from festival.models import (
    Accompaniment,
    AllocationKind,
    Booking,
    Channel,
    Edition,
    Message,
    Occurrence,
    Reservation,
    TokenRole,
)
from tests import factories
from tests.factories import at_hour, occurrence_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.programs import CONTACT, Program, body, make_token, reasons, wanted


@pytest.fixture
def run(edition: Edition) -> Occurrence:
    return occurrence_of(factories.session(capacity=10, most_places=8))


@pytest.fixture
def web(app: Flask, edition: Edition) -> Program:
    return Program(app, make_token())


@pytest.fixture(autouse=True)
def _rules_hold(app: Flask) -> Any:
    yield
    db.session.expire_all()
    assert check.broken_rules() == []


def counts(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def path_of(made: dict[str, Any], place: int = 0) -> str:
    return f"bookings/{made['reference']}/reservations/{made['reservations'][place]['id']}"


def refused(answer: PageResponse, reason: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json["reason"]) == (409, reason), answer.text
    assert answer.json["message"]
    return answer.json  # type: ignore[no-any-return]


# --- book


def test_a_family_books_two_sessions(web: Program, run: Occurrence, edition: Edition) -> None:
    other = occurrence_of(factories.session(starts_at=at_hour(edition, hour=16, day=2)))
    family = {"children": [{"age": 7, "name": "Kit"}], "companions": 1}
    answer = web.post("bookings", body(wanted(run, **family), wanted(other, **family)))
    assert answer.status_code == 201
    made = answer.json
    assert made["contact"] == CONTACT
    assert (made["channel"], made["language"]) == ("web", "en")
    one, two = made["reservations"]
    assert [one["occurrence"], two["occurrence"]] == [run.id, other.id]
    assert (one["state"], one["places"], one["people"]) == ("confirmed", 2, 3)
    told = [(each["kind"], each["age"], each["name"]) for each in one["attendees"]]
    assert told == [("adult", None, ""), ("child", 7, "Kit"), ("companion", None, "")]
    assert one["session"] == run.session.code
    assert (one["position"], one["offer_until"], one["series"]) == (None, None, None)
    assert run.places_taken == 2
    assert counts(Message) == 1
    assert web.get(f"bookings/{made['reference']}").json == made


def test_the_ticket_is_genuine_and_the_links_lead_somewhere(
    web: Program, run: Occurrence, client: FestivalClient
) -> None:
    made = web.book(wanted(run, 2))
    (claim,) = made["reservations"]
    facts = ticket_keys().read(claim["ticket"])
    assert (facts.occurrence_id, facts.people) == (run.id, 2)
    for link in (claim["calendar"], made["manage"]):
        parts = urlsplit(link)
        assert client.get(f"{parts.path}?{parts.query}").status_code == 200
        assert "Ada" not in link
        assert "ada@" not in link


@pytest.mark.parametrize(
    ("role", "channel", "kind"),
    [
        (TokenRole.web, Channel.web, AllocationKind.public),
        (TokenRole.partner, Channel.partner, AllocationKind.partner),
        (TokenRole.desk, Channel.phone, AllocationKind.phone),
    ],
)
def test_each_role_books_from_its_share(
    app: Flask, edition: Edition, role: TokenRole, channel: Channel, kind: AllocationKind
) -> None:
    shares = [Share(AllocationKind.partner, 2), Share(AllocationKind.phone, 2)]
    run = occurrence_of(factories.session(capacity=10, shares=shares))
    made = Program(app, make_token(role)).book(wanted(run))
    booking = db.session.scalars(sa.select(Booking)).one()
    assert (made["channel"], booking.channel) == (channel, channel)
    assert booking.token_id is not None
    assert booking.reservations[0].allocation.kind == kind


def test_only_a_name_is_needed(web: Program, run: Occurrence) -> None:
    sent = body(wanted(run)) | {"contact": {"name": " Ada "}, "language": "cy"}
    made = web.post("bookings", sent).json
    assert made["contact"] == {"name": "Ada", "email": "", "phone": ""}
    assert made["language"] == "cy"
    nothing = body(wanted(run)) | {"contact": {"name": "Bea", "email": None, "phone": ""}}
    assert web.post("bookings", nothing).status_code == 201
    assert counts(Message) == 0


def test_a_series_is_booked_as_a_whole(web: Program, edition: Edition) -> None:
    parts = factories.series(3)
    made = web.book(wanted(parts[1]))
    assert [one["occurrence"] for one in made["reservations"]] == [part.id for part in parts]
    assert len({one["series"] for one in made["reservations"]}) == 1


def test_a_group_without_names_and_an_answer(web: Program, edition: Edition) -> None:
    run = occurrence_of(factories.session(capacity=40, question="Which year are you in?"))
    made = web.book(wanted(run, 0, group=12, answer="Year 5"))
    assert made["reservations"][0]["places"] == 12
    kept = db.session.scalars(sa.select(Reservation)).one()
    assert kept.access_request is not None
    assert kept.access_request.answer == "Year 5"


# --- what cannot be had


def test_nothing_is_booked_where_one_cannot_be_had(web: Program, run: Occurrence) -> None:
    full = occurrence_of(factories.session(capacity=1))
    factories.booking(full)
    told = refused(web.post("bookings", body(wanted(run), wanted(full))), "not_all_had")
    assert [one["index"] for one in told["reservations"]] == [1]
    assert told["reservations"][0]["occurrence"] == full.id
    assert told["reservations"][0]["reason"] == "no_places_left"
    assert told["reservations"][0]["left"] == 0
    assert told["reservations"][0]["message"].startswith("Sorry")
    assert counts(Booking) == 1
    assert run.places_taken == 0


def test_who_is_refused_is_told_what_else_there_is(web: Program, edition: Edition) -> None:
    session = factories.session(capacity=1)
    full = occurrence_of(session)
    again = factories.occurrence(session, starts_at=at_hour(edition, hour=13, day=2))
    near = occurrence_of(factories.session(theme=session.theme))
    factories.session()  # something else entirely
    factories.booking(full)
    for _ in range(2):  # the second is answered without the lock
        told = refused(web.post("bookings", body(wanted(full))), "not_all_had")
        instead = told["reservations"][0]["alternatives"]
        assert [one["id"] for one in instead] == [again.id, near.id]
        assert instead[0]["availability"]["places"] == 10


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"adults": 0}, "rule_broken"),
        ({"adults": 300}, "rule_broken"),
        ({"adults": 0, "children": [{"age": 7}]}, "rule_broken"),
        ({"adults": 0, "companions": 1}, "rule_broken"),
        ({"children": [{}]}, "rule_broken"),
        ({"children": [{"age": 4}]}, "rule_broken"),
        ({"children": [{"age": 18}]}, "rule_broken"),
        ({"adults": 0, "group": 200}, "group_too_large"),
    ],
)
def test_a_broken_rule_is_explained(
    web: Program, edition: Edition, asked: dict[str, Any], reason: str
) -> None:
    run = occurrence_of(
        factories.session(age_min=5, accompaniment=Accompaniment.adult_stays, capacity=20)
    )
    told = refused(web.post("bookings", body(wanted(run, **asked))), "not_all_had")
    (one,) = told["reservations"]
    assert one["reason"] == reason
    assert one["field"]
    assert one["message"].endswith(".")
    assert counts(Booking) == 0


def test_what_is_not_there_cannot_be_booked(web: Program, run: Occurrence) -> None:
    hidden = occurrence_of(factories.session(published=False))
    answer = web.post("bookings", body(wanted(hidden), wanted(2**31 - 1)))
    assert reasons(answer) == ["not_found", "not_found"]
    assert answer.json["reservations"][0]["alternatives"] == []


def test_too_early_and_too_late(
    web: Program, run: Occurrence, edition: Edition, at: Callable[..., None]
) -> None:
    edition.bookings_open_at = clock.now() + timedelta(hours=1)
    assert reasons(web.post("bookings", body(wanted(run)))) == ["booking_closed"]
    edition.bookings_open_at = clock.now()
    at(run.starts_at)
    assert reasons(web.post("bookings", body(wanted(run)))) == ["booking_closed"]


def test_who_wants_to_waits_and_the_rest_is_booked(web: Program, run: Occurrence) -> None:
    full = occurrence_of(factories.session(capacity=2))
    factories.booking(full, adults=2)
    made = web.book(wanted(run), wanted(full, 2, join_waiting_list=True, least_places=1))
    booked, waits = made["reservations"]
    assert (booked["state"], waits["state"]) == ("confirmed", "waiting")
    assert waits["position"] == {"best": 1, "worst": 1}
    assert (waits["ticket"], waits["calendar"]) == (None, None)


# --- look


def test_a_reference_in_small_letters(web: Program, run: Occurrence) -> None:
    made = web.book(wanted(run))
    assert web.get(f"bookings/{made['reference'].lower()}").json == made
    assert web.get("bookings/WLF-AAA-AAA").status_code == 404


def test_a_basket_is_no_booking(app: Flask, run: Occurrence) -> None:
    factories.held(run)
    desk = Program(app, make_token(TokenRole.desk))
    assert desk.get("bookings/None").status_code == 404


# --- change


def test_a_mistyped_address(web: Program, run: Occurrence) -> None:
    made = web.book(wanted(run))
    path = f"bookings/{made['reference']}"
    changed = web.patch(path, {"contact": {"email": "ada@example.com"}}).json
    assert changed["contact"] == CONTACT | {"email": "ada@example.com"}
    assert changed["manage"] != made["manage"]
    assert changed["reservations"][0]["ticket"] != made["reservations"][0]["ticket"]
    assert web.patch(path, {"contact": {"phone": ""}}).json["contact"]["phone"] == ""
    assert web.patch(path, {"contact": {"email": None}}).json["contact"]["email"] == ""
    assert web.patch(path, {"contact": {}}).json["contact"]["name"] == "Ada Lovelace"


def test_more_and_fewer_come(web: Program, run: Occurrence) -> None:
    made = web.book(wanted(run, 2))
    path = path_of(made)
    more = web.patch(path, {"adults": 2, "children": [{"age": 3}]}).json["reservations"][0]
    assert (more["places"], run.places_taken) == (3, 3)
    kept = [one["id"] for one in made["reservations"][0]["attendees"]]
    assert [one["id"] for one in more["attendees"]][:2] == kept
    assert more["ticket"] != made["reservations"][0]["ticket"]
    fewer = web.patch(path, {"adults": 1}).json["reservations"][0]
    assert (fewer["places"], run.places_taken) == (1, 1)
    assert [one["id"] for one in fewer["attendees"]] == kept[:1]
    told = counts(Message)
    assert web.patch(path, {"adults": 1}).json["reservations"][0] == fewer
    assert counts(Message) == told  # nothing changed, so nothing is told


def test_one_child_for_another_needs_no_free_place(web: Program, edition: Edition) -> None:
    run = occurrence_of(factories.session(capacity=2))
    made = web.book(wanted(run, children=[{"age": 7}]))
    factories.waiting(run)
    changed = web.patch(path_of(made), {"adults": 1, "children": [{"age": 9}]}).json
    assert [one["age"] for one in changed["reservations"][0]["attendees"]] == [None, 9]
    assert run.places_taken == 2


def test_too_many_more(web: Program, run: Occurrence) -> None:
    factories.booking(run, adults=6)
    made = web.book(wanted(run, 3))
    told = refused(web.patch(path_of(made), {"adults": 5}), "no_places_left")
    assert told["left"] == 1
    assert told["alternatives"] == []
    refused(web.patch(path_of(made), {"adults": 9}), "rule_broken")
    refused(web.patch(path_of(made), {}), "rule_broken")
    assert web.get(f"bookings/{made['reference']}").json == made


def test_a_place_that_is_given_back_goes_to_who_waits(web: Program, edition: Edition) -> None:
    run = occurrence_of(factories.session(capacity=2))
    made = web.book(wanted(run, 2))
    waits = factories.waiting(run)
    db.session.commit()
    assert web.patch(path_of(made), {"adults": 1}).status_code == 200
    assert waits.reservations[0].state == "offered"


def test_swap(web: Program, run: Occurrence) -> None:
    other = occurrence_of(factories.session())
    made = web.book(wanted(run, 2))
    moved = web.post(f"{path_of(made)}/swap", {"occurrence": other.id}).json["reservations"]
    assert [(one["occurrence"], one["state"]) for one in moved] == [
        (run.id, "cancelled"),
        (other.id, "confirmed"),
    ]
    assert (run.places_taken, other.places_taken) == (0, 2)


def test_a_swap_never_loses_the_old_place(web: Program, run: Occurrence) -> None:
    full = occurrence_of(factories.session(capacity=1))
    factories.booking(full)
    made = web.book(wanted(run))
    path = f"{path_of(made)}/swap"
    refused(web.post(path, {"occurrence": full.id}), "no_places_left")
    refused(web.post(path, {"occurrence": run.id}), "rule_broken")
    refused(web.post(path, {"occurrence": 999_999}), "not_found")
    assert web.get(f"bookings/{made['reference']}").json == made


def test_a_swap_to_a_session_that_started(
    web: Program, run: Occurrence, edition: Edition, at: Callable[..., None]
) -> None:
    early = occurrence_of(factories.session(starts_at=at_hour(edition, hour=9, day=1)))
    made = web.book(wanted(run))
    at(early.starts_at + timedelta(minutes=1))
    answer = web.post(f"{path_of(made)}/swap", {"occurrence": early.id})
    refused(answer, "booking_closed")


# --- cancel


def test_one_reservation_then_the_rest(web: Program, run: Occurrence) -> None:
    other = occurrence_of(factories.session())
    made = web.book(wanted(run), wanted(other))
    left = web.post(f"{path_of(made)}/cancel").json["reservations"]
    assert [one["state"] for one in left] == ["cancelled", "confirmed"]
    assert (left[0]["ticket"], left[0]["calendar"]) == (None, None)
    refused(web.post(f"{path_of(made)}/cancel"), "not_found")
    path = f"bookings/{made['reference']}/cancel"
    left = web.post(path).json["reservations"]
    assert [one["state"] for one in left] == ["cancelled", "cancelled"]
    refused(web.post(path), "not_found")
    assert (run.places_taken, other.places_taken) == (0, 0)


def test_another_bookings_reservation_is_not_there(web: Program, run: Occurrence) -> None:
    mine, other = web.book(wanted(run)), web.book(wanted(run))
    path = f"bookings/{mine['reference']}/reservations/{other['reservations'][0]['id']}"
    assert web.post(f"{path}/cancel").status_code == 404
    assert web.patch(path, {"adults": 1}).status_code == 404
