"""The worker: delivers what is due, survives being killed, stops cleanly."""

import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check, clock
from festival.extensions import db, write
from festival.models import (
    Booking,
    FestivalSession,
    Message,
    Occurrence,
    Reservation,
    ReservationState,
    SessionState,
)
from festival.tasks import queue
from tests import factories
from tests.support.smtp import SmtpServer
from tests.support.worker import Worker, identifiers, make_bookings, states, wait_until

At = Callable[..., None]
MAILS = 100


@pytest.mark.races
def test_killed_while_it_sends_every_booking_still_gets_its_mail(
    smtp_server: SmtpServer, new_worker: Callable[..., Worker]
) -> None:
    """Two repeats are provoked: an answer is lost, and the worker is killed after the mail server
    took a message but before that was written down. Both repeats carry their first Message-ID."""
    make_bookings(MAILS)
    smtp_server.behave("lose the answer")
    worker = new_worker()
    smtp_server.wait_for(1, seconds=30)
    smtp_server.behave("accept")
    smtp_server.wait_for(40, seconds=90)
    smtp_server.behave("take and hang")
    before = len(smtp_server.messages)
    smtp_server.wait_for(before + 1, seconds=30)
    worker.end(signal.SIGKILL)
    interrupted = states()
    assert interrupted["leased"] == 1  # a worker has one sender
    assert 0 < interrupted["sent"] < MAILS - 1

    smtp_server.behave("accept")
    # What was leased is due again when the lease runs out: begin there instead of waiting.
    new_worker(NOW=(clock.now() + timedelta(minutes=10)).isoformat())
    wait_until(lambda: states()["sent"] == MAILS, 120)

    sent = identifiers(smtp_server)
    wanted = {
        f"<{one}@festival.example>" for one in db.session.scalars(sa.select(Message.message_id))
    }
    assert set(sent) == wanted
    assert len(wanted) == MAILS
    repeats = {identifier: times for identifier, times in sent.items() if times > 1}
    assert len(repeats) >= 2
    assert set(repeats.values()) == {2}
    recipients = {one.recipients[0] for one in smtp_server.messages}
    assert recipients == set(db.session.scalars(sa.select(Booking.email)))
    assert check.broken_rules() == []


@pytest.mark.races
def test_two_workers_send_everything_once(
    smtp_server: SmtpServer, new_worker: Callable[..., Worker]
) -> None:
    make_bookings(MAILS)
    workers = [new_worker(), new_worker()]
    wait_until(lambda: states()["sent"] == MAILS, 120)
    wait_until(lambda: all(worker.is_listening() for worker in workers))
    assert set(identifiers(smtp_server).values()) == {1}
    assert len(smtp_server.messages) == MAILS
    assert [worker.end(signal.SIGTERM) for worker in workers] == [0, 0]
    assert [worker.log.read_text() for worker in workers] == ["", ""]


def test_what_is_booked_later_is_sent_within_seconds(
    smtp_server: SmtpServer, new_worker: Callable[..., Worker]
) -> None:
    new_worker()
    for number in (1, 2):
        time.sleep(0.5)
        make_bookings(1)
        smtp_server.wait_for(number, seconds=15)
    wait_until(lambda: states() == {"sent": 2}, 5)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_finishes_the_mail_in_hand(
    smtp_server: SmtpServer, new_worker: Callable[..., Worker], number: signal.Signals
) -> None:
    make_bookings(MAILS)
    worker = new_worker()
    smtp_server.wait_for(3, seconds=30)
    assert worker.end(number) == 0
    told = states()
    assert told["leased"] == 0
    assert told["sent"] == len(smtp_server.messages) < MAILS
    assert worker.log.read_text() == ""


@pytest.mark.databases("postgresql")
def test_it_waits_for_a_database_that_is_away(
    smtp_server: SmtpServer, new_worker: Callable[..., Worker]
) -> None:
    """Every connection is cut; the worker goes on with new ones."""
    worker = new_worker()
    make_bookings(1)
    smtp_server.wait_for(1, seconds=30)
    db.session.execute(
        sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    db.session.rollback()
    make_bookings(1)
    smtp_server.wait_for(2, seconds=30)
    assert worker.process.poll() is None


# --- the schedule


@pytest.fixture
def run_due(committed_app: Flask) -> Iterator[Callable[[str], set[str]]]:
    """Run what the schedule has for this minute, as the worker does; the names of it."""
    tasks = queue.make_queue(committed_app)
    queue.schedule(tasks, committed_app)

    def run(minute: str) -> set[str]:
        due = tasks.read_periodic(datetime.fromisoformat(minute))
        for task in due:
            tasks.enqueue(task)
            tasks.execute(tasks.dequeue())
        return {task.name for task in due}

    yield run
    tasks.storage.close()


def test_every_minute_has_its_tasks(run_due: Callable[[str], set[str]]) -> None:
    every_minute = {"settle_due", "publish_due", "remind_due"}  # the sweep alone sends
    assert run_due("2027-06-05T09:06") == every_minute
    assert run_due("2027-06-05T09:07") == every_minute | {
        "chase_attendance",
        "remind_of_deadline",
        "purge",
    }


def test_holds_lapse_sessions_appear_baskets_are_forgotten(
    run_due: Callable[[str], set[str]], at: At
) -> None:
    at("2027-05-25T10:00+01:00")
    with write():
        occurrence = factories.occurrence_of(factories.session())
        basket = factories.held(occurrence, 3)
        later = factories.session(publish_at=clock.now() + timedelta(minutes=10))
        ids = occurrence.id, basket.id, later.id
    occurrence_id, basket_id, later_id = ids

    run_due("2027-05-25T09:01")
    db.session.rollback()
    assert db.session.get_one(Occurrence, occurrence_id).places_taken == 3
    assert db.session.get_one(FestivalSession, later_id).state == SessionState.unpublished

    at("2027-05-25T10:16+01:00")
    run_due("2027-05-25T09:16")
    db.session.rollback()
    assert db.session.get_one(Occurrence, occurrence_id).places_taken == 0
    claim = db.session.scalars(sa.select(Reservation).filter_by(booking_id=basket_id)).one()
    assert claim.state == ReservationState.lapsed
    assert db.session.get_one(FestivalSession, later_id).state == SessionState.published

    at("2027-05-26T10:07+01:00")
    run_due("2027-05-26T09:07")
    db.session.rollback()
    assert db.session.get(Booking, basket_id) is None
    assert check.broken_rules() == []


def test_one_broken_row_stops_no_other(
    run_due: Callable[[str], set[str]], at: At, caplog: pytest.LogCaptureFixture
) -> None:
    at("2027-05-25T10:00+01:00")
    with write():
        occurrences = [factories.occurrence_of(factories.session()) for _ in range(2)]
        for occurrence in occurrences:
            factories.held(occurrence, 3)
        occurrences[0].places_taken = 0  # giving back three of them breaks a rule of the table
        ids = [occurrence.id for occurrence in occurrences]
    at("2027-05-25T10:16+01:00")
    run_due("2027-05-25T09:16")
    db.session.rollback()
    assert db.session.get_one(Occurrence, ids[1]).places_taken == 0
    assert f"occurrence {ids[0]} could not be brought up to date" in caplog.text
    claims = db.session.scalars(sa.select(Reservation).order_by(Reservation.occurrence_id))
    assert [one.state for one in claims] == [ReservationState.held, ReservationState.lapsed]


@pytest.mark.databases("sqlite")
def test_one_session_that_cannot_appear_stops_no_other(
    run_due: Callable[[str], set[str]], at: At, caplog: pytest.LogCaptureFixture
) -> None:
    at("2027-05-25T10:00+01:00")
    with write():
        later = clock.now() + timedelta(minutes=10)
        ids = [factories.session(publish_at=later).id for _ in range(2)]
        db.session.execute(
            sa.text(
                "CREATE TRIGGER broken BEFORE UPDATE ON festival_session "
                f"WHEN NEW.id = {ids[0]} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
        )
    at("2027-05-25T10:16+01:00")
    run_due("2027-05-25T09:16")
    db.session.rollback()
    states = [db.session.get_one(FestivalSession, one).state for one in ids]
    assert states == [SessionState.unpublished, SessionState.published]
    assert f"session {ids[0]} could not be brought up to date" in caplog.text
