"""Signed links to a booking."""

from festival.domain import links
from festival.domain.links import MANAGE, TICKETS
from festival.models import Booking


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


def test_who_only_shows_tickets_manages_nothing() -> None:
    given = links.token("secret", booking(), TICKETS)
    assert links.opens("secret", booking(), given, TICKETS)
    assert not links.opens("secret", booking(), given, MANAGE)
