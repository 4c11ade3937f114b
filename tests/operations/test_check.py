"""``check`` finds what is broken, whoever broke it."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check
from festival.extensions import db
from tests.operations.conftest import Command, load_demonstration

ONE_PLACE = """(SELECT reservation.id FROM reservation JOIN attendee ON attendee.reservation_id =
    reservation.id WHERE reservation.people = 1 AND series_claim IS NULL
    ORDER BY reservation.id LIMIT 1)"""
FULL = """(SELECT occurrence.id FROM occurrence JOIN festival_session ON festival_session.id =
    session_id WHERE code = 'E14')"""
# What somebody does to the rows, and what is said of it. The database itself refuses worse.
DAMAGE = {
    "a counter too low": (
        f"UPDATE occurrence SET places_taken = places_taken - 1 WHERE id = {FULL}",
        "places_taken is 11, its rows say 12",
    ),
    "people forgotten": (
        f"UPDATE occurrence SET people_expected = 0 WHERE id = {FULL}",
        "people_expected is 0, its rows say 12",
    ),
    "more booked than there are places": (
        f"UPDATE occurrence SET places_taken = 11, capacity = 11 WHERE id = {FULL}",
        "12 places taken of 11",
    ),
    "more people than the law allows": (
        f"""UPDATE occurrence SET people_expected = 11, places_taken = 11, capacity = 11,
            legal_capacity = 11 WHERE id = {FULL}""",
        "12 people expected, 11 legal",
    ),
    "a share's counter wrong": (
        f"""UPDATE allocation SET places_taken = places_taken - 1
            WHERE kind = 'public' AND occurrence_id = {FULL}""",
        "places_taken is 11, its rows say 12",
    ),
    "a share grown": (
        f"UPDATE allocation SET places = places + 1 WHERE occurrence_id = {FULL}",
        "its shares add up to 13 of 12",
    ),
    "no public share": (
        f"UPDATE allocation SET kind = 'partner' WHERE occurrence_id = {FULL}",
        "has no public share",
    ),
    "a share of another occurrence": (
        f"""UPDATE reservation SET allocation_id = (SELECT min(id) FROM allocation
            WHERE occurrence_id <> {FULL}) WHERE id = (SELECT min(id) FROM reservation
            WHERE occurrence_id = {FULL})""",
        "draws on another occurrence's share",
    ),
    "somebody missing from a party": (
        f"DELETE FROM attendee WHERE reservation_id = {ONE_PLACE}",
        "1 places for 1 people, its party says 0 for 0",
    ),
    "a room grown smaller": (
        "UPDATE room SET legal_capacity = 13 WHERE name = 'Training Kitchen'",
        "legal capacity 14, its room's is 13",
    ),
    "bookings for a cancelled run": (
        f"UPDATE occurrence SET state = 'cancelled' WHERE id = {FULL}",
        "stands although its occurrence is cancelled",
    ),
    "half a series": (
        """UPDATE reservation SET state = 'lapsed' WHERE id = (SELECT min(id) FROM reservation
            WHERE series_claim IS NOT NULL)""",
        "its parts are in different states",
    ),
    "a ticket gone": (
        f"DELETE FROM ticket WHERE reservation_id = {ONE_PLACE}",
        "is for 1, its ticket admits None",
    ),
    "a ticket for too many": (
        f"UPDATE ticket SET people = 9 WHERE reservation_id = {ONE_PLACE}",
        "is for 1, its ticket admits 9",
    ),
    "no reference": (
        f"""UPDATE booking SET reference = NULL WHERE id = (SELECT booking_id FROM reservation
            WHERE id = {ONE_PLACE})""",
        "confirmed without a reference",
    ),
    "published without words": (
        "UPDATE festival_session SET published_revision_id = NULL WHERE code = 'E14'",
        "session E14: published without an approved wording",
    ),
    "published before it was approved": (
        """UPDATE revision SET state = 'submitted' WHERE id = (SELECT published_revision_id
            FROM festival_session WHERE code = 'E14')""",
        "session E14: published without an approved wording",
    ),
    "more admitted than a ticket is for": (
        f"""INSERT INTO scan (scan_id, door_pass_id, kind, ticket_number, people, device_at,
                received_at, source, verdict, flags)
            SELECT 'made-up', (SELECT min(id) FROM door_pass), 'admit', number, 5,
                issued_at, issued_at, 'typed', 'welcome', '[]'
            FROM ticket WHERE reservation_id = {ONE_PLACE}""",
        "5 admitted of 1 without a flag",
    ),
}


@pytest.fixture
def undone(loaded_app: Flask) -> Iterator[None]:
    """The demonstration festival; what a test does to it is taken back."""
    with loaded_app.app_context():
        yield
        db.session.rollback()


@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found(damage: str) -> None:
    statement, words = DAMAGE[damage]
    assert db.session.execute(sa.text(statement)).rowcount == 1  # type: ignore[attr-defined]
    assert any(words in sentence for sentence in check.broken_rules())


@pytest.mark.usefixtures("undone")
def test_every_rule_has_its_damage() -> None:
    """Each rule finds at least one of these: a rule that finds nothing would not be missed."""
    found = set()
    for statement, _ in DAMAGE.values():
        with db.session.begin_nested() as savepoint:
            db.session.execute(sa.text(statement))
            found |= {rule.__name__ for rule in check.RULES if list(rule())}
            savepoint.rollback()
        db.session.expire_all()
    assert found == {rule.__name__ for rule in check.RULES}


def test_the_command_lists_it_and_fails(command: Command) -> None:
    load_demonstration()
    db.session.execute(sa.text(DAMAGE["a counter too low"][0]))
    db.session.commit()
    done = command("check")
    assert done.code == 1
    assert "places_taken is 11, its rows say 12" in done.out
    assert "Broken: 1" in done.err
