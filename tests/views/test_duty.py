"""F8: the duty manager's page, what residents read meanwhile, and what still works."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock
from festival.extensions import db
from festival.models import AuditEntry, Booking, Edition, Occurrence, Scan
from tests import factories as make
from tests.cast import Somebody, Volunteer
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, PageResponse
from tests.support.programs import Program, body, make_token, wanted
from tests.support.statements import recorded

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")

PAGE = "/office/duty"
WHY = "Water came into the <cellar> of Box Office."


@pytest.fixture
def run(edition: Edition) -> Occurrence:
    made = occurrence_of(make.session(title="Sing Together", capacity=5))
    db.session.commit()
    return made


def again(run: Occurrence) -> Occurrence:
    db.session.rollback()
    return db.session.get_one(Occurrence, run.id)


def stop(manager: Somebody, what: str, why: str = WHY) -> PageResponse:
    page = manager.client.get(f"{PAGE}/stop/{what}")
    words = {"booking": "Stop booking", "changes": "Stop every change"}[what]
    return manager.client.submit(page, words, because=why)


def test_booking_is_stopped_and_everybody_reads_why(
    manager: Somebody, client: FestivalClient, run: Occurrence
) -> None:
    """F8: pause booking."""
    done = stop(manager, "booking")
    assert "Booking is stopped. Everybody reads why on every page." in done.words
    page = f"/sessions/{run.session.code}"
    for path in ("/", page, f"{page}/book/{run.id}"):
        assert f"Booking is stopped for a short time. {WHY}" in client.get(path).words, path
    words = client.get(f"{page}/book/{run.id}").words
    assert "Booking is stopped for a short time. What you have booked stays booked." in words
    assert "How many people are coming? Continue" not in words


def test_who_is_on_the_way_to_book_keeps_the_places(
    manager: Somebody, client: FestivalClient, run: Occurrence
) -> None:
    page = client.get(f"/sessions/{run.session.code}/book/{run.id}")
    page = client.submit(page, adults="2")
    assert "We are holding your places until" in page.words
    stop(manager, "booking")
    page = client.get("/basket", follow_redirects=True)
    assert "We are holding your places until" not in page.words
    assert "places we hold for you stay yours" in page.words
    assert again(run).places_taken == 2
    manager.client.submit(manager.client.get(PAGE), "Let people book again")
    page = client.get("/basket", follow_redirects=True)
    assert "We are holding your places until" in page.words
    assert "Booking is stopped" not in page.words


def test_the_phone_line_reads_it_too(
    manager: Somebody, operator: Somebody, run: Occurrence
) -> None:
    stop(manager, "booking")
    assert "Booking is stopped for a short time." in operator.client.get("/office/book").words


def test_programs_are_told(manager: Somebody, run: Occurrence, app: Flask) -> None:
    stop(manager, "booking")
    kiosk = Program(app, make_token())
    (shown,) = kiosk.get("occurrences").json["occurrences"]
    assert shown["availability"]["reason"] == "paused"
    answer = kiosk.post("bookings", body(wanted(run.id)), key="one")
    assert answer.status_code == 409
    assert "Booking is stopped for a short time." in answer.get_data(as_text=True)


def test_nothing_can_be_changed_but_all_can_be_read(
    manager: Somebody, client: FestivalClient, run: Occurrence, app: Flask
) -> None:
    """F8: read-only mode."""
    booking = make.booking(run)
    db.session.commit()
    path = f"/sessions/{run.session.code}/book/{run.id}"
    page = client.get(path)
    stop(manager, "changes")
    answer = client.submit(page, adults="1")
    assert answer.status_code == 503
    assert "We did not do what you asked." in answer.words
    assert WHY in answer.words
    assert answer.headers["Retry-After"] == "300"
    assert "you can read, but not book or change anything." in client.get("/").words
    assert client.get(f"/sessions/{run.session.code}").status_code == 200
    told = Program(app, make_token()).post(f"bookings/{booking.reference}/cancel", key="one")
    assert (told.status_code, told.json["reason"]) == (503, "read_only")
    assert told.headers["Retry-After"] == "300"
    assert again(run).places_taken == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Booking)) == 1


def test_the_team_changes_nothing_either(
    manager: Somebody, administrator: Somebody, edition: Edition
) -> None:
    page = administrator.client.get(f"/office/editions/{edition.slug}/help")
    stop(manager, "changes")
    answer = administrator.client.submit(page, "Save", help_phone="01902 000000")
    assert answer.status_code == 503
    assert "Nothing can be changed just now" in answer.words
    db.session.rollback()
    assert db.session.get_one(Edition, edition.id).help_phone != "01902 000000"


def test_doors_go_on(manager: Somebody, volunteer: Volunteer, edition: Edition) -> None:
    room = make.room(venue=volunteer.venue)
    made = make.session(room=room, starts_at=clock.now() + timedelta(minutes=30))
    booking = make.booking(occurrence_of(made))
    db.session.commit()
    stop(manager, "changes")
    page = volunteer.client.get(f"/scan/open/{volunteer.secret}")
    volunteer.client.submit(page, "Open", pin=volunteer.pin)
    page = volunteer.client.get("/scan/plain")
    page = volunteer.client.submit(page, "Check", code=booking.reference)
    page = volunteer.client.submit(page, "Let them in")
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Scan)) == 1


def test_people_sign_in_and_out_and_the_duty_manager_goes_on(
    manager: Somebody, run: Occurrence, client: FestivalClient
) -> None:
    stop(manager, "changes")
    manager.client.submit(manager.client.get("/"), "Sign out")
    assert manager.user is not None
    page = client.get("/sign-in")
    page = client.submit(page, "Sign in", email=manager.user.email, password=make.PASSWORD)
    assert "Festival team" in page.words
    page = client.submit(client.get(PAGE), "Let people change things again")
    assert "Everything can be changed again." in page.words
    assert "you can read, but not book" not in page.words


def test_more_time_for_who_is_booking(manager: Somebody, run: Occurrence) -> None:
    """F8: extend hold."""
    basket = make.held(run, adults=2)
    before = make.reservation_of(basket).held_until
    assert before is not None
    db.session.commit()
    page = manager.client.get(f"{PAGE}/more-time")
    assert "2 places are held for people who are booking just now." in page.words
    page = manager.client.submit(page, "Hold their places for longer", minutes="20")
    assert "2 places are held for longer." in page.words
    db.session.rollback()
    assert make.reservation_of(db.session.get_one(Booking, basket.id)).held_until == before + (
        timedelta(minutes=20)
    )


@pytest.mark.parametrize("typed", ["", "soon", "0", "121", "-3", "1e3", "9" * 30])
def test_minutes_that_are_none(manager: Somebody, edition: Edition, typed: str) -> None:
    page = manager.client.get(f"{PAGE}/more-time")
    page = manager.client.submit(page, "Hold their places for longer", minutes=typed)
    assert page.page.error_summary != []
    field = page.page.by_id("minutes")
    assert field is not None
    assert field.get("value", "") == typed


@pytest.mark.parametrize("typed", ["", "   ", "x" * 301])
@pytest.mark.parametrize("what", ["booking", "changes"])
def test_why_must_be_said_in_few_words(
    manager: Somebody, edition: Edition, what: str, typed: str
) -> None:
    page = stop(manager, what, typed)
    assert page.page.error_summary != []
    db.session.rollback()
    assert not db.session.get_one(Edition, edition.id).stands_still


def test_the_page_says_how_things_stand(manager: Somebody, run: Occurrence) -> None:
    make.held(run, adults=2)
    make.held(run, adults=3)
    make.waiting(run)
    db.session.commit()
    page = manager.client.get(PAGE)
    assert "Booking just now 2" in page.words
    assert "Places they hold 5" in page.words
    assert "Wait for places 1" in page.words


def test_it_asks_as_much_for_three_as_for_one(
    app: Flask, manager: Somebody, run: Occurrence
) -> None:
    make.held(run)
    db.session.commit()
    manager.client.get(PAGE)
    with recorded(app) as one:
        manager.client.get(PAGE)
    for _more in range(2):
        make.held(run)
        make.held(occurrence_of(make.session()))
    db.session.commit()
    with recorded(app) as three:
        manager.client.get(PAGE)
    assert one.count == three.count


def test_what_is_not_there_is_404(manager: Somebody, edition: Edition) -> None:
    for path in (f"{PAGE}/stop/everything", f"{PAGE}/stop/"):
        assert manager.client.get(path).status_code == 404


def test_who_did_it_is_on_record(manager: Somebody, edition: Edition) -> None:
    stop(manager, "booking")
    assert manager.user is not None
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_id) == ("edition.booking_stopped", manager.user.id)
    assert entry.at <= clock.now()
