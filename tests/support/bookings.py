"""A booking's pages as tests walk through them."""

import sqlalchemy as sa

from festival.delivery.addresses import manage_path
from festival.extensions import db
from festival.models import Booking, Message, Occurrence, ReservationState
from tests import factories
from tests.support.client import FestivalClient, PageResponse

CHANGE = "Change this booking: Sing Together"


def fill(occurrence: Occurrence, left: int = 0) -> None:
    """Others book what is free, but for so many places."""
    number = 0
    while (free := occurrence.capacity - occurrence.places_taken - left) > 0:
        children = occurrence.session.age_max is not None
        few = min(free, 3)
        party = (1, few) if children else (few, 0)
        factories.booking(occurrence, *party, email=f"rest{number}@example.org")
        number += 1


def change_page(client: FestivalClient, booked: Booking, link: str | None = None) -> PageResponse:
    """The page with everything that can be changed, or one of those behind it."""
    page = client.get(client.get(manage_path(booked)).page.link(CHANGE))
    return client.get(page.page.link(link)) if link else page  # type: ignore[return-value]


def states(booked: Booking) -> list[tuple[ReservationState, int]]:
    return [(one.state, one.people) for one in booked.reservations]


def kinds() -> list[str]:
    return list(db.session.scalars(sa.select(Message.kind).order_by(Message.id)))
