"""What every answer carries: the headers and cookies that keep people safe."""

import pytest
from flask import Flask

from festival.models import Edition
from tests import factories
from tests.cast import Somebody
from tests.factories import occurrence_of
from tests.support.client import FestivalClient, make_client
from tests.support.databases import Database, close, make_app

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
ADDRESSES = {
    "/": 200,
    "/sign-in": 200,
    "/nothing": 404,
    "/healthz": 200,
    "/readyz": 200,
    "/office/": 302,
    "/static/css/festival.css": 200,
    "/static/nothing.css": 404,
}


@pytest.mark.parametrize(("address", "status"), ADDRESSES.items())
def test_every_answer_has_the_headers(
    client: FestivalClient, edition: Edition, address: str, status: int
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert set(answer.headers["Content-Security-Policy"].split("; ")) >= POLICY
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in answer.headers  # this one is not behind TLS
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_pages_are_not_kept_and_files_are(client: FestivalClient, edition: Edition) -> None:
    assert client.get("/").headers["Cache-Control"] == "private, no-cache"
    assert "max-age=31536000" in client.get("/static/css/festival.css").headers["Cache-Control"]


@pytest.fixture
def behind_tls(database: Database) -> Flask:
    """The application with a public address that begins with https."""
    address = database.copy()
    app = make_app(address, database.new_folder(), {"SITE_URL": "https://festival.example"})
    yield app
    close(app)
    database.drop(address)


@pytest.mark.databases("sqlite")
def test_behind_tls(behind_tls: Flask) -> None:
    client = make_client(behind_tls)
    answer = client.get("/sign-in", base_url="https://festival.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = answer.headers["Set-Cookie"]
    for word in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert word in cookie
    static = client.get("/static/css/festival.css", base_url="https://festival.example")
    assert "Strict-Transport-Security" in static.headers


@pytest.mark.databases("sqlite")
def test_only_our_own_host_is_answered(database: Database) -> None:
    app = make_app(
        database.copy(), database.new_folder(), {"TRUSTED_HOSTS": "festival.example, localhost"}
    )
    assert make_client(app).get("/healthz").status_code == 200
    answer = make_client(app).get("/", base_url="http://evil.example")
    assert answer.status_code == 400
    assert answer.text == "This is not the address of this festival.\n"
    close(app)


def test_a_cookie_is_not_for_scripts(client: FestivalClient, edition: Edition) -> None:
    run = occurrence_of(factories.session())
    cookie = client.get(f"/sessions/{run.session.code}/book/{run.id}").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_too_much_is_refused_in_words(lead: Somebody) -> None:
    answer = lead.client.post("/sign-in", data={"email": "x" * 3_000_000})
    assert answer.status_code == 413
    assert answer.h1


def test_the_wrong_verb_is_refused_in_words(client: FestivalClient, edition: Edition) -> None:
    answer = client.post("/privacy")
    assert answer.status_code in (400, 405)
    assert answer.h1


@pytest.mark.databases("sqlite")
def test_a_fault_is_told_kindly_and_logged_without_the_address(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"PROPAGATE_EXCEPTIONS": False}
    app = make_app(database.copy(), database.new_folder(), settings)

    def fail(secret: str) -> str:
        raise RuntimeError(f"a fault of {len(secret)} letters")

    app.add_url_rule("/fail/<secret>", view_func=fail)
    answer = make_client(app).get("/fail/open-sesame?t=token")
    assert answer.status_code == 500
    assert answer.h1 == "Sorry, something went wrong"
    assert "RuntimeError" not in answer.text
    assert "/fail/<secret>" in caplog.text
    assert "open-sesame" not in caplog.text
    assert "token" not in caplog.text
    close(app)
