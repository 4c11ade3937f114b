"""What the public may read, and finds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, programme
from festival.extensions import db
from festival.models import BookingMode, Edition, FestivalSession, OccurrenceState, SessionState
from tests import factories as make
from tests.support.finding import codes, look
from tests.support.statements import recorded

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def edition(app: object) -> Edition:
    return make.edition()


class TestFinding:
    @pytest.fixture(autouse=True)
    def _sessions(self, edition: Edition) -> None:
        making = make.theme("Making things", slug="making")
        make.session(
            code="E01",
            title="Bread from nothing",
            theme=making,
            provider=make.provider("Penn Fields Makers"),
            starts_at=make.at_hour(edition, hour=10, day=1),
        )
        make.session(
            code="E02",
            title="Knots for sailors",
            wording={"summary": "Tie five knots.", "description": "With 100%hemp rope."},
            room=make.room(venue=make.venue("Central Library")),
            starts_at=make.at_hour(edition, hour=9, day=2),
        )
        make.session(
            code="E03",
            title="ਪੰਜਾਬੀ ਲਿਖਣਾ",
            wording={"summary": "Write Punjabi in a café."},
            theme=making,
            starts_at=make.at_hour(edition, hour=0, day=2),
        )

    def test_everything_by_day_and_time(self, edition: Edition) -> None:
        assert codes() == ["E01", "E03", "E02"]

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("bread", ["E01"]),
            ("BREAD", ["E01"]),
            ("knot", ["E02"]),
            ("hemp", ["E02"]),
            ("penn fields", ["E01"]),
            ("library", ["E02"]),
            ("making", ["E03", "E01"]),
            ("making bread", ["E01"]),
            ("bread hemp", ["E01", "E02"]),  # nothing has both
            ("e02", ["E02"]),
            ("ਪੰਜਾਬੀ", ["E03"]),
            ("café", ["E03"]),
            ("nothing of the kind", ["E01"]),
            ("%", []),
            ("100%hemp", ["E02"]),
            ("_", []),
            ("'; DROP TABLE", []),
        ],
    )
    def test_by_words(self, edition: Edition, words: str, found: list[str]) -> None:
        assert codes(words=words) == found

    def test_by_day_in_the_festivals_own_zone(self, edition: Edition) -> None:
        second = edition.starts_on + timedelta(days=2)
        assert codes(day=second) == ["E03", "E02"]  # also that at midnight
        assert codes(day=second - timedelta(days=1)) == ["E01"]
        assert codes(day=second + timedelta(days=1)) == []

    def test_by_theme(self, edition: Edition) -> None:
        assert codes(theme="making") == ["E01", "E03"]
        assert codes(theme="unmaking") == []

    def test_by_all_at_once(self, edition: Edition) -> None:
        day = edition.starts_on + timedelta(days=2)
        assert codes(theme="making", day=day, words="punjabi") == ["E03"]


def test_with_places(edition: Edition) -> None:
    full = make.session(code="E01", capacity=2)
    make.booking(make.occurrence_of(full), adults=2)
    make.session(code="E02")
    make.session(code="E03", booking_mode=BookingMode.none)
    make.session(code="E04").occurrences[0].bookings_open_at = clock.now() + timedelta(hours=1)
    make.session(code="E05").occurrences[0].state = OccurrenceState.cancelled
    make.session(code="E06").occurrences[0].bookings_close_at = clock.now()
    db.session.flush()
    assert codes(has_places=True) == ["E02", "E03", "E04"]
    assert len(codes()) == 6


def test_places_of_a_hold_that_ran_out_are_places(
    edition: Edition, at: Callable[..., None]
) -> None:
    make.held(make.occurrence_of(make.session(capacity=1)))
    assert codes(has_places=True) == []
    at(clock.now() + timedelta(minutes=16))
    assert len(codes(has_places=True)) == 1


class TestHiding:
    def test_what_is_not_published(self, edition: Edition) -> None:
        make.session(published=False, code="E01")
        withdrawn = make.session(code="E02")
        withdrawn.state = SessionState.withdrawn
        make.session(code="E03", run=False)
        db.session.flush()
        assert codes() == []
        assert programme.session_by_code("E01", clock.now()) is None
        assert programme.session_by_code("E02", clock.now()) is None
        assert programme.session_by_code("E03", clock.now()) is not None

    def test_what_is_published_later(self, edition: Edition) -> None:
        later = clock.now() + timedelta(hours=1)
        make.session(code="E01", publish_at=later)
        assert codes() == []
        assert programme.session_by_code("E01", clock.now()) is None
        # Its time has come: it shows, whether the task that publishes has run or not.
        assert codes(later) == ["E01"]
        assert programme.session_by_code("E01", later) is not None

    def test_runs_that_are_only_proposed(self, edition: Edition) -> None:
        session = make.session(code="E01")
        proposed = make.occurrence(session, scheduled=False)
        now = clock.now()
        assert proposed not in programme.public_occurrences(session)
        assert programme.occurrence_for_booking("E01", proposed.id, now) is None
        shown = session.occurrences[0].id
        assert programme.occurrence_for_booking("e01", shown, now) is not None
        assert programme.occurrence_for_booking("E02", shown, now) is None
        (entry,) = look().entries
        assert len(entry.items) == 1

    def test_another_years_sessions(self, edition: Edition) -> None:
        make.session(code="E01")
        edition.is_current = False
        db.session.flush()
        make.edition()
        assert codes() == []

    @pytest.mark.parametrize("code", ["", "E1", "E01 ", "%", "E0_", "E01/", "\0"])
    def test_what_is_no_code(self, edition: Edition, code: str) -> None:
        make.session(code="E01", edition=edition)
        assert programme.session_by_code(code, clock.now()) is None


@pytest.mark.parametrize("hours", [None, -1, 0, 1])
@pytest.mark.parametrize("state", SessionState)
@pytest.mark.parametrize("worded", [True, False])
def test_one_session_is_public_as_all_are(
    edition: Edition, hours: int | None, state: SessionState, worded: bool
) -> None:
    now = clock.now()
    session = make.session(published=worded)
    session.state = state
    session.publish_at = None if hours is None else now + timedelta(hours=hours)
    db.session.flush()
    found = db.session.scalars(sa.select(FestivalSession).where(programme.are_public(now))).all()
    public = worded and state != SessionState.withdrawn and hours in (None, -1, 0)
    assert programme.is_public(session, now) is public
    assert found == ([session] if public else [])


def test_slots_of_one_day_are_one_entry(edition: Edition) -> None:
    session = make.session(code="E01", starts_at=make.at_hour(edition, hour=10, day=1), capacity=1)
    make.occurrence(session, starts_at=make.at_hour(edition, hour=11, day=1), capacity=3)
    make.occurrence(session, starts_at=make.at_hour(edition, hour=11, day=3))
    make.booking(session.occurrences[0])
    first, second = look().entries
    assert [len(one.items) for one in (first, second)] == [2, 1]
    assert (first.availability.reason, first.availability.places) == ("open", 3)
    assert first.first.session.title == "Bread from nothing"


def test_days_of_the_festival(edition: Edition) -> None:
    days = programme.days(edition)
    assert (days[0], days[-1], len(days)) == (edition.starts_on, edition.ends_on, 9)


def test_themes_in_their_order(edition: Edition) -> None:
    for name, position in (("Z", 1), ("A", 2), ("B", 1)):
        make.theme(name, position=position)
    assert [one.name for one in programme.themes()] == ["B", "Z", "A"]


@pytest.mark.parametrize("number", [1, 3])
def test_a_programme_of_any_length_asks_as_often(app: Flask, edition: Edition, number: int) -> None:
    for _ in range(number):
        make.booking(make.occurrence_of(make.session()))
    db.session.commit()
    db.session.expire_all()
    with recorded(app) as asked:
        assert len(look().entries) == number
    assert asked.count == 8, asked.all  # of them one is the edition, one the version
