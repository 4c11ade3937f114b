"""What the settings must say before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.live import ROOT

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


def run(var: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FESTIVAL_")}
    ours = {f"FESTIVAL_{name}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "festival", *words],
        cwd=ROOT,
        env=kept | ours | {"FESTIVAL_VAR_DIR": str(var)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    done = run(tmp_path, "serve", **(PRODUCTION | change))
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n  ") == 1  # nothing else is amiss
    assert "Traceback" not in done.stderr


def test_all_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    done = run(tmp_path, "serve", ENV="production")
    assert done.returncode == 2
    for name in PRODUCTION.keys() - {"ENV"}:
        assert f"FESTIVAL_{name}" in done.stderr


def test_production_refuses_the_secrets_of_development(tmp_path: Path) -> None:
    assert run(tmp_path, "db", "upgrade").returncode == 0  # makes them
    made = {name: (tmp_path / name.lower()).read_text() for name in ("SECRET_KEY", "TICKET_KEY")}
    done = run(tmp_path, "serve", **(PRODUCTION | made))
    assert done.returncode == 2
    assert "FESTIVAL_SECRET_KEY is the development one" in done.stderr
    assert "FESTIVAL_TICKET_KEY is the development one" in done.stderr


def test_production_starts_when_all_is_set(tmp_path: Path) -> None:
    done = run(tmp_path, "db", "upgrade", **PRODUCTION)
    assert (done.returncode, done.stdout) == (0, "The database is up to date.\n")
    assert not (tmp_path / "secret_key").exists()


def test_development_secrets_are_made_once_and_for_this_user_only(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    before = (tmp_path / "ticket_key").read_text()
    run(tmp_path, "db", "upgrade")
    assert (tmp_path / "ticket_key").read_text() == before
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("ticket_key", "secret_key")} == {
        0o600
    }


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
        ({"HOLD_EXTENSIONS": "-1"}, "FESTIVAL_HOLD_EXTENSIONS: 0 to 100"),
        ({"HOLD_EXTENSIONS": "101"}, "FESTIVAL_HOLD_EXTENSIONS: 0 to 100"),
        ({"SMTP_TIMEOUT": "0"}, "FESTIVAL_SMTP_TIMEOUT: 1 to 60 seconds"),
        ({"SMTP_TIMEOUT": "61"}, "FESTIVAL_SMTP_TIMEOUT: 1 to 60 seconds"),
        ({"FEED_SECONDS": "31"}, "FESTIVAL_FEED_SECONDS: 0 to 30"),
        ({"MAIL_FROM": "nobody"}, "FESTIVAL_MAIL_FROM: an email address like"),
        ({"SITE_URL": "festival.example.org"}, "FESTIVAL_SITE_URL: an address like"),
        ({"SMTP_SECURITY": "ssl"}, "FESTIVAL_SMTP_SECURITY: none, starttls or tls"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "FESTIVAL_DATABASE_URL: sqlite:///..."),
        ({"NOW": "2027-06-05T09:00"}, "FESTIVAL_NOW must say its zone"),
        ({"NOW": "tomorrow"}, "FESTIVAL_NOW must be like 2027-06-05T09:00+01:00"),
        ({"ENV": "staging"}, "FESTIVAL_ENV must be development or production."),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    tmp_path: Path, setting: dict[str, str], words: str
) -> None:
    done = run(tmp_path, "check", **setting)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_value_means_not_set(tmp_path: Path) -> None:
    done = run(tmp_path, "db", "upgrade", WORKERS="", SITE_URL="", ENV="", DATABASE_URL="")
    assert (done.returncode, done.stdout) == (0, "The database is up to date.\n")


def test_the_demonstration_stays_out_of_production(tmp_path: Path) -> None:
    assert run(tmp_path, "db", "upgrade", **PRODUCTION).returncode == 0
    done = run(tmp_path, "demo", **PRODUCTION)
    assert done.returncode == 2
    assert "not in production" in done.stderr
