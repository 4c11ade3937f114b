"""What time of its year a festival is in."""

from datetime import UTC, date, datetime, timedelta

import pytest

from festival.domain.season import Season, season, takes_offers
from festival.models import Edition

OPENS = datetime(2027, 5, 10, 9, tzinfo=UTC)
CLOSES = datetime(2027, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def festival() -> Edition:
    return Edition(
        time_zone="Europe/London",
        starts_on=date(2027, 6, 5),
        ends_on=date(2027, 6, 20),
        submissions_open_at=datetime(2026, 12, 1, tzinfo=UTC),
        submissions_close_at=CLOSES,
        bookings_open_at=OPENS,
    )


@pytest.mark.parametrize(
    ("moment", "has_programme", "expected"),
    [
        ("2026-11-30T12:00+00:00", False, Season.coming),
        ("2026-12-01T00:00+00:00", False, Season.call),
        ("2027-02-01T11:59+00:00", False, Season.call),
        ("2027-02-01T11:59+00:00", True, Season.coming),  # there is something to read
        ("2027-02-01T12:00+00:00", False, Season.coming),
        ("2027-05-10T08:59+00:00", True, Season.coming),
        ("2027-05-10T09:00+00:00", True, Season.on_sale),
        ("2027-05-10T09:00+00:00", False, Season.coming),
        ("2027-06-04T22:59+00:00", True, Season.on_sale),  # midnight in London is an hour later
        ("2027-06-04T23:00+00:00", True, Season.on_now),
        ("2027-06-20T22:59+00:00", True, Season.on_now),
        ("2027-06-20T23:00+00:00", True, Season.over),
    ],
)
def test_the_season(festival: Edition, moment: str, has_programme: bool, expected: Season) -> None:
    now = datetime.fromisoformat(moment)
    assert season(festival, now, has_programme=has_programme) is expected


def test_offers_without_an_opening_day_are_taken_until_the_closing_day(festival: Edition) -> None:
    festival.submissions_open_at = None
    assert takes_offers(festival, CLOSES - timedelta(days=365))
    assert not takes_offers(festival, CLOSES)
    festival.submissions_close_at = None
    assert not takes_offers(festival, CLOSES - timedelta(days=1))
