"""Fewer than were booked, or nobody at all."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import ticket_keys
from festival.domain import bookings, check, clock, door
from festival.domain.capacity import BookingClosed, availability
from festival.domain.errors import NotFound
from festival.domain.parties import RuleBroken
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Message,
    Occurrence,
    ReservationState,
)
from tests import factories as make
from tests.support.refusals import refused

START = "2027-06-01T10:00+01:00"


def run(**facts: object) -> Occurrence:
    return make.occurrence_of(make.session(**facts))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _all_is_well_after(app: Flask) -> Iterator[None]:
    yield
    assert check.broken_rules() == []


class TestGivingUp:
    def test_one_of_three_stays_booked_with_a_newer_ticket(self) -> None:
        bread = run()
        booking = make.booking(bread, adults=1, children=2)
        claim = make.reservation_of(booking)
        old, uid = make.code_of(booking), claim.calendar_uid
        bookings.give_up(booking, claim, [claim.attendees[2].id])
        assert (claim.state.value, claim.places, claim.people) == ("confirmed", 2, 2)
        assert (claim.calendar_sequence, claim.calendar_uid) == (1, uid)
        facts = ticket_keys().read(make.code_of(booking))
        assert (facts.people, facts.generation) == (2, 1)
        assert facts.number == ticket_keys().read(old).number
        assert availability(bread, clock.now()).places == 8
        assert db.session.scalars(sa.select(Message.kind).order_by(Message.id)).all() == [
            "booked",
            "changed",
        ]

    def test_all_of_them_cancels(self) -> None:
        bread = run(capacity=2)
        booking = make.booking(bread, adults=2)
        claim = make.reservation_of(booking)
        bookings.give_up(booking, claim, [one.id for one in claim.attendees])
        assert claim.state == ReservationState.cancelled
        assert claim.ended_at is not None
        assert claim.calendar_sequence == 1
        assert availability(bread, clock.now()).places == 2
        assert db.session.scalars(sa.select(AuditEntry.action)).all() == [
            "booking.confirmed",
            "booking.cancelled",
        ]
        make.booking(bread, adults=2)

    def test_cancelled_once_is_cancelled(self) -> None:
        booking = make.booking(run())
        claim = make.reservation_of(booking)
        ids = [one.id for one in claim.attendees]
        bookings.give_up(booking, claim, ids)
        with refused(NotFound):
            bookings.give_up(booking, claim, ids)
        assert claim.calendar_sequence == 1

    def test_somebody_must_be_named(self) -> None:
        booking, other = make.booking(run(), adults=2), make.booking(run())
        claim = make.reservation_of(booking)
        with refused(RuleBroken, field="people"):
            bookings.give_up(booking, claim, [])
        with refused(RuleBroken, field="people"):
            bookings.give_up(booking, claim, [make.reservation_of(other).attendees[0].id])

    def test_children_do_not_stay_alone(self) -> None:
        booking = make.booking(run(accompaniment="with-adult"), adults=1, children=1)
        claim = make.reservation_of(booking)
        with refused(RuleBroken, field="adults"):
            bookings.give_up(booking, claim, [claim.attendees[0].id])
        assert claim.people == 2

    def test_who_takes_no_place_gives_none_back(self) -> None:
        bread = run(accompaniment="with-adult", accompanying_adults_take_places=False)
        booking = make.booking(bread, adults=1, children=2)
        claim = make.reservation_of(booking)
        bookings.give_up(booking, claim, [claim.attendees[2].id])
        assert (bread.places_taken, bread.people_expected) == (1, 2)

    def test_without_its_child_an_adult_begins_to_count(self) -> None:
        bread = run(accompaniment="with-adult", accompanying_adults_take_places=False)
        booking = make.booking(bread, adults=2, children=1)
        claim = make.reservation_of(booking)
        assert bread.places_taken == 1
        bookings.give_up(booking, claim, [claim.attendees[2].id])
        assert (bread.places_taken, bread.people_expected) == (2, 2)

    def test_not_after_the_start(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run()
        booking = make.booking(bread)
        claim = make.reservation_of(booking)
        at(bread.starts_at)
        with refused(BookingClosed):
            bookings.give_up(booking, claim, [claim.attendees[0].id])


def test_who_is_in_the_room_keeps_the_place() -> None:
    """Let in before the start, a party cannot be given up below those who are inside."""
    occurrence = run()
    booking = make.booking(occurrence, adults=3)
    claim = make.reservation_of(booking)
    door_pass, _secret, _pin = make.door_pass(
        occurrence.room.venue, until_at=occurrence.ends_at + timedelta(hours=1)
    )
    door.admit(
        door_pass=door_pass, reservation_id=claim.id, people=2, scan_id="a-scan", source="typed"
    )
    bookings.give_up(booking, claim, [claim.attendees[0].id])
    with refused(RuleBroken, field="people"):
        bookings.give_up(booking, claim, [claim.attendees[0].id])
    assert claim.people == 2
    assert check.broken_rules() == []
