"""Volunteers' turns: a roster from a spreadsheet is looked at first and made once, the state of a
shift is the truth, and no PIN is on the paper that has the code."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from festival.domain import clock, door
from festival.domain.door import Granted
from festival.extensions import db
from festival.forms.shifts import read_cells
from festival.models import DoorPass, Edition, Office, Shift, ShiftRole, Venue
from tests import factories
from tests.support.client import FestivalClient, PageResponse
from tests.support.phone import pair

LINE = "Central Library, 5/6/2027, 9am, 1pm, door, Sam"
HOUR = timedelta(hours=1)


@pytest.fixture
def duty(edition: Edition, client: FestivalClient) -> FestivalClient:
    """The duty manager at a desk."""
    client.sign_in(factories.user(offices=[Office.duty_manager]))
    return client


@pytest.fixture
def library(edition: Edition) -> Venue:
    return factories.venue("Central Library", slug="central-library")


def check(duty: FestivalClient, *lines: str) -> PageResponse:
    page = duty.get("/office/shifts")
    return duty.submit(page, "Check the roster", **{"many-lines": "\n".join(lines)})


def shifts() -> Sequence[Shift]:
    return db.session.scalars(sa.select(Shift).order_by(Shift.id)).all()


def granted(venue: Venue, *, begins: datetime, ends: datetime) -> Granted:
    return door.make_shift(
        venue=venue,
        volunteer="Sam",
        role=ShiftRole.door,
        from_at=begins,
        until_at=ends,
        actor=factories.user(),
    )


def on_now(library: Venue, new_client: Callable[[], FestivalClient]) -> Shift:
    """A shift of this hour, with one phone."""
    now = clock.now()
    made = granted(library, begins=now - HOUR, ends=now + HOUR)
    db.session.commit()
    pair(new_client(), made.code, made.pin)
    return made.shift


def state_of(duty: FestivalClient, shift: Shift) -> str:
    """What the page of its day says of the only shift."""
    begins = shift.from_at.astimezone(factories.the_edition().zone)
    return duty.get(f"/office/shifts?day={begins:%d/%m/%Y}").page.table()[1][3]


class TestRoster:
    def test_it_is_looked_at_before_anything_is_made(
        self, duty: FestivalClient, library: Venue
    ) -> None:
        factories.venue("Theatre", slug="theatre")
        shown = check(duty, LINE, "theatre, 5/6/2027, 10am, 2pm, floor, sam")
        assert shown.h1 == "Check the roster"
        assert "Nothing has been made yet." in shown.words
        assert shown.words.count("Also elsewhere at that time") == 2
        assert shifts() == []
        changed = duty.submit(shown, "Change the roster")
        kept = changed.page.form("Check the roster").controls["many-lines"].values()
        assert kept[0].splitlines()[0].strip() == LINE
        made = duty.submit(shown, "Make 2 shifts and their slips")
        assert made.headers["Cache-Control"] == "no-store"
        assert [one.volunteer for one in shifts()] == ["Sam", "sam"]

    def test_sent_twice_it_is_made_once(self, duty: FestivalClient, library: Venue) -> None:
        """What may be repeated is safe to repeat; only what is new is made."""
        shown = check(duty, LINE)
        duty.submit(shown, "Make 1 shift and its slip")
        again = duty.submit(shown, "Make 1 shift and its slip")
        assert "Something has changed since you looked." in again.words
        assert "All of these are there already." in again.words
        assert len(shifts()) == 1
        more = check(duty, LINE, LINE.replace("Sam", "Jo"), LINE.replace("Sam", " JO"))
        assert "These are there already: we leave them out" in more.words
        duty.submit(more, "Make 1 shift and its slip")
        assert [one.volunteer for one in shifts()] == ["Sam", "Jo"]
        passes = db.session.scalar(sa.select(sa.func.count()).select_from(DoorPass))
        assert passes == 2

    def test_who_was_cancelled_can_come_after_all(
        self, duty: FestivalClient, library: Venue
    ) -> None:
        duty.submit(check(duty, LINE), "Make 1 shift and its slip")
        duty.submit(duty.get("/office/shifts?day=5/6/2027"), "Cancel the shift of Sam")
        made = duty.submit(check(duty, LINE), "Make 1 shift and its slip")
        assert made.h1 == "Slips to print"

    @pytest.mark.parametrize(
        "line",
        [
            "University, City Campus\t5/6/2027\t9am\t1pm\tdoor\tSam",
            '"University, City Campus", 5/6/2027, 9am, 1pm, door, Sam',
            "University, City Campus; 5/6/2027; 9am; 1pm; door; Sam",
        ],
    )
    def test_a_venue_with_a_comma_in_its_name(self, duty: FestivalClient, line: str) -> None:
        factories.venue("University, City Campus", slug="city-campus")
        duty.submit(check(duty, line), "Make 1 shift and its slip")
        (shift,) = shifts()
        assert (shift.venue.slug, shift.volunteer) == ("city-campus", "Sam")

    def test_of_two_venues_with_one_name_it_says_which(
        self, duty: FestivalClient, library: Venue
    ) -> None:
        """Nobody is sent to the wrong place in silence."""
        factories.venue("Central Library", slug="central-library-2")
        (told,) = check(duty, LINE).page.error_summary
        assert "Write which: central-library, central-library-2." in told
        line = LINE.replace("Central Library", "central-library-2")
        duty.submit(check(duty, line), "Make 1 shift and its slip")
        assert [one.venue.slug for one in shifts()] == ["central-library-2"]

    def test_one_shift_sent_twice_is_one(self, duty: FestivalClient, library: Venue) -> None:
        page = duty.get("/office/shifts")
        typed = {
            "one-volunteer": "Sam",
            "one-venue": "central-library",
            "one-role": "door",
            "one-day": "5/6/2027",
            "one-starts": "9am",
            "one-ends": "1pm",
        }
        assert duty.submit(page, "Make the shift and its slip", **typed).h1 == "Slips to print"
        again = duty.submit(page, "Make the shift and its slip", **typed)
        assert again.page.error_summary == [
            "There is this shift already. Choose “New slip” where it stands for a slip."
        ]
        assert len(shifts()) == 1


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("a,b,c,d,e,f", ["a", "b", "c", "d", "e", "f"]),
        ("a, b ,c,d,e,f, g", ["a", "b", "c", "d", "e", "f, g"]),
        ("a, x\tb\tc\td\te\tf, g\t\t", ["a, x", "b", "c", "d", "e", "f, g"]),
        ('"a, x",b', ["a, x", "b"]),
        ('"a, x,b', ['"a', "x", "b"]),
    ],
)
def test_the_cells_of_a_line(line: str, cells: list[str]) -> None:
    assert read_cells(line) == cells


class TestState:
    def test_the_phone_is_there(
        self, duty: FestivalClient, library: Venue, new_client: Callable[[], FestivalClient]
    ) -> None:
        shift = on_now(library, new_client)
        assert state_of(duty, shift) == "On the phone"

    def test_nobody_opened_a_phone(self, duty: FestivalClient, library: Venue) -> None:
        now = clock.now()
        made = granted(library, begins=now - HOUR, ends=now + HOUR)
        assert state_of(duty, made.shift) == "No phone opened yet"

    def test_signed_out_is_not_on_the_phone(
        self, duty: FestivalClient, library: Venue, new_client: Callable[[], FestivalClient]
    ) -> None:
        shift = on_now(library, new_client)
        for phone in door.phones_of([shift.door_pass])[shift.door_pass_id]:
            door.sign_out(phone, actor=None)
        assert state_of(duty, shift) == "Signed out"

    def test_switched_off_is_not_on_the_phone(
        self, duty: FestivalClient, library: Venue, new_client: Callable[[], FestivalClient]
    ) -> None:
        shift = on_now(library, new_client)
        door.revoke(shift.door_pass, actor=None)
        assert state_of(duty, shift) == "Switched off"

    def test_over_is_not_on_the_phone(
        self, duty: FestivalClient, library: Venue, new_client: Callable[[], FestivalClient]
    ) -> None:
        shift = on_now(library, new_client)
        clock.start_at(clock.now() + 2 * HOUR)
        assert state_of(duty, shift) == "Over"


class TestDay:
    def test_after_cancelling_the_same_day_stands_there(
        self, duty: FestivalClient, library: Venue
    ) -> None:
        duty.submit(check(duty, LINE), "Make 1 shift and its slip")
        page = duty.get("/office/shifts?day=5/6/2027")
        after = duty.submit(page, "Cancel the shift of Sam")
        assert after.page.table()[1][3] == "Cancelled"
        refused = duty.submit(page, "New slip for Sam")
        assert refused.page.table()[1][3] == "Cancelled"

    @pytest.mark.parametrize("day", ["1/1/0001", "31/12/9999", "soon", ""])
    def test_a_day_that_is_none_shows_one_of_the_festival(
        self, duty: FestivalClient, day: str
    ) -> None:
        assert duty.get(f"/office/shifts?day={day}").h1 == duty.get("/office/shifts").h1

    def test_elsewhere_after_midnight_is_told_on_both_days(
        self, duty: FestivalClient, library: Venue
    ) -> None:
        """F3: volunteer double-booked."""
        night = datetime.fromisoformat("2027-06-05T22:00+01:00")
        granted(library, begins=night, ends=night + 4 * HOUR)
        granted(factories.venue("Theatre"), begins=night + 3 * HOUR, ends=night + 6 * HOUR)
        for day in ("5/6/2027", "6/6/2027"):
            assert "Also elsewhere" in duty.get(f"/office/shifts?day={day}").words


def test_no_pin_is_on_the_paper_that_has_the_code(duty: FestivalClient, library: Venue) -> None:
    """The page of a new pass prints the slip alone."""
    page = duty.get("/office/door-passes")
    made = duty.submit(
        page,
        "Make the pass",
        venue="central-library",
        label="Front",
        day="5/6/2027",
        starts="9am",
        ends="1pm",
    )
    (hidden,) = made.page.with_class("not-printed")
    (slip,) = made.page.with_class("slip")
    on_screen = "".join(hidden.itertext())
    pin = on_screen.split("PIN")[2].split()[0]
    assert pin.isdecimal()
    assert pin not in "".join(slip.itertext()).split()
    assert slip not in list(hidden.iter())
