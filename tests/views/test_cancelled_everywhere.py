"""P4 and P3: what is called off or moved is so at once wherever anybody looks."""

from flask import Flask

from festival.domain import running
from festival.extensions import db
from festival.models import BookingMode, Edition, Occurrence, ReservationState
from tests import factories
from tests.cast import Somebody, Volunteer
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, make_client
from tests.support.programs import Program, make_token
from tests.views.test_scan import open_door, run_at, scan, verdict

WHY = "The teacher is ill."


def call_off(manager: Somebody, run: Occurrence) -> None:
    """As the duty manager does it whom somebody rang from the door."""
    page = manager.client.get(f"/office/runs/{run.id}/cancel")
    preview = manager.client.submit(page, "Continue: see who is told", reason=WHY)
    manager.client.submit(preview, "Cancel this date and tell them")


def test_every_page_list_and_door_says_so_at_the_next_look(
    manager: Somebody, volunteer: Volunteer, client: FestivalClient, app: Flask
) -> None:
    """P4 must: public page, listings and scanner show CANCELLED in under a minute. P4 edge: the
    provider cannot be reached, a volunteer reports it from the door, the duty manager cancels."""
    run = run_at(volunteer, capacity=4)
    booking = factories.booking(run)
    code = run.session.code
    open_door(volunteer)
    db.session.commit()
    assert "Cancelled" not in client.get(f"/sessions/{code}").words
    call_off(manager, run)
    assert WHY in client.get(f"/sessions/{code}").words
    assert "Cancelled" in client.get(f"/sessions/{code}").words
    assert "Cancelled" in client.get("/").words
    assert "STATUS:CANCELLED" in client.get(f"/sessions/{code}.ics").get_data(as_text=True)
    (shown,) = Program(app, make_token()).get("occurrences").json["occurrences"]
    assert shown["availability"]["reason"] == "cancelled"
    reference = booking.reference
    assert verdict(scan(volunteer, reference)) == ("no", "This session is cancelled")
    poster = f"/provider/sessions/{code}/runs/{run.id}/cancelled-poster"
    assert WHY in manager.client.get(poster).words


def test_it_is_the_organisers_doing_and_nobody_elses(manager: Somebody, edition: Edition) -> None:
    """P4 must: bookings marked as cancelled by the organiser: neither a no-show nor the
    resident's."""
    run = occurrence_of(factories.session(capacity=4))
    claim = factories.reservation_of(factories.booking(run))
    call_off(manager, run)
    db.session.refresh(claim)
    assert claim.state == ReservationState.withdrawn
    assert claim.state != ReservationState.cancelled


def test_a_drop_in_session_has_nobody_to_tell(
    manager: Somebody, client: FestivalClient, edition: Edition
) -> None:
    """P4 edge: drop-in has nobody to tell: website only."""
    run = occurrence_of(factories.session(booking_mode=BookingMode.none))
    page = manager.client.get(f"/office/runs/{run.id}/cancel")
    preview = manager.client.submit(page, "Continue: see who is told", reason=WHY)
    assert "Nobody has booked, so there is nobody to tell." in preview.words
    manager.client.submit(preview, "Cancel this date and tell them")
    assert WHY in client.get(f"/sessions/{run.session.code}").words


def test_what_moves_to_another_house_is_at_that_door(volunteer: Volunteer, app: Flask) -> None:
    """P3 must: volunteers' packs refresh; old codes stay valid."""
    run = run_at(volunteer, capacity=4)
    booking = factories.booking(run)
    other = factories.venue("Low Hill Hub")
    room = factories.room(legal_capacity=40, venue=other, name="Big Hall")
    _pass, secret, pin = factories.door_pass(other)
    db.session.commit()
    open_door(volunteer)
    assert verdict(scan(volunteer, booking.reference))[0] == "yes"
    running.reschedule(
        run.id,
        starts_at=run.starts_at,
        ends_at=run.ends_at,
        room=room,
        places=run.capacity,
        reason="More people can come.",
        actor=None,
    )
    db.session.commit()
    page = scan(volunteer, booking.reference)
    assert verdict(page) == ("look", "This ticket is for another session")
    assert "Big Hall, Low Hill Hub" in page.words
    there = make_client(app)
    there.submit(there.get(f"/scan/open/{secret}"), "Open", pin=pin)
    page = there.submit(there.get("/scan/plain"), "Check", code=booking.reference)
    assert verdict(page)[0] == "yes"
