"""What is forgotten thirty days after a session, and what is kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import bookings, clock, contacts, feedback, mine, retention
from festival.domain.bookings import Asked
from festival.domain.providers import invitations
from festival.domain.retention import AFTER_SESSION, age_band
from festival.extensions import db
from festival.models import (
    AccessRequest,
    ApiToken,
    AttendeeKind,
    Booking,
    Contact,
    ContactKind,
    IdempotencyKey,
    Invitation,
    Provider,
    TokenRole,
)
from tests import factories
from tests.factories import occurrence_of


@pytest.mark.parametrize(
    ("age", "band"), [(0, "0-4"), (4, "0-4"), (5, "5-10"), (11, "11-15"), (17, "16-17")]
)
def test_bands(age: int, band: str) -> None:
    assert age_band(age) == band


@pytest.fixture
def family(app: Flask) -> Booking:
    """An adult with a child of seven, who asked for something."""
    run = occurrence_of(factories.session(question="Any food allergies?"))
    booking = factories.booking(run, 1, ages=[7])
    claim = factories.reservation_of(booking)
    names = {one.id: name for one, name in zip(claim.attendees, ("Ada", "Byron"), strict=True)}
    bookings.rename(booking, claim, names)
    asked = Asked(["step-free"], "Near the front", consent=True)
    bookings.note_asked(claim, asked, "Nuts", clock.now())
    db.session.flush()
    return booking


def test_after_thirty_days_only_the_band_of_an_age_is_kept(
    family: Booking, at: Callable[..., None]
) -> None:
    claim = factories.reservation_of(family)
    at(claim.occurrence.ends_at + AFTER_SESSION + timedelta(minutes=1))
    assert retention.forget(clock.now()) == {
        "access requests": 1,
        "children and companions": 1,
        "walk-ups": 0,
        "first answers": 0,
        "codes": 0,
        "addresses": 0,
        "invitations": 0,
        "feedback in words": 0,
    }
    db.session.expire_all()
    adult, child = factories.reservation_of(family).attendees
    assert (adult.name, adult.age_band) == ("Ada", "")
    assert (child.kind, child.name, child.age, child.age_band) == (
        AttendeeKind.child,
        "",
        None,
        "5-10",
    )
    assert db.session.scalar(sa.select(sa.func.count(AccessRequest.id))) == 0
    assert sum(retention.forget(clock.now()).values()) == 0


def test_a_day_before_nothing_is_forgotten(family: Booking, at: Callable[..., None]) -> None:
    claim = factories.reservation_of(family)
    at(claim.occurrence.ends_at + AFTER_SESSION - timedelta(days=1))
    assert sum(retention.forget(clock.now()).values()) == 0
    assert claim.attendees[1].age == 7
    assert claim.access_request is not None
    assert claim.access_request.note == "Near the front"


def test_first_answers_are_kept_for_a_week(app: Flask, at: Callable[..., None]) -> None:
    now = clock.now()
    token = ApiToken(name="Kiosk", role=TokenRole.web, secret_hash="x", created_at=now)
    db.session.add(token)
    db.session.flush()
    db.session.add(
        IdempotencyKey(
            token_id=token.id, key="k", request_hash="h", status=201, answer="{}", created_at=now
        )
    )
    db.session.flush()
    at(now + timedelta(days=6))
    assert retention.forget(clock.now())["first answers"] == 0
    at(now + timedelta(days=8))
    assert retention.forget(clock.now())["first answers"] == 1


# --- addresses, codes, what people said


def remembered() -> list[str]:
    return sorted(db.session.scalars(sa.select(Contact.address)))


def test_addresses_without_bookings_are_forgotten_after_thirty_days(
    app: Flask, at: Callable[..., None]
) -> None:
    run = occurrence_of(factories.session())
    factories.booking(run)
    factories.booking(run, email="", mobile="07700 900 982")
    factories.user("staff@example.org")
    for email in ("ada@example.org", "Staff@example.org", "gone@example.org"):
        contacts.remember(ContactKind.email, email)
    for number in ("+44 7700 900982", "07700 900111"):
        contacts.remember(ContactKind.phone, number)
    db.session.flush()
    at(clock.now() + retention.CONTACT_KEPT - timedelta(minutes=1))
    assert retention.forget(clock.now())["addresses"] == 0
    at(clock.now() + timedelta(minutes=2))
    assert retention.forget(clock.now())["addresses"] == 2
    assert remembered() == ["+447700900982", "ada@example.org", "staff@example.org"]


def test_codes_are_forgotten_when_their_time_is_over(app: Flask, at: Callable[..., None]) -> None:
    factories.booking(occurrence_of(factories.session()))
    mine.ask_code("ada@example.org")
    db.session.flush()
    assert retention.forget(clock.now())["codes"] == 0
    at(clock.now() + timedelta(minutes=16))
    assert retention.forget(clock.now())["codes"] == 1
    db.session.expire_all()
    contact = contacts.of_email("ada@example.org")
    assert contact is not None
    assert (contact.code_nonce, contact.code_until) == ("", None)


def test_what_people_wrote_is_forgotten_after_a_year_and_the_numbers_stay(
    app: Flask, at: Callable[..., None]
) -> None:
    run = occurrence_of(factories.session())
    at(run.ends_at)
    feedback.give(run, rating=5, is_first_time=True, words="Lovely", key="one")
    db.session.flush()
    at(run.ends_at + timedelta(days=364))
    assert retention.forget(clock.now())["feedback in words"] == 0
    at(run.ends_at + timedelta(days=366))
    assert retention.forget(clock.now())["feedback in words"] == 1
    db.session.expire_all()
    said = feedback.summary(run)
    assert (said.ratings[5], said.first_time, said.words) == (1, 1, [])


def test_who_was_invited_and_never_came_is_forgotten(
    app: Flask, provider: Provider, at: Callable[..., None]
) -> None:
    at(clock.now())
    for email in ("never@example.org", "came@example.org"):
        made = invitations.invite(None, email, provider=provider, inviter=None)
    invitations.accept(made, factories.user("came@example.org"))
    ends = made.until_at
    at(ends + timedelta(days=90))
    assert retention.forget(clock.now())["invitations"] == 0
    at(ends + timedelta(days=90, seconds=1))
    assert retention.forget(clock.now())["invitations"] == 1
    assert db.session.scalars(sa.select(Invitation.email)).all() == ["came@example.org"]
