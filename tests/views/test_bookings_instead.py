"""P4: what was called off, and the same party comes to something else by one press."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.delivery.addresses import manage_path
from festival.domain import bookings, running
from festival.domain.errors import NotFound
from festival.extensions import db
from festival.models import AuditEntry, Booking, Message, Occurrence, ReservationState
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.bookings import kinds
from tests.support.client import FestivalClient

S = ReservationState


@pytest.fixture
def run(app: Flask) -> Occurrence:
    session = factories.session(title="Sing Together", capacity=8)
    factories.occurrence(
        session, capacity=4, starts_at=occurrence_of(session).starts_at + timedelta(days=1)
    )
    return session.occurrences[0]


@pytest.fixture
def other(run: Occurrence) -> Occurrence:
    """The same session on the next day, with four places."""
    return run.session.occurrences[1]


@pytest.fixture
def called_off(run: Occurrence) -> Booking:
    """Ada and two children, whose session does not take place."""
    booking = factories.booking(run, 1, 2)
    running.cancel_occurrence(run.id, "The piano is broken.", actor=None)
    db.session.commit()
    return booking


def instead(booking: Booking, run: Occurrence | None = None) -> str:
    more = {"run": run.id} if run else {}
    claim = booking.reservations[0]
    return manage_path(booking, "bookings.instead", reservation_id=claim.id, **more)


def standing(booking: Booking) -> list[tuple[ReservationState, int, int]]:
    db.session.expire_all()
    return [(one.state, one.people, one.occurrence_id) for one in booking.reservations]


def test_the_party_comes_whole_by_one_press(
    client: FestivalClient, called_off: Booking, run: Occurrence, other: Occurrence
) -> None:
    page = client.get(instead(called_off, other))
    assert page.h1 == "Come to something else"
    page = client.submit(page, "Yes, we come to this")  # the mail's link has chosen it
    assert "Done. Your places are booked. We send you your ticket." in page.words
    assert standing(called_off) == [(S.withdrawn, 3, run.id), (S.confirmed, 3, other.id)]
    made = called_off.reservations[1]
    assert [(one.kind, one.age) for one in made.attendees] == [
        (one.kind, one.age) for one in called_off.reservations[0].attendees
    ]
    assert made.ticket is not None
    assert kinds() == ["booked", "withdrawn", "booked"]
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.action == "booking.came_instead"


def test_pressed_twice_it_is_booked_once(
    client: FestivalClient, called_off: Booking, other: Occurrence
) -> None:
    page = client.get(instead(called_off, other))
    client.submit(page, "Yes, we come to this")
    again = client.submit(page, "Yes, we come to this")
    assert again.page.error_summary == ["You have this place already. Choose another date."]
    assert len(called_off.reservations) == 2


def test_places_that_went_meanwhile_are_refused_and_nothing_is_lost(
    client: FestivalClient, called_off: Booking, run: Occurrence, other: Occurrence
) -> None:
    page = client.get(instead(called_off, other))
    factories.booking(other, 2, name="Quick", email="quick@example.org")
    db.session.commit()
    page = client.submit(page, "Yes, we come to this")
    assert page.page.error_summary
    assert standing(called_off) == [(S.withdrawn, 3, run.id)]
    page = client.get(instead(called_off))
    assert "We found no other date and no session like this one" in page.words


def test_nothing_chosen_is_asked_for(client: FestivalClient, called_off: Booking) -> None:
    page = client.submit(client.get(instead(called_off)), "Yes, we come to this")
    assert page.page.error_summary == ["Choose one from the list."]


def test_its_page_leads_there(client: FestivalClient, called_off: Booking) -> None:
    page = client.get(manage_path(called_off))
    assert "This session was called off." in page.words
    link = page.page.link("Look for another date: Sing Together")
    assert client.get(link).h1 == "Come to something else"


def test_what_stands_is_not_asked_about(client: FestivalClient, run: Occurrence) -> None:
    booking = factories.booking(run, 1)
    db.session.commit()
    page = client.get(instead(booking), follow_redirects=True)
    assert "This has been changed already. Look at your booking." in page.words
    with pytest.raises(NotFound):
        bookings.come_instead(booking, reservation_of(booking), run.id, booking_rules())


def test_who_waited_may_come_too(
    client: FestivalClient, run: Occurrence, other: Occurrence
) -> None:
    for number in range(2):
        factories.booking(run, 4, name=f"Many {number}", email=f"many{number}@example.org")
    waits = factories.waiting(run, 2)
    running.cancel_occurrence(run.id, "The piano is broken.", actor=None)
    db.session.commit()
    client.submit(client.get(instead(waits, other)), "Yes, we come to this")
    assert standing(waits) == [(S.withdrawn, 2, run.id), (S.confirmed, 2, other.id)]


def test_only_the_link_opens_it(client: FestivalClient, called_off: Booking) -> None:
    assert client.get(instead(called_off).split("?")[0]).status_code == 404
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 2


def test_p4_the_booking_says_why_it_was_called_off_and_what_to_come_to(
    client: FestivalClient,
) -> None:
    """P4: reason in public words; the suggested alternative comes first."""
    theme = factories.theme()
    run = occurrence_of(factories.session(title="Bike Fix", theme=theme))
    factories.session(title="Aardvarks", theme=theme, starts_at=run.starts_at)
    other = occurrence_of(
        factories.session(title="Mend It", theme=theme, starts_at=run.starts_at + timedelta(days=2))
    )
    booking = factories.booking(run)
    running.cancel_occurrence(run.id, "The stand broke.", actor=None, alternative_id=other.id)
    db.session.commit()
    page = client.get(manage_path(booking))
    assert "Why: The stand broke." in page.words
    page = client.get(instead(booking))
    assert "Why: The stand broke." in page.words
    assert page.words.index("Mend It") < page.words.index("Aardvarks")
