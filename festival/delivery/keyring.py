"""The keys that sign tickets, in a secret file: who signs now, and who is still believed.

The file is changed only whole and by one process at a time. Processes that serve or work look at
it before they use a key, so that a new one counts from the next ticket on, without a restart.
"""

import contextlib
import fcntl
import json
import logging
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from festival.domain.tickets import KEY_IDS, TicketKeys
from festival.settings import SettingsError

log = logging.getLogger(__name__)


class CannotRotate(Exception):
    """There is no number left for a new key."""


@dataclass(frozen=True)
class Believed:
    """The public half of a key that signed before, and until when its tickets are needed."""

    number: int
    public: bytes
    until: datetime


@dataclass(frozen=True)
class Keyring:
    """What the file holds."""

    number: int
    private: bytes = field(repr=False)
    made_for: str  # development or production
    older: tuple[Believed, ...] = ()

    @property
    def public(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()

    def keys(self, instance: str) -> TicketKeys:
        """Who signs, and who is believed."""
        others = {one.number: one.public for one in self.older}
        return TicketKeys(instance, self.number, self.private, others)

    def rotated(self, until: datetime, now: datetime) -> "Keyring":
        """The same with a new key that signs. The one before is believed until then; those whose
        time is over are gone. Raises CannotRotate."""
        older = (*(one for one in self.older if one.until > now), self._as_older(until))
        taken = {one.number for one in older}
        after = ((self.number + step) % KEY_IDS for step in range(1, KEY_IDS))
        number = next((one for one in after if one not in taken), None)
        if number is None:
            raise CannotRotate
        return Keyring(number, secrets.token_bytes(32), self.made_for, older)

    def without(self, number: int) -> "Keyring":
        """The same that does not believe this older key any more."""
        older = tuple(one for one in self.older if one.number != number)
        return Keyring(self.number, self.private, self.made_for, older)

    def _as_older(self, until: datetime) -> Believed:
        return Believed(self.number, self.public, until)


class KeyFile:
    """The file, and what was read from it."""

    def __init__(self, path: Path, instance: str) -> None:
        self.path = path
        self.instance = instance
        self._seen: tuple[int, ...] | None = None
        self._keys: TicketKeys | None = None

    def keys(self) -> TicketKeys:
        """The keys as the file has them now. Where it cannot be read any more, those it had: people
        still stand at the door. Raises SettingsError where it never could be."""
        try:
            state = self.path.stat()
            seen = (state.st_mtime_ns, state.st_ino, state.st_size)
            if self._keys is None or seen != self._seen:
                self._keys, self._seen = self.read().keys(self.instance), seen
        except (OSError, SettingsError) as error:
            if self._keys is None:
                raise SettingsError(f"The ticket keys cannot be read: {error}") from error
            log.exception("The ticket keys cannot be read; those from before are used")
        return self._keys

    def read(self) -> Keyring:
        """What the file holds. Raises OSError or SettingsError."""
        try:
            return _from_json(json.loads(self.path.read_text(encoding="ascii")))
        except (ValueError, KeyError, TypeError) as error:
            raise SettingsError(f"{self.path} does not hold ticket keys.") from error

    def make(self, number: int, made_for: str) -> bool:
        """A file with a first key, where there is none; whether it was made."""
        with self._alone():
            if self.path.exists():
                return False
            self._write(Keyring(number, secrets.token_bytes(32), made_for))
            return True

    def change(self, how: Callable[[Keyring], Keyring]) -> tuple[Keyring, Keyring]:
        """Put what ``how`` makes of the keys in their place, while nobody else changes them; the
        keys before and after. Raises what ``how`` raises, and changes nothing then."""
        with self._alone():
            before = self.read()
            after = how(before)
            self._write(after)
        return before, after

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """While nobody else changes the file. The lock has a file of its own, because the file
        itself is another one after each change."""
        lock = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            self._give_to_its_owner(lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _give_to_its_owner(self, descriptor: int) -> None:
        """What root makes here belongs to whom the file, else its folder, belongs to: else the
        festival itself could not read its keys any more."""
        if os.geteuid() != 0:
            return
        owner = (self.path if self.path.exists() else self.path.parent).stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)

    def _write(self, ring: Keyring) -> None:
        """The whole file anew under another name, which then takes its place."""
        fresh = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                self._give_to_its_owner(descriptor)
                json.dump(_as_json(ring), file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _as_json(ring: Keyring) -> dict[str, Any]:
    return {
        "made_for": ring.made_for,
        "signs": {"number": ring.number, "private": ring.private.hex()},
        "believed": [
            {"number": one.number, "public": one.public.hex(), "until": one.until.isoformat()}
            for one in ring.older
        ],
    }


def _from_json(data: Any) -> Keyring:
    older = tuple(
        Believed(one["number"], bytes.fromhex(one["public"]), datetime.fromisoformat(one["until"]))
        for one in data["believed"]
    )
    signs = data["signs"]
    ring = Keyring(signs["number"], bytes.fromhex(signs["private"]), data["made_for"], older)
    numbers = [ring.number, *(one.number for one in older)]
    if len(set(numbers)) < len(numbers) or not all(0 <= one < KEY_IDS for one in numbers):
        raise ValueError("numbers")
    _ = ring.keys("").public  # a key that is none is found now, not at the door
    return ring


def from_settings(config: Mapping[str, Any]) -> KeyFile | None:
    """The file of this installation, made now where development has none; None where the key
    stands in the settings. Raises SettingsError where it cannot be trusted."""
    path: Path | None = config["TICKET_KEY_PATH"]
    if path is None:
        return None
    file = KeyFile(path, config["INSTANCE_NAME"])
    if not path.exists():
        if config["ENV"] == "production":
            raise SettingsError(
                f"FESTIVAL_TICKET_KEY_FILE: there is no {path}. A file is made once, by: "
                "python -m festival keys create"
            )
        file.make(config["TICKET_KEY_ID"], config["ENV"])
    file.keys()
    if config["ENV"] == "production":
        _check_for_production(file)
    return file


def _check_for_production(file: KeyFile) -> None:
    if file.read().made_for != "production":
        raise SettingsError(
            f"FESTIVAL_TICKET_KEY_FILE: {file.path} was made for development. Make another one: "
            "python -m festival keys create"
        )
    if file.path.stat().st_mode & 0o077:
        raise SettingsError(
            f"FESTIVAL_TICKET_KEY_FILE: others can read {file.path}. Run: chmod 600 {file.path}"
        )
