"""Workers that die at any moment, and workers beside each other: each message gets through."""

import random
import signal
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from festival.domain import check, clock, outbox
from festival.extensions import db, write
from festival.models import Booking, Message, MessageState
from tests import factories
from tests.support.smtp import SmtpServer
from tests.support.worker import Worker, identifiers, make_bookings, states, wait_until

BOOKINGS = 500
NewWorker = Callable[..., Worker]


@pytest.mark.races
def test_500_bookings_while_workers_are_killed_at_random(
    smtp_server: SmtpServer, new_worker: NewWorker
) -> None:
    """Two workers send; one of them is killed after some messages, in the midst of whatever it
    does, and another takes its place. What the dead had in hand is due when their leases end."""
    make_bookings(BOOKINGS, waiting=True)
    chance = random.Random(20270601)
    workers = [new_worker(), new_worker()]
    kills = 0
    while states()["queued"] > 80:
        smtp_server.wait_for(len(smtp_server.messages) + chance.randint(20, 90), seconds=30)
        time.sleep(chance.uniform(0, 0.1))
        victim = chance.randrange(2)
        assert workers[victim].end(signal.SIGKILL) == -signal.SIGKILL
        workers[victim] = new_worker()
        kills += 1
    wait_until(lambda: states()["queued"] == 0, 30)
    for worker in workers:
        worker.end(signal.SIGKILL)
        kills += 1
    new_worker(NOW=(clock.now() + timedelta(minutes=10)).isoformat())
    wait_until(lambda: states() == {"sent": BOOKINGS}, 30)

    assert kills >= 5
    sent = identifiers(smtp_server)
    wanted = set(db.session.scalars(sa.select(Message.message_id)))
    assert set(sent) == {f"<{one}@festival.example>" for one in wanted}
    assert len(wanted) == BOOKINGS
    # Whoever was killed between sending and writing it down left one message to be sent again.
    assert sum(sent.values()) - BOOKINGS <= kills
    recipients = {one.recipients[0] for one in smtp_server.messages}
    assert recipients == set(db.session.scalars(sa.select(Booking.email)))
    by_recipient = {one.recipients[0]: one.message["Message-ID"] for one in smtp_server.messages}
    assert len(set(by_recipient.values())) == BOOKINGS
    assert check.broken_rules() == []


@pytest.mark.races
def test_a_domain_gets_no_more_in_a_minute_than_it_takes(
    smtp_server: SmtpServer, new_worker: NewWorker
) -> None:
    """Two workers together keep to it; nobody else waits, and no attempt is used up by waiting."""
    with write():
        factories.the_edition()
        user = factories.user().id
        for number in range(30):
            outbox.queue("password_reset", f"a{number}@Slow.example", user=user)
        for number in range(15):
            outbox.queue("password_reset", f"b{number}@quick{number}.example", user=user)
        older = db.session.scalars(sa.select(Message).order_by(Message.id)).first()
        assert older is not None
        older.domain = ""  # as messages were written before there were domains
    limit = {"MAIL_PER_DOMAIN": 8}
    workers = [new_worker(**limit), new_worker(**limit)]
    wait_until(lambda: states()["sent"] == 15 + 8)
    wait_until(lambda: all(worker.is_listening() for worker in workers))
    time.sleep(5)  # two sweeps
    assert _sent_to("slow.example", smtp_server) == 8
    assert states() == {"sent": 23, "queued": 22}
    waiting = db.session.scalars(sa.select(Message).where(Message.state == MessageState.queued))
    assert {(one.attempts, one.attempted_at, one.domain) for one in waiting} == {
        (0, None, "slow.example")
    }
    for worker in workers:
        worker.end(signal.SIGKILL)
    a_minute_later = (clock.now() + timedelta(seconds=61)).isoformat()
    for _ in range(2):
        new_worker(NOW=a_minute_later, **limit)
    wait_until(lambda: states()["sent"] == 15 + 16)
    time.sleep(3)
    assert _sent_to("slow.example", smtp_server) == 16
    new_worker(NOW=a_minute_later, MAIL_PER_DOMAIN=0)
    wait_until(lambda: states() == {"sent": 45})
    assert set(identifiers(smtp_server).values()) == {1}


def _sent_to(domain: str, smtp_server: SmtpServer) -> int:
    return sum(one.recipients[0].lower().endswith(f"@{domain}") for one in smtp_server.messages)
