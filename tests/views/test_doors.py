"""The team's side of the doors: shifts and their slips, phones, what two doors did twice, the scan
log. The live board has a file of its own."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from festival.domain import check, clock, door, words
from festival.domain.scans import heads_of
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Booking,
    DoorDevice,
    DoorPass,
    Edition,
    Occurrence,
    Office,
    ScanKind,
    Shift,
    Ticket,
    User,
    Venue,
)
from tests import factories
from tests.cast import Volunteer
from tests.support.client import FestivalClient, PageResponse
from tests.support.phone import pair
from tests.support.statements import recorded

HALF = timedelta(minutes=30)
LINE = "Central Library, 5/6/2027, 9am, 1pm, door, Sam"


@pytest.fixture
def duty(edition: Edition, client: FestivalClient) -> FestivalClient:
    """The duty manager at a desk."""
    client.sign_in(factories.user(offices=[Office.duty_manager]))
    return client


@pytest.fixture
def library(edition: Edition) -> Venue:
    return factories.venue("Central Library", slug="central-library")


def run_at(venue: Venue | None, *, begins: timedelta = HALF, **facts: Any) -> Occurrence:
    room = factories.room(legal_capacity=10, venue=venue)
    made = factories.session(room=room, starts_at=clock.now() + begins, **facts)
    return factories.occurrence_of(made)


def ticket_of(booking: Booking) -> Ticket:
    ticket = factories.reservation_of(booking).ticket
    assert ticket is not None
    return ticket


def roster(duty: FestivalClient, lines: str) -> PageResponse:
    """Paste it, look at what becomes of it, and make it; where something is wrong, the page that
    says so."""
    page = duty.get("/office/shifts")
    shown = duty.submit(page, "Check the roster", **{"many-lines": lines})
    made = [one for form in shown.page.forms for one in form.buttons if one.endswith("slips")]
    made += [one for form in shown.page.forms for one in form.buttons if one.endswith("its slip")]
    if shown.h1 != "Check the roster" or not made:
        return shown
    return duty.submit(shown, made[0])


class TestShifts:
    def test_one_shift_and_its_slip(
        self, duty: FestivalClient, library: Venue, new_client: Callable[[], FestivalClient]
    ) -> None:
        """The slip opens a phone with the PIN that stands on the lead's sheet alone."""
        now = clock.now().astimezone(library_zone())
        page = duty.get("/office/shifts")
        made = duty.submit(
            page,
            "Make the shift and its slip",
            **{
                "one-volunteer": "Sam",
                "one-venue": "central-library",
                "one-role": "door",
                "one-day": f"{now:%d/%m/%Y}",
                "one-starts": "midnight",
                "one-ends": "23:59",
            },
        )
        assert made.headers["Cache-Control"] == "no-store"
        code, pin = slip_of(made)
        phone = pair(new_client(), code, pin)
        assert phone.sync(wants=True)["door"]["label"] == "Sam"
        listed = duty.get(f"/office/shifts?day={now:%d/%m/%Y}")
        assert "On the phone" in listed.words
        assert code not in listed.page.html
        assert pin not in listed.words

    def test_a_whole_roster(self, duty: FestivalClient, library: Venue) -> None:
        made = roster(duty, f"{LINE}\ncentral-library\t5/6/2027\t1pm\t5pm\tlead\tJo, of the day")
        assert made.h1 == "Slips to print"
        assert len(made.page.all("img")) >= 2
        shifts = db.session.scalars(sa.select(Shift).order_by(Shift.from_at)).all()
        assert [(one.volunteer, one.role) for one in shifts] == [
            ("Sam", "door"),
            ("Jo, of the day", "lead"),
        ]
        assert shifts[0].from_at == datetime.fromisoformat("2027-06-05T09:00+01:00")

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("", "Write at least one line."),
            ("Central Library, 5/6/2027", "Line 1: It needs 6 parts"),
            ("Nowhere, 5/6/2027, 9am, 1pm, door, Sam", "We do not know the venue “Nowhere”."),
            ("Central Library, soon, 9am, 1pm, door, Sam", "“soon” is no day."),
            ("Central Library, 5/6/2027, 1pm, 9am, door, Sam", "The hours are not right."),
            ("Central Library, 5/6/2027, 9am, 1pm, cook, Sam", "“cook” is not door, lead"),
            ("Central Library, 5/6/2027, 9am, 1pm, door, ", "It needs a name"),
            ("Central Library, 28/3/2027, 1:30am, 5am, door, Sam", "There is no such time"),
            (f"{LINE}\n" * 201, "These are more than 200 lines."),
        ],
    )
    def test_what_is_wrong_is_told_by_line_and_nothing_is_made(
        self, duty: FestivalClient, library: Venue, line: str, told: str
    ) -> None:
        again = roster(duty, line)
        assert told in again.page.error_summary[0]
        kept = again.page.form("Check the roster").controls["many-lines"].values()
        assert kept[0].strip() == line.strip()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Shift)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(DoorPass)) == 0

    def test_at_two_venues_at_once_is_told(self, duty: FestivalClient, library: Venue) -> None:
        """F3: volunteer double-booked: told, not refused."""
        factories.venue("Theatre", slug="theatre")
        roster(duty, f"{LINE}\ntheatre, 5/6/2027, 10am, 2pm, floor, sam")
        assert "Also elsewhere at that time" in duty.get("/office/shifts?day=5/6/2027").words

    def test_cancelled_its_pass_is_off(self, duty: FestivalClient, library: Venue) -> None:
        roster(duty, LINE)
        page = duty.get("/office/shifts?day=5/6/2027")
        duty.submit(page, "Cancel the shift of Sam")
        (shift,) = db.session.scalars(sa.select(Shift))
        assert shift.cancelled_at is not None
        assert shift.door_pass.revoked_at is not None
        actions = set(db.session.scalars(sa.select(AuditEntry.action)))
        assert {"shift.made", "shift.cancelled", "door_pass.revoked"} <= actions

    def test_a_new_slip_for_one_that_was_lost(
        self, duty: FestivalClient, library: Venue, stranger: Any
    ) -> None:
        old, _pin = slip_of(roster(duty, LINE))
        page = duty.get("/office/shifts?day=5/6/2027")
        code, _ = slip_of(duty.submit(page, "New slip for Sam"))
        assert code != old
        assert stranger.client.get(f"/scan/open/{old}").status_code == 404
        assert stranger.client.get(f"/scan/open/{code}").status_code == 409  # not yet

    def test_the_day_asks_the_same_for_one_and_for_three(
        self, app: Flask, duty: FestivalClient, library: Venue
    ) -> None:
        def asked() -> int:
            with recorded(app) as statements:
                duty.get("/office/shifts?day=5/6/2027")
            return statements.count

        roster(duty, LINE)
        asked()
        one = asked()
        factories.venue("Theatre", slug="theatre")
        roster(duty, f"{LINE}\ntheatre, 5/6/2027, 9am, 1pm, lead, Jo")
        assert asked() == one


def library_zone() -> Any:
    return factories.the_edition().zone


def slip_of(page: PageResponse) -> tuple[str, str]:
    """The code and the PIN of a page with one slip."""
    texts = ["".join(one.itertext()) for one in page.page.with_class("slip__code")]
    pins = [one for one in texts if one.isdecimal()]
    codes = [one for one in texts if not one.isdecimal()]
    return codes[0], pins[0]


def token_of(page: PageResponse) -> str:
    return page.page.forms[-1].controls["csrf_token"].values()[0]


class TestPhones:
    def test_one_is_signed_out_from_afar(self, duty: FestivalClient, volunteer: Volunteer) -> None:
        """V1: remote sign-out wipes the stored list; the list tells when it is gone."""
        phone = pair(volunteer.client, volunteer.secret, volunteer.pin)
        page = duty.get("/office/door-passes")
        assert "Phone A: just now" in page.words
        assert volunteer.door_pass is not None
        duty.submit(page, f"Sign out phone A of number {volunteer.door_pass.id}")
        assert phone.sync(wants=True)["wipe"] is True
        phone.post(events=[], wiped=True)
        assert "Signed out, list deleted" in duty.get("/office/door-passes").words

    def test_a_new_link_and_pin(self, duty: FestivalClient, volunteer: Volunteer) -> None:
        assert volunteer.door_pass is not None
        phone = pair(volunteer.client, volunteer.secret, volunteer.pin)
        page = duty.get("/office/door-passes")
        made = duty.submit(page, f"New slip for number {volunteer.door_pass.id}")
        code, pin = slip_of(made)
        assert volunteer.client.get(f"/scan/open/{volunteer.secret}").status_code == 404
        assert pair(volunteer.client, code, pin).sync()["pass"] == "open"
        assert phone.sync()["pass"] == "open"  # who is in stays in


class TestConflicts:
    @pytest.fixture
    def twice(self, volunteer: Volunteer, new_client: Callable[[], FestivalClient]) -> Ticket:
        """The same party of three at two doors."""
        ticket = ticket_of(factories.booking(run_at(volunteer.venue), adults=3))
        for client in (volunteer.client, new_client()):
            phone = pair(client, volunteer.secret, volunteer.pin)
            phone.admit(ticket)
            phone.sync()
        return ticket

    def test_the_same_people_are_counted_once(self, duty: FestivalClient, twice: Ticket) -> None:
        """V3: conflict recorded on sync; wording never accuses."""
        page = duty.get("/office/conflicts")
        reference = twice.reservation.booking.reference
        assert f"{reference}: 6 came in, 3 are booked" in page.words
        assert "Nobody did anything wrong" in page.words
        assert twice.reservation.booking.name not in page.words
        settled = duty.submit(page, f"The same people: count {reference} once")
        assert "There is nothing to settle." in settled.words
        assert door.people_in(twice.reservation.occurrence_id) == 3
        assert check.broken_rules() == []

    def test_more_people_are_counted_too(self, duty: FestivalClient, twice: Ticket) -> None:
        page = duty.get("/office/conflicts")
        reference = twice.reservation.booking.reference
        duty.submit(page, f"3 more with {reference}: count them too")
        assert door.people_in(twice.reservation.occurrence_id) == 6
        assert door.conflicts() == []
        again = duty.post(
            f"/office/conflicts/{twice.number}",
            data={"how": "extra", "csrf_token": token_of(page)},
            follow_redirects=True,
        )
        assert "This was settled before." in again.words
        assert door.people_in(twice.reservation.occurrence_id) == 6

    def test_the_list_asks_the_same_for_one_and_for_three(
        self, app: Flask, duty: FestivalClient, volunteer: Volunteer, twice: Ticket
    ) -> None:
        def asked() -> int:
            with recorded(app) as statements:
                duty.get("/office/conflicts")
            return statements.count

        asked()
        one = asked()
        phones = [pair(volunteer.client, volunteer.secret, volunteer.pin) for _ in range(2)]
        for name in ("Draw", "Weave"):
            ticket = ticket_of(factories.booking(run_at(volunteer.venue, title=name), adults=2))
            for phone in phones:
                phone.admit(ticket)
                phone.sync()
        db.session.commit()
        assert len(door.conflicts()) == 3
        assert asked() == one

    def test_the_board_leads_to_it(self, duty: FestivalClient, twice: Ticket) -> None:
        assert "The same ticket at two doors" in duty.get("/office/board").words


@pytest.mark.databases("sqlite")
@given(
    places=st.integers(1, 5),
    admits=st.lists(st.integers(1, 5), min_size=1, max_size=6),
    extra=st.booleans(),
)
def test_settling_ends_at_the_places(
    places: int, admits: list[int], extra: bool, database: Any
) -> None:
    """Whatever came in by a ticket: settled, it is its places at most; extra people stay in."""
    isolated = database.isolated()
    isolated.begin()
    try:
        with isolated.app.app_context():
            factories.the_edition()
            venue = factories.venue()
            run = run_at(venue, most_places=5)
            ticket = ticket_of(factories.booking(run, adults=places))
            held, _code, _pin = factories.door_pass(venue)
            actor: User = factories.user(offices=[Office.duty_manager])
            for people in admits:
                door.record(
                    held,
                    ScanKind.admit,
                    scan_id=str(uuid.uuid4()),
                    people=people,
                    ticket_number=ticket.number,
                    occurrence_id=run.id,
                    flags=["over_admitted"],
                )
            before = door.people_in(run.id)
            door.settle(ticket.number, extra=extra, actor=actor)
            door.settle(ticket.number, extra=extra, actor=actor)
            assert door.conflicts() == []
            assert door.people_in(run.id) == (before if extra else min(before, places))
    finally:
        isolated.isolation.roll_back()


class TestLog:
    def test_who_where_and_the_corrected_time(
        self, duty: FestivalClient, volunteer: Volunteer, at: Callable[..., None]
    ) -> None:
        start = clock.now()
        at(start, tick=False)
        ticket = ticket_of(factories.booking(run_at(volunteer.venue), adults=2))
        db.session.commit()
        phone = pair(volunteer.client, volunteer.secret, volunteer.pin)
        phone.slow_by = timedelta(hours=3)
        phone.admit(ticket)
        at(start + timedelta(minutes=7), tick=False)
        phone.sync()
        row = duty.get("/office/scans").page.table()[1]
        zone = factories.the_edition().zone
        assert row[0].startswith(words_hour(start, zone))
        assert "sent" in row[0]
        assert row[1] == "Central Library, Front door, phone A"
        assert row[3] == "2 people let in"

    @pytest.mark.parametrize(
        ("query", "number"),
        [
            ({}, 2),
            ({"venue": "theatre"}, 1),
            ({"code": "e999"}, 0),
            ({"day": "1/1/2001"}, 0),
            ({"day": "someday"}, 2),
            ({"day": "31/12/9999"}, 2),
            ({"page": "9"}, 0),
            ({"venue": "theatre\0", "code": "\0"}, 1),
        ],
    )
    def test_filters(
        self, duty: FestivalClient, volunteer: Volunteer, query: dict[str, str], number: int
    ) -> None:
        theatre = factories.venue("Theatre", slug="theatre")
        other, _code, _pin = factories.door_pass(theatre)
        for held in (volunteer.door_pass, other):
            assert held is not None
            door.record(held, ScanKind.note, scan_id=str(uuid.uuid4()), verdict="not_ours")
        db.session.commit()
        page = duty.get("/office/scans", query_string=query)
        shown = [row for row in page.page.table() if "Not one of our tickets" in row]
        assert len(shown) == number
        assert ("Type a day" in page.words) is (query.get("day") in ("someday", "31/12/9999"))


def words_hour(moment: datetime, zone: Any) -> str:
    return words.hour(moment, zone)


def test_heads_after_a_full_count(volunteer: Volunteer) -> None:
    """V5: a full count is where the steps begin anew."""
    run = run_at(volunteer.venue)
    phone = pair(volunteer.client, volunteer.secret, volunteer.pin)
    for kind, people in (("heads", 4), ("headcount", 9), ("heads", 2), ("heads", -1)):
        phone.event(kind, occurrence=run.id, people=people, source="button")
    phone.sync()
    assert heads_of([run.id])[run.id][0] == 10


def test_a_device_is_not_found(duty: FestivalClient, library: Venue) -> None:
    page = duty.get("/office/door-passes")
    token = token_of(page)
    for path in ("door-phones/99/sign-out", "shifts/99/cancel", "shifts/99/slip"):
        assert duty.post(f"/office/{path}", data={"csrf_token": token}).status_code == 404
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DoorDevice)) == 0
