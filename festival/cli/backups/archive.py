"""A backup as a file: the database, the keys that sign tickets, and a manifest of both."""

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST, DATABASE, KEYS = "manifest.json", "database", "ticket-keys.json"
CHUNK = 1 << 20
LARGEST_MANIFEST = 1 << 20


class NotABackup(Exception):
    """The file is none of ours, or not whole; the message says which."""


@dataclass(frozen=True)
class Manifest:
    """What is in a backup."""

    made_at: str  # ISO, UTC
    database: str  # sqlite or postgresql
    tables: str  # the migration
    rows: Mapping[str, int]  # of each table
    digests: Mapping[str, str]  # SHA-256 of each file
    format: int = FORMAT

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def digest_of(path: Path) -> str:
    """The SHA-256 of this file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(target: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write the backup, whole or not at all, for its owner's eyes. Raises FileExistsError."""
    part = target.with_name(f"{target.name}.part")
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
                _add_bytes(archive, json.dumps(asdict(manifest), indent=1).encode())
                for name, path in files.items():
                    archive.add(path, name, recursive=False, filter=_nobodys)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)  # unlike a rename, never over another one
    finally:
        part.unlink(missing_ok=True)


def _add_bytes(archive: tarfile.TarFile, content: bytes) -> None:
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names of this machine's users."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def read_manifest(source: Path) -> Manifest:
    """What the backup says it has. Raises NotABackup, OSError."""
    with _opened(source) as archive:
        return _manifest(archive)


def unpack(source: Path, folder: Path) -> Manifest:
    """Put the files of the backup into this folder, each proved to be as it was packed.

    Raises NotABackup, OSError.
    """
    with _opened(source) as archive:
        manifest = _manifest(archive)
        wanted = dict(manifest.digests)
        for entry in list(archive)[1:]:
            if entry.name not in wanted or not entry.isreg():
                raise NotABackup(f"{source} has something in it that no backup has: {entry.name}")
            content = archive.extractfile(entry)
            assert content is not None  # of a regular file
            if _copy(content, folder / entry.name) != wanted.pop(entry.name):
                raise NotABackup(f"{source} is damaged: {entry.name} is not as it was packed.")
        if wanted:
            raise NotABackup(f"{source} is damaged: it has no {', '.join(sorted(wanted))}.")
    return manifest


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, "r:gz") as archive:
            yield archive
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise NotABackup(f"{source} is not a backup of the festival, or not whole.") from error


def _manifest(archive: tarfile.TarFile) -> Manifest:
    entry = archive.next()
    if entry is None or entry.name != MANIFEST or entry.size > LARGEST_MANIFEST:
        raise tarfile.ReadError("no manifest")
    content = archive.extractfile(entry)
    if content is None:
        raise tarfile.ReadError("no manifest")
    try:
        data: dict[str, Any] = json.loads(content.read())
        manifest = Manifest(**data)
        known = set(manifest.digests) <= {DATABASE, KEYS} and DATABASE in manifest.digests
        made = manifest.when
    except (ValueError, TypeError) as error:
        raise tarfile.ReadError("not our manifest") from error
    if manifest.format != FORMAT or not known or made.tzinfo is None:
        raise tarfile.ReadError("not our manifest")
    return manifest


def _copy(content: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()
