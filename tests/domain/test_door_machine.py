"""Any number of phones, a network that loses and repeats, passes that are revoked, bookings that
are cancelled: whatever happens, what was acknowledged is counted, and counted once.

The model keeps what truly happened at the doors. The system under test is the fold behind the
phones' one address, with real rows.
"""

import itertools
import uuid
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from festival.domain import bookings, check, clock, door
from festival.domain.door import Event, Phone
from festival.domain.scans import heads_of
from festival.extensions import db
from festival.models import DoorDevice, DoorPass, Occurrence, Scan, ScanKind, Ticket
from tests import factories
from tests.support.databases import Database

PHONES, PARTIES = 3, 4


@dataclass
class Handset:
    """A phone of the model: what it wrote down, what it was told is there."""

    device_id: int
    key: str
    slow_by: timedelta
    written: list[Event] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    numbers: Any = field(default_factory=lambda: itertools.count(1))


class Doors(RuleBasedStateMachine):
    """One session, three phones, four parties."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.isolated = self.database.isolated()
        self.isolated.begin()
        self.context = self.isolated.app.app_context()
        self.context.push()

    def teardown(self) -> None:
        self.context.pop()
        self.isolated.isolation.roll_back()

    @initialize(minutes=st.lists(st.sampled_from([0, 10, 180, -60]), min_size=3, max_size=3))
    def open_doors(self, minutes: list[int]) -> None:
        factories.the_edition()
        venue = factories.venue()
        room = factories.room(legal_capacity=12, venue=venue)
        starts_at = clock.now() + timedelta(minutes=30)
        self.run = factories.occurrence_of(
            factories.session(room=room, starts_at=starts_at, capacity=10)
        )
        self.tickets = [
            self._ticket(factories.booking(self.run, adults=people)) for people in (1, 2, 3, 4)
        ]
        self.held, _code, _pin = factories.door_pass(venue)
        self.phones = [
            Handset(device.id, key, timedelta(minutes=slow))
            for slow in minutes
            for device, key in [door.pair(self.held)]
        ]
        db.session.flush()

    def _ticket(self, booking: Any) -> Ticket:
        ticket = factories.reservation_of(booking).ticket
        assert ticket is not None
        return ticket

    def _write(self, phone: Handset, kind: ScanKind, **facts: Any) -> None:
        event = Event(
            id=str(uuid.uuid4()),
            seq=next(phone.numbers),
            kind=kind,
            at=clock.now() - phone.slow_by + timedelta(seconds=10 * len(phone.written)),
            occurrence=self.run.id,
            **facts,
        )
        phone.written.append(event)

    # --- what happens at the doors

    @rule(who=st.integers(0, PHONES - 1), which=st.integers(0, PARTIES - 1), n=st.integers(1, 4))
    def somebody_comes(self, who: int, which: int, n: int) -> None:
        ticket = self.tickets[which]
        self._write(
            self.phones[who],
            ScanKind.admit,
            ticket=ticket.number,
            people=min(n, ticket.people),
            generation=ticket.generation,
        )

    @rule(who=st.integers(0, PHONES - 1), n=st.integers(1, 3))
    def somebody_without_a_ticket_comes(self, who: int, n: int) -> None:
        self._write(self.phones[who], ScanKind.walk_up, people=n)

    @rule(who=st.integers(0, PHONES - 1), n=st.sampled_from([1, 1, -1, 5]))
    def heads_are_counted(self, who: int, n: int) -> None:
        self._write(self.phones[who], ScanKind.heads, people=n)

    @precondition(lambda self: any(phone.written for phone in self.phones))
    @rule(who=st.integers(0, PHONES - 1), data=st.data())
    def something_is_undone(self, who: int, data: st.DataObject) -> None:
        """On any phone, also on one that has not heard of it, also twice."""
        events = [one for phone in self.phones for one in phone.written if not one.undoes]
        if events:
            target = data.draw(st.sampled_from(events))
            self._write(self.phones[who], ScanKind.undo, undoes=target.id)

    # --- what the network does

    @rule(who=st.integers(0, PHONES - 1), data=st.data(), is_lost=st.booleans())
    def a_batch_is_sent(self, who: int, data: st.DataObject, is_lost: bool) -> None:
        """Some of what waits, in any order, and some of what was sent before; the answer may get
        lost, and then the phone knows nothing of it."""
        phone = self.phones[who]
        if not phone.written:
            return
        batch = data.draw(st.lists(st.sampled_from(phone.written), unique_by=lambda one: one.id))
        results = self._send(phone, batch)
        assert set(results) == {one.id for one in batch}
        if not is_lost:
            phone.acknowledged |= set(results)

    @rule(who=st.integers(0, PHONES - 1), data=st.data())
    def another_phone_hands_over(self, who: int, data: st.DataObject) -> None:
        """The battery is nearly empty: another phone sends the same scans."""
        other = data.draw(st.sampled_from(self.phones))
        batch = [replace(one, seq=next(self.phones[who].numbers)) for one in other.written]
        results = self._send(self.phones[who], batch[:5])
        other.acknowledged |= set(results)

    def _send(self, phone: Handset, batch: list[Event]) -> dict[str, list[str]]:
        known = Phone.by(phone.key)
        assert known is not None
        results = door.fold(known, batch, sent_at=clock.now() - phone.slow_by)
        db.session.flush()
        db.session.expire_all()
        return results

    # --- what the team does meanwhile

    @rule(which=st.integers(0, PARTIES - 1))
    def a_booking_is_cancelled(self, which: int) -> None:
        claim = self.tickets[which].reservation
        if claim.state == "confirmed" and not door.people_in(self.run.id):
            bookings.cancel_reservation(claim.booking, claim)
            db.session.flush()

    @rule(who=st.integers(0, PHONES - 1))
    def a_phone_is_signed_out(self, who: int) -> None:
        door.sign_out(db.session.get_one(DoorDevice, self.phones[who].device_id), actor=None)
        db.session.flush()

    @rule()
    def the_pass_is_revoked(self) -> None:
        door.revoke(db.session.get_one(DoorPass, self.held.id), actor=None)
        db.session.flush()

    # --- what always holds

    @invariant()
    def nothing_acknowledged_is_lost_and_nothing_counts_twice(self) -> None:
        if not hasattr(self, "run"):
            return
        rows = db.session.scalars(sa.select(Scan)).all()
        ids = [one.scan_id for one in rows]
        assert len(ids) == len(set(ids))
        acknowledged = set().union(*(phone.acknowledged for phone in self.phones))
        assert acknowledged <= set(ids)

    @invariant()
    def who_is_in_is_what_was_written_and_not_undone(self) -> None:
        if not hasattr(self, "run"):
            return
        there = set(db.session.scalars(sa.select(Scan.scan_id)))
        written = {one.id: one for phone in self.phones for one in phone.written}
        arrived = [one for one in written.values() if one.id in there]
        undone = {one.undoes for one in arrived}
        counted = [one for one in arrived if one.id not in undone]
        inside = sum(
            one.people for one in counted if one.kind in (ScanKind.admit, ScanKind.walk_up)
        )
        assert door.people_in(self.run.id) == inside
        heads = sum(one.people for one in counted if one.kind == ScanKind.heads)
        assert heads_of([self.run.id]).get(self.run.id, (0, None))[0] == max(0, heads)

    @invariant()
    def what_is_too_much_is_flagged(self) -> None:
        if hasattr(self, "run"):
            assert check.broken_rules() == []
            run = db.session.get_one(Occurrence, self.run.id)
            flags = [flag for scan in db.session.scalars(sa.select(Scan)) for flag in scan.flags]
            if door.people_in(run.id) > run.legal_capacity:
                assert "over_legal" in flags

    @invariant()
    def it_never_happened_after_it_came(self) -> None:
        if hasattr(self, "run"):
            late = sa.select(Scan.id).where(Scan.happened_at > Scan.received_at)
            assert db.session.scalars(late).all() == []


@pytest.mark.parametrize("steps", [25])
def test_phones_in_any_order_lose_nothing_and_count_nothing_twice(
    database: Database, steps: int
) -> None:
    """Show: n phones, a lossy network, repeats, reorderings, revocations, cancellations."""
    Doors.database = database
    few = settings(max_examples=15, stateful_step_count=steps)
    run_state_machine_as_test(Doors, settings=few)
