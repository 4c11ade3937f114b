"""``check`` finds what is broken, whoever broke it."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check
from festival.extensions import db
from tests.operations.conftest import Command, load_demonstration

FULL = """(SELECT occurrence.id FROM occurrence JOIN festival_session ON festival_session.id =
    session_id WHERE code = 'E14')"""
ONE_PLACE = """(SELECT reservation.id FROM reservation JOIN attendee ON attendee.reservation_id =
    reservation.id WHERE reservation.people = 1 AND series_claim IS NULL
    ORDER BY reservation.id LIMIT 1)"""
# Behind the application's back: what each rule is there to find. The database refuses worse.
DAMAGE = {
    check.counters_tell_the_truth: f"""UPDATE occurrence SET places_taken = places_taken - 1
        WHERE id = {FULL}""",
    check.shares_tell_the_truth: f"""UPDATE allocation SET places_taken = places_taken - 1
        WHERE occurrence_id = {FULL} AND kind = 'public'""",
    check.shares_add_up: f"""UPDATE allocation SET places = places + 1
        WHERE occurrence_id = {FULL} AND kind = 'public'""",
    check.nobody_waits_beside_free_places: f"""UPDATE reservation SET places = 0, people = 0,
        least_places = NULL WHERE id = (SELECT min(id) FROM reservation
        WHERE occurrence_id = {FULL} AND state = 'waiting')""",
    check.shares_are_of_their_occurrence: f"""UPDATE reservation SET allocation_id =
        (SELECT min(id) FROM allocation WHERE occurrence_id <> {FULL})
        WHERE id = (SELECT min(id) FROM reservation WHERE occurrence_id = {FULL})""",
    check.parties_are_counted: f"DELETE FROM attendee WHERE reservation_id = {ONE_PLACE}",
    check.rooms_are_respected: """UPDATE room SET legal_capacity = 13
        WHERE name = 'Training Kitchen'""",
    check.cancelled_runs_hold_nobody: f"""UPDATE occurrence SET state = 'cancelled'
        WHERE id = {FULL}""",
    check.series_are_whole: """UPDATE reservation SET state = 'lapsed'
        WHERE id = (SELECT min(id) FROM reservation WHERE series_claim IS NOT NULL)""",
    check.confirmed_places_have_tickets: f"DELETE FROM ticket WHERE reservation_id = {ONE_PLACE}",
    check.published_sessions_have_words: """UPDATE festival_session
        SET published_revision_id = NULL WHERE code = 'E14'""",
    check.scans_add_up: f"""INSERT INTO scan (scan_id, door_pass_id, kind, ticket_number, people,
            device_at, happened_at, received_at, source, verdict, flags,
            label, list_version)
        SELECT 'made-up', (SELECT min(id) FROM door_pass), 'admit', number, 5,
            issued_at, issued_at, issued_at, 'typed', 'welcome', '[]', '', ''
        FROM ticket WHERE reservation_id = {ONE_PLACE}""",
}


@pytest.fixture
def undone(loaded_app: Flask) -> Iterator[None]:
    """The demonstration festival; what a test does to it is taken back."""
    with loaded_app.app_context():
        yield
        db.session.rollback()


def test_every_rule_has_its_damage() -> None:
    """A rule that nothing can break would not be missed."""
    assert set(DAMAGE) == set(check.RULES)


@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("rule", check.RULES, ids=lambda rule: rule.__name__)
def test_each_rule_finds_it(rule: Callable[[], Iterator[str]]) -> None:
    assert list(rule()) == []
    done = db.session.execute(sa.text(DAMAGE[rule]))
    assert done.rowcount == 1  # type: ignore[attr-defined]
    assert len(list(rule())) >= 1


def test_the_command_lists_it_and_fails(command: Command) -> None:
    load_demonstration()
    db.session.execute(sa.text(DAMAGE[check.counters_tell_the_truth]))
    db.session.execute(sa.text(DAMAGE[check.published_sessions_have_words]))
    db.session.commit()
    done = command("check")
    assert done.code == 1
    assert "places_taken is 11, its rows say 12" in done.out
    assert "session E14: published without an approved wording" in done.out
    assert "Broken: 2" in done.err
