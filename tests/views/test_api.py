"""The API as a whole: who is let in, asking twice, the description, what no answer may be."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.domain import clock, tokens
from festival.extensions import db
from festival.models import (
    ApiToken,
    Booking,
    Edition,
    IdempotencyKey,
    Occurrence,
    TokenRole,
)
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import FestivalClient
from tests.support.programs import Program, body, make_token, wanted
from tests.support.statements import recorded


@pytest.fixture
def run(edition: Edition) -> Occurrence:
    return occurrence_of(factories.session(capacity=10, most_places=8))


@pytest.fixture
def web(app: Flask, edition: Edition) -> Program:
    return Program(app, make_token())


def bookings() -> int:
    return db.session.scalar(sa.select(sa.func.count(Booking.id))) or 0


# --- tokens


def test_without_a_token_nothing_is_told(app: Flask, run: Occurrence) -> None:
    answer = Program(app).get("occurrences")
    assert answer.status_code == 401
    assert answer.json["reason"] == "token_missing"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "bearer", "\x80"])
def test_other_ways_in_are_no_way_in(app: Flask, edition: Edition, header: str) -> None:
    answer = Program(app).client.get("/api/v1/occurrences", headers={"Authorization": header})
    assert (answer.status_code, answer.json["reason"]) == (401, "token_missing")


def test_an_unknown_token(app: Flask, edition: Edition) -> None:
    answer = Program(app, "festival_made-up").get("occurrences")
    assert (answer.status_code, answer.json["reason"]) == (401, "token_unknown")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_revoked_token(app: Flask, web: Program) -> None:
    assert web.get("occurrences").status_code == 200
    tokens.revoke(db.session.scalars(sa.select(ApiToken.id)).one())
    db.session.commit()
    answer = web.get("occurrences")
    assert (answer.status_code, answer.json["reason"]) == (401, "token_revoked")


def test_an_expired_token(app: Flask, edition: Edition, at: Callable[..., None]) -> None:
    web = Program(app, make_token(days=2))
    now = clock.now()
    assert web.get("occurrences").status_code == 200
    at(now + timedelta(days=2, seconds=1))
    answer = web.get("occurrences")
    assert (answer.status_code, answer.json["reason"]) == (401, "token_expired")


def test_only_the_hash_of_a_secret_is_kept(app: Flask, edition: Edition) -> None:
    secret = make_token()
    kept = db.session.scalars(sa.select(ApiToken)).one()
    assert kept.secret_hash == tokens.hash_secret(secret)
    assert secret not in str(vars(kept))


def test_a_reader_only_reads(app: Flask, run: Occurrence) -> None:
    reader = Program(app, make_token(TokenRole.reader))
    assert reader.get(f"occurrences/{run.id}").status_code == 200
    answer = reader.post("bookings", body(wanted(run)))
    assert (answer.status_code, answer.json["reason"]) == (403, "wrong_role")
    assert reader.get("bookings/WLF-AAA-AAA").status_code == 403
    assert bookings() == 0


def test_the_wrong_role_is_told_before_the_request_is_read(app: Flask, run: Occurrence) -> None:
    reader = Program(app, make_token(TokenRole.reader))
    assert reader.post("bookings", data="{", content_type="text/plain").status_code == 403


@pytest.mark.parametrize("role", [TokenRole.web, TokenRole.partner])
def test_what_another_program_booked_is_not_there(
    app: Flask, web: Program, run: Occurrence, role: TokenRole
) -> None:
    made = web.book(wanted(run))
    path, claim = f"bookings/{made['reference']}", made["reservations"][0]["id"]
    other = Program(app, make_token(role))
    assert other.get(path).status_code == 404
    assert other.patch(path, {"contact": {"name": "Eve"}}).status_code == 404
    for verb in ("accept", "decline", "stay", "leave", "cancel"):
        assert other.post(f"{path}/reservations/{claim}/{verb}").status_code == 404
    assert other.post(f"{path}/cancel").status_code == 404
    assert other.post(f"{path}/waiting", wanted(run)).status_code == 404
    assert web.get(path).json == made


def test_the_desk_sees_every_booking(app: Flask, web: Program, run: Occurrence) -> None:
    made, by_page = web.book(wanted(run)), factories.booking(run)
    db.session.commit()
    desk = Program(app, make_token(TokenRole.desk))
    assert desk.get(f"bookings/{made['reference']}").json == made
    assert desk.get(f"bookings/{by_page.reference}").json["contact"]["name"] == "Ada Lovelace"
    assert web.get(f"bookings/{by_page.reference}").status_code == 404


def test_too_many_requests_wait(app: Flask, web: Program) -> None:
    app.config["API_LIMIT"] = 3
    assert [web.get("occurrences").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = web.get("occurrences")
    assert (answer.json["reason"], answer.headers["Retry-After"]) == ("too_many_requests", "60")
    assert Program(app, make_token()).get("occurrences").status_code == 200


def test_when_a_token_was_used_is_noted_once_a_minute(
    app: Flask, web: Program, at: Callable[..., None]
) -> None:
    start = clock.now().replace(microsecond=0)
    for seconds, noted in ((0, 0), (30, 0), (59, 0), (61, 61)):
        at(start + timedelta(seconds=seconds))
        assert web.get("occurrences").status_code == 200
        token = db.session.scalars(sa.select(ApiToken)).one()
        assert token.last_used_at == start + timedelta(seconds=noted)


# --- asking twice


def test_a_repeat_gets_the_first_answer(web: Program, run: Occurrence) -> None:
    first = web.post("bookings", body(wanted(run)), key="once")
    again = web.post("bookings", body(wanted(run)), key="once")
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert bookings() == 1


def test_a_repeat_is_answered_as_at_first_whatever_came_after(
    web: Program, run: Occurrence
) -> None:
    first = web.post("bookings", body(wanted(run)), key="once")
    assert web.post(f"bookings/{first.json['reference']}/cancel").status_code == 200
    assert web.post("bookings", body(wanted(run)), key="once").data == first.data


@pytest.mark.parametrize("other", ["body", "path", "method"])
def test_one_key_is_for_one_request(web: Program, run: Occurrence, other: str) -> None:
    made = web.post("bookings", body(wanted(run)), key="once").json
    path = f"bookings/{made['reference']}"
    answer = {
        "body": lambda: web.post("bookings", body(wanted(run, 2)), key="once"),
        "path": lambda: web.post(f"{path}/cancel", body(wanted(run)), key="once"),
        "method": lambda: web.patch(path, {"contact": {"name": "Bea"}}, key="once"),
    }[other]()
    assert (answer.status_code, answer.json["reason"]) == (422, "idempotency_key_reused")
    assert web.get(path).json == made


def test_two_programs_may_choose_the_same_key(app: Flask, web: Program, run: Occurrence) -> None:
    other = Program(app, make_token())
    one = web.book(wanted(run), key="once")
    two = other.book(wanted(run), key="once")
    assert one["reference"] != two["reference"]


def test_a_refusal_is_judged_anew(web: Program, run: Occurrence) -> None:
    run.is_closed = True
    answer = web.post("bookings", body(wanted(run)), key="once")
    assert answer.status_code == 409
    assert db.session.scalars(sa.select(IdempotencyKey)).all() == []
    run.is_closed = False
    assert web.post("bookings", body(wanted(run)), key="once").status_code == 201


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (None, "idempotency_key_missing"),
        (" ", "idempotency_key_wrong"),
        ("x" * 201, "idempotency_key_wrong"),
        ("two words", "idempotency_key_wrong"),
        ("k\xe9y", "idempotency_key_wrong"),
    ],
)
def test_a_write_needs_a_proper_key(
    web: Program, run: Occurrence, key: str | None, reason: str
) -> None:
    answer = web.post("bookings", body(wanted(run)), key=key)
    assert (answer.status_code, answer.json["reason"]) == (400, reason)
    assert bookings() == 0


def test_a_long_key_is_a_key(web: Program, run: Occurrence) -> None:
    assert web.book(wanted(run), key="!" + "~" * 199)


# --- cookies, caches, headers


def test_cookies_are_neither_read_nor_set(
    app: Flask, run: Occurrence, administrator: Somebody
) -> None:
    client = administrator.client
    assert client.get("/api/v1/occurrences").status_code == 401
    for path in ("occurrences", "nothing", "openapi.json"):
        answer = client.get(f"/api/v1/{path}")
        assert "Set-Cookie" not in answer.headers, path
    assert client.get("/office/").status_code == 200


def test_no_answer_is_kept_on_the_way(web: Program, run: Occurrence) -> None:
    answer = web.get("occurrences")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers


# --- what no answer may be: a page


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("GET", "occurrences/0", 404),
        ("GET", "occurrences/99999999999999999999", 404),
        ("GET", "occurrences/%00", 404),
        ("GET", "bookings/%00", 404),
        ("GET", "bookings/\ud83d\ude80".encode("utf-16", "surrogatepass").decode("utf-16"), 404),
        ("GET", "bookings/" + "x" * 3000, 404),
        ("GET", "bookings", 405),
        ("DELETE", "occurrences", 405),
        ("POST", "openapi.json", 405),
        ("POST", "", 405),
        ("GET", "/occurrences", 308),
    ],
)
def test_wrong_addresses_and_methods(web: Program, method: str, path: str, status: int) -> None:
    answer = web.send(method, path)
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert set(answer.json) >= {"reason", "message"}
    if status == 405:
        assert answer.headers["Allow"]


@pytest.mark.databases("sqlite")
def test_a_fault_is_told_without_its_insides(app: Flask, web: Program, run: Occurrence) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["booking_rules"], kept = None, app.extensions["booking_rules"]
    try:
        answer = web.post("bookings", body(wanted(run)))
    finally:
        app.extensions["booking_rules"] = kept
    assert answer.status_code == 500
    assert answer.json["reason"] == "fault"
    assert "Error" not in answer.text
    assert bookings() == 0


@pytest.mark.databases("sqlite")
def test_without_a_database_it_says_try_again(app: Flask, web: Program) -> None:
    db.session.commit()
    db.session.execute(sa.text("ALTER TABLE api_token RENAME TO elsewhere"))
    answer = web.get("occurrences")
    assert (answer.status_code, answer.json["reason"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    assert "api_token" not in answer.text


# --- the description


def test_the_description_is_openapi(client: FestivalClient, edition: Edition) -> None:
    told = client.get("/api/v1/openapi.json").json
    assert told["openapi"] == "3.1.0"
    assert told["security"] == [{"bearer": []}]
    assert told["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    writes = [
        operation
        for path in told["paths"].values()
        for method, operation in path.items()
        if method in ("post", "patch")
    ]
    assert len(writes) == 11
    for operation in writes:
        assert "Idempotency-Key" in [one.get("name") for one in operation["parameters"]]
        assert operation["summary"]


def test_every_endpoint_is_described(app: Flask, client: FestivalClient, edition: Edition) -> None:
    told = client.get("/api/v1/openapi.json").json
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    described = sum(
        method in ("get", "post", "patch") for path in told["paths"].values() for method in path
    )
    assert len(rules) == described == 14


def test_the_page_tells_people_the_same(client: FestivalClient, edition: Edition) -> None:
    page = client.get("/api/v1/")
    assert page.h1 == "For other programs"
    for words in ("POST /api/v1/bookings", "Idempotency-Key", "curl", "60000", "partner", "409"):
        assert words in page.words, words


# --- speed


def test_a_booking_asks_the_database_little(app: Flask, web: Program, run: Occurrence) -> None:
    asked = wanted(run, children=[{"age": 7}])
    web.book(asked)
    with recorded(app) as statements:
        web.book(asked)
    assert statements.count <= 15, json.dumps(statements.all, indent=1)


def test_a_refusal_in_a_rush_asks_less(app: Flask, web: Program, run: Occurrence) -> None:
    web.book(wanted(run, 8))
    web.book(wanted(run, 2))
    asked = body(wanted(run))
    assert web.post("bookings", asked).status_code == 409
    with recorded(app) as statements:
        answer = web.post("bookings", asked)
    assert answer.json["reservations"][0]["reason"] == "no_places_left"
    assert statements.count <= 3, json.dumps(statements.all, indent=1)
    assert statements.writes == []


def test_a_longer_list_asks_no_more(app: Flask, web: Program, run: Occurrence) -> None:
    with recorded(app) as few:
        web.get("occurrences")
    for _ in range(2):
        factories.session()
    with recorded(app) as many:
        assert web.get("occurrences").json["total"] == 3
    assert many.count <= few.count
