"""A roster that two of the team send at the same moment."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, door
from festival.domain.door import Wanted
from festival.extensions import db, write
from festival.models import Office, Shift, ShiftRole, User, Venue
from tests import factories
from tests.support.at_once import all_at_once

pytestmark = pytest.mark.races
TIMES = 6


def test_each_shift_is_made_once(committed_app: Flask) -> None:
    with write():
        place = factories.venue().id
        team = factories.user(offices=[Office.duty_manager]).id
    now = clock.now()

    def send(_time: int) -> int:
        with write():
            wanted = [
                Wanted(
                    db.session.get_one(Venue, place),
                    name,
                    ShiftRole.door,
                    now,
                    now + timedelta(hours=4),
                )
                for name in ("Sam", "Jo")
            ]
            return len(door.make_shifts(wanted, actor=db.session.get_one(User, team)))

    assert sorted(all_at_once(committed_app, send, TIMES)) == [0] * (TIMES - 1) + [2]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Shift)) == 2
