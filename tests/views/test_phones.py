"""The scanner's sync, as phones use it: what they send is folded, trouble is flagged."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import ticket_keys
from festival.domain import bookings, check, clock, door
from festival.domain.tickets import code_of
from festival.extensions import db
from festival.models import (
    AccessRequest,
    Attendee,
    AttendeeKind,
    Booking,
    Channel,
    DoorDevice,
    Occurrence,
    OccurrenceState,
    Reservation,
    ReservationState,
    Scan,
    ScanKind,
    Ticket,
    WalkUp,
)
from tests import factories
from tests.cast import Somebody, Volunteer
from tests.support.client import FestivalClient
from tests.support.phone import Phone, ms, pair
from tests.support.statements import recorded

HOURS = timedelta(hours=1)


def run_at(volunteer: Volunteer, name: str = "Studio", legal: int = 10, **facts: Any) -> Occurrence:
    """A session at the volunteer's venue in half an hour."""
    room = factories.room(legal_capacity=legal, venue=volunteer.venue, name=name)
    starts_at = clock.now() + timedelta(minutes=30)
    return factories.occurrence_of(factories.session(room=room, starts_at=starts_at, **facts))


def ticket_of(booking: Booking) -> Ticket:
    claim = factories.reservation_of(booking)
    assert claim.ticket is not None
    return claim.ticket


@pytest.fixture
def front(volunteer: Volunteer) -> Phone:
    return pair(volunteer.client, volunteer.secret, volunteer.pin)


@pytest.fixture
def garden(volunteer: Volunteer, new_client: Callable[[], FestivalClient]) -> Phone:
    """Another phone of the same pass."""
    return pair(new_client(), volunteer.secret, volunteer.pin)


@pytest.fixture
def run(volunteer: Volunteer) -> Occurrence:
    return run_at(volunteer)


@pytest.fixture
def party(run: Occurrence) -> Ticket:
    """Three people of one booking."""
    return ticket_of(factories.booking(run, adults=3, name="Nadia Aktar"))


def many_tickets(run: Occurrence, number: int) -> None:
    """So many bookings of one person, written at once."""
    (share,) = run.allocations
    now = clock.now()
    for k in range(1, number + 1):
        booking = Booking(
            edition_id=run.session.edition_id,
            reference=f"WLF-{k:06d}",
            secret_hash=f"secret-{k}",
            channel=Channel.web,
            name=f"Person Number {k}",
            created_at=now,
        )
        claim = Reservation(
            booking=booking,
            occurrence_id=run.id,
            allocation_id=share.id,
            state=ReservationState.confirmed,
            places=1,
            people=1,
            created_at=now,
            calendar_uid=f"many-{k}",
            revised_at=now,
        )
        claim.attendees = [Attendee(kind=AttendeeKind.adult)]
        claim.ticket = Ticket(number=1000 + k, people=1, issued_at=now)
        db.session.add(booking)
    run.places_taken = run.people_expected = share.places_taken = number
    db.session.commit()


def device_of(phone: Phone) -> DoorDevice | None:
    known = door.Phone.by(phone.token)
    return db.session.get(DoorDevice, known.id) if known else None


def inside(run: Occurrence) -> int:
    return door.people_in(run.id)


def flags(answer: dict[str, Any], event: dict[str, Any]) -> list[str]:
    found: list[str] = answer["results"][event["id"]]
    return found


class TestPairing:
    def test_by_code_and_pin(self, volunteer: Volunteer) -> None:
        """V1: no install, no account; a code that is typed, however it is spelt."""
        typed = volunteer.secret.lower().replace("-", " ")
        phone = pair(volunteer.client, typed, f" {volunteer.pin[:2]} {volunteer.pin[2:]}")
        assert phone.sync(wants=True)["pass"] == "open"

    def test_by_the_pass_of_this_browser(self, volunteer: Volunteer) -> None:
        """V1: the link and its PIN were opened on the plain page before."""
        page = volunteer.client.get(f"/scan/open/{volunteer.secret}")
        volunteer.client.submit(page, "Open", pin=volunteer.pin)
        answer = volunteer.client.post("/scan/pair", json={})
        assert answer.status_code == 201
        assert answer.json["letter"] == "A"
        assert answer.json["door"]["venue"] == volunteer.venue.name

    def test_each_phone_has_a_letter(self, front: Phone, garden: Phone) -> None:
        letters = db.session.scalars(sa.select(DoorDevice.letter).order_by(DoorDevice.id))
        assert list(letters) == ["A", "B"]

    @pytest.mark.parametrize(
        ("code", "pin", "status", "reason"),
        [
            ("2222-2222-2222", "0000", 404, "code"),
            ("", "", 404, "code"),
            ("x" * 5000, "1", 404, "code"),
        ],
    )
    def test_an_unknown_code(
        self, stranger: Somebody, edition: Any, code: str, pin: str, status: int, reason: str
    ) -> None:
        answer = stranger.client.post("/scan/pair", json={"code": code, "pin": pin})
        assert (answer.status_code, answer.json["reason"]) == (status, reason)

    def test_pins_cannot_be_guessed_in_another_spelling(self, volunteer: Volunteer) -> None:
        wrong = f"{(int(volunteer.pin) + 1) % 10_000:04d}"
        codes = [volunteer.secret, volunteer.secret.lower(), volunteer.secret.replace("-", "")]
        answers = [
            volunteer.client.post("/scan/pair", json={"code": codes[turn % 3], "pin": wrong})
            for turn in range(12)
        ]
        assert answers[0].json["reason"] == "pin"
        assert answers[-1].json["reason"] == "tries"
        right = volunteer.client.post(
            "/scan/pair", json={"code": volunteer.secret, "pin": volunteer.pin}
        )
        assert right.status_code == 429

    def test_not_before_its_hours(self, volunteer: Volunteer, at: Callable[..., None]) -> None:
        assert volunteer.door_pass is not None
        at(volunteer.door_pass.from_at - HOURS)
        answer = volunteer.client.post(
            "/scan/pair", json={"code": volunteer.secret, "pin": volunteer.pin}
        )
        assert answer.status_code == 403
        assert "does not work yet" in answer.json["message"]

    def test_without_anything(self, stranger: Somebody, edition: Any) -> None:
        answer = stranger.client.post("/scan/pair", json={})
        assert (answer.status_code, answer.json["reason"]) == (404, "no_pass")

    def test_a_form_of_another_site_pairs_nothing(self, volunteer: Volunteer) -> None:
        answer = volunteer.client.post("/scan/pair", data={"code": volunteer.secret})
        assert answer.status_code == 415


class TestTheList:
    def test_has_names_and_places_and_nothing_to_reach_anybody(
        self, front: Phone, run: Occurrence, party: Ticket
    ) -> None:
        """V2: pre-loads today's list for that venue."""
        answer = front.post(events=[], wants=True)
        rows = answer.json["list"]["parts"][str(run.id)]["rows"]
        reference = party.reservation.booking.reference
        assert rows == [[party.number, reference, "Nadia Aktar", 3, 0, 1, 0, 3, 0, 0]]
        assert party.reservation.booking.email not in answer.text
        (session,) = answer.json["sessions"]
        assert (session["id"], session["legal"], session["expected"]) == (run.id, 10, 3)

    def test_other_venues_are_not_in_it(self, front: Phone, party: Ticket) -> None:
        elsewhere = factories.occurrence_of(factories.session(starts_at=clock.now() + HOURS))
        factories.booking(elsewhere, adults=1, name="Somebody Else")
        assert "Somebody Else" not in front.post(events=[], wants=True).text

    def test_only_what_changed_comes_again(
        self, front: Phone, run: Occurrence, party: Ticket
    ) -> None:
        told = front.sync(wants=True)
        front.has = {key: part["version"] for key, part in told["list"]["parts"].items()}
        assert front.sync(wants=True)["list"]["parts"] == {}
        factories.booking(run, adults=1, name="Late Comer")
        again = front.sync(wants=True)["list"]["parts"]
        assert [row[2] for row in again[str(run.id)]["rows"]] != ["Nadia Aktar"]
        assert "Late Comer" in json.dumps(again)

    def test_of_places_given_back_no_name_is_told(
        self, front: Phone, run: Occurrence, party: Ticket
    ) -> None:
        bookings.cancel_reservation(party.reservation.booking, party.reservation)
        db.session.commit()
        rows = front.sync(wants=True)["list"]["parts"][str(run.id)]["rows"]
        assert rows == [[party.number, "", "", 3, 0, 0, 0, 3, 0, 0]]

    def test_a_list_of_3000_names_travels_in_parts(
        self, app: Flask, volunteer: Volunteer, front: Phone
    ) -> None:
        """Bad input: a list of 3,000 names."""
        big = run_at(volunteer, "Hall", legal=4000, capacity=4000)
        many_tickets(big, 3000)
        told = front.sync(wants=True)
        parts = told["list"]["parts"]
        assert sum(len(part["rows"]) for part in parts.values()) == 3000
        assert len(parts) == 8
        assert len(json.dumps(parts, separators=(",", ":"))) < 3000 * 120
        front.has = {key: part["version"] for key, part in parts.items()}
        factories.booking(big, adults=1)
        assert len(front.sync(wants=True)["list"]["parts"]) == 1

    def test_who_asked_for_help_is_marked_and_what_is_not_told(
        self, front: Phone, run: Occurrence
    ) -> None:
        booked = factories.booking(run, adults=1)
        claim = factories.reservation_of(booked)
        claim.access_request = AccessRequest(note="Uses a wheelchair", changed_at=clock.now())
        db.session.commit()
        answer = front.post(events=[], wants=True)
        (row,) = answer.json["list"]["parts"][str(run.id)]["rows"]
        assert row[6] == 1
        assert "wheelchair" not in answer.text

    def test_it_asks_the_same_for_one_and_for_three(
        self, app: Flask, volunteer: Volunteer, front: Phone, party: Ticket
    ) -> None:
        def asked() -> int:
            with recorded(app) as statements:
                front.sync(wants=True)
            return statements.count

        asked()
        one = asked()
        for name in ("Hall", "Yard"):
            factories.booking(run_at(volunteer, name), adults=2)
        db.session.commit()
        assert asked() == one

    def test_keys_travel_with_it(self, front: Phone, party: Ticket) -> None:
        told = front.sync(wants=True)["keys"]
        assert told["instance"] == ticket_keys().instance
        assert set(told["keys"]) == {str(number) for number in ticket_keys().public}

    def test_nearby_is_public_and_kept_by_its_tag(
        self, stranger: Somebody, run: Occurrence
    ) -> None:
        first = stranger.client.get("/scan/nearby.json")
        assert [one["id"] for one in first.json["runs"]] == [run.id]
        again = stranger.client.get(
            "/scan/nearby.json", headers={"If-None-Match": first.headers["ETag"]}
        )
        assert again.status_code == 304


class TestScans:
    def test_a_party_is_let_in(self, front: Phone, run: Occurrence, party: Ticket) -> None:
        event = front.admit(party)
        assert flags(front.sync(), event) == []
        assert inside(run) == 3

    def test_the_same_again_gives_the_first_answer(
        self, front: Phone, run: Occurrence, party: Ticket
    ) -> None:
        """Sync rule 2: also after the ticket was cancelled meanwhile."""
        event = front.admit(party)
        first = front.sync()["results"]
        run.state = OccurrenceState.cancelled
        db.session.commit()
        again = front.post(events=[event]).json["results"]
        assert again == first == {event["id"]: []}
        assert inside(run) == 3

    def test_the_same_id_with_another_body_changes_nothing(
        self, front: Phone, run: Occurrence, party: Ticket
    ) -> None:
        event = front.admit(party, 1)
        front.sync()
        front.post(events=[event | {"people": 3, "kind": "walk_up"}])
        assert inside(run) == 1

    def test_the_same_phone_and_code_within_4_seconds_is_one_scan(
        self, front: Phone, run: Occurrence, party: Ticket, at: Callable[..., None]
    ) -> None:
        """Sync rule 6; peers punish a double tap."""
        at(clock.now(), tick=False)
        front.admit(party, 1)
        second = front.admit(party, 1)
        assert flags(front.sync(), second) == ["repeat"]
        assert inside(run) == 1
        at(clock.now() + timedelta(seconds=5), tick=False)
        front.admit(party, 2)
        front.sync()
        assert inside(run) == 3

    def test_what_was_undone_at_once_may_be_let_in_again(
        self, front: Phone, run: Occurrence, party: Ticket
    ) -> None:
        front.undo(front.admit(party))
        front.admit(party)
        front.sync()
        assert inside(run) == 3

    def test_an_undo_from_another_phone_may_come_first(
        self, front: Phone, garden: Phone, run: Occurrence, party: Ticket
    ) -> None:
        """Sync rule 3."""
        event = front.admit(party)
        garden.undo(event)
        garden.sync()
        assert flags(front.sync(), event) == []
        assert inside(run) == 0

    def test_an_undo_of_nothing_known_is_kept(self, front: Phone, run: Occurrence) -> None:
        """Bad input: an unknown target of an undo."""
        event = front.event("undo", undoes=str(uuid.uuid4()))
        assert flags(front.sync(), event) == []

    def test_two_doors_and_the_same_ticket(
        self, front: Phone, garden: Phone, run: Occurrence, party: Ticket
    ) -> None:
        """V3: both green without a network; the conflict is recorded when they are back."""
        first, second = front.admit(party), garden.admit(party)
        assert flags(front.sync(), first) == []
        assert flags(garden.sync(), second) == ["over_admitted"]
        assert inside(run) == 6
        assert check.broken_rules() == []

    def test_a_ticket_that_was_cancelled(self, front: Phone, run: Occurrence) -> None:
        """V2: cancelled after the list was fetched: admitted, flagged later."""
        ticket = ticket_of(factories.booking(run, adults=1))
        bookings.cancel_reservation(ticket.reservation.booking, ticket.reservation)
        db.session.commit()
        event = front.admit(ticket)
        assert flags(front.sync(), event) == ["admitted_cancelled"]
        assert inside(run) == 1

    def test_a_session_that_was_cancelled(
        self, front: Phone, run: Occurrence, party: Ticket
    ) -> None:
        run.state = OccurrenceState.cancelled
        event = front.admit(party)
        assert flags(front.sync(), event) == ["admitted_cancelled"]

    def test_an_older_ticket(self, front: Phone, party: Ticket) -> None:
        party.generation = 2
        event = front.admit(party) | {"generation": 1}
        assert flags(front.post(events=[event]).json, event) == ["superseded"]

    def test_a_genuine_ticket_that_nobody_knows(self, front: Phone, run: Occurrence) -> None:
        event = front.event("admit", ticket=99, occurrence=run.id, people=2, generation=0)
        assert flags(front.sync(), event) == ["unknown_ticket"]
        assert inside(run) == 2

    def test_over_the_capacity_and_over_the_law(self, volunteer: Volunteer, front: Phone) -> None:
        run = run_at(volunteer, "Hall", legal=10, capacity=5)
        full, more = front.walk_up(run.id, 6), front.walk_up(run.id, 5)
        answer = front.sync()
        assert flags(answer, full) == ["over_capacity"]
        assert flags(answer, more) == ["over_legal"]
        assert inside(run) == 11  # what happened, happened

    def test_for_a_session_of_another_venue(self, front: Phone) -> None:
        other = factories.occurrence_of(factories.session(starts_at=clock.now() + HOURS))
        event = front.walk_up(other.id)
        assert flags(front.sync(), event) == ["elsewhere"]

    def test_for_a_session_that_never_was(self, front: Phone, party: Ticket) -> None:
        event = front.walk_up(2**31 - 1)
        assert flags(front.sync(), event) == ["elsewhere"]

    def test_what_a_walk_up_says_is_kept_beside(self, front: Phone, run: Occurrence) -> None:
        """V4: count, optional first name and age band, optional mobile."""
        said = {"name": " Imran ", "age_band": "18+", "mobile": "07700 900123"}
        front.walk_up(run.id, 2, walk_up=said)
        front.walk_up(run.id)
        front.sync()
        (kept,) = db.session.scalars(sa.select(WalkUp))
        assert (kept.name, kept.age_band, kept.mobile) == ("Imran", "18+", "07700 900123")
        assert inside(run) == 3

    def test_heads_of_several_phones_add_up(
        self, front: Phone, garden: Phone, run: Occurrence
    ) -> None:
        """V5: multiple devices add up, offline safe."""
        for phone, people in ((front, 5), (garden, 3), (front, -1)):
            phone.event("heads", occurrence=run.id, people=people, source="button")
        front.sync()
        garden.sync()
        total = db.session.scalar(sa.select(sa.func.sum(Scan.people)))
        assert total == 7

    def test_others_hear_of_it(
        self, front: Phone, garden: Phone, run: Occurrence, party: Ticket
    ) -> None:
        event = front.admit(party, 2)
        front.sync()
        (told,) = garden.sync()["events"]
        assert (told["id"], told["ticket"], told["people"], told["phone"]) == (
            event["id"],
            party.number,
            2,
            "A",
        )
        assert front.sync()["events"] == []

    def test_what_is_old_is_not_told_again(
        self, front: Phone, garden: Phone, party: Ticket, at: Callable[..., None]
    ) -> None:
        front.admit(party)
        front.sync()
        at(clock.now() + timedelta(minutes=2), tick=True)
        assert len(garden.sync()["events"]) == 1
        assert garden.sync()["events"] == []


class TestClocks:
    def happened(self, event: dict[str, Any]) -> Any:
        return db.session.scalar(sa.select(Scan.happened_at).where(Scan.scan_id == event["id"]))

    @pytest.mark.parametrize("slow_by", [3 * HOURS, -3 * HOURS, 20_000 * HOURS])
    def test_a_clock_that_is_wrong_is_put_right(
        self,
        front: Phone,
        party: Ticket,
        at: Callable[..., None],
        slow_by: timedelta,
    ) -> None:
        """V2: clock wrong by 3 hours. Bad input: 1970 is a clock like any other."""
        start = clock.now()
        at(start, tick=False)
        front.slow_by = slow_by
        event = front.admit(party)
        at(start + timedelta(minutes=9), tick=False)
        front.sync()
        assert abs(self.happened(event) - start) < timedelta(seconds=1)

    def test_it_never_happened_after_it_came(self, front: Phone, party: Ticket) -> None:
        """Bad input: events from the future."""
        event = front.admit(party) | {"at": ms(clock.now() + 50 * HOURS)}
        front.post(events=[event])
        assert self.happened(event) <= clock.now()

    def test_an_event_of_1970_by_a_clock_of_today(self, front: Phone, party: Ticket) -> None:
        event = front.admit(party) | {"at": 0}
        answer = front.post(events=[event]).json
        assert flags(answer, event) == ["clock_jump"]
        assert clock.now() - self.happened(event) < timedelta(minutes=1)

    def test_a_clock_that_jumps_is_told(self, front: Phone, run: Occurrence) -> None:
        """Bad input: clock jumping backwards. The order is then by the phone's own count."""
        front.walk_up(run.id)
        front.sync()
        front.slow_by = timedelta(minutes=10)
        first, second = front.walk_up(run.id), front.walk_up(run.id)
        answer = front.sync()
        assert flags(answer, first) == flags(answer, second) == ["clock_jump"]
        assert self.happened(first) <= self.happened(second)

    def test_two_phones_with_wrong_clocks_and_one_party(
        self,
        front: Phone,
        garden: Phone,
        run: Occurrence,
        party: Ticket,
        at: Callable[..., None],
    ) -> None:
        """E35 has two doors: one clock three hours wrong and one ten minutes slow."""
        start = clock.now()
        front.slow_by, garden.slow_by = -3 * HOURS, timedelta(minutes=10)
        at(start, tick=False)
        early = garden.admit(party)
        at(start + timedelta(minutes=1), tick=False)
        late = front.admit(party)
        at(start + timedelta(minutes=5), tick=False)
        front.sync()
        answer = garden.sync()
        assert flags(answer, early) == ["over_admitted"]  # it came last; it was first at the door
        assert self.happened(early) < self.happened(late)
        assert inside(run) == 6


class TestWhatIsWrong:
    def test_200_events_are_taken_and_more_are_not(self, front: Phone, run: Occurrence) -> None:
        """Bad input: batches of 10,000."""
        events = [front.walk_up(run.id) | {"kind": "note", "people": 0} for _ in range(200)]
        assert len(front.post(events=events).json["results"]) == 200
        answer = front.post(events=events * 50)
        assert answer.status_code == 413
        assert (answer.json["what"], answer.json["most"]) == ("too_many_events", 200) or (
            answer.json["what"] == "body"
        )

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ({"id": "1"}, "id"),
            ({"kind": "party"}, "kind"),
            ({"kind": None}, "kind"),
            ({"people": 0}, "people"),
            ({"people": 256}, "people"),
            ({"people": True}, "people"),
            ({"people": "3"}, "people"),
            ({"seq": -1}, "seq"),
            ({"at": "today"}, "at"),
            ({"at": 10**18}, "at"),
            ({"ticket": 2**32}, "ticket"),
            ({"ticket": None}, "ticket"),
            ({"source": "a lady told me"}, "source"),
            ({"verdict": "<b>"}, "verdict"),
            ({"undoes": "all"}, "undoes"),
            ({"label": "a" * 13}, "label"),
        ],
    )
    def test_one_bad_event_keeps_none_back(
        self, front: Phone, run: Occurrence, party: Ticket, change: dict[str, Any], what: str
    ) -> None:
        bad, good = front.admit(party) | change, front.walk_up(run.id)
        answer = front.post(events=[bad, good, "rubbish"]).json
        assert list(answer["results"]) == [good["id"]]
        assert set(answer["refused"].values()) == {what, "event"}
        assert inside(run) == 1

    @pytest.mark.parametrize(
        "body",
        [
            {"schema": 99},
            {"sent_at": None},
            {"events": "all of them"},
            {"cursor": -1},
            {"unsent": "many"},
            {"has": []},
        ],
    )
    def test_a_batch_that_cannot_be_read(self, front: Phone, body: dict[str, Any]) -> None:
        answer = front.post(**body)
        assert (answer.status_code, answer.json["reason"]) == (400, "wrong")
        assert answer.json["what"] in body

    def test_bytes_that_are_nothing(self, front: Phone) -> None:
        answer = front.client.post(
            "/scan/sync",
            data=b"\xff\x00{",
            content_type="application/json",
            headers={"Authorization": f"Bearer {front.token}"},
        )
        assert answer.status_code == 400

    def test_too_much(self, front: Phone) -> None:
        answer = front.post(has={str(n): "x" * 1000 for n in range(1000)})
        assert answer.status_code == 413

    @pytest.mark.parametrize("token", ["", "x", "é", "a" * 9999])
    def test_an_unknown_phone(self, stranger: Somebody, edition: Any, token: str) -> None:
        answer = stranger.client.post(
            "/scan/sync",
            json={},
            headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")},
        )
        assert (answer.status_code, answer.json["reason"]) == (401, "unknown_phone")


class TestRevoked:
    """Sync rule 1 and 7: they may upload, never download."""

    def test_a_pass_revoked_in_the_shift(
        self, volunteer: Volunteer, front: Phone, run: Occurrence, party: Ticket
    ) -> None:
        """Bad input: a pass revoked mid-shift. V1: remote sign-out wipes the stored list."""
        assert volunteer.door_pass is not None
        event = front.admit(party)
        door.revoke(volunteer.door_pass, actor=None)
        answer = front.sync(wants=True)
        assert flags(answer, event) == ["late_upload"]
        assert (answer["pass"], answer["wipe"]) == ("signed_out", True)
        assert not {"list", "events", "sessions", "keys", "call"} & set(answer)
        assert inside(run) == 3

    def test_one_phone_is_signed_out_and_the_other_is_not(
        self, front: Phone, garden: Phone, party: Ticket
    ) -> None:
        device = device_of(front)
        assert device is not None
        door.sign_out(device, actor=None)
        assert front.sync(wants=True)["wipe"] is True
        assert garden.sync(wants=True)["pass"] == "open"

    def test_it_says_when_it_is_wiped(self, volunteer: Volunteer, front: Phone) -> None:
        device = device_of(front)
        assert device is not None
        door.sign_out(device, actor=None)
        front.post(events=[], wiped=True)
        assert device.wiped_at is not None

    def test_after_the_shift(
        self, volunteer: Volunteer, front: Phone, party: Ticket, at: Callable[..., None]
    ) -> None:
        """V1: expires after the shift."""
        assert volunteer.door_pass is not None
        event = front.admit(party)
        at(volunteer.door_pass.until_at + timedelta(minutes=1))
        answer = front.sync(wants=True)
        assert flags(answer, event) == ["late_upload"]
        assert (answer["pass"], answer["wipe"]) == ("over", True)
        assert "list" not in answer


def test_a_batch_of_50_is_six_statements(app: Flask, volunteer: Volunteer, front: Phone) -> None:
    """At most 6 statements for a batch of 50, however many admissions change."""
    run = run_at(volunteer, "Hall", legal=200, capacity=200)
    tickets = [ticket_of(factories.booking(run, adults=2)) for _ in range(50)]
    for ticket in tickets:
        front.admit(ticket)
    device = device_of(front)
    assert device is not None
    with recorded(app) as before:
        front.post(events=[])
    with recorded(app) as statements:
        front.post(events=front.waiting)
    # An empty contact has one of the six: it says that the phone was heard of.
    assert statements.count - before.count <= 5
    assert inside(run) == 100


def test_no_kind_of_scan_is_forgotten(front: Phone, run: Occurrence, party: Ticket) -> None:
    for kind in ScanKind:
        front.event(
            kind,
            ticket=party.number if kind == "admit" else None,
            occurrence=run.id,
            people=0 if kind in ("undo", "note") else 1,
            undoes=str(uuid.uuid4()) if kind == "undo" else None,
            label="A1" if kind == "queue" else "",
        )
    front.sync()
    assert set(db.session.scalars(sa.select(Scan.kind))) == set(ScanKind)


def test_the_code_of_a_ticket_says_what_the_list_says(party: Ticket) -> None:
    facts = ticket_keys().read(code_of(party, ticket_keys()))
    assert (facts.number, facts.people, facts.generation) == (party.number, 3, 0)
