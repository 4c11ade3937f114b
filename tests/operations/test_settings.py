"""What the settings must say before anything starts."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.operations.conftest import Ended
from tests.support.starter import Starter

SECRET = "a-secret-of-more-than-thirty-two-letters"
PRODUCTION = {
    "ENV": "production",
    "SECRET_KEY": SECRET,
    "TICKET_KEY": "5a" * 32,
    "TRUSTED_HOSTS": "festival.example.org",
    "SITE_URL": "https://festival.example.org",
    "INSTANCE_NAME": "wolverhampton-live",
    "MAIL_FROM": "bookings@festival.example.org",
    "CALENDAR_DOMAIN": "festival.example.org",
}


Run = Callable[..., Ended]


def environment(var: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FESTIVAL_")}
    ours = {f"FESTIVAL_{name}": value for name, value in settings.items()}
    return kept | ours | {"FESTIVAL_VAR_DIR": str(var)}


@pytest.fixture
def run(starter: Starter, tmp_path: Path) -> Run:
    """``run("db", "upgrade", WORKERS="3")``: a command in a folder of this test's own."""

    def in_the_folder(*words: str, **settings: str) -> Ended:
        return Ended(*starter.run(words, environment(tmp_path, **settings)))

    return in_the_folder


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SECRET_KEY": ""}, "FESTIVAL_SECRET_KEY: at least 32 random characters"),
        ({"SECRET_KEY": "short"}, "FESTIVAL_SECRET_KEY: at least 32 random characters"),
        ({"TICKET_KEY": ""}, "FESTIVAL_TICKET_KEY: 64 hexadecimal digits"),
        ({"TRUSTED_HOSTS": ""}, "FESTIVAL_TRUSTED_HOSTS: the host names"),
        ({"NOW": "2027-06-05T09:00+01:00"}, "FESTIVAL_NOW is for development only"),
        ({"SITE_URL": "http://festival.example.org"}, "FESTIVAL_SITE_URL: the public address"),
        ({"INSTANCE_NAME": "festival-development"}, "FESTIVAL_INSTANCE_NAME: a name of your own"),
        ({"MAIL_FROM": ""}, "FESTIVAL_MAIL_FROM: the address mail comes from"),
        ({"CALENDAR_DOMAIN": ""}, "FESTIVAL_CALENDAR_DOMAIN: a domain of yours"),
    ],
)
def test_production_refuses_to_start_half_made(
    run: Run, change: dict[str, str], words: str
) -> None:
    done = run("serve", **(PRODUCTION | change))
    assert done.code == 2
    assert words in done.err
    assert done.err.count("\n  ") == 1  # nothing else is amiss
    assert "Traceback" not in done.err


def test_all_that_is_missing_is_said_at_once(run: Run) -> None:
    done = run("serve", ENV="production")
    assert done.code == 2
    for name in PRODUCTION.keys() - {"ENV"}:
        assert f"FESTIVAL_{name}" in done.err


def test_production_refuses_the_secrets_of_development(run: Run, tmp_path: Path) -> None:
    assert run("db", "upgrade").code == 0  # makes them
    keys = json.loads((tmp_path / "ticket-keys.json").read_text())
    made = {
        "SECRET_KEY": (tmp_path / "secret_key").read_text(),
        "TICKET_KEY": keys["signs"]["private"],
    }
    done = run("serve", **(PRODUCTION | made))
    assert done.code == 2
    assert "FESTIVAL_SECRET_KEY is the development one" in done.err
    assert "FESTIVAL_TICKET_KEY is the development one" in done.err


def test_production_starts_when_all_is_set(run: Run, tmp_path: Path) -> None:
    done = run("db", "upgrade", **PRODUCTION)
    assert (done.code, done.out) == (0, "The database is up to date.\n")
    assert not (tmp_path / "secret_key").exists()


def test_development_secrets_are_made_once_and_for_this_user_only(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    names = ("ticket-keys.json", "secret_key")
    before = [(tmp_path / name).read_text() for name in names]
    run("db", "upgrade")
    assert [(tmp_path / name).read_text() for name in names] == before
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in names} == {0o600}


def test_production_takes_its_ticket_keys_from_a_file_made_for_it(run: Run, tmp_path: Path) -> None:
    settings = {**PRODUCTION, "TICKET_KEY": "", "TICKET_KEY_FILE": str(tmp_path / "our-keys")}
    done = run("db", "upgrade", **settings)
    assert done.code == 2
    assert "A file is made once, by: python -m festival keys create" in done.err
    done = run("keys", "create", **settings)
    assert (done.code, done.err) == (0, "")
    assert run("db", "upgrade", **settings).code == 0
    before = (tmp_path / "our-keys").read_bytes()
    again = run("keys", "create", **settings)
    assert again.code == 2
    assert "is already there" in again.err
    assert (tmp_path / "our-keys").read_bytes() == before
    (tmp_path / "our-keys").chmod(0o640)
    done = run("db", "upgrade", **settings)
    assert done.code == 2
    assert "others can read" in done.err


def test_production_refuses_a_file_of_ticket_keys_made_for_development(
    run: Run, tmp_path: Path
) -> None:
    assert run("db", "upgrade").code == 0  # makes it
    (tmp_path / "ticket-keys.json").rename(tmp_path / "our-keys")  # whatever it is called
    settings = {**PRODUCTION, "TICKET_KEY": "", "TICKET_KEY_FILE": "our-keys"}
    done = run("serve", **settings)
    assert done.code == 2
    assert "was made for development" in done.err


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"made_for": "production"}', "\x00"])
def test_a_broken_file_of_ticket_keys_is_said(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "ticket-keys.json").write_text(content)
    done = run("db", "upgrade")
    assert done.code == 2
    assert "does not hold ticket keys" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"WORKERS": "many"}, "FESTIVAL_WORKERS must be a whole number, not 'many'."),
        ({"WORKERS": "0"}, "FESTIVAL_WORKERS: 1 or more"),
        ({"TICKET_KEY": "xyz"}, "FESTIVAL_TICKET_KEY: 64 hexadecimal digits"),
        ({"TICKET_KEY_ID": "16"}, "FESTIVAL_TICKET_KEY_ID: a number from 0 to 15"),
        ({"TICKET_PUBLIC_KEYS": "5a" * 32}, "FESTIVAL_TICKET_PUBLIC_KEYS: like 1:KEY,2:KEY"),
        ({"TICKET_PUBLIC_KEYS": "16:" + "5a" * 32}, "FESTIVAL_TICKET_PUBLIC_KEYS: like 1:KEY"),
        (
            {"TICKET_PUBLIC_KEYS": ",".join(["2:" + "5a" * 32, "2:" + "5b" * 32])},
            "FESTIVAL_TICKET_PUBLIC_KEYS: like 1:KEY",
        ),
        ({"TICKET_PUBLIC_KEYS": "1:" + "5a" * 32}, "a new key needs a new number"),
        ({"TICKET_PUBLIC_KEYS": "2:" + "5a" * 32}, "goes with FESTIVAL_TICKET_KEY"),
        ({"TICKET_KEY": "5a" * 32, "TICKET_KEY_FILE": "keys"}, "set one of them"),
        ({"HOLD_EXTENSIONS": "-1"}, "FESTIVAL_HOLD_EXTENSIONS: 0 to 100"),
        ({"HOLD_EXTENSIONS": "101"}, "FESTIVAL_HOLD_EXTENSIONS: 0 to 100"),
        ({"SMTP_TIMEOUT": "0"}, "FESTIVAL_SMTP_TIMEOUT: 1 to 60 seconds"),
        ({"MAIL_PER_DOMAIN": "-1"}, "FESTIVAL_MAIL_PER_DOMAIN: 0 or more"),
        (
            {"SMS_NOTIFY_KEY": "half-a-key"},
            "FESTIVAL_SMS_NOTIFY_KEY: the whole key as Notify shows it, NAME-...-...",
        ),
        (
            {"SMS_NOTIFY_KEY": "half-a-key"},
            "FESTIVAL_SMS_NOTIFY_TEMPLATE: the id of the template for texts",
        ),
        (
            {"SMS_NOTIFY_URL": "notify"},
            "FESTIVAL_SMS_NOTIFY_URL: an address like https://api.notifications.service.gov.uk",
        ),
        ({"SMTP_TIMEOUT": "61"}, "FESTIVAL_SMTP_TIMEOUT: 1 to 60 seconds"),
        ({"FEED_SECONDS": "31"}, "FESTIVAL_FEED_SECONDS: 0 to 30"),
        (
            {"MAP_TILES": "https://tiles.example.org/{z}/{x}/{y}.png"},
            "FESTIVAL_MAP_CREDIT: who made",
        ),
        ({"MAP_TILES": "https://tiles.example.org/{z}/{x}.png"}, "FESTIVAL_MAP_TILES: like https:"),
        (
            {"MAP_TILES": "https://{s}.example.org/{z}/{x}/{y}.png"},
            "FESTIVAL_MAP_TILES: like https:",
        ),
        (
            {"MAP_TILES": "http://tiles.example.org/{z}/{x}/{y}.png"},
            "FESTIVAL_MAP_TILES: like https:",
        ),
        ({"MAP_TILES": "https://a.example *; x/{z}/{x}/{y}"}, "FESTIVAL_MAP_TILES: like https:"),
        ({"MAIL_FROM": "nobody"}, "FESTIVAL_MAIL_FROM: an email address like"),
        ({"SITE_URL": "festival.example.org"}, "FESTIVAL_SITE_URL: an address like"),
        ({"SMTP_SECURITY": "ssl"}, "FESTIVAL_SMTP_SECURITY: none, starttls or tls"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "FESTIVAL_DATABASE_URL: sqlite:///..."),
        ({"DATABASE_URL": "sqlite:///here.sqlite"}, "FESTIVAL_DATABASE_URL: the whole path"),
        ({"NOW": "2027-06-05T09:00"}, "FESTIVAL_NOW must say its zone"),
        ({"NOW": "tomorrow"}, "FESTIVAL_NOW must be like 2027-06-05T09:00+01:00"),
        ({"ENV": "staging"}, "FESTIVAL_ENV must be development or production."),
    ],
)
def test_a_setting_that_cannot_be_is_named(run: Run, setting: dict[str, str], words: str) -> None:
    done = run("check", **setting)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err


def test_an_empty_value_means_not_set(run: Run) -> None:
    done = run("db", "upgrade", WORKERS="", SITE_URL="", ENV="", DATABASE_URL="")
    assert (done.code, done.out) == (0, "The database is up to date.\n")


def test_the_demonstration_stays_out_of_production(run: Run) -> None:
    assert run("db", "upgrade", **PRODUCTION).code == 0
    done = run("demo", **PRODUCTION)
    assert done.code == 2
    assert "not in production" in done.err
