"""Several phones of one organisation count at the same moment."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from festival.domain import attendance, check, clock, door
from festival.domain.door import OverLegal
from festival.extensions import db, write
from festival.models import MembershipRole, Occurrence, User
from tests import factories as make
from tests.support.at_once import all_at_once

pytestmark = pytest.mark.races
LAW = 5


@pytest.fixture
def at_the_door(committed_app: Flask) -> tuple[int, int]:
    """A run that is about to begin in a room for LAW, and somebody who counts: their ids."""
    with write():
        room = make.room(LAW)
        starts_at = clock.now() + timedelta(minutes=20)
        session = make.session(room=room, capacity=LAW, starts_at=starts_at)
        member = (session.provider, MembershipRole.door)
        return make.occurrence_of(session).id, make.user(memberships=[member]).id


def rows(ids: tuple[int, int]) -> tuple[Occurrence, User]:
    return db.session.get_one(Occurrence, ids[0]), db.session.get_one(User, ids[1])


def in_now(ids: tuple[int, int]) -> int:
    db.session.rollback()
    return door.people_in(ids[0])


def test_without_the_guard_one_of_two_presses_is_lost(at_the_door: tuple[int, int]) -> None:
    """Both have read the last headcount before either writes the next."""
    run, actor = rows(at_the_door)
    before = attendance.counts_of(run).heads or 0
    for _phone in range(2):
        with write():
            run, actor = rows(at_the_door)
            attendance.count_heads(run, people=before + 1, scan_id=str(uuid4()), actor=actor)
    db.session.rollback()
    assert attendance.counts_of(rows(at_the_door)[0]).heads == 1


def test_every_press_of_one_more_counts(committed_app: Flask, at_the_door: tuple[int, int]) -> None:
    """P5: headcount; phones that press at once add up, and a press that is sent twice is one."""

    def press(place: int) -> None:
        with write():
            run, actor = rows(at_the_door)
            key = f"00000000-0000-4000-8000-{place // 2:012}"  # each is sent twice
            attendance.change_heads(run, by=1, scan_id=key, actor=actor)

    all_at_once(committed_app, press, 16)
    db.session.rollback()
    assert attendance.counts_of(rows(at_the_door)[0]).heads == 8


def test_walk_ups_at_two_doors_stop_at_the_law(
    committed_app: Flask, at_the_door: tuple[int, int]
) -> None:
    """P5: walk-up add; never more than the room holds by law, however many let people in."""

    def let_in(_place: int) -> str:
        with write():
            run, actor = rows(at_the_door)
            attendance.walk_up(run, people=1, scan_id=str(uuid4()), actor=actor)
        return "in"

    answers = all_at_once(committed_app, let_in, 9)
    assert sum(one == "in" for one in answers) == LAW
    assert sum(isinstance(one, OverLegal) for one in answers) == 9 - LAW
    assert in_now(at_the_door) == LAW
    assert check.broken_rules() == []
