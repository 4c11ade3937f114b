"""A booking of many sessions asks the database no more than one of a single session."""

import pytest
from flask import Flask

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings
from festival.domain.bookings import Contact, Who, Wish
from festival.models import Booking, Edition
from tests import factories
from tests.factories import occurrence_of
from tests.support.client import FestivalClient
from tests.support.statements import recorded


def booking_of(sessions: int) -> Booking:
    runs = [occurrence_of(factories.session()) for _ in range(sessions)]
    return bookings.book(
        wishes=[Wish(run.id, factories.party(1)) for run in runs],
        contact=Contact("Ada Lovelace", "ada@example.org"),
        rules=booking_rules(),
        who=Who(),
    )


@pytest.mark.parametrize("page", ["bookings.show", "bookings.show_tickets", "bookings.calendar"])
def test_no_question_for_each_session(
    app: Flask, client: FestivalClient, edition: Edition, page: str
) -> None:
    asked = []
    for sessions in (1, 3):
        path = manage_path(booking_of(sessions), page)
        client.get(path)
        with recorded(app) as statements:
            assert client.get(path).status_code == 200
        asked.append(statements.count)
    assert asked[0] == asked[1]
