"""Whether a room is free, with the time to set up and to clear away."""

from datetime import timedelta

import pytest

from festival.domain.occurrences import taken_by
from festival.models import OccurrenceState
from tests import factories as make
from tests.factories import occurrence_of

pytestmark = pytest.mark.usefixtures("app")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("minutes_after", "taken"), [(0, True), (19, True), (20, False), (-130, False), (-109, True)]
)
def test_both_need_their_time_to_set_up_and_clear_away(minutes_after: int, taken: bool) -> None:
    """Ten minutes each: between the end of one and the start of the next there are twenty."""
    room = make.room(30)
    other = occurrence_of(make.session(room=room))
    start = other.ends_at + minutes_after * MINUTE
    if minutes_after < 0:
        start = other.starts_at + minutes_after * MINUTE
    end = start + (110 if minutes_after < 0 else 60) * MINUTE
    found = taken_by(room, start, end, setup_minutes=10, cleardown_minutes=10)
    assert found == (other if taken else None)


def test_what_is_cancelled_or_of_the_same_session_does_not_take_it() -> None:
    room = make.room(30)
    other = occurrence_of(make.session(room=room))
    times = (other.starts_at, other.ends_at)
    assert taken_by(room, *times, setup_minutes=0, cleardown_minutes=0) == other
    assert taken_by(room, *times, setup_minutes=0, cleardown_minutes=0, but=other) is None
    other.state = OccurrenceState.cancelled
    assert taken_by(room, *times, setup_minutes=0, cleardown_minutes=0) is None


def test_online_there_is_room_for_everybody() -> None:
    room = make.room(30, venue=make.venue(is_online=True))
    other = occurrence_of(make.session(room=room))
    times = (other.starts_at, other.ends_at)
    assert taken_by(room, *times, setup_minutes=0, cleardown_minutes=0) is None
