"""R5: one of the team who opens a booking for somebody does not read what helps them."""

from flask import Flask

from festival.delivery.addresses import manage_path
from festival.domain import bookings, clock
from festival.domain.bookings import Asked
from festival.models import Edition
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of, reservation_of


def test_r5_staff_do_not_see_access_notes_of_a_booking(
    stage: Flask,
    edition: Edition,
    operator: Somebody,
    administrator: Somebody,
    access_lead: Somebody,
    resident: Somebody,
) -> None:
    booking = factories.booking(occurrence_of(factories.session()))
    claim = reservation_of(booking)
    asked = Asked(["step-free"], "A chair with arms", consent=True)
    bookings.note_asked(claim, asked, "", clock.now())
    page = manage_path(booking, "bookings.access", reservation_id=claim.id)
    change = manage_path(booking, "bookings.change", reservation_id=claim.id)
    for person in (operator, administrator):
        assert person.client.get(page).status_code == 404
        assert "What would help you take part" not in person.client.get(change).words
    for person in (resident, access_lead):
        assert "A chair with arms" in person.client.get(page).words
        assert "What would help you take part" in person.client.get(change).words
