"""Programs look at what can be booked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from festival.domain import clock
from festival.domain.occurrences import Share
from festival.extensions import db
from festival.models import AllocationKind, Edition, OccurrenceState, TokenRole
from tests import factories
from tests.factories import at_hour, occurrence_of
from tests.support.programs import Program, make_token

# What is said and shown does not depend on the database; the access matrix asks on both.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def reader(app: Flask, edition: Edition) -> Program:
    return Program(app, make_token(TokenRole.reader))


def ids(reader: Program, **query: object) -> list[int]:
    answer = reader.get("occurrences", **query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json["occurrences"]]


def test_what_is_told_of_a_run(reader: Program, edition: Edition) -> None:
    theme = factories.theme("Making")
    made = factories.session(title="Knots", theme=theme, capacity=10, age_min=16, question="Rope?")
    run = occurrence_of(made)
    factories.booking(run, adults=3)
    told = reader.get(f"occurrences/{run.id}").json
    assert told == {
        "id": run.id,
        "session": {
            "code": made.code,
            "title": "Knots",
            "summary": "Bake a loaf and take it home.",
            "theme": {"slug": theme.slug, "name": "Making"},
            "provider": made.provider.name,
            "age_min": 16,
            "age_max": None,
            "question": "Rope?",
            "page": f"http://127.0.0.1:5000/sessions/{made.code}",
        },
        "starts_at": run.starts_at.astimezone(edition.zone).isoformat(),
        "ends_at": run.ends_at.astimezone(edition.zone).isoformat(),
        "state": "scheduled",
        "booking": "required",
        "series_part": None,
        "venue": {
            "name": run.room.venue.name,
            "room": run.room.name,
            "postcode": "WV1 3AX",
            "is_online": False,
        },
        "capacity": 10,
        "availability": {"reason": "open", "places": 7, "waiting": 0},
    }
    assert reader.get("occurrences").json["occurrences"] == [told]


def test_what_is_not_public_is_not_there(reader: Program) -> None:
    hidden = occurrence_of(factories.session(published=False))
    later = occurrence_of(factories.session(publish_at=clock.now() + timedelta(days=1)))
    last_year = factories.edition(is_current=False)
    old = occurrence_of(factories.session(edition=last_year))
    assert ids(reader) == []
    assert reader.get(f"occurrences/{hidden.id}").status_code == 404
    assert reader.get(f"occurrences/{later.id}").status_code == 404
    assert reader.get(f"occurrences/{old.id}").status_code == 200  # read, but not listed


def test_filters(reader: Program, edition: Edition) -> None:
    music, making = factories.theme("Music"), factories.theme("Making")
    first = factories.session(theme=music, starts_at=at_hour(edition, hour=10, day=1))
    second = factories.session(theme=making, starts_at=at_hour(edition, hour=15, day=1))
    third = factories.session(theme=making, starts_at=at_hour(edition, hour=10, day=3), capacity=1)
    one, two, three = (occurrence_of(made).id for made in (first, second, third))
    factories.booking(occurrence_of(third))
    assert ids(reader) == [one, two, three]
    assert ids(reader, session=second.code.lower()) == [two]
    assert ids(reader, session="NOPE") == []
    assert ids(reader, theme=making.slug) == [two, three]
    assert ids(reader, has_places="true") == [one, two]
    assert ids(reader, has_places="false") == [one, two, three]
    noon = at_hour(edition, hour=12, day=1)
    assert ids(reader, **{"from": noon.isoformat()}) == [two, three]
    assert ids(reader, to=noon.isoformat()) == [one]
    day = (edition.starts_on + timedelta(days=1)).isoformat()
    assert ids(reader, **{"from": day, "to": day}) == [one, two]


def test_a_plus_that_nobody_escaped(reader: Program, edition: Edition) -> None:
    run = occurrence_of(factories.session())
    moment = (run.starts_at - timedelta(hours=1)).astimezone(edition.zone).isoformat()
    before = moment[:19] + "+00:00"
    answer = reader.client.get(f"/api/v1/occurrences?from={before}", headers=reader.bearer)
    assert answer.json["total"] == 1


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_the_ends_of_time(reader: Program, moment: str) -> None:
    factories.session()
    assert len(ids(reader, **{"from": moment})) == (1 if moment.startswith("0001") else 0)


def test_pages(reader: Program, edition: Edition) -> None:
    made = [
        occurrence_of(factories.session(starts_at=at_hour(edition, hour=9 + place, day=1))).id
        for place in range(5)
    ]
    told = reader.get("occurrences", page=2, page_size=2).json
    assert [one["id"] for one in told["occurrences"]] == made[2:4]
    assert (told["page"], told["page_size"], told["total"]) == (2, 2, 5)
    assert ids(reader, page=4, page_size=2) == []
    assert ids(reader, page=2, page_size=2, has_places="true") == made[2:4]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "two"},
        {"page": "1_0"},
        {"page": "\u0663"},
        {"page_size": "101"},
        {"page_size": "9" * 40},
        {"session": "E02'--"},
        {"session": "E\x00"},
        {"theme": ""},
        {"from": "yesterday"},
        {"from": "2027-06-05T09:00"},
        {"to": "2027-02-30"},
        {"has_places": "1"},
        {"sesion": "E02"},
    ],
)
def test_a_filter_that_is_wrong_is_named(reader: Program, query: dict[str, str]) -> None:
    answer = reader.get("occurrences", **query)
    assert answer.status_code == 422, answer.text
    assert answer.json["reason"] == "invalid_request"
    assert list(answer.json["errors"]) == list(query)


@pytest.mark.parametrize(
    ("role", "places"),
    [
        (TokenRole.reader, 5),
        (TokenRole.web, 5),
        (TokenRole.partner, 7),
        (TokenRole.desk, 8),
    ],
)
def test_each_role_is_told_what_it_can_book(
    app: Flask, edition: Edition, role: TokenRole, places: int
) -> None:
    shares = [Share(AllocationKind.partner, 2), Share(AllocationKind.phone, 3)]
    run = occurrence_of(factories.session(capacity=10, shares=shares))
    told = Program(app, make_token(role)).get(f"occurrences/{run.id}").json
    assert told["availability"]["places"] == places


def test_availability_is_live(reader: Program, at: Callable[..., None]) -> None:
    run = occurrence_of(factories.session(capacity=2))
    factories.held(run, adults=2)
    path = f"occurrences/{run.id}"
    assert reader.get(path).json["availability"]["reason"] == "full"
    assert ids(reader, has_places="true") == []
    factories.waiting(run)
    assert reader.get(path).json["availability"]["waiting"] == 1
    at(clock.now() + timedelta(minutes=16))
    assert reader.get(path).json["availability"]["places"] == 1  # the other is for who waits
    assert ids(reader, has_places="true") == [run.id]
    run.state = OccurrenceState.cancelled
    db.session.flush()
    assert reader.get(path).json["availability"] == {
        "reason": "cancelled",
        "places": 0,
        "waiting": 1,
    }
