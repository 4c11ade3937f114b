"""Phones that send at the same moment, each on a connection of its own."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import check, clock, door
from festival.domain.door import Event, Phone
from festival.extensions import db, write
from festival.models import Scan, ScanKind
from tests import factories as make
from tests.support.at_once import all_at_once

pytestmark = pytest.mark.races
PHONES = 6


@pytest.fixture
def at_the_door(committed_app: Flask) -> tuple[list[str], int, int]:
    """Phones (their keys) at one door, a party of three (its ticket's number), and the run's id."""
    with write():
        venue = make.venue()
        room = make.room(20, venue=venue)
        session = make.session(room=room, starts_at=clock.now() + timedelta(minutes=20))
        run = make.occurrence_of(session)
        ticket = make.reservation_of(make.booking(run, adults=3)).ticket
        held, _code, _pin = make.door_pass(venue)
        phones = [door.pair(held)[1] for _ in range(PHONES)]
        assert ticket is not None
        return phones, ticket.number, run.id


def admit(at_the_door: tuple[list[str], int, int], key: UUID, people: int = 3) -> Event:
    return Event(
        id=str(key),
        seq=1,
        kind=ScanKind.admit,
        at=clock.now(),
        ticket=at_the_door[1],
        occurrence=at_the_door[2],
        people=people,
        generation=0,
    )


def phone(key: str) -> Phone:
    found = Phone.by(key)
    assert found is not None
    return found


def over(results: dict[str, list[str]]) -> bool:
    return any("over_admitted" in flags for flags in results.values())


def test_without_the_guard_nobody_sees_that_it_is_too_many(
    at_the_door: tuple[list[str], int, int],
) -> None:
    """Both have counted who is in before either writes: neither is flagged, as the rows show."""
    phones, number, _run = at_the_door
    counted = []
    for _ in range(2):
        db.session.rollback()
        counted.append(door.people_in(at_the_door[2]))
    for key, before in zip(phones[:2], counted, strict=True):
        with write():
            held = phone(key)
            db.session.add(
                Scan(
                    scan_id=str(uuid4()),
                    door_pass_id=held.pass_id,
                    device_id=held.id,
                    kind=ScanKind.admit,
                    ticket_number=number,
                    occurrence_id=at_the_door[2],
                    people=3,
                    device_at=clock.now(),
                    happened_at=clock.now(),
                    received_at=clock.now(),
                    flags=["over_admitted"] if before + 3 > 3 else [],
                )
            )
    db.session.rollback()
    assert check.broken_rules() == [f"ticket {number}: 6 admitted of 3 without a flag"]


def test_the_same_party_at_six_doors_is_flagged_five_times(
    committed_app: Flask, at_the_door: tuple[list[str], int, int]
) -> None:
    """V3: all green without a network, and all sent in the same second."""

    def send(place: int) -> dict[str, list[str]]:
        with write():
            event = admit(at_the_door, uuid4())
            return door.fold(phone(at_the_door[0][place]), [event], sent_at=clock.now())

    answers = all_at_once(committed_app, send, PHONES)
    assert sum(over(one) for one in answers) == PHONES - 1
    db.session.rollback()
    assert door.people_in(at_the_door[2]) == 3 * PHONES
    assert check.broken_rules() == []


def test_one_scan_sent_by_six_phones_counts_once(
    committed_app: Flask, at_the_door: tuple[list[str], int, int]
) -> None:
    """V1: handed over to other phones, and each sends it; V2: an answer that got lost is asked for
    again while the first is still on its way."""
    key = uuid4()

    def send(place: int) -> dict[str, list[str]]:
        with write():
            ours = phone(at_the_door[0][place // 2])  # each sends it twice at once
            return door.fold(ours, [admit(at_the_door, key)], sent_at=clock.now())

    answers = all_at_once(committed_app, send, 2 * PHONES)
    assert all(str(key) in one for one in answers)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Scan)) == 1
    assert door.people_in(at_the_door[2]) == 3


def test_phones_that_open_at_once_have_letters_of_their_own(
    committed_app: Flask, at_the_door: tuple[list[str], int, int]
) -> None:
    pass_id = phone(at_the_door[0][0]).pass_id

    def open_one(_place: int) -> str:
        with write():
            return door.pair(db.session.get_one(make.DoorPass, pass_id))[0].letter

    letters = all_at_once(committed_app, open_one, 8)
    assert len(set(letters)) == 8
