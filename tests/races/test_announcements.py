"""Two at once write to who has booked, or decide on what was written."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import announcements
from festival.domain.announcements import Words
from festival.domain.errors import NotAllowed
from festival.extensions import db, write
from festival.models import Announcement, Message, Office, User
from tests import factories as make
from tests.support.at_once import all_at_once, one_after_the_other

pytestmark = pytest.mark.races
OWN = "Please come in by the green gate."


@pytest.fixture
def run(committed_app: Flask) -> int:
    with write():
        made = make.occurrence_of(make.session(capacity=6))
        make.booking(made)
        make.user("leah@example.com")
        for name in ("rae", "dora"):
            make.user(f"{name}@example.com", offices=[Office.reviewer])
        return made.id


def somebody(name: str) -> User:
    return db.session.scalars(sa.select(User).where(User.email == f"{name}@example.com")).one()


def told() -> int:
    db.session.rollback()
    query = sa.select(sa.func.count()).where(Message.kind == "announcement")
    return db.session.scalar(query) or 0


def late(run: int, key: str) -> Any:
    with write():
        leah = somebody("leah")
        return announcements.announce(run, Words("late", minutes=15), key=key, actor=leah).id


def test_pressed_ten_times_at_once_they_hear_once(committed_app: Flask, run: int) -> None:
    made = all_at_once(committed_app, lambda _place: late(run, "one"), 10)
    assert len(set(made)) == 1
    assert told() == 1


def test_no_more_than_three_a_day_however_many_write_at_once(
    committed_app: Flask, run: int
) -> None:
    made = all_at_once(committed_app, lambda place: late(run, f"key-{place}"), 10)
    assert sum(isinstance(one, int) for one in made) == 3
    assert sum(isinstance(one, NotAllowed) for one in made) == 7


def test_two_of_the_team_decide_and_the_first_is_right(committed_app: Flask, run: int) -> None:
    with write():
        leah = somebody("leah")
        made = announcements.announce(run, Words("words", own=OWN), key="one", actor=leah).id

    def send() -> None:
        announcements.approve(made, own=OWN, seen=OWN, actor=somebody("rae"))

    def decline() -> None:
        announcements.decline(made, "We do not sell things.", actor=somebody("dora"))

    first, second = one_after_the_other(committed_app, send, decline)
    assert first is None
    assert isinstance(second, NotAllowed)
    assert told() == 1
    assert db.session.get_one(Announcement, made).state == "sent"
