"""Until when an offer stands: R9, and the rules of quiet hours."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from festival.domain.capacity import offer_deadline
from festival.domain.words import LONDON

HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# The weeks around both nights on which the clocks change.
FORTNIGHT = st.integers(0, 14 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
NOW = st.builds(
    lambda first, later: first + later,
    st.sampled_from([at("2027-03-20T00:00+00:00"), at("2027-10-24T00:00+01:00")]),
    FORTNIGHT,
)


def awake(begins: datetime, ends: datetime) -> timedelta:
    """How much of this time is not between 21:00 and 08:00 on clocks in London."""
    step, total, moment = timedelta(minutes=5), timedelta(), begins
    while moment < ends:
        hour = moment.astimezone(LONDON).time()
        if time(8) <= hour < time(21):
            total += min(step, ends - moment)
        moment += step
    return total


@pytest.mark.parametrize(
    ("now", "start", "until"),
    [
        # far out: 24 hours of the day, so nearly two days on the clock
        ("2027-06-01T10:00+01:00", "2027-06-20T10:00+01:00", "2027-06-02T21:00+01:00"),
        # a quarter of the time left: 4 of 16 hours, of which the night does not count
        ("2027-06-01T20:00+01:00", "2027-06-02T12:00+01:00", "2027-06-02T11:00+01:00"),
        # the same day: two hours at least
        ("2027-06-01T10:00+01:00", "2027-06-01T14:00+01:00", "2027-06-01T12:00+01:00"),
        # that morning: the night counts, or nobody could come
        ("2027-06-01T20:00+01:00", "2027-06-02T09:00+01:00", "2027-06-01T23:15+01:00"),
        ("2027-06-02T03:00+01:00", "2027-06-02T11:00+01:00", "2027-06-02T05:00+01:00"),
        # made at night for another day: it begins at eight
        ("2027-06-02T03:00+01:00", "2027-06-02T13:00+01:00", "2027-06-02T10:30+01:00"),
        # the night on which clocks go back has an hour more, and it is quiet all the same
        ("2027-10-30T20:00+01:00", "2027-11-20T10:00+00:00", "2027-11-01T18:00+00:00"),
    ],
)
def test_r9_deadlines(now: str, start: str, until: str) -> None:
    assert offer_deadline(at(now), at(start), LONDON) == at(until)


@given(now=NOW, hours=st.integers(2, 24 * 20), minutes=st.integers(0, 59))
@settings(max_examples=400, deadline=None)
def test_r9_never_at_night_never_too_short_never_after_the_start(
    now: datetime, hours: int, minutes: int
) -> None:
    start = now + timedelta(hours=hours, minutes=minutes)
    until = offer_deadline(now, start, LONDON)
    assert now < until <= start
    local, begins = until.astimezone(LONDON), start.astimezone(LONDON)
    quiet = local.time() > time(21) or local.time() < time(8)
    that_morning = begins.time() < time(12) and start - until < timedelta(hours=16)
    assert not quiet or that_morning or until == start
    if not that_morning and until < start:
        wanted = min(24 * HOUR, max(2 * HOUR, (start - now) / 4))
        assert abs(awake(now, until) - wanted) <= timedelta(minutes=10)
