"""What is named on the page of a session for who looks on."""

from datetime import timedelta

from flask import Flask

from festival.domain import clock, programme
from festival.domain.programme import public_occurrences
from festival.domain.similar import similar
from festival.extensions import db
from festival.models import (
    Accompaniment,
    BookingMode,
    Edition,
    FestivalSession,
    OccurrenceState,
)
from tests import factories
from tests.factories import at_hour, occurrence_of
from tests.support.statements import recorded


def found(session: FestivalSession, **options: int) -> list[FestivalSession]:
    entries = similar(session, public_occurrences(session), clock.now(), **options)
    return [one.session for one in entries]


def test_its_theme_then_its_ages_then_the_nearest(edition: Edition) -> None:
    """Finding something to learn: similar sessions."""
    theme = factories.theme()
    here = factories.room(venue=factories.venue(latitude=52.58, longitude=-2.13))
    far = factories.room(venue=factories.venue(latitude=52.70, longitude=-2.13))
    near = factories.room(venue=factories.venue(latitude=52.59, longitude=-2.13))
    session = factories.session(theme=theme, room=here, age_min=8, age_max=11)
    other_theme = factories.session(room=near, age_min=8)
    other_ages = factories.session(theme=theme, room=near, age_min=18)
    further = factories.session(theme=theme, room=far, age_min=11)
    nearer = factories.session(theme=theme, room=near, age_max=8)
    assert found(session, limit=9) == [nearer, further, other_ages, other_theme]
    assert found(session) == [nearer, further, other_ages]


def test_one_date_of_each_the_first_that_has_places(edition: Edition) -> None:
    session = factories.session()
    other = factories.session(capacity=1, theme=session.theme)
    factories.booking(occurrence_of(other))
    later = factories.occurrence(other, starts_at=at_hour(edition, hour=10, day=5))
    factories.occurrence(other, starts_at=at_hour(edition, hour=10, day=6))
    (entry,) = similar(session, public_occurrences(session), clock.now())
    assert entry.run is later
    assert entry.availability.is_open


def test_not_what_is_full_over_hidden_closed_or_cancelled(edition: Edition) -> None:
    session = factories.session(theme=factories.theme())
    full = factories.session(theme=session.theme, capacity=1)
    factories.booking(occurrence_of(full))
    begun = factories.session(theme=session.theme)
    occurrence_of(begun).starts_at = clock.now() - timedelta(minutes=5)
    factories.session(theme=session.theme, published=False)
    factories.session(theme=session.theme, publish_at=clock.now() + timedelta(days=1))
    closed, cancelled = (factories.session(theme=session.theme) for _ in range(2))
    occurrence_of(closed).is_closed = True
    occurrence_of(cancelled).state = OccurrenceState.cancelled
    assert found(session) == []


def test_what_needs_no_booking_and_what_opens_later_are_named(edition: Edition) -> None:
    session = factories.session()
    fair = factories.session(booking_mode=BookingMode.none)
    later = factories.session()
    occurrence_of(later).bookings_open_at = clock.now() + timedelta(hours=1)
    assert set(found(session)) == {fair, later}


def test_a_series_stands_for_itself_by_its_first_part(edition: Edition) -> None:
    session = factories.session()
    parts = factories.series(3)
    (entry,) = similar(session, public_occurrences(session), clock.now())
    assert entry.run == parts[0]


def test_without_a_theme_or_a_date_there_still_are_others(edition: Edition) -> None:
    session = factories.session(run=False)
    session.theme = None
    other = factories.session()
    assert found(session) == [other]


def test_babies_in_arms_make_no_session_one_for_children(edition: Edition) -> None:
    session = factories.session(accompaniment=Accompaniment.babes_in_arms, theme=factories.theme())
    children = factories.session(theme=session.theme, age_max=11)
    adults = factories.session(theme=session.theme, age_min=18)
    assert found(session) == [adults, children]


def test_it_asks_as_much_for_three_as_for_one(app: Flask, edition: Edition) -> None:
    session = factories.session()
    code, counts = session.code, []
    for others in (1, 2):
        for _ in range(others):
            factories.session()
        db.session.commit()
        db.session.expunge_all()
        again = programme.session_by_code(code, clock.now())
        assert again is not None
        runs = public_occurrences(again)
        with recorded(app) as asked:
            entries = similar(again, runs, clock.now())
        assert len(entries) == 2 * others - 1
        counts.append(asked.count)
    assert counts[0] == counts[1]
