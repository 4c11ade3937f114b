"""What tests stand on is itself right."""

from flask import Flask

from festival.domain import check, clock
from festival.domain.capacity import availability
from festival.extensions import db
from tests import factories as make
from tests.cast import Somebody, Volunteer


def test_a_booking_stands_on_real_rows(app: Flask) -> None:
    occurrence = make.occurrence_of(make.session(capacity=3))
    booking = make.booking(occurrence, adults=1, children=1)
    make.held(occurrence)
    db.session.expire_all()
    assert booking.reference
    assert len(make.code_of(booking)) == 120
    assert availability(occurrence, clock.now()).reason == "full"
    assert check.broken_rules() == []


def test_a_series_is_booked_whole(app: Flask) -> None:
    parts = make.series(3)
    booking = make.booking(parts[0])
    assert [claim.occurrence_id for claim in booking.reservations] == [one.id for one in parts]
    assert check.broken_rules() == []


def test_the_cast_is_there(
    resident: Somebody,
    parent: Somebody,
    lead: Somebody,
    editor: Somebody,
    other_lead: Somebody,
    volunteer: Volunteer,
    reviewer: Somebody,
    administrator: Somebody,
    stranger: Somebody,
) -> None:
    assert [one.user is None for one in (resident, parent, stranger, volunteer)] == [True] * 4
    assert len(volunteer.pin) == 4
    for one in (lead, editor, other_lead, reviewer, administrator):
        assert one.client.get("/healthz").status_code == 200
    assert check.broken_rules() == []


def test_the_cast_is_there_for_real(committed_app: Flask, lead: Somebody) -> None:
    assert lead.app is committed_app
    assert lead.user is not None
    assert lead.user.memberships[0].provider.name == "Penn Fields Makers"
