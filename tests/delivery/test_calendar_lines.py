"""Our own writer of calendar lines, held against icalendar."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.delivery.calendars.event import Event, component
from festival.delivery.calendars.lines import LONGEST, Lines, escape, fold, write_feed
from festival.delivery.calendars.text import one_line, plain
from festival.delivery.calendars.times import local_time
from festival.domain.words import LONDON
from tests.support.readers import check_bytes, unfolded

NOON = datetime(2027, 6, 5, 11, tzinfo=UTC)
HARD = "ਪੰਜਾਬੀ; a, b \\ “q” & <b> 🎈 \\; \\n اردو\u200f "
MOMENTS = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
COORDINATES = st.floats(-90, 90).map(lambda value: round(value, 5))
EVENTS = st.builds(
    Event,
    uid=st.uuids().map(lambda one: f"{one}@festival.example"),
    sequence=st.integers(0, 99),
    stamp=MOMENTS.map(lambda one: one.replace(microsecond=0)),
    starts=MOMENTS.map(lambda one: local_time(one, LONDON)),
    ends=MOMENTS.map(lambda one: local_time(one, LONDON)),
    summary=st.text().map(one_line),
    description=st.text(max_size=400).map(plain),
    location=st.text().map(one_line),
    url=st.just("https://festival.example/sessions/E02"),
    status=st.sampled_from(["CONFIRMED", "TENTATIVE", "CANCELLED"]),
    is_busy=st.booleans(),
    geo=st.none() | st.tuples(COORDINATES, COORDINATES),
    category=st.text(max_size=30).map(one_line),
    joining_url=st.sampled_from(["", "https://meet.example/j/1?a=1,2;b"]),
)


def an_event(**facts: object) -> Event:
    wanted: dict[str, object] = {
        "uid": "one@festival.example",
        "sequence": 0,
        "stamp": NOON,
        "starts": local_time(NOON, LONDON),
        "ends": local_time(NOON + timedelta(hours=1), LONDON),
        "summary": "Sing Together",
        "description": "",
        "location": "",
        "url": "https://festival.example/",
        "status": "CONFIRMED",
        "is_busy": True,
    }
    return Event(**wanted | facts)  # type: ignore[arg-type]


@given(EVENTS)
def test_it_writes_what_icalendar_writes(event: Event) -> None:
    ours = Lines().event(event)
    assert unfolded(ours) == unfolded(component(event).to_ical())
    assert check_bytes(ours)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text())
def test_a_text_comes_back_whole(text: str, other: str) -> None:
    text = plain(text + HARD + other)
    raw = Lines().event(an_event(description=text, summary=one_line(text)))
    check_bytes(raw)
    event = icalendar.Event.from_ical(raw)
    assert str(event["DESCRIPTION"]) == text
    assert str(event["SUMMARY"]) == one_line(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_folding_loses_nothing(text: str) -> None:
    raw = fold(text)
    parts = raw.removesuffix(b"\r\n").split(b"\r\n")
    assert b"".join([parts[0], *(part[1:] for part in parts[1:])]).decode() == text
    assert all(part.startswith(b" ") for part in parts[1:])
    for part in parts:
        part.decode()
        assert len(part) <= LONGEST


@pytest.mark.parametrize("before", range(60, 80))
def test_an_escape_is_not_torn(before: int) -> None:
    lines = fold("x" * before + escape(",;\\\\,\n") * 40).removesuffix(b"\r\n").split(b"\r\n ")
    for line in lines[:-1]:
        assert (len(line) - len(line.rstrip(b"\\"))) % 2 == 0, line


@pytest.mark.parametrize("letters", ["e\u0301", "🎈", "ਪੰ", "a"])
def test_long_lines_use_the_room_there_is(letters: str) -> None:
    lines = fold(letters * 200).removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) > LONGEST - 4 for line in lines[:-1])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Tea\x00 and\x07 cake\x7f", "Tea and cake"),
        ("Tea\r\nand cake", "Tea and cake"),
        ("Tea\u2028and\u0085cake", "Tea and cake"),
        ("شاہین\u200f", "شاہین\u200f"),  # marks of direction are part of a name
        ("half \ud83c of a letter", "half of a letter"),
        ("  a \t b  ", "a b"),
    ],
)
def test_one_line_has_no_controls(typed: str, words: str) -> None:
    assert one_line(typed) == words


def test_several_lines_have_no_other_controls() -> None:
    assert plain("a\r\nb\rc\u2028d\x0be\x00f\x85g ") == "a\nb\nc\nd" + "ef\ng"


def test_a_feed_has_what_subscribers_ask_for() -> None:
    raw = write_feed([an_event()], name="What, on", source="https://x/y.ics?q=a", product="-//x")
    lines = unfolded(raw)
    head = lines[: lines.index("BEGIN:VTIMEZONE")]
    assert head == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//x",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:What\\, on",
        "X-WR-CALNAME:What\\, on",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
        "SOURCE;VALUE=URI:https://x/y.ics?q=a",
    ]


@pytest.mark.parametrize(
    ("starts", "needed"), [(NOON, True), (datetime(2026, 10, 25, 0, 15, tzinfo=UTC), False)]
)
def test_the_zone_stands_there_where_a_time_names_it(starts: datetime, needed: bool) -> None:
    ends = starts + timedelta(minutes=30)
    event = an_event(starts=local_time(starts, LONDON), ends=local_time(ends, LONDON))
    raw = write_feed([event], name="x", source="", product="x")
    assert (b"BEGIN:VTIMEZONE" in raw) == (b"TZID=Europe/London" in raw) == needed


def test_an_empty_feed_can_be_read() -> None:
    raw = write_feed([], name="x", source="", product="x")
    calendar = icalendar.Calendar.from_ical(raw)
    assert list(calendar.events) == []
    assert "UID" not in calendar
