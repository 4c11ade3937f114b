"""How a booking is found again."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import bookings, check
from festival.extensions import db
from festival.models import (
    Message,
    Occurrence,
)
from tests import factories as make

START = "2027-06-01T10:00+01:00"


def run(**facts: object) -> Occurrence:
    return make.occurrence_of(make.session(**facts))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _all_is_well_after(app: Flask) -> Iterator[None]:
    yield
    assert check.broken_rules() == []


class TestFinding:
    def test_by_reference_and_any_one_word_of_the_name(self) -> None:
        booking = make.booking(run(), name="Zoë O'Hara-Singh")
        reference = str(booking.reference)
        for word in ("zoe", "ZOË", "ohara", "O’Hara", "singh", "Singh, Zoë"):
            assert bookings.find(reference, word) is booking, word
        for word in ("", " ", "zo", "hara", "%", "-", "Smith Jones Singh"):
            assert bookings.find(reference, word) is None, word
        assert bookings.find("WLF-222-222", "zoe") is None

    def test_in_their_own_letters(self) -> None:
        booking = make.booking(run(), name="ਗੁਰਪ੍ਰੀਤ ਕੌਰ")
        assert bookings.find(str(booking.reference), "ਗੁਰਪ੍ਰੀਤ") is booking

    def test_a_basket_is_not_found(self) -> None:
        basket = make.held(run())
        basket.reference, basket.name_folded = "WLF-234-234", "ada"
        db.session.flush()
        assert bookings.find("WLF-234-234", "ada") is None
        assert bookings.by_reference("WLF-234-234") is None

    def test_lost_references_go_to_their_own_address(self, at: Callable[..., None]) -> None:
        at(START)
        bread = run()
        mine = [make.booking(bread, email="Ada@Example.org"), make.booking(bread)]
        make.booking(bread, email="grace@example.org")
        gone = make.booking(bread)
        claim = make.reservation_of(gone)
        bookings.give_up(gone, claim, [one.id for one in claim.attendees])
        db.session.execute(sa.delete(Message))
        assert bookings.send_references("ada@example.ORG") == 2
        sent = db.session.scalars(sa.select(Message)).all()
        assert {(one.kind, one.booking_id) for one in sent} == {
            ("reminded", booking.id) for booking in mine
        }
        assert {one.recipient.lower() for one in sent} == {"ada@example.org"}
        at(bread.ends_at)
        assert bookings.send_references("ada@example.org") == 0
