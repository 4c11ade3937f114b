"""Shares of a run that is booked already, and when booking opens and closes."""

from datetime import timedelta

from flask import Flask

from festival.domain import bookings, check, clock, shares
from festival.domain.bookings import Who
from festival.domain.capacity import availability, public_share, share_for
from festival.domain.occurrences import Share
from festival.domain.shares import GatesOutOfOrder, SharesDoNotFit
from festival.extensions import db
from festival.models import AllocationKind, Channel, Occurrence
from tests import factories
from tests.factories import occurrence_of, reservation_of
from tests.support.refusals import refused

PHONE, PARTNER, PHASE = AllocationKind.phone, AllocationKind.partner, AllocationKind.phase


def _places(run: Occurrence) -> dict[str, int]:
    return {one.kind.value: one.places for one in run.allocations if one.places}


def test_shares_are_numbers_or_parts_of_the_capacity(app: Flask) -> None:
    run = occurrence_of(factories.session(capacity=20))
    opens = clock.now() + timedelta(hours=1)
    wanted = [Share(PHONE, percent=10), Share(PARTNER, 3), Share(PHASE, 5, opens)]
    shares.set_shares(run.id, wanted, actor=None)
    assert _places(run) == {"public": 10, "phone": 2, "partner": 3, "phase": 5}
    assert availability(run, clock.now()).places == 10
    assert availability(run, opens).places == 15
    assert check.broken_rules() == []


def test_what_is_no_longer_kept_back_goes_to_who_waits(app: Flask) -> None:
    run = occurrence_of(factories.session(capacity=3, shares=[Share(PHONE, 2)]))
    factories.booking(run, 1)
    waits = factories.waiting(run, 2)
    shares.set_shares(run.id, [], actor=None)
    assert reservation_of(waits).state == "offered"
    assert check.broken_rules() == []


def test_a_share_is_not_made_smaller_than_what_is_booked_of_it(app: Flask) -> None:
    run = occurrence_of(factories.session(capacity=6, shares=[Share(PHONE, 3)]))
    made = factories.waiting(run, 2, channel=Channel.phone)
    assert reservation_of(made).own_places == 2
    with refused(SharesDoNotFit, field="share_phone"):
        shares.set_shares(run.id, [Share(PHONE, 1)], actor=None)
    shares.set_shares(run.id, [Share(PHONE, 2)], actor=None)
    bookings.cancel_reservation(made, reservation_of(made), Who(Channel.phone))
    assert share_for(run, PHONE).places_taken == 0
    assert check.broken_rules() == []


def test_the_public_keeps_what_it_has_booked(app: Flask) -> None:
    run = occurrence_of(factories.session(capacity=5))
    factories.booking(run, 4)
    with refused(SharesDoNotFit, field="share_phone"):
        shares.set_shares(run.id, [Share(PHONE, 2)], actor=None)
    assert public_share(run).places == 5


def test_the_access_reserve_stands_within_the_law(app: Flask) -> None:
    run = occurrence_of(factories.session(capacity=8, room=factories.room(10)))
    assert _places(run) == {"public": 8, "access": 2}
    with refused(SharesDoNotFit, field="share_access"):
        shares.set_shares(run.id, [Share(AllocationKind.access, 3)], actor=None)


def test_booking_opens_and_closes_for_everybody_at_once(app: Flask) -> None:
    run = occurrence_of(factories.session())
    now = clock.now()
    later, before = now + timedelta(hours=1), run.starts_at - timedelta(hours=1)
    shares.set_gates(run.id, opens_at=later, closes_at=before, actor=None)
    for kind in (AllocationKind.public, PHONE):
        assert availability(run, now, kind).reason == "not_open"
        assert availability(run, later, kind).reason == "open"
        assert availability(run, before, kind).reason == "closed"


def test_gates_in_the_wrong_order(app: Flask) -> None:
    run = occurrence_of(factories.session())
    after, hour = run.starts_at + timedelta(minutes=1), timedelta(hours=1)
    with refused(GatesOutOfOrder, field="closes_at"):
        shares.set_gates(run.id, opens_at=None, closes_at=after, actor=None)
    with refused(GatesOutOfOrder, field="opens_at"):
        shares.set_gates(
            run.id, opens_at=run.starts_at - hour, closes_at=run.starts_at - hour, actor=None
        )


def test_what_is_kept_back_stays_when_the_capacity_is_raised(app: Flask) -> None:
    run = occurrence_of(factories.session(capacity=4, shares=[Share(PHONE, 2)]))
    db.session.refresh(run)
    assert availability(run, clock.now(), PHONE).places == 4
    assert availability(run, clock.now()).places == 2
