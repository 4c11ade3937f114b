"""From what was sent to what the domain understands."""

from typing import Any

from festival.domain import bookings as bookings_domain
from festival.domain.bookings import Contact, Wish
from festival.domain.parties import Person, party_of
from festival.models import AttendeeKind, Booking, Reservation
from festival.views.api.asking import caller
from festival.views.api.errors import Problem

Sent = dict[str, Any]


def party(sent: Sent) -> list[Person]:
    """Who comes."""
    children = [Person(AttendeeKind.child, one["name"], one["age"]) for one in sent["children"]]
    others = party_of(sent["adults"], 0, sent["companions"], sent["group"])
    adults = sent["adults"]
    return [*others[:adults], *children, *others[adults:]]


def wish(sent: Sent) -> Wish:
    """One reservation that is wanted."""
    return Wish(
        sent["occurrence"],
        party(sent),
        wait=sent["join_waiting_list"],
        least=sent["least_places"],
        answer=sent["answer"],
    )


def contact(sent: Sent) -> Contact:
    """Who books."""
    return Contact(sent["name"], sent["email"] or "", sent["phone"] or "")


def changed_contact(booking: Booking, sent: Sent) -> Contact:
    """Who booked, with what is to be changed of it."""
    before = {"name": booking.name, "email": booking.email, "phone": booking.mobile}
    return contact(before | sent)


def booking_of(reference: str) -> Booking:
    """The booking of this reference, where this token may see it. Raises Problem."""
    found = bookings_domain.by_reference(reference.upper()) if reference.isprintable() else None
    if found is None or not caller().may_see(found):
        raise Problem(404)
    return found


def reservation_of(reference: str, reservation_id: int) -> tuple[Booking, Reservation]:
    """One of its reservations. Raises Problem."""
    booking = booking_of(reference)
    found = next((one for one in booking.reservations if one.id == reservation_id), None)
    if found is None:
        raise Problem(404)
    return booking, found
