"""The door: every verdict in its order, and each admission once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import ticket_keys
from festival.domain import bookings, check, clock, door
from festival.domain.door import NothingToAdmit, OverLegal, PassRefused, Verdict
from festival.domain.parties import RuleBroken
from festival.domain.states import move
from festival.domain.tickets import TicketFacts, TicketKeys
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Booking,
    DoorPass,
    Occurrence,
    OccurrenceState,
    Room,
    Scan,
    ScanKind,
)
from tests import factories as make
from tests.support.refusals import refused

HALF_AN_HOUR = timedelta(minutes=30)


@dataclass
class Door:
    """A room, what runs in it in half an hour, and a pass for it."""

    room: Room
    occurrence: Occurrence
    door_pass: DoorPass
    secret: str
    pin: str

    def judge(self, typed: str, keys: TicketKeys | None = None) -> Verdict:
        edition = make.the_edition()
        return door.judge(self.door_pass, typed, keys or ticket_keys(), edition)

    def admit(self, booking: Booking, people: int, scan_id: str) -> tuple[Scan, Verdict]:
        return door.admit(
            door_pass=self.door_pass,
            reservation_id=make.reservation_of(booking).id,
            people=people,
            scan_id=scan_id,
            source="typed",
        )


def other_run(**facts: object) -> Occurrence:
    starts_at = clock.now() + HALF_AN_HOUR
    return make.occurrence_of(make.session(starts_at=starts_at, **facts))  # type: ignore[arg-type]


@pytest.fixture
def front(app: Flask) -> Door:
    room = make.room(6)
    occurrence = other_run(room=room, capacity=6)
    return Door(room, occurrence, *make.door_pass(room.venue))


class TestVerdicts:
    """In the order of door.md; each is told apart from what would be wrong with it besides."""

    @pytest.mark.parametrize("typed", ["", "hello", "https://example.org", "0" * 119])
    def test_not_one_of_ours(self, front: Door, typed: str) -> None:
        verdict = front.judge(typed)
        assert (verdict.kind, verdict.answer, verdict.may_admit) == ("not_ours", "no", False)

    def test_not_genuine(self, front: Door) -> None:
        code = make.code_of(make.booking(front.occurrence))
        forged = code[:-1] + ("0" if code[-1] != "0" else "1")
        assert front.judge(forged).kind == "not_genuine"
        assert front.judge(forged).answer == "no"

    def test_of_another_installation(self, front: Door) -> None:
        booking = make.booking(front.occurrence)
        claim = make.reservation_of(booking)
        elsewhere = TicketKeys("elsewhere", 1, ticket_keys().private)
        facts = ticket_keys().read(make.code_of(claim))
        assert front.judge(elsewhere.sign(facts)).kind == "not_genuine"

    def test_for_another_session(self, front: Door) -> None:
        booking = make.booking(other_run())
        verdict = front.judge(make.code_of(booking))
        assert (verdict.kind, verdict.answer) == ("other_session", "look")
        assert verdict.reservation is make.reservation_of(booking)  # to name it
        assert not verdict.may_admit

    def test_for_another_session_comes_before_cancelled(self, front: Door) -> None:
        booking = make.booking(other_run())
        _give_up_all(booking)
        assert front.judge(make.code_of(booking)).kind == "other_session"

    def test_cancelled_by_the_resident(self, front: Door) -> None:
        booking = make.booking(front.occurrence)
        _give_up_all(booking)
        verdict = front.judge(make.code_of(booking))
        assert (verdict.kind, verdict.answer) == ("cancelled", "no")

    def test_cancelled_by_the_festival(self, front: Door) -> None:
        booking = make.booking(front.occurrence)
        move(front.occurrence, OccurrenceState.cancelled)
        assert front.judge(make.code_of(booking)).kind == "cancelled"

    def test_cancelled_comes_before_older(self, front: Door) -> None:
        booking = make.booking(front.occurrence, adults=2)
        code = make.code_of(booking)
        claim = make.reservation_of(booking)
        bookings.give_up(booking, claim, [claim.attendees[0].id])
        _give_up_all(booking)
        assert front.judge(code).kind == "cancelled"

    def test_older(self, front: Door) -> None:
        booking = make.booking(front.occurrence, adults=2)
        older = make.code_of(booking)
        claim = make.reservation_of(booking)
        bookings.give_up(booking, claim, [claim.attendees[0].id])
        verdict = front.judge(older)
        assert (verdict.kind, verdict.answer, verdict.may_admit) == ("older", "look", False)
        assert front.judge(make.code_of(booking)).kind == "welcome"

    def test_older_comes_before_already_in(self, front: Door) -> None:
        booking = make.booking(front.occurrence, adults=2)
        older = make.code_of(booking)
        claim = make.reservation_of(booking)
        bookings.give_up(booking, claim, [claim.attendees[0].id])
        front.admit(booking, 1, "scan")
        assert front.judge(older).kind == "older"

    def test_already_in(self, front: Door, at: Callable[..., None]) -> None:
        booking = make.booking(front.occurrence, adults=2)
        at(clock.now())
        moment = clock.now()
        front.admit(booking, 2, "scan")
        at(moment + HALF_AN_HOUR)
        verdict = front.judge(make.code_of(booking))
        assert (verdict.kind, verdict.answer) == ("already_in", "look")
        assert (verdict.admitted, verdict.people, verdict.remaining) == (2, 2, 0)
        assert verdict.last_admitted_at == moment
        assert verdict.last_admitted_door == "Front door"

    def test_welcome(self, front: Door) -> None:
        verdict = front.judge(make.code_of(make.booking(front.occurrence, adults=2)))
        assert (verdict.kind, verdict.answer, verdict.may_admit) == ("welcome", "yes", True)
        assert (verdict.people, verdict.remaining) == (2, 2)

    def test_welcome_to_the_rest_of_a_party(self, front: Door) -> None:
        booking = make.booking(front.occurrence, adults=3)
        front.admit(booking, 1, "scan")
        verdict = front.judge(make.code_of(booking))
        assert (verdict.kind, verdict.admitted, verdict.remaining) == ("welcome", 1, 2)

    def test_a_genuine_ticket_that_is_not_in_the_list_is_never_turned_away(
        self, front: Door
    ) -> None:
        code = ticket_keys().sign(TicketFacts(12345, front.occurrence.id, 3, 0))
        verdict = front.judge(code)
        assert (verdict.kind, verdict.answer, verdict.people) == ("cannot_check", "look", 3)
        assert verdict.may_admit

    @pytest.mark.parametrize("run", ["elsewhere", "never", "too large"])
    def test_a_ticket_that_is_not_in_the_list_for_another_session(
        self, front: Door, run: str
    ) -> None:
        elsewhere = other_run()
        number = {"elsewhere": elsewhere.id, "never": 999_999, "too large": 2**32 - 1}[run]
        verdict = front.judge(ticket_keys().sign(TicketFacts(12345, number, 3, 0)))
        assert (verdict.kind, verdict.may_admit) == ("other_session", False)
        assert verdict.occurrence is (elsewhere if run == "elsewhere" else None)

    def test_a_ticket_that_is_not_in_the_list_for_a_cancelled_session(self, front: Door) -> None:
        move(front.occurrence, OccurrenceState.cancelled)
        verdict = front.judge(ticket_keys().sign(TicketFacts(12345, front.occurrence.id, 3, 0)))
        assert (verdict.kind, verdict.may_admit) == ("cancelled", False)

    def test_by_reference_as_it_is_typed(self, front: Door) -> None:
        booking = make.booking(front.occurrence)
        reference = str(booking.reference)
        for typed in (reference, reference.lower(), reference[4:].replace("-", " ")):
            assert front.judge(typed).kind == "welcome", typed

    def test_a_reference_nobody_has(self, front: Door) -> None:
        assert (front.judge("WLF-222-222").kind, front.judge("222 222").answer) == (
            "not_found",
            "no",
        )

    def test_a_reference_of_a_basket(self, front: Door) -> None:
        basket = make.held(front.occurrence)
        basket.reference = "WLF-222-222"
        db.session.flush()
        assert front.judge("WLF-222-222").kind == "not_found"

    def test_of_a_series_the_part_that_runs_here(self, front: Door) -> None:
        session = make.session(run=False)
        starts_at = clock.now() + HALF_AN_HOUR
        runs = [
            make.occurrence(session, starts_at=starts_at + timedelta(days=day), series_part=day + 1)
            for day in range(3)
        ]
        runs[1].room_id = front.room.id
        runs[1].starts_at = starts_at
        db.session.flush()
        verdict = front.judge(str(make.booking(runs[0]).reference))
        assert verdict.kind == "welcome"
        assert verdict.reservation is not None
        assert verdict.reservation.occurrence_id == runs[1].id

    def test_judging_writes_nothing(self, front: Door) -> None:
        front.judge(make.code_of(make.booking(front.occurrence)))
        assert db.session.scalars(sa.select(Scan)).all() == []


def _give_up_all(booking: Booking) -> None:
    claim = make.reservation_of(booking)
    bookings.give_up(booking, claim, [one.id for one in claim.attendees])


class TestAdmitting:
    def test_some_and_then_the_rest(self, front: Door) -> None:
        booking = make.booking(front.occurrence, adults=3)
        scan, verdict = front.admit(booking, 1, "one")
        assert (scan.kind, scan.people, verdict.remaining) == (ScanKind.admit, 1, 2)
        assert scan.occurrence_id == front.occurrence.id
        _, verdict = front.admit(booking, 2, "two")
        assert verdict.kind == "already_in"
        assert door.people_in(front.occurrence.id) == 3
        assert check.broken_rules() == []

    def test_the_same_scan_again_is_the_first_answer(self, front: Door) -> None:
        booking = make.booking(front.occurrence, adults=3)
        first, _ = front.admit(booking, 2, "same")
        again, verdict = front.admit(booking, 2, "same")
        assert again is first
        assert verdict.admitted == 2

    def test_the_same_scan_again_after_the_session_was_cancelled(self, front: Door) -> None:
        booking = make.booking(front.occurrence)
        first, _ = front.admit(booking, 1, "same")
        move(front.occurrence, OccurrenceState.cancelled)
        again, verdict = front.admit(booking, 1, "same")
        assert again is first
        assert verdict.kind == "cancelled"

    def test_who_is_in_keeps_the_place(self, front: Door) -> None:
        booking = make.booking(front.occurrence, adults=2)
        front.admit(booking, 1, "in")
        with refused(RuleBroken, field="people"):
            _give_up_all(booking)
        claim = make.reservation_of(booking)
        bookings.give_up(booking, claim, [claim.attendees[0].id])  # the one who did not come
        assert front.judge(make.code_of(booking)).kind == "already_in"

    @pytest.mark.parametrize("people", [0, -1, 4])
    def test_no_more_than_the_ticket_lets_in(self, front: Door, people: int) -> None:
        booking = make.booking(front.occurrence, adults=3)
        with refused(NothingToAdmit, field="people"):
            front.admit(booking, people, "scan")
        assert door.people_in(front.occurrence.id) == 0

    def test_not_again_when_all_are_in(self, front: Door) -> None:
        booking = make.booking(front.occurrence)
        front.admit(booking, 1, "one")
        with refused(NothingToAdmit, field="people") as refusal:
            front.admit(booking, 1, "two")
        assert "1 of 1 are already in" in str(refusal.value)

    def test_not_for_another_session(self, front: Door) -> None:
        with refused(NothingToAdmit, field="people"):
            front.admit(make.booking(other_run()), 1, "scan")

    def test_not_what_has_no_ticket(self, front: Door) -> None:
        with refused(NothingToAdmit):
            front.admit(make.held(front.occurrence), 1, "scan")

    def test_the_law_is_the_end(self, front: Door) -> None:
        first, second = (make.booking(front.occurrence, adults=3) for _ in range(2))
        front.admit(first, 3, "one")
        _walk_up(front, 2)
        with refused(OverLegal) as refusal:
            front.admit(second, 2, "two")
        assert "6 people" in str(refusal.value)
        front.admit(second, 1, "three")
        assert door.people_in(front.occurrence.id) == 6

    def test_two_doors_count_together(self, front: Door) -> None:
        booking = make.booking(front.occurrence, adults=2)
        back, _, _ = make.door_pass(front.room.venue, label="Back door")
        front.admit(booking, 2, "front")
        assert door.judge(back, make.code_of(booking), ticket_keys(), make.the_edition()).kind == (
            "already_in"
        )


class TestAdmittingByATicketThatIsInNoList:
    def admit(self, front: Door, people: int, scan_id: str, **facts: int) -> tuple[Scan, Verdict]:
        wanted = {"number": 12345, "occurrence_id": front.occurrence.id, "people": 3} | facts
        return door.admit_unlisted(
            door_pass=front.door_pass,
            code=ticket_keys().sign(TicketFacts(generation=0, **wanted)),
            keys=ticket_keys(),
            people=people,
            scan_id=scan_id,
            source="typed",
        )

    def test_is_written_down_and_counted(self, front: Door) -> None:
        scan, verdict = self.admit(front, 2, "one")
        assert (scan.kind, scan.people, scan.flags) == (ScanKind.admit, 2, ["unknown_ticket"])
        assert (scan.ticket_number, scan.occurrence_id) == (12345, front.occurrence.id)
        assert (verdict.kind, verdict.remaining) == ("cannot_check", 1)
        assert door.people_in(front.occurrence.id) == 2
        assert check.broken_rules() == []

    def test_a_copy_gets_nobody_in(self, front: Door) -> None:
        self.admit(front, 3, "one")
        code = ticket_keys().sign(TicketFacts(12345, front.occurrence.id, 3, 0))
        verdict = front.judge(code)
        assert (verdict.kind, verdict.may_admit) == ("already_in", False)
        assert verdict.last_admitted_door == "Front door"
        with refused(NothingToAdmit, field="people"):
            self.admit(front, 1, "two")
        door.undo(door_pass=front.door_pass, target="one", scan_id="out")
        assert front.judge(code).kind == "cannot_check"

    def test_the_same_scan_again_is_the_first_answer(self, front: Door) -> None:
        first, _ = self.admit(front, 3, "same")
        again, _ = self.admit(front, 3, "same")
        assert again is first
        assert door.people_in(front.occurrence.id) == 3

    def test_the_law_is_the_end(self, front: Door) -> None:
        front.admit(make.booking(front.occurrence, adults=4), 4, "one")
        with refused(OverLegal):
            self.admit(front, 3, "two")
        self.admit(front, 2, "three")

    @pytest.mark.parametrize("occurrence_id", [999_999, 2**32 - 1])
    def test_not_for_another_session(self, front: Door, occurrence_id: int) -> None:
        with refused(NothingToAdmit, field="people"):
            self.admit(front, 1, "one", occurrence_id=occurrence_id)

    def test_one_that_is_in_the_list_is_judged_by_it(self, front: Door) -> None:
        ticket = make.reservation_of(make.booking(front.occurrence)).ticket
        assert ticket is not None
        scan, _ = self.admit(front, 1, "one", number=ticket.number)
        assert (scan.verdict, scan.flags) == ("welcome", [])

    @pytest.mark.parametrize("code", ["hello", "0" * 120])
    def test_not_what_is_not_genuine(self, front: Door, code: str) -> None:
        with refused(NothingToAdmit):
            door.admit_unlisted(
                door_pass=front.door_pass,
                code=code,
                keys=ticket_keys(),
                people=1,
                scan_id="one",
                source="typed",
            )

    def test_not_when_the_pass_is_switched_off(self, front: Door) -> None:
        door.revoke(front.door_pass, actor=None)
        with refused(PassRefused):
            self.admit(front, 1, "one")


def _walk_up(front: Door, people: int) -> None:
    scan = Scan(
        scan_id="walk-up",
        door_pass_id=front.door_pass.id,
        kind=ScanKind.walk_up,
        occurrence_id=front.occurrence.id,
        people=people,
        device_at=clock.now(),
        happened_at=clock.now(),
        received_at=clock.now(),
    )
    db.session.add(scan)
    db.session.flush()


class TestUndoing:
    def test_an_admission(self, front: Door) -> None:
        booking = make.booking(front.occurrence, adults=2)
        front.admit(booking, 2, "in")
        door.undo(door_pass=front.door_pass, target="in", scan_id="out")
        assert front.judge(make.code_of(booking)).kind == "welcome"
        assert door.people_in(front.occurrence.id) == 0
        door.undo(door_pass=front.door_pass, target="in", scan_id="again")
        kinds = db.session.scalars(sa.select(Scan.kind).order_by(Scan.id)).all()
        assert kinds == [ScanKind.admit, ScanKind.undo]  # nothing is ever deleted
        assert door.undone_ids(door.log()) == {"in"}
        front.admit(booking, 2, "in again")

    def test_not_what_was_never_scanned(self, front: Door) -> None:
        with refused(NothingToAdmit):
            door.undo(door_pass=front.door_pass, target="nothing", scan_id="out")

    def test_not_of_another_venue(self, front: Door) -> None:
        booking = make.booking(front.occurrence)
        front.admit(booking, 1, "in")
        elsewhere, _, _ = make.door_pass(make.venue())
        with refused(NothingToAdmit):
            door.undo(door_pass=elsewhere, target="in", scan_id="out")
        assert door.people_in(front.occurrence.id) == 1


class TestNoting:
    def test_a_check_that_let_nobody_in_is_written_once(self, front: Door) -> None:
        verdict = front.judge("rubbish")
        assert door.note(front.door_pass, verdict, scan_id="n", source="typed") is not None
        assert door.note(front.door_pass, verdict, scan_id="n", source="typed") is None
        (scan,) = door.log()
        assert (scan.kind, scan.verdict, scan.people) == (ScanKind.note, "not_ours", 0)
        assert scan.ticket_number is None

    def test_the_log_of_one_venue(self, front: Door) -> None:
        elsewhere, _, _ = make.door_pass(make.venue())
        door.note(elsewhere, Verdict("not_ours"), scan_id="a", source="typed")
        door.note(front.door_pass, Verdict("not_ours"), scan_id="b", source="typed")
        assert [one.scan_id for one in door.log()] == ["b", "a"]
        assert [one.scan_id for one in door.log(venue_id=front.room.venue_id)] == ["b"]


class TestPasses:
    def test_the_newest_come_first(self, front: Door) -> None:
        newer, _, _ = make.door_pass(front.room.venue)
        assert door.passes() == [newer, front.door_pass]
        assert door.passes(1) == [newer]

    def test_the_secret_and_the_pin_are_not_stored(self, front: Door) -> None:
        row = db.session.execute(sa.text("SELECT * FROM door_pass")).one()
        assert front.secret not in str(row)
        assert front.pin not in [str(value) for value in row]
        assert door.pass_of(front.secret) is front.door_pass
        assert door.pass_of(front.secret + "x") is None

    def test_the_pin(self, front: Door) -> None:
        pin = front.pin
        assert door.pin_fits(front.door_pass, front.secret, pin)
        assert door.pin_fits(front.door_pass, front.secret, f" {pin[:2]} {pin[2:]}-")
        wrong = "0000" if pin != "0000" else "0001"
        for typed in (wrong, "", pin[:3], pin + "0", "é"):
            assert not door.pin_fits(front.door_pass, front.secret, typed)
        assert not door.pin_fits(front.door_pass, front.secret + "x", pin)

    def test_it_works_in_its_hours(self, front: Door) -> None:
        one = front.door_pass
        door.check_pass(one, one.from_at)
        door.check_pass(one, one.until_at - timedelta(seconds=1))
        for moment, words in (
            (one.from_at - timedelta(seconds=1), "does not work yet"),
            (one.until_at, "has run out"),
        ):
            with refused(PassRefused) as refusal:
                door.check_pass(one, moment)
            assert words in str(refusal.value)

    def test_it_can_be_switched_off(self, front: Door) -> None:
        booking = make.booking(front.occurrence)
        front.admit(booking, 1, "in")
        door.revoke(front.door_pass, actor=None)
        revoked_at = front.door_pass.revoked_at
        door.revoke(front.door_pass, actor=None)
        assert front.door_pass.revoked_at == revoked_at
        for verb in (
            lambda: front.admit(booking, 1, "again"),
            lambda: door.undo(door_pass=front.door_pass, target="in", scan_id="out"),
        ):
            with refused(PassRefused) as refusal:
                verb()
            assert "switched off" in str(refusal.value)
        actions = db.session.scalars(
            sa.select(AuditEntry.action).where(AuditEntry.thing == "door_pass")
        )
        assert list(actions) == ["door_pass.made", "door_pass.revoked"]

    @pytest.mark.usefixtures("app")
    def test_it_must_end_after_it_begins(self) -> None:
        now = clock.now()
        with refused(PassRefused, field="until"):
            make.door_pass(make.venue(), from_at=now, until_at=now)

    def test_it_sees_its_venue_in_its_hours(self, front: Door) -> None:
        session = front.occurrence.session
        day_after = clock.now() + timedelta(days=1)
        make.occurrence(session, room=front.room, starts_at=day_after)
        make.occurrence(session, room=front.room, starts_at=clock.now() - timedelta(hours=9))
        make.occurrence(session, starts_at=clock.now())  # elsewhere
        make.session(published=False, room=front.room, starts_at=clock.now())
        same_venue = make.room(venue=front.room.venue)
        beside = make.occurrence(session, room=same_venue, starts_at=clock.now())
        ran_into_it = make.occurrence(
            session, room=same_venue, starts_at=clock.now() - timedelta(hours=2)
        )
        assert door.sessions_at(front.door_pass) == [ran_into_it, beside, front.occurrence]
