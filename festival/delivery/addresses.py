"""Addresses of our own pages as they stand in mail and calendars, also outside of a request."""

from typing import Any

from flask import current_app

from festival.domain import links
from festival.models import Booking, Contact, Occurrence, Reservation


def address(endpoint: str, **values: Any) -> str:
    """The absolute address of a page."""
    config = current_app.config
    scheme = "https" if config["SECURE"] else "http"
    urls = current_app.url_map.bind(config["SITE_HOST"], url_scheme=scheme)
    return urls.build(endpoint, values, force_external=True)


def manage(booking: Booking, endpoint: str = "bookings.show", **values: Any) -> str:
    """The signed address of a booking's page."""
    token = links.token(current_app.config["SECRET_KEY"], booking)
    return address(endpoint, reference=booking.reference, t=token, **values)


def manage_path(booking: Booking, endpoint: str = "bookings.show", **values: Any) -> str:
    """The same without the host: for pages of our own."""
    return "/" + manage(booking, endpoint, **values).split("://", 1)[1].partition("/")[2]


def join_address(reservation: Reservation) -> str:
    """The signed address of the page by which these people join an online session."""
    return manage(reservation.booking, "bookings.join", reservation_id=reservation.id)


def feedback_address(occurrence: Occurrence) -> str:
    """The signed address of the page that asks how it was: of the run, of no booking."""
    token = links.of_occurrence(current_app.config["SECRET_KEY"], occurrence)
    return address("feedback.give", token=token)


def mine_address(contact: Contact) -> str:
    """The signed address that opens all bookings under this contact, as long as the code works
    that is mailed beside it."""
    token = links.of_contact(current_app.config["SECRET_KEY"], contact)
    return address("mine.link", token=token)
