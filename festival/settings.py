"""Settings: config.py read by its path, then FESTIVAL_* from the environment, then what tests pass.

Secrets come only from settings. In development they are made once under VAR_DIR; in production a
missing one stops the start, with all that is missing said at once.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from festival.paths import CONFIG, ROOT

PREFIX = "FESTIVAL_"
TICKET_KEYS = "ticket-keys.json"  # under VAR_DIR, in development
SECRET_BYTES = 32
UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# Where map pictures come from: the host is named in a header, so that it has nothing but a host.
TILES = r"(https://[a-zA-Z0-9.-]+(?::\d{1,5})?)/(?:[\w.~!$&'()*+,;=:@%/?-]|\{(?:z|x|y|r)\})+"
TILE = ("{z}", "{x}", "{y}")
NOBODYS_DOMAIN = "festival.example"  # of the defaults


class SettingsError(RuntimeError):
    """The settings do not allow a start; the message says what to do."""


def load(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All settings, checked and with Flask's own names filled in. Raises SettingsError."""
    settings = defaults()
    settings.update(_from_environment(settings))
    settings.update(overrides or {})
    settings["DATABASE_URL"] = _with_driver(settings["DATABASE_URL"])
    if settings["ENV"] not in ("development", "production"):
        raise SettingsError("FESTIVAL_ENV must be development or production.")
    if wrong := _wrong(settings):
        raise SettingsError("Some settings cannot be right:\n  " + "\n  ".join(wrong))
    if settings["ENV"] == "production" and (missing := _missing_in_production(settings)):
        raise SettingsError("Not ready for production:\n  " + "\n  ".join(missing))
    var = _var_folder(settings)
    settings["VAR"] = var
    settings["SECRET_KEY"] = settings["SECRET_KEY"] or _development_secret(var / "secret_key")
    settings["TICKET_KEY_PATH"] = _ticket_key_path(settings)
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
        if not text:  # an empty value means "not set", as config.py says
            continue
        try:
            found[name] = int(text) if isinstance(default, int) else text
        except ValueError as error:
            raise SettingsError(f"{PREFIX}{name} must be a whole number, not {text!r}.") from error
    return found


def _with_driver(url: str) -> str:
    """The address as hosts hand it out, with the driver we use."""
    for bare in ("postgres://", "postgresql://"):
        if url.startswith(bare):
            return "postgresql+psycopg://" + url.removeprefix(bare)
    return url


def _wrong(settings: Mapping[str, Any]) -> list[str]:
    """What no installation could run with."""
    ticket_key, address = settings["TICKET_KEY"], urlsplit(settings["SITE_URL"])
    others = _public_keys(settings["TICKET_PUBLIC_KEYS"])
    rules = (
        (
            not ticket_key or re.fullmatch(r"[0-9a-fA-F]{64}", ticket_key),
            "FESTIVAL_TICKET_KEY: 64 hexadecimal digits",
        ),
        (0 <= settings["TICKET_KEY_ID"] <= 15, "FESTIVAL_TICKET_KEY_ID: a number from 0 to 15"),
        (
            others is not None,
            "FESTIVAL_TICKET_PUBLIC_KEYS: like 1:KEY,2:KEY, as festival keys rotate prints them",
        ),
        (
            not (ticket_key and settings["TICKET_KEY_FILE"]),
            "FESTIVAL_TICKET_KEY and FESTIVAL_TICKET_KEY_FILE: set one of them",
        ),
        (
            ticket_key or not settings["TICKET_PUBLIC_KEYS"],
            "FESTIVAL_TICKET_PUBLIC_KEYS goes with FESTIVAL_TICKET_KEY: a file has its own",
        ),
        (
            settings["TICKET_KEY_ID"] not in (others or {}),
            "FESTIVAL_TICKET_PUBLIC_KEYS has FESTIVAL_TICKET_KEY_ID: a new key needs a new number",
        ),
        (
            address.scheme in ("http", "https") and address.netloc,
            "FESTIVAL_SITE_URL: an address like https://festival.example.org",
        ),
        (
            settings["DATABASE_URL"].startswith(("sqlite:///", "postgresql+psycopg://"))
            or not settings["DATABASE_URL"],
            "FESTIVAL_DATABASE_URL: sqlite:///... or postgresql+psycopg://...",
        ),
        (
            Path(settings["DATABASE_URL"].removeprefix("sqlite:///")).is_absolute()
            or not settings["DATABASE_URL"].startswith("sqlite:///"),
            "FESTIVAL_DATABASE_URL: the whole path, like sqlite:////srv/festival/festival.sqlite",
        ),
        (
            settings["SMTP_SECURITY"] in ("none", "starttls", "tls"),
            "FESTIVAL_SMTP_SECURITY: none, starttls or tls",
        ),
        (
            re.fullmatch(r"[^@\s]+@[^@\s]+", settings["MAIL_FROM"]),
            "FESTIVAL_MAIL_FROM: an email address like bookings@festival.example.org",
        ),
        (settings["TRAVEL_MINUTES"] >= 0, "FESTIVAL_TRAVEL_MINUTES: 0 or more"),
        (settings["PROXIES"] >= 0, "FESTIVAL_PROXIES: 0 or more"),
        (0 <= settings["HOLD_EXTENSIONS"] <= 100, "FESTIVAL_HOLD_EXTENSIONS: 0 to 100"),
        (1 <= settings["SMTP_TIMEOUT"] <= 60, "FESTIVAL_SMTP_TIMEOUT: 1 to 60 seconds"),
        (0 <= settings["FEED_SECONDS"] <= 30, "FESTIVAL_FEED_SECONDS: 0 to 30"),
        (0 <= settings["LIST_SECONDS"] <= 30, "FESTIVAL_LIST_SECONDS: 0 to 30"),
        (1 <= settings["PICTURE_MEGABYTES"] <= 64, "FESTIVAL_PICTURE_MEGABYTES: 1 to 64"),
        (settings["MAIL_PER_DOMAIN"] >= 0, "FESTIVAL_MAIL_PER_DOMAIN: 0 or more"),
        *_wrong_of_texts(settings),
        *_wrong_of_maps(settings),
        *(
            (settings[name] >= 1, f"FESTIVAL_{name}: 1 or more")
            for name in (
                *("WORKERS", "THREADS", "HOLD_MINUTES", "SMTP_PORT", "TRAVEL_KMH"),
                "API_LIMIT",
            )
        ),
    )
    return [sentence for right, sentence in rules if not right]


def _wrong_of_texts(settings: Mapping[str, Any]) -> tuple[tuple[object, str], ...]:
    key, template = settings["SMS_NOTIFY_KEY"], settings["SMS_NOTIFY_TEMPLATE"]
    return (
        (
            not key or re.fullmatch(rf".+-{UUID}-{UUID}", key),
            "FESTIVAL_SMS_NOTIFY_KEY: the whole key as Notify shows it, NAME-...-...",
        ),
        (
            not key or re.fullmatch(UUID, template),
            "FESTIVAL_SMS_NOTIFY_TEMPLATE: the id of the template for texts",
        ),
        (
            re.match(r"https?://[^/\s]+", settings["SMS_NOTIFY_URL"]),
            "FESTIVAL_SMS_NOTIFY_URL: an address like https://api.notifications.service.gov.uk",
        ),
    )


def _wrong_of_maps(settings: Mapping[str, Any]) -> tuple[tuple[object, str], ...]:
    tiles = settings["MAP_TILES"]
    return (
        (
            not tiles or (_map_host(tiles) and all(part in tiles for part in TILE)),
            "FESTIVAL_MAP_TILES: like https://tiles.example.org/{z}/{x}/{y}.png, of one host",
        ),
        (
            not tiles or settings["MAP_CREDIT"].strip(),
            "FESTIVAL_MAP_CREDIT: who made the map, as it is shown; FESTIVAL_MAP_TILES needs it",
        ),
    )


def _map_host(tiles: str) -> str:
    """The scheme and host that map pictures come from."""
    matched = re.fullmatch(TILES, tiles)
    return matched[1] if matched else ""


def _public_keys(text: str) -> dict[int, bytes] | None:
    """Public keys by their numbers; None where the text cannot be read."""
    found: dict[int, bytes] = {}
    for part in filter(None, re.split(r"[,\s]+", text)):
        matched = re.fullmatch(r"(\d|1[0-5]):([0-9a-fA-F]{64})", part)
        if matched is None or int(matched[1]) in found:
            return None
        found[int(matched[1])] = bytes.fromhex(matched[2])
    return found


def _missing_in_production(settings: Mapping[str, Any]) -> list[str]:
    """What only development may do without, and what only it may have."""
    rules = (
        (
            len(settings["SECRET_KEY"]) >= 32,
            "FESTIVAL_SECRET_KEY: at least 32 random characters, kept secret",
        ),
        (
            settings["TICKET_KEY"] or settings["TICKET_KEY_FILE"],
            "FESTIVAL_TICKET_KEY: 64 hexadecimal digits, kept secret; or FESTIVAL_TICKET_KEY_FILE",
        ),
        (
            settings["TRUSTED_HOSTS"],
            "FESTIVAL_TRUSTED_HOSTS: the host names of this festival, comma separated",
        ),
        (not settings["NOW"], "FESTIVAL_NOW is for development only: unset it"),
        (
            settings["SITE_URL"].startswith("https://"),
            "FESTIVAL_SITE_URL: the public address, beginning with https://",
        ),
        (
            settings["INSTANCE_NAME"] != "festival-development",
            "FESTIVAL_INSTANCE_NAME: a name of your own; tickets are signed with it",
        ),
        (
            not settings["MAIL_FROM"].endswith("@" + NOBODYS_DOMAIN),
            "FESTIVAL_MAIL_FROM: the address mail comes from, of a domain of yours",
        ),
        (
            settings["CALENDAR_DOMAIN"] != NOBODYS_DOMAIN,
            "FESTIVAL_CALENDAR_DOMAIN: a domain of yours, never changed afterwards",
        ),
        *(
            (
                not _is_development_secret(settings, name, file),
                f"FESTIVAL_{name} is the development one: make a new one",
            )
            for name, file in (("SECRET_KEY", "secret_key"), ("TICKET_KEY", TICKET_KEYS))
        ),
    )
    return [sentence for right, sentence in rules if not right]


def _is_development_secret(settings: Mapping[str, Any], name: str, file: str) -> bool:
    made = _var_path(settings) / file
    return bool(settings[name]) and made.is_file() and settings[name] in made.read_text()


def _ticket_key_path(settings: Mapping[str, Any]) -> Path | None:
    """Where the keys are that sign tickets; None where the settings hold the key itself."""
    if settings["TICKET_KEY"]:
        return None
    return _var_path(settings) / (settings["TICKET_KEY_FILE"] or TICKET_KEYS)


def _var_path(settings: Mapping[str, Any]) -> Path:
    var = Path(settings["VAR_DIR"])
    return var if var.is_absolute() else ROOT / var


def _var_folder(settings: Mapping[str, Any]) -> Path:
    var = _var_path(settings)
    try:
        var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"FESTIVAL_VAR_DIR: {var} cannot be made: {error.strerror}") from error
    return var


def _development_secret(path: Path) -> str:
    """The secret of this checkout, made at the first start; whole, whoever starts beside us."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
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
            "pool_pre_ping": not settings["DATABASE_URL"].startswith("sqlite"),
            # What people typed must not stand in a log because a statement failed.
            "hide_parameters": settings["ENV"] == "production",
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
        "TICKET_KEYS_BELIEVED": _public_keys(settings["TICKET_PUBLIC_KEYS"]),
        "MAP_HOST": _map_host(settings["MAP_TILES"]),
        "SITE_HOST": urlsplit(settings["SITE_URL"]).netloc,
    }
