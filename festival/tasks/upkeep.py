"""What time does: holds lapse, shares are released, sessions appear, baskets are forgotten."""

from festival.domain import bookings, capacity, clock, offers
from festival.domain.observations import tries
from festival.extensions import db, write


def settle_due() -> int:
    """Settle every occurrence on which time has work to do, one transaction each."""
    due = capacity.due_to_settle(clock.now())
    db.session.rollback()
    for occurrence_id in due:
        with write():
            capacity.lock_and_settle([occurrence_id], clock.now())
    return len(due)


def publish_due() -> int:
    """Publish sessions whose time has come."""
    now = clock.now()
    if not offers.due_to_publish(now):
        db.session.rollback()
        return 0
    with write():
        return sum(offers.publish_if_due(session, now) for session in offers.due_to_publish(now))


def purge() -> int:
    """Forget unfinished baskets after a day, and counts of tries whose window is over."""
    if tries.storage is not None:
        tries.storage.purge()
    with write():
        return bookings.purge_baskets(clock.now())
