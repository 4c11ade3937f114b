"""The rules that always hold: what breaks one is found, and mostly refused by the database itself.

The damage is planted with plain SQL, as a mistake in a migration or a restored backup would.
"""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.delivery import booking_rules
from festival.domain import bookings, check, clock, door
from festival.extensions import db
from festival.models import Booking, Occurrence, ScanKind
from tests import factories as make
from tests.support.refusals import broken_check


@pytest.fixture
def occurrence(app: Flask) -> Occurrence:
    return make.occurrence_of(make.session(capacity=5, room=make.room(8)))


@pytest.fixture
def booking(occurrence: Occurrence) -> Booking:
    """Two places of five; the rest of the festival is well."""
    make.booking(make.series(2)[0])
    booked = make.booking(occurrence, adults=2)
    assert check.broken_rules() == []
    return booked


PUBLIC = "occurrence_id = :id AND kind = 'public'"


def sql(statement: str, **facts: Any) -> None:
    db.session.execute(sa.text(statement), facts)
    db.session.expire_all()


def only(found: list[str]) -> str:
    (sentence,) = found
    return sentence


class TestDamageIsFound:
    def test_a_counter_that_lost_a_place(self, occurrence: Occurrence, booking: Booking) -> None:
        sql("UPDATE occurrence SET places_taken = 1 WHERE id = :id", id=occurrence.id)
        sentence = f"occurrence {occurrence.id}: places_taken is 1, its rows say 2"
        assert check.broken_rules() == [sentence]

    def test_a_counter_of_people(self, occurrence: Occurrence, booking: Booking) -> None:
        sql("UPDATE occurrence SET people_expected = 3 WHERE id = :id", id=occurrence.id)
        assert "people_expected is 3, its rows say 2" in only(check.broken_rules())

    def test_more_places_than_there_are(self, occurrence: Occurrence, booking: Booking) -> None:
        sql(
            "UPDATE reservation SET places = 6, people = 9 WHERE occurrence_id = :id",
            id=occurrence.id,
        )
        found = check.broken_rules()
        assert f"occurrence {occurrence.id}: 6 places taken of 5" in found
        assert f"occurrence {occurrence.id}: 9 people expected, 8 legal" in found

    def test_a_share_that_lost_a_place(self, occurrence: Occurrence, booking: Booking) -> None:
        sql("UPDATE allocation SET places_taken = 0 WHERE occurrence_id = :id", id=occurrence.id)
        assert "places_taken is 0, its rows say 2" in only(check.broken_rules())

    def test_shares_that_add_up_to_too_much(self, occurrence: Occurrence, booking: Booking) -> None:
        sql("UPDATE allocation SET places = 6 WHERE " + PUBLIC, id=occurrence.id)
        assert only(check.broken_rules()).endswith("its shares add up to 6 of 5")

    def test_a_reserve_that_the_room_is_too_small_for(
        self, occurrence: Occurrence, booking: Booking
    ) -> None:
        sql(
            "UPDATE allocation SET places = 4 WHERE occurrence_id = :id AND kind = 'access'",
            id=occurrence.id,
        )
        assert only(check.broken_rules()).endswith("5 places and 4 kept for access, 8 legal")

    def test_somebody_who_waits_beside_free_places(
        self, occurrence: Occurrence, booking: Booking
    ) -> None:
        waits = make.reservation_of(make.waiting(occurrence, 4))
        assert check.broken_rules() == []
        sql("UPDATE reservation SET places = 3, people = 3 WHERE id = :id", id=waits.id)
        sql("DELETE FROM attendee WHERE id = :id", id=waits.attendees[0].id)
        wanted = f"reservation {waits.id}: waits although there are places for it"
        assert only(check.broken_rules()) == wanted

    def test_a_wish_that_is_not_its_partys(self, occurrence: Occurrence, booking: Booking) -> None:
        waits = make.reservation_of(make.waiting(occurrence, 4))
        sql("DELETE FROM attendee WHERE id = :id", id=waits.attendees[0].id)
        assert only(check.broken_rules()) == (
            f"reservation {waits.id}: 4 places for 4 people, its party says 3 for 3"
        )

    def test_companions_who_are_not_in_the_party(
        self, occurrence: Occurrence, booking: Booking
    ) -> None:
        claim = make.reservation_of(booking)
        sql("UPDATE reservation SET companions = 1 WHERE id = :id", id=claim.id)
        sql("UPDATE occurrence SET companions_expected = 1 WHERE id = :id", id=occurrence.id)
        wanted = f"reservation {claim.id}: for 1 companions, its party has 0"
        assert only(check.broken_rules()) == wanted

    def test_half_an_offer(self, occurrence: Occurrence) -> None:
        parts = make.series(2, capacity=2)
        booked = make.booking(parts[0], adults=2)
        waits = make.waiting(parts[0])
        bookings.cancel_all(booked)
        assert check.broken_rules() == []
        claim = waits.reservations[0]
        sql("UPDATE reservation SET state = 'waiting' WHERE id = :id", id=claim.id)
        wanted = f"series {claim.series_claim}: its parts are in different states"
        assert wanted in check.broken_rules()

    def test_a_counter_of_companions(self, occurrence: Occurrence, booking: Booking) -> None:
        sql("UPDATE occurrence SET companions_expected = 1 WHERE id = :id", id=occurrence.id)
        assert "companions_expected is 1, its rows say 0" in only(check.broken_rules())

    def test_a_share_that_is_oversold(self, occurrence: Occurrence, booking: Booking) -> None:
        sql(
            "UPDATE allocation SET places = 1, places_taken = 1 WHERE " + PUBLIC,
            id=occurrence.id,
        )
        assert any("2 places taken of 1" in one for one in check.broken_rules())

    def test_no_public_share(self, occurrence: Occurrence, booking: Booking) -> None:
        sql("UPDATE allocation SET kind = 'phone' WHERE " + PUBLIC, id=occurrence.id)
        assert only(check.broken_rules()) == f"occurrence {occurrence.id}: has no public share"

    def test_a_share_of_another_run(self, occurrence: Occurrence, booking: Booking) -> None:
        other = make.occurrence_of(make.session()).allocations[0].id
        claim = make.reservation_of(booking).id
        sql("UPDATE reservation SET allocation_id = :other WHERE id = :id", other=other, id=claim)
        wanted = f"reservation {claim}: draws on another occurrence's share"
        assert wanted in check.broken_rules()

    def test_a_party_that_lost_a_person(self, booking: Booking) -> None:
        claim = make.reservation_of(booking)
        sql("DELETE FROM attendee WHERE id = :id", id=claim.attendees[0].id)
        assert only(check.broken_rules()) == (
            f"reservation {claim.id}: 2 places for 2 people, its party says 1 for 1"
        )

    def test_a_person_counted_wrongly(self, booking: Booking) -> None:
        claim = make.reservation_of(booking)
        sql("UPDATE attendee SET takes_place = false WHERE id = :id", id=claim.attendees[0].id)
        assert "its party says 1 for 2" in only(check.broken_rules())

    def test_a_room_that_changed(self, occurrence: Occurrence, booking: Booking) -> None:
        sql("UPDATE room SET legal_capacity = 7 WHERE id = :id", id=occurrence.room_id)
        assert only(check.broken_rules()).endswith("legal capacity 8, its room's is 7")

    def test_somebody_booked_on_a_cancelled_run(
        self, occurrence: Occurrence, booking: Booking
    ) -> None:
        sql("UPDATE occurrence SET state = 'cancelled' WHERE id = :id", id=occurrence.id)
        assert "although its occurrence is cancelled" in only(check.broken_rules())

    def test_half_a_series(self, occurrence: Occurrence) -> None:
        basket = make.held(make.series(2)[0])
        bookings.extend(basket, booking_rules())
        assert check.broken_rules() == []
        claim = basket.reservations[0]
        sql("UPDATE reservation SET state = 'lapsed' WHERE id = :id", id=claim.id)
        wanted = f"series {claim.series_claim}: its parts are in different states"
        assert wanted in check.broken_rules()

    def test_a_ticket_that_admits_too_many(self, booking: Booking) -> None:
        claim = make.reservation_of(booking).id
        sql("UPDATE ticket SET people = 3 WHERE reservation_id = :id", id=claim)
        assert only(check.broken_rules()) == f"reservation {claim}: is for 2, its ticket admits 3"

    def test_a_booking_without_a_ticket(self, booking: Booking) -> None:
        claim = make.reservation_of(booking).id
        sql("DELETE FROM ticket WHERE reservation_id = :id", id=claim)
        assert only(check.broken_rules()).endswith("is for 2, its ticket admits None")

    def test_a_booking_without_a_reference(self, booking: Booking) -> None:
        sql("UPDATE booking SET reference = NULL WHERE id = :id", id=booking.id)
        assert only(check.broken_rules()).endswith("confirmed without a reference")

    @pytest.mark.parametrize("state", ["draft", "submitted", "superseded"])
    def test_a_session_published_without_words(
        self, occurrence: Occurrence, booking: Booking, state: str
    ) -> None:
        session = occurrence.session
        sql("UPDATE revision SET state = :state WHERE session_id = :id", state=state, id=session.id)
        assert only(check.broken_rules()) == (
            f"session {session.code}: published without an approved wording"
        )

    def test_more_in_than_a_ticket_admits(self, occurrence: Occurrence, booking: Booking) -> None:
        door_pass, _, _ = make.door_pass(occurrence.room.venue)
        claim = make.reservation_of(booking)
        assert claim.ticket is not None
        number = claim.ticket.number
        for scan_id in ("one", "two"):
            door.record(  # what two phones without a network bring home
                door_pass,
                ScanKind.admit,
                scan_id=scan_id,
                people=2,
                ticket_number=number,
                occurrence_id=occurrence.id,
            )
        assert only(check.broken_rules()) == f"ticket {number}: 4 admitted of 2 without a flag"
        (scan, *_) = door.log()
        scan.flags = ["over_admitted"]
        db.session.flush()
        assert check.broken_rules() == []


# What the database refuses whatever the code says: constraint, table, and what would break it.
REFUSED = [
    ("ck_occurrence_ends_after_start", "occurrence", "ends_at = starts_at"),
    ("ck_occurrence_capacity_positive", "occurrence", "capacity = 0, places_taken = 0"),
    ("ck_occurrence_capacity_within_legal", "occurrence", "capacity = 9"),
    ("ck_occurrence_places_not_negative", "occurrence", "places_taken = -1"),
    ("ck_occurrence_places_within_capacity", "occurrence", "places_taken = 6"),
    (
        "ck_occurrence_people_not_negative|ck_occurrence_companions_are_people",
        "occurrence",
        "people_expected = -1",
    ),
    ("ck_occurrence_people_within_legal", "occurrence", "people_expected = 9"),
    ("ck_occurrence_occurrence_state", "occurrence", "state = 'lost'"),
    ("ck_occurrence_booking_mode", "occurrence", "booking_mode = 'maybe'"),
    ("ck_allocation_places_not_negative", "allocation", "places = -1, places_taken = -1"),
    ("ck_allocation_taken_not_negative", "allocation", "places_taken = -1"),
    ("ck_allocation_taken_within_places", "allocation", "places_taken = places + 1"),
    ("ck_allocation_allocation_kind", "allocation", "kind = 'secret'"),
    (
        "ck_reservation_places_not_negative|ck_reservation_own_within_places",
        "reservation",
        "places = -1",
    ),
    ("ck_reservation_people_cover_places", "reservation", "people = places - 1"),
    ("ck_reservation_places_from_a_share", "reservation", "allocation_id = NULL"),
    ("ck_reservation_hold_ends", "reservation", "state = 'held', held_until = NULL"),
    ("ck_reservation_reservation_state", "reservation", "state = 'perhaps'"),
    ("ck_reservation_withdrawn_from", "reservation", "withdrawn_from = 'perhaps'"),
    ("ck_reservation_offer_ends", "reservation", "state = 'offered', offer_until = NULL"),
    ("ck_reservation_own_within_places", "reservation", "own_places = places + 1"),
    ("ck_reservation_companions_are_people", "reservation", "companions = people + 1"),
    ("ck_reservation_least_places_positive", "reservation", "least_places = 0"),
    ("ck_occurrence_companions_are_people", "occurrence", "companions_expected = 9"),
    ("ck_attendee_age_possible", "attendee", "age = -1"),
    ("ck_attendee_age_possible", "attendee", "age = 121"),
    ("ck_attendee_attendee_kind", "attendee", "kind = 'dog'"),
    ("ck_ticket_number_is_u32", "ticket", "number = 0"),
    ("ck_ticket_number_is_u32", "ticket", "number = 4294967296"),
    ("ck_ticket_generation_is_u8", "ticket", "generation = 256"),
    ("ck_ticket_people_is_u8", "ticket", "people = 0"),
    ("ck_ticket_people_is_u8", "ticket", "people = 256"),
    ("ck_room_legal_capacity_positive", "room", "legal_capacity = 0"),
    ("ck_edition_days_in_order", "edition", "ends_on = '2000-01-01'"),
    ("ck_message_message_state", "message", "state = 'shouted'"),
    ("ck_festival_session_session_state", "festival_session", "state = 'hidden'"),
    ("ck_revision_revision_state", "revision", "state = 'lost'"),
    ("ck_door_pass_ends_after_start", "door_pass", "until_at = from_at"),
    ("ck_scan_people_not_negative", "scan", "people = -1"),
    ("ck_scan_scan_kind", "scan", "kind = 'peek'"),
]


@pytest.mark.parametrize(("constraint", "table", "change"), REFUSED)
def test_the_database_refuses(
    occurrence: Occurrence, booking: Booking, constraint: str, table: str, change: str
) -> None:
    door_pass, _, _ = make.door_pass(occurrence.room.venue)
    door.note(door_pass, door.Verdict("not_ours"), scan_id="a", source="typed")
    assert db.session.scalar(sa.text(f"SELECT count(*) FROM {table}"))  # there is one to break
    with broken_check(constraint):
        sql(f"UPDATE {table} SET {change}")


def test_every_check_of_the_counters_is_tried() -> None:
    tables = ("occurrence", "allocation", "reservation", "attendee", "ticket", "room")
    named = {
        str(constraint.name)
        for table in tables
        for constraint in db.metadata.tables[table].constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    assert named - {"ck_reservation_channel"} == {
        name
        for constraint, table, _ in REFUSED
        if table in tables
        for name in constraint.split("|")
    }


def test_one_public_share(occurrence: Occurrence) -> None:
    with broken_check(_either("uq_allocation_public", "allocation.occurrence_id")):
        sql(
            "INSERT INTO allocation (occurrence_id, kind, places, places_taken)"
            " VALUES (:id, 'public', 0, 0)",
            id=occurrence.id,
        )


def test_one_current_edition(occurrence: Occurrence) -> None:
    assert occurrence.session.edition.is_current
    with broken_check(_either("uq_edition_current", "edition.is_current")):
        make.edition()


def test_one_booking_a_reference(booking: Booking) -> None:
    with broken_check(_either("uq_booking_reference", "booking.reference")):
        sql("UPDATE booking SET reference = 'WLF-222-222'")


def test_one_booking_a_key(booking: Booking) -> None:
    with broken_check(_either("uq_booking_confirm_key", "booking.confirm_key")):
        sql("UPDATE booking SET confirm_key = 'once'")


def test_one_scan_an_id(occurrence: Occurrence) -> None:
    door_pass, _, _ = make.door_pass(occurrence.room.venue)
    for scan_id in ("a", "b"):
        door.note(door_pass, door.Verdict("not_ours"), scan_id=scan_id, source="typed")
    with broken_check(_either("uq_scan_scan_id", "scan.scan_id")):
        sql("UPDATE scan SET scan_id = 'same'")


def _either(postgresql: str, sqlite: str) -> str:
    """SQLite names the columns of a broken UNIQUE, PostgreSQL the constraint."""
    return postgresql if db.engine.dialect.name == "postgresql" else sqlite


def test_a_stored_time_must_say_its_zone(occurrence: Occurrence) -> None:
    occurrence.starts_at = clock.now().replace(tzinfo=None)
    with pytest.raises(sa.exc.StatementError, match="must say its zone"):
        db.session.flush()
    db.session.rollback()
