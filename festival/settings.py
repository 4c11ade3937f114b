"""Settings: config.py read by its path, then FESTIVAL_* from the environment, then what tests pass.

Secrets come only from settings. In development they are made once under VAR_DIR; in production a
missing one stops the start, with all that is missing said at once.
"""

import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from festival.paths import CONFIG, ROOT

PREFIX = "FESTIVAL_"


class SettingsError(RuntimeError):
    """The settings do not allow a start; the message says what to do."""


def load(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All settings, checked and with Flask's own names filled in. Raises SettingsError."""
    settings = defaults()
    settings.update(_from_environment(settings))
    settings.update(overrides or {})
    if settings["ENV"] not in ("development", "production"):
        raise SettingsError("FESTIVAL_ENV must be development or production.")
    if settings["ENV"] == "production":
        _refuse_half_made_production(settings)
    var = _var_folder(settings)
    settings["VAR"] = var
    for name, size in (("SECRET_KEY", 32), ("TICKET_KEY", 32)):
        settings[name] = settings[name] or _development_secret(var / name.lower(), size)
    settings["DATABASE_URL"] = settings["DATABASE_URL"] or f"sqlite:///{var / 'festival.sqlite'}"
    settings["STARTS_AT"] = _moment(settings["NOW"])
    return settings | _flask_settings(settings)


def defaults() -> dict[str, Any]:
    """What config.py says, by name."""
    names: dict[str, Any] = {}
    exec(compile(CONFIG.read_text(), str(CONFIG), "exec"), names)  # noqa: S102 - our own file
    return {name: value for name, value in names.items() if name.isupper()}


def _from_environment(settings: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, default in settings.items():
        text = os.environ.get(PREFIX + name)
        if text is None:
            continue
        try:
            found[name] = int(text) if isinstance(default, int) else text
        except ValueError as error:
            raise SettingsError(f"{PREFIX}{name} must be a whole number, not {text!r}.") from error
    return found


def _refuse_half_made_production(settings: Mapping[str, Any]) -> None:
    missing = []
    if len(settings["SECRET_KEY"]) < 32:
        missing.append("FESTIVAL_SECRET_KEY: at least 32 random characters, kept secret")
    if len(settings["TICKET_KEY"]) != 64:
        missing.append("FESTIVAL_TICKET_KEY: 64 hexadecimal digits, kept secret")
    if not settings["TRUSTED_HOSTS"]:
        missing.append("FESTIVAL_TRUSTED_HOSTS: the host names of this festival, comma separated")
    if settings["NOW"]:
        missing.append("FESTIVAL_NOW is for development only: unset it")
    if not settings["SITE_URL"].startswith("https://"):
        missing.append("FESTIVAL_SITE_URL: the public address, beginning with https://")
    if settings["INSTANCE_NAME"] == "festival-development":
        missing.append("FESTIVAL_INSTANCE_NAME: a name of your own; tickets are signed with it")
    var = Path(settings["VAR_DIR"])
    for name in ("SECRET_KEY", "TICKET_KEY"):
        made = (var if var.is_absolute() else ROOT / var) / name.lower()
        if settings[name] and made.is_file() and made.read_text().strip() == settings[name]:
            missing.append(f"FESTIVAL_{name} is the development one: make a new one")
    if missing:
        raise SettingsError("Not ready for production:\n  " + "\n  ".join(missing))


def _var_folder(settings: Mapping[str, Any]) -> Path:
    var = Path(settings["VAR_DIR"])
    var = var if var.is_absolute() else ROOT / var
    var.mkdir(parents=True, exist_ok=True)
    return var


def _development_secret(path: Path, size: int) -> str:
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(size))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            f"FESTIVAL_NOW must be like 2027-06-05T09:00+01:00, not {text!r}."
        ) from error
    if moment.tzinfo is None:
        raise SettingsError("FESTIVAL_NOW must say its zone, like 2027-06-05T09:00+01:00.")
    return moment


def _flask_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    secure = settings["SITE_URL"].startswith("https://")
    hosts = [host.strip() for host in settings["TRUSTED_HOSTS"].split(",") if host.strip()]
    return {
        "TRUSTED_HOSTS": hosts or None,
        "SQLALCHEMY_DATABASE_URI": settings["DATABASE_URL"],
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": not settings["DATABASE_URL"].startswith("sqlite")
        },
        "SESSION_COOKIE_NAME": "festival",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        "WTF_CSRF_TIME_LIMIT": None,  # a form left open over lunch still works
        "WTF_CSRF_SSL_STRICT": False,  # some privacy tools strip Referer; the token decides
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 1000,
        "BABEL_DEFAULT_LOCALE": "en_GB",
        "SECURE": secure,
        "SITE_HOST": urlsplit(settings["SITE_URL"]).netloc,
    }
