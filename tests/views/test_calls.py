"""The call list: story R5's callers hear of offers and cancellations too."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from festival.domain import bookings, calls, clock, outbox, running, sending
from festival.extensions import db
from festival.models import (
    AuditEntry,
    Booking,
    Message,
    MessageState,
    Occurrence,
    Reservation,
    ReservationState,
)
from festival.tasks import upkeep
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import PageResponse

NUMBER = "01902 555 123"


def the_call() -> Message:
    return db.session.scalars(sa.select(Message).where(Message.channel == "call")).one()


def the_list(person: Somebody) -> PageResponse:
    return person.client.get("/office/calls")


@pytest.fixture
def run(operator: Somebody) -> Occurrence:
    return occurrence_of(factories.session(code="E04", title="Bread from nothing", capacity=2))


@pytest.fixture
def cancelled(run: Occurrence, at: Callable[..., None]) -> Occurrence:
    """A run called off, with one party that has a phone number only; it cannot be undone now."""
    factories.booking(run, name="Edna Byrne", email="", mobile=NUMBER)
    running.cancel_occurrence(run.id, "The teacher is ill.", actor=None)
    at(clock.now() + timedelta(minutes=2), tick=True)
    return run


@pytest.fixture
def offered(run: Occurrence) -> Booking:
    """A waiting party with a phone number only, whom places are offered."""
    first = factories.booking(run, adults=2)
    waits = factories.waiting(run, adults=2, name="Edna Byrne", email="", mobile=NUMBER)
    bookings.cancel_all(first)
    assert factories.reservation_of(waits).state == ReservationState.offered
    return waits


def test_r5_a_caller_appears_on_the_call_list_when_the_session_is_cancelled(
    operator: Somebody, cancelled: Occurrence
) -> None:
    page = the_list(operator)
    for words in ("Edna Byrne", "Bread from nothing", "The teacher is ill.", NUMBER):
        assert words in page.words
    assert page.page.link(NUMBER) == "tel:01902555123"
    assert "1 person to call now" in operator.client.get("/office/").words


def test_r5_voicemail_hears_no_detail(operator: Somebody, cancelled: Occurrence) -> None:
    page = the_list(operator)
    assert "Please call us on 01902 550000." in page.words
    assert "Do not say what it is about." in page.words


def test_somebody_with_email_is_written_to_not_called(operator: Somebody, run: Occurrence) -> None:
    factories.booking(run, email="ada@example.org", mobile=NUMBER)
    running.cancel_occurrence(run.id, "The teacher is ill.", actor=None)
    assert "Nobody is to be called now." in the_list(operator).words


def test_reached_takes_the_call_off_the_list(operator: Somebody, cancelled: Occurrence) -> None:
    page = the_list(operator)
    done = operator.client.submit(page, "I reached Edna Byrne")
    assert "Ticked off." in done.words
    assert "Edna Byrne" not in done.words
    call = the_call()
    assert (call.state, call.outcome, call.attempts) == (MessageState.sent, "reached", 1)
    newest = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert newest is not None
    assert (newest.action, newest.actor, newest.facts) == ("call.reached", operator.user, {})
    again = operator.client.submit(page, "I reached Edna Byrne")
    assert "Somebody has ticked this call off already." in again.words


def test_no_answer_comes_again_later_and_later(operator: Somebody, cancelled: Occurrence) -> None:
    waits = []
    for _attempt in range(2):
        before = clock.now()
        page = operator.client.submit(the_list(operator), "No answer from Edna Byrne: try later")
        waits.append((the_call().next_attempt_at - before) // timedelta(minutes=1))
    assert waits == [30, 120]
    assert "Nobody is to be called now." in page.words
    assert "Tried 2 times. Nobody answered." in page.words
    call = the_call()
    assert (call.state, call.attempts, call.outcome) == (MessageState.queued, 2, "no_answer")


def test_r5_a_wrong_number_is_not_called_again(operator: Somebody, cancelled: Occurrence) -> None:
    page = operator.client.submit(the_list(operator), "Wrong number for Edna Byrne")
    assert "Edna Byrne" not in page.words
    assert (the_call().state, the_call().outcome) == (MessageState.failed, "wrong_number")
    sending.try_again(the_call())
    assert "Edna Byrne" in the_list(operator).words


def test_the_oldest_call_comes_first(
    operator: Somebody, run: Occurrence, at: Callable[..., None]
) -> None:
    for name in ("Alf First", "Bea Second"):
        factories.booking(run, name=name, email="", mobile=NUMBER)
    running.cancel_occurrence(run.id, "The teacher is ill.", actor=None)
    at(clock.now() + timedelta(minutes=2), tick=True)
    words = the_list(operator).words
    assert words.index("Alf First") < words.index("Bea Second")


def test_an_offer_shows_its_deadline_and_is_accepted_for_the_caller(
    operator: Somebody, offered: Booking
) -> None:
    page = the_list(operator)
    assert "2 places kept until" in page.words
    done = operator.client.submit(page, "Yes: book the places for Edna Byrne")
    assert "The places are booked for them." in done.words
    assert factories.reservation_of(offered).state == ReservationState.confirmed
    assert the_call().state == MessageState.sent
    entry = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "waiting.accepted")
    ).one()
    assert entry.actor == operator.user
    twice = operator.client.submit(page, "Yes: book the places for Edna Byrne")
    assert "was answered already" in twice.words


def test_an_offer_is_declined_for_the_caller_and_goes_to_who_is_next(
    operator: Somebody, offered: Booking
) -> None:
    following = factories.waiting(
        factories.reservation_of(offered).occurrence, adults=2, email="next@example.org"
    )
    operator.client.submit(the_list(operator), "No thanks: Edna Byrne does not want them")
    assert factories.reservation_of(offered).state == ReservationState.declined
    assert factories.reservation_of(following).state == ReservationState.offered


def test_an_offer_that_ran_out_leaves_the_list_and_cannot_be_accepted(
    operator: Somebody, offered: Booking, at: Callable[..., None]
) -> None:
    until: datetime | None = factories.reservation_of(offered).offer_until
    assert until is not None
    assert operator.user is not None
    at(until + timedelta(minutes=1))
    operator.client.sign_in(operator.user)  # the sign-in ends sooner than the offer
    assert "Places have become free for them" not in the_list(operator).words
    form = operator.client.get("/office/bookings").page.form("Find it")
    token = form.controls["csrf_token"].values()[0]
    late = operator.client.post(
        f"/office/calls/{the_call().id}",
        data={"csrf_token": token, "outcome": "accept"},
        follow_redirects=True,
    )
    assert "The time to answer is over" in late.words
    assert factories.reservation_of(offered).state != ReservationState.confirmed


def test_a_call_about_what_is_over_is_dropped_with_the_purge(
    operator: Somebody, cancelled: Occurrence
) -> None:
    assert calls.drop_what_is_over(clock.now()) == 0
    cancelled.starts_at, cancelled.ends_at = (
        clock.now() - timedelta(hours=2),
        clock.now() - timedelta(hours=1),
    )
    db.session.commit()
    assert "Edna Byrne" not in the_list(operator).words
    upkeep.purge()
    assert the_call().state == MessageState.dropped


def test_a_call_that_is_not_there_and_an_outcome_that_is_none(
    operator: Somebody, cancelled: Occurrence
) -> None:
    page = the_list(operator)
    token = page.page.form("I reached Edna Byrne").controls["csrf_token"].values()[0]
    mail = outbox.queue("booked", "ada@example.org")
    db.session.commit()
    for number in (mail.id, 999_999):
        answer = operator.client.post(
            f"/office/calls/{number}", data={"csrf_token": token, "outcome": "reached"}
        )
        assert answer.status_code == 404
    answer = operator.client.post(
        f"/office/calls/{the_call().id}", data={"csrf_token": token, "outcome": "sold"}
    )
    assert answer.status_code == 400
    assert the_call().state == MessageState.queued
    assert db.session.scalars(sa.select(Reservation)).one().state == ReservationState.withdrawn
