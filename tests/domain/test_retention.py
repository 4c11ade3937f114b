"""What is forgotten thirty days after a session, and what is kept."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import (
    bookings,
    clock,
    contacts,
    door,
    feedback,
    mine,
    observations,
    retention,
    wishes,
)
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
    EmptySearch,
    IdempotencyKey,
    Invitation,
    Provider,
    ShiftRole,
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
        "volunteers": 0,
        "first answers": 0,
        "codes": 0,
        "addresses": 0,
        "invitations": 0,
        "feedback in words": 0,
        "contacts of wishes": 0,
        "wishes in words": 0,
        "searches in words": 0,
        "requests for another form": 0,
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


@pytest.mark.usefixtures("app")
def test_volunteers_are_forgotten_30_days_after_their_shift() -> None:
    now = clock.now()
    venue = factories.venue()
    turns = [
        door.make_shift(
            venue=venue,
            volunteer="Sam",
            role=ShiftRole.door,
            from_at=now - timedelta(days=days, hours=4),
            until_at=now - timedelta(days=days),
            actor=factories.user(),
        ).shift
        for days in (31, 29)
    ]
    retention.forget(now)
    db.session.expire_all()
    assert [one.volunteer for one in turns] == ["", "Sam"]
    assert [one.door_pass.label for one in turns] == ["", "Sam"]


# --- what people would like to learn


def test_who_wished_is_forgotten_thirty_days_after_the_festival(
    app: Flask, at: Callable[..., None]
) -> None:
    """R10: a contact that was not answered does not stay."""
    edition = factories.the_edition()
    noon = factories.at_hour(edition, hour=12, day=8)
    wish = factories.wish(contact="ada@example.org")
    at(noon + timedelta(days=30))
    assert retention.forget(clock.now())["contacts of wishes"] == 0
    at(noon + timedelta(days=31))
    assert retention.forget(clock.now())["contacts of wishes"] == 1
    db.session.expire_all()
    assert (wish.contact, wish.words) == ("", "Crochet")
    assert sum(retention.forget(clock.now()).values()) == 0


def test_what_was_wished_and_searched_for_in_words_goes_after_a_year(
    app: Flask, at: Callable[..., None]
) -> None:
    """R10: the numbers stay."""
    wish, theme, today = factories.wish(), factories.theme(), clock.now()
    for words, times in (("crochet", 2), ("knots", 3), ("", 4)):
        edition, day = factories.the_edition().id, today.date()
        key = observations.empty_search_key(edition, day, theme.id, None, words)
        factories.empty_search(times, key=key, theme_id=theme.id, words=words)
    factories.empty_search(5, words="drums")
    at(today + timedelta(days=364))
    assert sum(retention.forget(clock.now()).values()) == 0
    at(today + timedelta(days=367))
    forgotten = retention.forget(clock.now())
    assert (forgotten["wishes in words"], forgotten["searches in words"]) == (1, 3)
    db.session.expire_all()
    assert wish.words == ""
    rows = db.session.execute(sa.select(EmptySearch.theme_id, EmptySearch.words, EmptySearch.times))
    assert sorted(rows.all(), key=str) == [(theme.id, "", 9), (None, "", 5)]
    keys = "".join(db.session.scalars(sa.select(EmptySearch.key)))
    assert not any(word in keys for word in ("crochet", "knots", "drums"))


def test_a_form_of_a_wish_is_known_for_a_week(app: Flask, at: Callable[..., None]) -> None:
    wishes.ask(
        factories.the_edition(),
        words="Crochet",
        theme=None,
        ward=None,
        suits=(),
        contact="",
        key=str(uuid.uuid4()),
    )
    today = clock.now()
    at(today + timedelta(days=6))
    assert retention.forget(clock.now())["first answers"] == 0
    at(today + timedelta(days=8))
    assert retention.forget(clock.now())["first answers"] == 1


# --- what people asked for in another way


def test_who_asked_for_another_form_is_forgotten_thirty_days_after_it_was_done(
    app: Flask, at: Callable[..., None]
) -> None:
    """Which form it was, and what came of it, stay."""
    now = clock.now()
    told = {"name": "Ada", "words": "The map", "about": "/privacy", "outcome": "Posted"}
    done = factories.form_request(done_at=now, **told)
    to_do = factories.form_request(words="All of it")
    at(now + timedelta(days=29))
    assert retention.forget(clock.now())["requests for another form"] == 0
    at(now + timedelta(days=31))
    assert retention.forget(clock.now())["requests for another form"] == 1
    db.session.expire_all()
    assert (done.name, done.contact, done.words) == ("", "", "")
    assert (done.about, done.outcome) == ("/privacy", "Posted")
    assert (to_do.contact, to_do.words) == ("07700 900123", "All of it")
    assert retention.forget(clock.now())["requests for another form"] == 0


def test_what_nobody_did_is_forgotten_after_the_festival_but_never_at_once(
    app: Flask, at: Callable[..., None]
) -> None:
    edition = factories.the_edition()
    over = factories.at_hour(edition, hour=12) + (edition.ends_on - edition.starts_on)
    before = factories.form_request(created_at=over - timedelta(days=1))
    after = factories.form_request(created_at=over + timedelta(days=40))
    at(over + timedelta(days=30))
    assert retention.forget(clock.now())["requests for another form"] == 0
    at(over + timedelta(days=41))
    assert retention.forget(clock.now())["requests for another form"] == 1
    at(over + timedelta(days=71))
    assert retention.forget(clock.now())["requests for another form"] == 1
    db.session.expire_all()
    assert (before.contact, after.contact) == ("", "")
