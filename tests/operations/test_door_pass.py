"""``door-pass create``: a link and a PIN for one door."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import door
from festival.extensions import db
from festival.models import DoorPass, Edition, Venue
from tests.operations.conftest import Command, Ended
from tests.support.client import make_client

# What it says and sends does not depend on the database; other commands are tried on both.
pytestmark = pytest.mark.databases("sqlite")

NOW = "2027-06-01T09:00+01:00"


def make_venue(time_zone: str = "Europe/London") -> None:
    db.session.add_all(
        [
            Venue(slug="central-library", name="Central Library"),
            Edition(
                slug="test",
                name="Test Learning Festival",
                city="Testham",
                time_zone=time_zone,
                starts_on=date(2027, 6, 5),
                ends_on=date(2027, 6, 20),
                is_current=True,
            ),
        ]
    )
    db.session.commit()


def create(command: Command, **changed: str) -> Ended:
    told = {
        "venue": "central-library",
        "from": "2027-06-05T09:00",
        "until": "2027-06-05T17:00",
        **changed,
    }
    words = [word for name, value in told.items() for word in (f"--{name}", value)]
    return command("door-pass", "create", *words, NOW=NOW)


def the_pass() -> DoorPass:
    db.session.rollback()
    return db.session.scalars(sa.select(DoorPass)).one()


def test_it_prints_the_link_and_the_pin_once(committed_app: Flask, command: Command) -> None:
    make_venue()
    done = create(command, label="Front")
    assert done.code == 0, done.err
    link = re.search(r"link +(http\S+)", done.out)
    pin = re.search(r"PIN +(\d{4})", done.out)
    assert link
    assert pin
    secret = link[1].rsplit("/", 1)[1]
    made = the_pass()
    assert door.pass_of(secret) == made
    assert door.pin_fits(made, secret, pin[1])
    assert made.label == "Front"
    assert secret not in (made.secret_hash, made.pin_hash)
    assert "Saturday 5 June 2027, 9am" in done.out
    assert "Saturday 5 June 2027, 5pm" in done.out
    assert link[1].startswith(committed_app.config["SITE_URL"])


def test_the_link_and_the_pin_open_the_door(
    committed_app: Flask, command: Command, at: Callable[..., None]
) -> None:
    make_venue()
    done = create(command)
    link, pin = re.search(r"link +(http\S+)\s+PIN +(\d{4})", done.out).groups()  # type: ignore[union-attr]
    at("2027-06-05T10:00+01:00")
    volunteer = make_client(committed_app)
    assert volunteer.submit(volunteer.get(urlsplit(link).path), pin=pin).status_code == 200
    door_page = volunteer.get("/scan/plain")
    assert "Central Library" in door_page.words


@pytest.mark.parametrize(
    ("zone", "typed", "stored"),
    [
        ("Europe/London", "2027-06-05T09:00", datetime(2027, 6, 5, 8, tzinfo=UTC)),
        ("Europe/London", "2027-06-05T09:00Z", datetime(2027, 6, 5, 9, tzinfo=UTC)),
        ("Asia/Kathmandu", "2027-06-05T09:00", datetime(2027, 6, 5, 3, 15, tzinfo=UTC)),
    ],
)
@pytest.mark.databases("sqlite")
def test_a_time_without_a_zone_is_in_the_festivals(
    command: Command, zone: str, typed: str, stored: datetime
) -> None:
    make_venue(zone)
    done = create(command, **{"from": typed, "until": "2027-06-06T17:00"})
    assert done.code == 0, done.err
    assert the_pass().from_at == stored
    if not typed.endswith("Z"):
        assert "from  Saturday 5 June 2027, 9am" in done.out


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"venue": "library"}, "There is no venue 'library'. There are: central-library"),
        ({"from": "5 June"}, "--from must be like 2027-06-05T09:00, not '5 June'."),
        ({"until": "2027-06-05T25:00"}, "--until must be like 2027-06-05T09:00"),
        ({"until": "2027-06-05T08:00"}, "The end must be after the start."),
        (
            {"from": "2027-03-28T01:30"},
            "--from 2027-03-28T01:30: There is no such time on that day",
        ),
        ({"label": "x" * 81}, "--label can have 80 characters at most."),
    ],
)
@pytest.mark.databases("sqlite")
def test_mistakes_are_told_in_words(command: Command, changed: dict[str, str], words: str) -> None:
    make_venue()
    done = create(command, **changed)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err
    db.session.rollback()
    assert db.session.scalars(sa.select(DoorPass)).all() == []
