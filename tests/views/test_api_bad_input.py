"""What programs send by mistake or on purpose: refused with a reason, field by field, as JSON, and
nothing is changed by it."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.extensions import db
from festival.models import Booking, Edition, IdempotencyKey, Occurrence
from tests import factories
from tests.factories import occurrence_of
from tests.support.client import PageResponse
from tests.support.programs import CONTACT, Program, body, make_token, wanted

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def run(edition: Edition) -> Occurrence:
    return occurrence_of(factories.session(capacity=10, most_places=8))


@pytest.fixture
def web(app: Flask, edition: Edition) -> Program:
    return Program(app, make_token())


def check_refused(answer: PageResponse, status: int, reason: str) -> None:
    assert (answer.status_code, answer.json["reason"]) == (status, reason), answer.text
    assert answer.mimetype == "application/json"
    assert "Traceback" not in answer.text
    assert len(answer.data) < 10_000
    for model in (Booking, IdempotencyKey):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0


def send(web: Program, data: str | bytes, kind: str = "application/json") -> PageResponse:
    return web.post("bookings", data=data, content_type=kind)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": -Infinity}',
        b'{"a": "\xff"}',
        '{"a": "\\ud800"}',
        '{"a": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"a":' * 20_000,
        "\x00",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_json(web: Program, data: str | bytes) -> None:
    check_refused(send(web, data), 400, "malformed_json")


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "text/html", "application/x-www-form-urlencoded", "\x7f"]
)
def test_wrong_content_types(web: Program, run: Occurrence, kind: str) -> None:
    check_refused(send(web, json.dumps(body(wanted(run))), kind), 415, "wrong_content_type")


def test_a_file_is_no_booking(web: Program, run: Occurrence) -> None:
    answer = web.post("bookings", data={"contact": "x"}, content_type="multipart/form-data")
    check_refused(answer, 415, "wrong_content_type")


def test_other_names_of_json_are_json(web: Program, run: Occurrence) -> None:
    sent = json.dumps(body(wanted(run)))
    assert send(web, sent, "application/vnd.api+json; charset=utf-8").status_code == 201


@pytest.mark.parametrize("size", [257 * 1024, 3 * 1024 * 1024])
def test_too_much(web: Program, size: int) -> None:
    check_refused(send(web, "x" * size), 413, "too_large")


def test_ten_thousand_keys(web: Program) -> None:
    answer = web.post("bookings", {f"k{number}": 1 for number in range(10_000)})
    check_refused(answer, 422, "invalid_request")
    assert len(answer.json["errors"]) == 20


@pytest.mark.parametrize("sent", [[], "x", 1, None, True, {}, [[]]], ids=repr)
def test_json_that_is_no_booking(web: Program, sent: Any) -> None:
    check_refused(send(web, json.dumps(sent)), 422, "invalid_request")


RESERVATION = [
    ("occurrence", None),
    ("occurrence", "1"),
    ("occurrence", 1.5),
    ("occurrence", True),
    ("occurrence", 0),
    ("occurrence", 2**31),
    ("occurrence", 10**30),
    ("adults", -1),
    ("adults", 301),
    ("adults", "1"),
    ("adults", True),
    ("adults", None),
    ("adults", [1]),
    ("companions", 10**300),
    ("group", {}),
    ("children", 1),
    ("children", {"age": 7}),
    ("children", [{"age": 7}] * 301),
    ("join_waiting_list", "yes"),
    ("join_waiting_list", 1),
    ("join_waiting_list", None),
    ("least_places", 0),
    ("answer", 5),
    ("answer", "x" * 501),
    ("answer", "a\x00b"),
    ("waiting", True),
    ("__class__", "x"),
]


@pytest.mark.parametrize(("name", "value"), RESERVATION, ids=repr)
def test_a_field_of_a_reservation(web: Program, run: Occurrence, name: str, value: Any) -> None:
    answer = web.post("bookings", body(wanted(run) | {name: value}))
    check_refused(answer, 422, "invalid_request")
    assert list(answer.json["errors"]) == [f"reservations.0.{name}"]


@pytest.mark.parametrize(
    ("child", "name"),
    [
        ({"age": -1}, "age"),
        ({"age": 130}, "age"),
        ({"age": "7"}, "age"),
        ({"age": 7.5}, "age"),
        ({"age": 7, "name": "x" * 101}, "name"),
        ({"age": 7, "name": "\x07"}, "name"),
        ({"birthday": "2020-01-01"}, "birthday"),
    ],
    ids=repr,
)
def test_a_child(web: Program, run: Occurrence, child: Any, name: str) -> None:
    answer = web.post("bookings", body(wanted(run, children=[{"age": 8}, child])))
    check_refused(answer, 422, "invalid_request")
    assert list(answer.json["errors"]) == [f"reservations.0.children.1.{name}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None),
        ("name", ""),
        ("name", "   "),
        ("name", "!?"),
        ("name", "x" * 101),
        ("name", "Ada\x00Lovelace"),
        ("name", "Ada\nLovelace"),
        ("name", 7),
        ("email", "ada"),
        ("email", "ada@example"),
        ("email", "ada@example.org\r\nBcc: eve@example.org"),
        ("email", "x" * 250 + "@example.org"),
        ("email", "ad\u200ba@example.org"),
        ("phone", "call me"),
        ("phone", "1"),
        ("phone", "0" * 41),
        ("mobile", "07700 900982"),
    ],
    ids=repr,
)
def test_a_contact(web: Program, run: Occurrence, name: str, value: Any) -> None:
    answer = web.post("bookings", body(wanted(run), contact=CONTACT | {name: value}))
    check_refused(answer, 422, "invalid_request")
    assert list(answer.json["errors"]) == [f"contact.{name}"]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"reservations": []}, "reservations"),
        ({"reservations": [{"occurrence": 1}] * 21}, "reservations"),
        ({"contact": None}, "contact"),
        ({"contact": {}}, "contact.name"),
        ({"language": "english please"}, "language"),
        ({"language": None}, "language"),
        ({"token": "x"}, "token"),
    ],
    ids=repr,
)
def test_a_booking(web: Program, run: Occurrence, more: dict[str, Any], path: str) -> None:
    answer = web.post("bookings", body(wanted(run)) | more)
    check_refused(answer, 422, "invalid_request")
    assert list(answer.json["errors"]) == [path]


def test_names_of_every_script_and_none_that_hide(web: Program, run: Occurrence) -> None:
    for name, kept in {
        "\u0a17\u0a41\u0a30\u0a2a\u0a4d\u0a30\u0a40\u0a24 \u0a15\u0a4c\u0a30": None,
        "O\u2019Brien-Smith": None,
        "A\ud83d\ude00da".encode("utf-16", "surrogatepass").decode("utf-16"): None,
        "Ada\ue000": "Ada",
    }.items():
        sent = body(wanted(run), contact={"name": name})
        made = web.post("bookings", sent)
        assert made.status_code == 201, made.text
        assert made.json["contact"]["name"] == (kept or name)


@pytest.mark.parametrize(
    "sent",
    [{}, {"contact": {"name": ""}}, {"contact": {"email": "x"}}, {"reference": "WLF-AAA-AAA"}],
    ids=repr,
)
def test_a_change_that_is_wrong(web: Program, run: Occurrence, sent: Any) -> None:
    made = web.book(wanted(run))
    answer = web.patch(f"bookings/{made['reference']}", sent)
    assert (answer.status_code, answer.json["reason"]) == (422, "invalid_request")
    assert web.get(f"bookings/{made['reference']}").json == made
