"""How messages leave: leased by one, tried again with patience, never lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from festival.domain import clock, outbox, sending
from festival.domain.errors import NotAllowed
from festival.domain.sending import ATTEMPTS, BACK_OFF, LEASE, lease_next
from festival.extensions import db
from festival.models import Message, MessageState
from tests.support.refusals import refused

pytestmark = pytest.mark.usefixtures("app")
START = "2027-06-01T10:00+01:00"


def queued(recipient: str = "ada@example.org") -> Message:
    message = outbox.queue("password_reset", recipient, user=1)
    db.session.flush()
    return message


def leased() -> Message:
    message = lease_next(clock.now())
    assert message is not None
    return message


def test_one_message_is_leased_once() -> None:
    message = queued()
    assert leased() is message
    assert message.state == MessageState.leased
    assert message.attempts == 1
    assert message.leased_until is not None
    assert lease_next(clock.now()) is None
    assert not sending.is_due(clock.now())


def test_the_longest_due_comes_first(at: Callable[..., None]) -> None:
    at(START)
    first, second = queued(), queued()
    at(clock.now() + timedelta(seconds=5))
    third = queued()
    second.next_attempt_at = third.next_attempt_at - timedelta(minutes=1)
    db.session.flush()
    assert [leased() for _ in range(3)] == [second, first, third]


def test_p4_what_is_cancelled_is_told_before_thanks_that_waited_longer(
    at: Callable[..., None],
) -> None:
    at(clock.now())
    outbox.queue("thanks", "first@example.org")
    db.session.flush()
    at(clock.now() + timedelta(minutes=1))
    outbox.queue("withdrawn", "second@example.org")
    db.session.flush()
    assert [leased().kind, leased().kind] == ["withdrawn", "thanks"]


def test_a_killed_workers_message_is_due_again(at: Callable[..., None]) -> None:
    at(START)
    message = queued()
    leased()
    first_lease, header = message.lease, message.message_id
    at(clock.now() + LEASE - timedelta(seconds=1))
    assert lease_next(clock.now()) is None
    at(clock.now() + timedelta(seconds=1 + BACK_OFF[0]))
    assert leased() is message
    assert message.attempts == 2
    assert message.lease != first_lease  # who was killed, or slow, knows that it lost it
    assert message.message_id == header


def test_a_message_that_kills_its_worker_stands_behind_the_others(at: Callable[..., None]) -> None:
    at(START)
    poison, second, third = queued(), queued(), queued()
    assert leased() is poison
    at(clock.now() + LEASE)
    assert [leased(), leased()] == [second, third]
    assert lease_next(clock.now()) is None


def test_a_message_that_kills_every_worker_fails_in_the_end(at: Callable[..., None]) -> None:
    at(START)
    poison = queued()
    for attempt in range(1, ATTEMPTS + 1):
        assert leased() is poison
        assert poison.attempts == attempt
        at(poison.next_attempt_at)
    other = queued()
    assert leased() is other
    assert (poison.state, poison.lease) == (MessageState.failed, None)
    assert poison.last_error == "each attempt ended with its worker"
    sending.try_again(poison)
    db.session.flush()
    assert leased() is poison


@pytest.mark.parametrize("meanwhile", ["leased", "queued", "failed", "dropped", "sent"])
def test_what_has_left_is_sent_whatever_happened_meanwhile(
    at: Callable[..., None], meanwhile: str
) -> None:
    """The lease of a slow worker ran out; another took the message, and got so far with it."""
    at(START)
    message = queued()
    leased()
    at(message.next_attempt_at)
    leased()
    if meanwhile == "dropped":
        sending.mark_dropped(message, "cancelled meanwhile")
    elif meanwhile == "sent":
        sending.mark_sent(message)
    elif meanwhile != "leased":
        sending.mark_failed(message, "550 No", for_good=meanwhile == "failed")
    assert message.state == meanwhile
    sent_at = message.sent_at
    at(clock.now() + timedelta(seconds=1))
    sending.mark_sent(message)
    db.session.flush()
    assert (message.state, message.lease, message.last_error) == (MessageState.sent, None, "")
    assert message.sent_at == (sent_at or clock.now())
    assert lease_next(clock.now() + timedelta(days=9)) is None


def test_sent_is_sent() -> None:
    message = queued()
    leased()
    sending.mark_sent(message)
    db.session.flush()
    assert (message.state, message.lease, message.leased_until) == (MessageState.sent, None, None)
    assert message.sent_at is not None
    assert lease_next(clock.now() + timedelta(days=9)) is None


def test_it_is_tried_again_after_longer_and_longer_waits(at: Callable[..., None]) -> None:
    at(START)
    message = queued()
    header = message.message_id
    waits = []
    for _ in BACK_OFF:
        assert leased() is message
        sending.mark_failed(message, "451 Try later")
        db.session.flush()
        assert message.state == MessageState.queued
        wait = message.next_attempt_at - clock.now()
        waits.append(wait.total_seconds())
        assert lease_next(clock.now() + wait - timedelta(seconds=1)) is None
        at(clock.now() + wait)
    assert waits == list(BACK_OFF)
    assert waits == sorted(waits)
    leased()
    sending.mark_failed(message, "451 Still not")
    db.session.flush()
    assert (message.state, message.last_error) == (MessageState.failed, "451 Still not")
    assert message.message_id == header
    assert lease_next(clock.now() + timedelta(days=99)) is None


def test_what_is_refused_for_good_is_not_tried_again() -> None:
    message = queued()
    leased()
    sending.mark_failed(message, "550 " + "No such person " * 99, for_good=True)
    db.session.flush()
    assert message.state == MessageState.failed
    assert len(message.last_error) == 400


def test_the_office_tries_again() -> None:
    message = queued()
    leased()
    sending.mark_failed(message, "550 No", for_good=True)
    sending.try_again(message)
    db.session.flush()
    assert leased() is message
    assert message.attempts == 1
    sending.mark_sent(message)
    with refused(NotAllowed):
        sending.try_again(message)


def test_what_is_no_longer_true_is_dropped() -> None:
    message = queued()
    leased()
    sending.mark_dropped(message, "cancelled meanwhile")
    db.session.flush()
    assert message.state == MessageState.dropped
    assert lease_next(clock.now() + timedelta(days=1)) is None


def test_the_oldest_that_waits(at: Callable[..., None]) -> None:
    at(START)
    assert sending.oldest_undelivered(clock.now()) == 0
    message = queued()
    at(clock.now() + timedelta(minutes=2))
    queued()
    assert sending.oldest_undelivered(clock.now()) == 120
    assert leased() is message
    assert sending.oldest_undelivered(clock.now()) == 120  # leased is not delivered
    sending.mark_sent(message)
    db.session.flush()
    assert sending.oldest_undelivered(clock.now()) == 0


def test_a_text_for_the_morning_is_not_late_at_night(at: Callable[..., None]) -> None:
    at(START)
    text = outbox.queue("reminder", "07700 900123", channel="sms")
    text.next_attempt_at = clock.now() + timedelta(hours=10)
    at(clock.now() + timedelta(hours=9))
    assert sending.oldest_undelivered(clock.now()) == 0
    at(clock.now() + timedelta(hours=1, minutes=3))
    assert sending.oldest_undelivered(clock.now()) == 180


def test_calls_are_made_by_people() -> None:
    outbox.queue("withdrawn", "07700 900123", channel="call")
    db.session.flush()
    assert lease_next(clock.now()) is None
    assert sending.oldest_undelivered(clock.now() + timedelta(hours=1)) == 0


# --- so many a minute for one domain


def take(per_domain: int, number: int) -> list[str]:
    """Whom the next messages go to."""
    found = [sending.lease_next(clock.now(), per_domain=per_domain) for _ in range(number)]
    return [one.recipient if one else "" for one in found]


def test_a_domain_waits_and_the_others_do_not(at: Callable[..., None]) -> None:
    at(START)
    for name in ("a@slow.example", "b@Slow.Example", "c@slow.example", "d@quick.example"):
        queued(name)
    assert take(2, 4) == ["a@slow.example", "b@Slow.Example", "d@quick.example", ""]
    assert not sending.is_due(clock.now(), 2)
    assert sending.is_due(clock.now())
    (waiting,) = (one for one in sending.newest(None, 9) if one.state == MessageState.queued)
    assert (waiting.attempts, waiting.attempted_at) == (0, None)
    for one in sending.newest(MessageState.leased, 9):
        sending.mark_sent(one)
    at(clock.now() + timedelta(seconds=59))
    assert take(2, 1) == [""]
    at(clock.now() + timedelta(seconds=2))
    assert take(2, 2) == ["c@slow.example", ""]


def test_no_limit_is_no_limit() -> None:
    for number in range(70):
        queued(f"p{number}@slow.example")
    assert "" not in take(0, 70)


def test_what_was_written_before_there_were_domains_keeps_to_it_too() -> None:
    for number in range(4):
        queued(f"p{number}@Slow.example").domain = ""
    assert take(3, 4) == ["p0@Slow.example", "p1@Slow.example", "p2@Slow.example", ""]
    assert {one.domain for one in sending.newest(MessageState.leased, 9)} == {"slow.example"}


def test_texts_have_no_domain(at: Callable[..., None]) -> None:
    at(START)
    for number in range(4):
        outbox.queue("reminder", f"07700 90012{number}", channel="sms")
    db.session.flush()
    assert "" not in take(1, 4)
    assert {one.domain for one in sending.newest(None, 9)} == {""}


def test_what_the_office_sees() -> None:
    messages = [queued(f"{number}@example.org") for number in range(3)]
    sending.mark_sent(leased())
    db.session.flush()
    assert sending.counts() == {MessageState.sent: 1, MessageState.queued: 2}
    assert sending.newest(None, 2) == [messages[2], messages[1]]
    assert sending.newest(None, 2, offset=2) == [messages[0]]
    assert sending.newest(MessageState.sent, 10) == [messages[0]]
