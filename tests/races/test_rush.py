"""Sixty people at once after the last ten places, over real HTTP, on two server processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check
from festival.extensions import db, write
from festival.models import Booking, Occurrence, Reservation, ReservationState, Ticket
from tests import factories
from tests.factories import occurrence_of
from tests.support.live import LiveServer
from tests.support.visitor import Visitor

pytestmark = pytest.mark.races
PEOPLE, PLACES = 60, 10


@pytest.fixture
def rush(committed_app: Flask) -> Occurrence:
    """A session of thirty places of which twenty are gone."""
    with write():
        session = factories.session(title="The Last Ten", capacity=30, most_places=20)
        factories.booking(occurrence_of(session), adults=20, email="")
    return occurrence_of(session)


def test_exactly_ten_get_a_place_and_fifty_are_told(
    rush: Occurrence, live_server: Callable[..., LiveServer]
) -> None:
    code, occurrence_id = rush.session.code, rush.id
    db.session.rollback()
    server = live_server(workers=2)
    address = f"{server.url}/sessions/{code}/book/{occurrence_id}"
    together = Barrier(PEOPLE)

    def book(number: int) -> str:
        visitor = Visitor(server)
        page = visitor.get(address)
        together.wait(60)
        page = visitor.submit(page, "Continue", adults="1")
        if page.h1 != "Who is booking?":
            return " ".join(page.error_summary)
        page = visitor.submit(page, "Continue", name=f"Person {number}", email="")
        return visitor.submit(page, "Book 1 place").h1

    with ThreadPoolExecutor(PEOPLE) as people:
        answers = list(people.map(book, range(PEOPLE)))

    told = [answer for answer in answers if answer != "Your places are booked"]
    assert len(answers) - len(told) == PLACES
    assert set(told) == {"Sorry, all the places have just been taken."}
    assert len(told) == PEOPLE - PLACES
    _nothing_is_lost(occurrence_id)


def _nothing_is_lost(occurrence_id: int) -> None:
    db.session.rollback()
    standing = sa.select(sa.func.sum(Reservation.places)).where(
        Reservation.occurrence_id == occurrence_id,
        Reservation.state == ReservationState.confirmed,
    )
    assert db.session.scalar(standing) == 30
    confirmed = sa.select(sa.func.count(Booking.id)).where(Booking.reference.is_not(None))
    assert db.session.scalar(confirmed) == 1 + PLACES
    assert db.session.scalar(sa.select(sa.func.count(Ticket.id))) == 1 + PLACES
    assert db.session.get_one(Occurrence, occurrence_id).places_taken == 30
    assert check.broken_rules() == []
