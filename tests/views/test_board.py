"""The live board: stories F6 and V5."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from festival.domain import attendance, clock, door, running
from festival.extensions import db
from festival.models import (
    Accompaniment,
    DoorDevice,
    DoorPass,
    Edition,
    Occurrence,
    Office,
    Reservation,
    Shift,
    ShiftRole,
    Ticket,
    User,
    Venue,
)
from tests import factories
from tests.cast import Volunteer
from tests.support.client import FestivalClient, PageResponse
from tests.support.page import words
from tests.support.phone import Phone, pair
from tests.support.statements import recorded

At = Callable[..., None]
MINUTE, HALF = timedelta(minutes=1), timedelta(minutes=30)
NOW = "2027-06-08T12:30+01:00"


@pytest.fixture(autouse=True)
def _at_half_past_twelve(at: At, edition: Edition) -> None:
    """An hour at which today is long, in the festival's days."""
    at(NOW)


@pytest.fixture
def actor(edition: Edition) -> User:
    return factories.user(name="Dora Duty", offices=[Office.duty_manager])


@pytest.fixture
def duty(actor: User, client: FestivalClient) -> FestivalClient:
    """The duty manager at a desk."""
    client.sign_in(actor)
    return client


@pytest.fixture
def run(volunteer: Volunteer) -> Occurrence:
    """Begins in half an hour at the volunteer's venue."""
    return run_at(volunteer.venue)


@pytest.fixture
def phone(volunteer: Volunteer) -> Phone:
    return pair(volunteer.client, volunteer.secret, volunteer.pin)


def run_at(venue: Venue | None, *, begins: timedelta = HALF, **facts: Any) -> Occurrence:
    wanted: dict[str, Any] = {"title": "Sing Together", "capacity": 10} | facts
    room = factories.room(legal_capacity=wanted.pop("legal", 12), venue=venue)
    made = factories.session(room=room, starts_at=clock.now() + begins, **wanted)
    return factories.occurrence_of(made)


def book(run: Occurrence, people: int) -> Reservation:
    return factories.reservation_of(factories.booking(run, adults=people, name="Nadia Aktar"))


def ticket_of(claim: Reservation) -> Ticket:
    assert claim.ticket is not None
    return claim.ticket


def flags(page: PageResponse) -> dict[str, str]:
    """What somebody should look at: the title, and all that is said."""
    return {words(title_of(page, one)): words(one) for one in page.page.with_class("flag")}


def title_of(page: PageResponse, flag: Element) -> Element:
    (title,) = page.page.all("h3", inside=flag)
    return title


def board(client: FestivalClient, **query: str) -> PageResponse:
    return client.get("/office/board", query_string=query)


def shift(door_pass: DoorPass | None, volunteer: str) -> Shift:
    assert door_pass is not None
    made = Shift(
        venue_id=door_pass.venue_id,
        door_pass_id=door_pass.id,
        volunteer=volunteer,
        role=ShiftRole.door,
        from_at=door_pass.from_at,
        until_at=door_pass.until_at,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made


class TestFigures:
    def test_in_expected_walk_up_waiting_and_heads(
        self, duty: FestivalClient, run: Occurrence, phone: Phone
    ) -> None:
        """F6: per session booked / in / walk-up / expected."""
        phone.admit(ticket_of(book(run, 2)))
        phone.walk_up(run.id, 2)
        phone.event("queue", occurrence=run.id, people=3, label="A1", source="button")
        phone.event("heads", occurrence=run.id, people=5, source="button")
        phone.sync()
        (card,) = board(duty).page.with_class("here")
        for part in (
            "1pm to 2:30pm",
            "Sing Together",
            "4 in, 2 expected",
            "Without a ticket 2",
            "Waiting 3",
            "Heads counted 5",
            "Places 10",
            "By law 12",
        ):
            assert part in words(card)

    def test_who_is_let_in_waits_no_more_unless_that_was_undone(
        self, duty: FestivalClient, run: Occurrence, phone: Phone
    ) -> None:
        """V4: full -> numbered queue; an undo puts them back into it."""
        waits = phone.event("queue", occurrence=run.id, people=2, label="A1", source="button")
        let_in = phone.walk_up(run.id, 2, follows=waits["id"])
        phone.sync()
        assert "Waiting 0" in board(duty).words
        phone.undo(let_in)
        phone.sync()
        assert "Waiting 2" in board(duty).words

    def test_what_is_over_is_not_on_it_and_what_is_later_stands_below(
        self, duty: FestivalClient, run: Occurrence, volunteer: Volunteer, at: At
    ) -> None:
        run_at(volunteer.venue, begins=timedelta(hours=5), title="Knots")
        run_at(volunteer.venue, begins=timedelta(hours=12), title="Tomorrow")
        page = board(duty)
        assert [words(one) for one in page.page.with_class("here__title")] == ["Sing Together"]
        (later,) = page.page.with_class("later")
        assert "5:30pm to 7pm Knots" in words(later)
        assert "Tomorrow" not in page.words
        at(run.ends_at)
        assert "Sing Together" not in board(duty).words

    def test_nothing_is_on(self, duty: FestivalClient) -> None:
        page = board(duty)
        assert "All is well: there is nothing to look at." in page.words
        assert "Nothing runs now, nor in the next two hours." in page.words

    def test_a_drop_in_expects_nobody(self, duty: FestivalClient, volunteer: Volunteer) -> None:
        run_at(volunteer.venue, booking_mode="none")
        assert "0 in, no booking needed" in board(duty).words


class TestFlags:
    def test_nobody_signed_in_20_minutes_before(
        self, duty: FestivalClient, run: Occurrence, volunteer: Volunteer, at: At
    ) -> None:
        """F6: no volunteer signed in 20 min before; who was to come is named."""
        book(run, 2)
        shift(volunteer.door_pass, "Samira")
        shift(factories.door_pass(run.room.venue)[0], "Gone").cancelled_at = clock.now()
        at(run.starts_at - 21 * MINUTE)
        assert flags(board(duty)) == {}
        at(run.starts_at - 20 * MINUTE)
        told = flags(board(duty))["No volunteer has signed in"]
        assert "It starts at 1pm, in 20 minutes." in told
        assert "Sing Together" in told
        assert "Asked to be there: Samira" in told
        assert "Gone" not in told
        pair(volunteer.client, volunteer.secret, volunteer.pin)
        assert flags(board(duty)) == {}

    def test_a_phone_of_other_hours_is_nobody(
        self, duty: FestivalClient, run: Occurrence, new_client: Callable[[], FestivalClient]
    ) -> None:
        book(run, 2)
        early, secret, pin = factories.door_pass(
            run.room.venue, until_at=run.starts_at - 10 * MINUTE, label="Early"
        )
        pair(new_client(), secret, pin)
        run.starts_at -= 15 * MINUTE
        early.until_at = run.starts_at - MINUTE
        db.session.commit()
        assert "No volunteer has signed in" in flags(board(duty))

    def test_nobody_is_missed_where_nobody_is_expected(
        self, duty: FestivalClient, edition: Edition
    ) -> None:
        run_at(factories.venue("Low Hill Hub"), begins=5 * MINUTE)
        assert flags(board(duty)) == {}

    def test_who_counts_by_hand_is_there(
        self, duty: FestivalClient, run: Occurrence, actor: User, at: At
    ) -> None:
        book(run, 2)
        at(run.starts_at - 5 * MINUTE)
        key = "00000000-0000-4000-8000-000000000001"
        attendance.walk_up(run, people=1, scan_id=key, actor=actor)
        assert flags(board(duty)) == {}

    def test_no_scans_ten_minutes_after_the_start(
        self, duty: FestivalClient, run: Occurrence, volunteer: Volunteer, phone: Phone, at: At
    ) -> None:
        """F6: no scans 10 min after start, though people are expected."""
        claim = book(run, 2)
        at(run.starts_at + 9 * MINUTE)
        phone.sync()
        assert flags(board(duty)) == {}
        at(run.starts_at + 10 * MINUTE)
        phone.sync()
        told = flags(board(duty))["No scans yet"]
        assert "Nobody was let in yet, 2 people are expected." in told
        phone.admit(ticket_of(claim))
        phone.sync()
        assert flags(board(duty)) == {}

    def test_counted_heads_are_scans(
        self, duty: FestivalClient, run: Occurrence, phone: Phone, at: At
    ) -> None:
        """V5: headcount session: nobody looks at tickets, and nobody is missed."""
        book(run, 2)
        at(run.starts_at + 15 * MINUTE)
        phone.event("heads", occurrence=run.id, people=2, source="button")
        phone.sync()
        assert flags(board(duty)) == {}

    @pytest.mark.parametrize(
        ("people", "told"),
        [
            (9, []),
            (10, ["Full, or nearly"]),
            (12, ["Full, or nearly"]),
            (13, ["More people than the law allows"]),
        ],
    )
    @pytest.mark.parametrize("kind", ["walk_up", "heads"])
    def test_full_and_over_the_legal_capacity(
        self, duty: FestivalClient, run: Occurrence, phone: Phone, kind: str, people: int, told: Any
    ) -> None:
        """F6: over 95% full; whichever count is higher."""
        phone.event(kind, occurrence=run.id, people=people, source="button")
        phone.sync()
        assert list(flags(board(duty))) == told

    def test_parents_who_take_no_place_do_not_fill_it(
        self, duty: FestivalClient, volunteer: Volunteer, phone: Phone
    ) -> None:
        """R2: children consume places, the adult does not: full is when every place is taken."""
        run = run_at(
            volunteer.venue,
            capacity=4,
            age_min=7,
            age_max=11,
            accompaniment=Accompaniment.adult_stays,
            accompanying_adults_take_places=False,
        )
        for children, told in ((3, {}), (1, {"Full, or nearly"})):
            claim = factories.reservation_of(factories.booking(run, adults=1, children=children))
            phone.admit(ticket_of(claim))
            phone.sync()
            assert set(flags(board(duty))) == set(told)

    def test_unsent_scans(
        self, duty: FestivalClient, run: Occurrence, phone: Phone, at: At
    ) -> None:
        """F6: unsent scans, when they are older than a few minutes."""
        phone.post(events=[], unsent=7)
        assert flags(board(duty)) == {}
        assert "7 scans to send" in board(duty).words
        at(clock.now() + 4 * MINUTE)
        told = flags(board(duty))["Scans that have not come"]
        assert "still has 7 scans to send. Quiet for 4 minutes." in told
        assert "Phone A" in told

    def test_a_quiet_phone_while_people_arrive(
        self, duty: FestivalClient, run: Occurrence, phone: Phone, at: At
    ) -> None:
        at(clock.now() + 5 * MINUTE)
        page = board(duty)
        assert "quiet for 5 minutes" in page.words
        assert list(flags(page)) == ["A phone is quiet while people arrive"]
        at(run.starts_at + 40 * MINUTE)  # it is in a pocket: everybody is in
        assert flags(board(duty)) == {}

    def test_cancelled_but_people_arrive(
        self, duty: FestivalClient, run: Occurrence, phone: Phone, actor: User, at: At
    ) -> None:
        """F6: cancelled-but-people-arriving: what was before it was cancelled does not count."""
        phone.walk_up(run.id, 2)
        phone.event("note", occurrence=run.id, verdict="already_in")
        phone.sync()
        at(clock.now() + MINUTE)
        running.cancel_runs([run.id], "The heating has failed.", actor=actor)
        at(clock.now() + MINUTE)
        phone.sync()
        page = board(duty)
        assert flags(page) == {}
        assert "Cancelled" in page.words
        phone.event("note", occurrence=run.id, verdict="cancelled")
        phone.walk_up(run.id)
        phone.sync()
        told = flags(board(duty))["Cancelled, but people are coming"]
        assert "Somebody came to the door 2 times since it was cancelled." in told

    def test_what_two_doors_did_twice(
        self, duty: FestivalClient, run: Occurrence, phone: Phone, at: At
    ) -> None:
        """V3: the board leads to it, also when the session is over."""
        ticket = ticket_of(book(run, 2))
        phone.admit(ticket)
        at(clock.now() + MINUTE)
        phone.admit(ticket)
        phone.sync()
        at(run.ends_at)
        page = board(duty)
        assert "1 ticket: the same people, or more of them?" in page.words
        leads = page.page.by_id("flag-conflicts-all")
        assert leads is not None
        assert leads.get("href") == "/office/conflicts"

    def test_the_worst_comes_first(
        self, duty: FestivalClient, volunteer: Volunteer, phone: Phone
    ) -> None:
        for people in (10, 13):
            one = run_at(volunteer.venue)
            phone.walk_up(one.id, people)
        phone.sync()
        assert list(flags(board(duty))) == ["More people than the law allows", "Full, or nearly"]


class TestPhones:
    def test_letter_door_volunteer_and_how_long_ago(
        self, duty: FestivalClient, run: Occurrence, volunteer: Volunteer, phone: Phone, at: At
    ) -> None:
        shift(volunteer.door_pass, "Samira")
        at(clock.now() + timedelta(seconds=20))
        (shown,) = board(duty).page.with_class("phone")
        assert words(shown) == "Phone A Samira, Front door 20 seconds ago"

    def test_signed_out_it_is_gone_unless_it_has_scans(
        self, duty: FestivalClient, run: Occurrence, phone: Phone
    ) -> None:
        (device,) = db.session.query(DoorDevice)
        door.sign_out(device, actor=None)
        assert "No phone is signed in here." in board(duty).words
        phone.post(events=[], unsent=3)
        assert "3 scans to send" in board(duty).words


class TestPage:
    def test_a_script_gets_the_inner_part(self, duty: FestivalClient, run: Occurrence) -> None:
        for path in ("/office/board", "/office/board/wall"):
            part = duty.get(path, headers={"HX-Request": "true"})
            assert part.page.all("main") == []
            assert "Sing Together" in part.words
            assert part.headers["Vary"] == "HX-Request, Cookie"
            whole = duty.get(path)
            assert len(whole.page.all("main")) == 1
            assert whole.headers["Vary"] == "HX-Request, Cookie"

    def test_it_says_how_old_it_is_and_looks_again(
        self, duty: FestivalClient, run: Occurrence, phone: Phone, at: At
    ) -> None:
        """F6: data age shown; without a script a link and a refresh do what the script does."""
        at(clock.now() + timedelta(seconds=9))
        page = board(duty)
        assert "As of 12:30:09pm" in page.words
        assert "The last word from a phone came 9 seconds ago." in page.words
        assert page.page.link("Look again") == "/office/board"
        (looks,) = page.page.with_class("board")
        assert looks.get("hx-trigger") == "every 10s"
        assert '<noscript><meta http-equiv="refresh"' in page.text

    def test_it_can_be_stopped(self, duty: FestivalClient, run: Occurrence) -> None:
        page = duty.get(board(duty).page.link("Let it stand still"))
        (still,) = page.page.with_class("board")
        assert "hx-get" not in still.attrib
        assert "refresh" not in page.text
        assert page.page.link("Let it look by itself") == "/office/board"

    def test_links_keep_their_names_so_that_the_focus_stays(
        self, duty: FestivalClient, run: Occurrence, phone: Phone
    ) -> None:
        phone.walk_up(run.id, 13)
        phone.sync()
        part = duty.get("/office/board", headers={"HX-Request": "true"})
        assert part.page.all("a")
        assert [one for one in part.page.all("a") if not one.get("id")] == []

    def test_the_wall_names_nobody(
        self, duty: FestivalClient, run: Occurrence, volunteer: Volunteer, phone: Phone
    ) -> None:
        """F6: wallboard mode has no personal data: no names, no references, no links."""
        claim = book(run, 2)
        shift(volunteer.door_pass, "Samira")
        phone.admit(ticket_of(claim))
        phone.walk_up(run.id, 9)
        phone.sync()
        assert "Samira" in board(duty).words
        page = duty.get("/office/board/wall")
        assert "11 in, 2 expected" in page.words
        assert "1 thing to look at" in page.words
        for private in ("Samira", "Nadia", "Dora", str(claim.booking.reference)):
            assert private not in page.text
        assert page.page.links == ["Skip to main content"]

    def test_what_was_said_to_one_is_not_shown_on_the_wall(
        self, duty: FestivalClient, run: Occurrence
    ) -> None:
        page = duty.get("/office/conflicts")
        token = page.page.form("Sign out").controls["csrf_token"].values()[0]
        duty.post("/office/conflicts/1", data={"csrf_token": token})
        assert "This was settled before." not in duty.get("/office/board/wall").words
        assert "This was settled before." in duty.get("/office/conflicts").words

    def test_a_wall_with_many_shows_what_is_wrong_first(
        self, duty: FestivalClient, volunteer: Volunteer, phone: Phone
    ) -> None:
        runs = [run_at(volunteer.venue, begins=number * MINUTE + HALF) for number in range(14)]
        phone.event("heads", occurrence=runs[-1].id, people=13, source="button")
        phone.sync()
        page = duty.get("/office/board/wall")
        shown = [words(one) for one in page.page.with_class("wall__run")]
        assert len(shown) == 12
        assert "Over the legal limit" in shown[0]
        assert "2 more sessions" in page.words

    @pytest.mark.parametrize("path", ["/office/board", "/office/board/wall"])
    def test_it_asks_the_same_for_one_venue_and_for_three(
        self, app: Flask, duty: FestivalClient, volunteer: Volunteer, path: str
    ) -> None:
        def asked() -> int:
            with recorded(app) as statements:
                assert duty.get(path).status_code == 200
            return statements.count

        def one_more(venue: Venue) -> None:
            run = run_at(venue)
            held, secret, pin = factories.door_pass(venue)
            shift(held, "Samira")
            ticket = ticket_of(book(run, 2))
            db.session.commit()
            phone = pair(volunteer.client, secret, pin)
            phone.admit(ticket)
            phone.event("heads", occurrence=run.id, people=13, source="button")
            phone.sync()

        one_more(factories.venue("Low Hill Hub"))
        asked()
        one = asked()
        for name in ("Hall", "Theatre"):
            one_more(factories.venue(name))
        assert asked() == one


def test_settled_also_while_nothing_else_may_be_changed(
    duty: FestivalClient, run: Occurrence, phone: Phone, at: At
) -> None:
    """F8: read-only mode: doors go on, and so does what two doors did twice."""
    ticket = ticket_of(book(run, 2))
    phone.admit(ticket)
    at(clock.now() + MINUTE)
    phone.admit(ticket)
    phone.sync()
    run.session.edition.read_only_at = clock.now()
    run.session.edition.read_only_because = "A fault."
    db.session.commit()
    page = duty.get("/office/conflicts")
    duty.submit(page, f"The same people: count {ticket.reservation.booking.reference} once")
    assert door.conflicts() == []
