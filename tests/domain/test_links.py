"""Signed links to a booking."""

import pytest

from festival.domain import links
from festival.domain.links import MANAGE, TICKETS
from festival.models import Booking, Contact, ContactKind


def booking(reference: str = "WLF-222-222", version: int = 1) -> Booking:
    return Booking(reference=reference, link_version=version)


def test_a_link_opens_its_booking() -> None:
    given = links.token("secret", booking())
    assert links.opens("secret", booking(), given, MANAGE)
    assert links.opens("secret", booking(), given, TICKETS, MANAGE)
    assert len(given) == 24  # 144 bits


def test_a_link_opens_nothing_else() -> None:
    given = links.token("secret", booking())
    assert not links.opens("another", booking(), given, MANAGE)
    assert not links.opens("secret", booking("WLF-333-333"), given, MANAGE)
    assert not links.opens("secret", booking(version=2), given, MANAGE)
    assert not links.opens("secret", booking(), given[:-1], MANAGE)
    for wrong in ("", "é", "x" * 5000):
        assert not links.opens("secret", booking(), wrong, MANAGE)


def contact(address: str = "ada@example.org", version: int = 1) -> Contact:
    kind = ContactKind.email if "@" in address else ContactKind.phone
    return Contact(id=7, kind=kind, address=address, feed_version=version, code_nonce="nonce")


@pytest.mark.parametrize("purpose", [links.MINE, links.FEED])
def test_an_addresss_link_is_of_the_address(purpose: str) -> None:
    """The number of a row that was deleted is given away again."""
    given = links.of_contact("secret", contact(), purpose)
    assert links.contact_id(given) == 7
    assert links.opens_contact("secret", contact(), given, purpose)
    for another in (contact("eve@example.org"), contact("+441902555123"), contact(version=2)):
        assert not links.opens_contact("secret", another, given, purpose)


def test_who_only_shows_tickets_manages_nothing() -> None:
    given = links.token("secret", booking(), TICKETS)
    assert links.opens("secret", booking(), given, TICKETS)
    assert not links.opens("secret", booking(), given, MANAGE)
