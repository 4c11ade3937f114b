"""P3 and what else organisers do with a run that people have booked."""

import pytest
import sqlalchemy as sa

from festival.domain import bookings, check, clock, running
from festival.domain.capacity import NoPlacesLeft, availability
from festival.domain.errors import NotAllowed
from festival.domain.occurrences import Share
from festival.domain.running import AboveLegal, BelowBooked
from festival.extensions import db
from festival.models import AllocationKind, Message, Occurrence, UnmetDemand
from tests import factories as make
from tests.factories import occurrence_of, reservation_of
from tests.support.refusals import refused

pytestmark = pytest.mark.usefixtures("app")


def run(capacity: int = 2, legal: int = 20, **facts: object) -> Occurrence:
    session = make.session(capacity=capacity, room=make.room(legal), **facts)  # type: ignore[arg-type]
    return occurrence_of(session)


def kinds() -> list[str]:
    return list(db.session.scalars(sa.select(Message.kind).order_by(Message.id)))


def test_p3_a_raise_offers_to_the_line_first() -> None:
    one = run(2)
    make.booking(one, 2)
    big, small = make.waiting(one, 3), make.waiting(one, 1)
    running.set_capacity(one.id, 5, actor=None)
    assert [reservation_of(each).state.value for each in (big, small)] == ["offered", "waiting"]
    assert availability(one, clock.now()).places == 0
    assert check.broken_rules() == []


def test_p3_fewer_than_are_booked_is_refused_with_choices() -> None:
    one = run(4)
    booking = make.booking(one, 3)
    with refused(BelowBooked, field="places") as refusal:
        running.set_capacity(one.id, 2, actor=None)
    assert refusal.value.taken == 3
    assert refusal.value.choices == ("close", "move_room", "ask_to_move", "cancel")
    assert reservation_of(booking).state == "confirmed"  # never by itself
    running.set_capacity(one.id, 3, actor=None)
    assert availability(one, clock.now()).reason == "full"


def test_p3_an_old_ticket_stays_good() -> None:
    one = run(2)
    booking = make.booking(one)
    code = make.code_of(booking)
    running.set_capacity(one.id, 8, actor=None)
    running.set_capacity(one.id, 2, actor=None)
    assert make.code_of(booking) == code


@pytest.mark.parametrize(("places", "error"), [(0, AboveLegal), (19, AboveLegal), (1, NotAllowed)])
def test_numbers_that_cannot_be(places: int, error: type) -> None:
    one = run(4, shares=[Share(AllocationKind.phone, 3)])
    make.booking(one)
    with refused(error, field="places"):
        running.set_capacity(one.id, places, actor=None)


def test_closed_keeps_who_is_booked_and_takes_nobody_more() -> None:
    one = run(2)
    booking = make.booking(one, 2)
    waits = make.waiting(one)
    running.close_booking(one.id, actor=None)
    bookings.cancel_reservation(booking, reservation_of(booking))
    assert reservation_of(waits).state == "waiting"
    assert availability(one, clock.now()).reason == "closed"
    running.open_booking(one.id, actor=None)
    assert reservation_of(waits).state == "offered"


def test_a_cancelled_run_tells_everybody_once() -> None:
    one = run(2)
    booked, waits = make.booking(one, 2), make.waiting(one, email="", mobile="01632 960001")
    make.held(run(1))
    told = running.who_is_told(one)
    assert (told.email, told.call, told.nobody, told.booked, told.waiting) == (1, 1, 0, 1, 1)
    running.cancel_occurrence(one.id, "The speaker is ill.", actor=None)
    states = [reservation_of(each).state.value for each in (booked, waits)]
    assert states == ["withdrawn", "withdrawn"]
    assert kinds() == ["booked", "withdrawn", "withdrawn"]
    assert (one.places_taken, one.people_expected) == (0, 0)
    kept = db.session.scalars(sa.select(UnmetDemand)).one()
    assert (kept.parties, kept.places) == (1, 1)
    with refused(NotAllowed):
        running.cancel_occurrence(one.id, "Again.", actor=None)


def test_it_is_on_again_with_everybody_who_had_a_place() -> None:
    one = run(3)
    booked, gone = make.booking(one, 2), make.booking(one)
    bookings.cancel_reservation(gone, reservation_of(gone))
    running.cancel_occurrence(one.id, "The speaker is ill.", actor=None)
    assert running.reinstate(one.id, actor=None) == 1
    assert reservation_of(booked).state == "confirmed"
    assert reservation_of(gone).state == "cancelled"
    assert one.places_taken == 2
    assert kinds()[-1] == "reinstated"


def test_it_is_not_on_again_where_the_places_are_gone() -> None:
    one = run(3)
    booked = make.booking(one, 3)
    running.cancel_occurrence(one.id, "The room is flooded.", actor=None)
    running.set_capacity(one.id, 2, actor=None)
    with refused(NoPlacesLeft, field="adults"):
        running.reinstate(one.id, actor=None)
    assert reservation_of(booked).state == "withdrawn"
