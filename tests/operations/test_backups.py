"""F8: the festival in one file, back from it, and the rehearsal of that, on both databases."""

import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from festival.cli.backups import archive
from festival.domain import clock
from festival.extensions import db, write
from festival.models import Booking, Occurrence
from tests import factories as make
from tests.operations.conftest import Ended
from tests.support.databases import Database
from tests.support.live import environment
from tests.support.postgres import binaries
from tests.support.starter import Starter

Run = Callable[..., Ended]
WELL = "Everything is as it must be."


@pytest.fixture
def typed(committed_app: Flask, starter: Starter) -> Run:
    """``typed("backup", file, DATABASE_URL=...)``: with PostgreSQL's programs at hand."""

    def run(*words: object, **settings: Any) -> Ended:
        env = environment(committed_app, settings)
        if (folder := binaries()) is not None:
            env["PATH"] = f"{folder}{os.pathsep}{env['PATH']}"
        return Ended(*starter.run([*map(str, words)], env, seconds=120))

    return run


@pytest.fixture
def empty(database: Database) -> Iterator[str]:
    address = database.empty()
    yield address
    database.drop(address)


@pytest.fixture
def saved(committed_app: Flask, typed: Run, tmp_path: Path) -> Path:
    """A backup of a festival with one booking of two."""
    with write():
        make.booking(make.occurrence_of(make.session()), 2, name="Ада Лавлейс")
    file = tmp_path / "saved.tar.gz"
    done = typed("backup", file)
    assert (done.code, done.err) == (0, "")
    assert "1 bookings, 1 sessions" in done.out
    return file


def names_in(address: str) -> list[str]:
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        names = list(connection.scalars(sa.select(Booking.name)))
    engine.dispose()
    return names


def test_a_backup_is_whole_and_only_its_owners(saved: Path, committed_app: Flask) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    with tarfile.open(saved) as file:
        assert file.getnames() == ["manifest.json", "database", "ticket-keys.json"]
        assert {entry.uname for entry in file} == {""}
        content = file.extractfile("manifest.json")
        assert content is not None
        manifest = json.loads(content.read())
    assert manifest["rows"]["booking"] == 1
    assert [one.name for one in saved.parent.iterdir() if "backup" in one.name] == []


def test_what_was_saved_comes_back_into_an_empty_database(
    saved: Path, typed: Run, empty: str, tmp_path: Path, committed_app: Flask
) -> None:
    """F8: restore, with the keys, so that tickets that are out stay genuine."""
    with write():
        make.booking(make.occurrence_of(make.session()), name="Later Than That")
    new = tmp_path / "new"
    done = typed("restore", saved, DATABASE_URL=empty, VAR_DIR=new)
    assert (done.code, done.err) == (0, "")
    assert WELL in done.out
    assert "Messages that wait to be sent: 1." in done.out
    assert names_in(empty) == ["Ада Лавлейс"]
    keys = committed_app.config["TICKET_KEY_PATH"]
    assert (new / "ticket-keys.json").read_bytes() == keys.read_bytes()
    assert (new / "ticket-keys.json").stat().st_mode & 0o777 == 0o600


def booked() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count(Booking.id))) or 0


def databases_of(database: Database) -> list[str]:
    """The names of all databases of the server; none where each is a file."""
    if database.name == "sqlite":
        return []
    engine = sa.create_engine(database.template())
    with engine.connect() as connection:
        found = list(connection.scalars(sa.text("SELECT datname FROM pg_database ORDER BY 1")))
    engine.dispose()
    return found


@pytest.mark.databases("sqlite")
def test_a_key_in_the_settings_and_one_behind_a_link(
    typed: Run, committed_app: Flask, tmp_path: Path
) -> None:
    """Both ways in which secrets come in production."""
    keys = committed_app.config["TICKET_KEY_PATH"]
    keys.rename(tmp_path / "mounted.json")
    keys.symlink_to(tmp_path / "mounted.json")
    assert typed("backup", tmp_path / "link.tar.gz").code == 0
    assert typed("rehearse", tmp_path / "link.tar.gz").code == 0
    settings = {"TICKET_KEY": "11" * 32, "TICKET_KEY_ID": "1"}
    assert typed("backup", tmp_path / "none.tar.gz", **settings).code == 0
    done = typed("rehearse", tmp_path / "none.tar.gz", **settings)
    assert (done.code, done.err, WELL in done.out) == (0, "", True)


def test_a_rehearsal_finds_what_is_broken(typed: Run, committed_app: Flask, tmp_path: Path) -> None:
    with write():
        make.booking(make.occurrence_of(make.session()), 2)
        db.session.execute(sa.text("UPDATE occurrence SET places_taken = 1"))
    folder = tmp_path / "backups"
    folder.mkdir()
    assert typed("backup", folder).code == 0
    (file,) = folder.iterdir()
    assert file.name.startswith(f"festival-{clock.now().year}-")
    done = typed("rehearse", file)
    assert done.code == 1
    assert WELL not in done.out
    assert "The backup cannot be relied upon." in done.err


def test_nothing_is_written_over(
    saved: Path, typed: Run, tmp_path: Path, empty: str, committed_app: Flask
) -> None:
    before = saved.read_bytes()
    done = typed("backup", saved)
    assert (done.code, done.out) == (2, "")
    assert "is already there" in done.err
    assert saved.read_bytes() == before
    assert "The database is not empty." in typed("restore", saved).err
    other = tmp_path / "other"
    other.mkdir()
    (other / "ticket-keys.json").write_text("{}")
    done = typed("restore", saved, DATABASE_URL=empty, VAR_DIR=other)
    assert "has other keys than the backup" in done.err
    assert (other / "ticket-keys.json").read_text() == "{}"


def rewritten(file: Path, target: Path, **changed: bytes) -> Path:
    """The same archive with other contents, and what was not in it added."""
    with tarfile.open(file) as source, tarfile.open(target, "w:gz") as made:
        for entry in source:
            content = source.extractfile(entry)
            assert content is not None
            data = changed.get(entry.name.split(".")[0], content.read())
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
    return target


def test_a_backup_of_the_other_kind_is_told_so(saved: Path, typed: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.tar.gz"
    manifest = asdict(archive.read_manifest(saved)) | {"database": "mysql"}
    rewritten(saved, other, manifest=json.dumps(manifest).encode())
    done = typed("rehearse", other)
    assert "This is a backup of mysql. Say where to try it: --into" in done.err


def test_what_is_no_whole_backup_is_refused_before_anything_happens(
    saved: Path, typed: Run, empty: str, tmp_path: Path
) -> None:
    half, other = tmp_path / "half.tar.gz", tmp_path / "other.tar.gz"
    half.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    rewritten(saved, other, database=b"SQLite format 3")
    for file, words in (
        (half, "is not a backup of the festival, or not whole"),
        (other, "is damaged: database is not as it was packed"),
    ):
        done = typed("restore", file, DATABASE_URL=empty, VAR_DIR=tmp_path / "new")
        assert (done.code, done.out) == (2, "")
        assert words in done.err
    engine = sa.create_engine(empty)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
    assert not (tmp_path / "new" / "ticket-keys.json").exists()


def test_what_comes_from_elsewhere_is_not_unpacked(tmp_path: Path) -> None:
    words = tmp_path / "words.gz"
    words.write_bytes(gzip.compress(b"hello"))
    climbs = tmp_path / "climbs.tar.gz"
    with tarfile.open(climbs, "w:gz") as made:
        made.add(words, "../../etc/passwd")
    manifest = archive.Manifest("2027-06-05T09:00+00:00", "sqlite", "0001", {}, {"database": ""})
    archive.pack(tmp_path / "less.tar.gz", manifest, {})
    archive.pack(tmp_path / "more.tar.gz", manifest, {"../more": words})
    unknown = replace(manifest, digests={"database": "", "../more": ""})
    archive.pack(tmp_path / "unknown.tar.gz", unknown, {})
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, why in (
        ("words.gz", "is not a backup"),
        ("climbs.tar.gz", "is not a backup"),
        ("unknown.tar.gz", "is not a backup"),
        ("less.tar.gz", "it has no database"),
        ("more.tar.gz", "has something in it that no backup has"),
    ):
        with pytest.raises(archive.NotABackup, match=why):
            archive.unpack(tmp_path / name, folder)
    assert list(folder.iterdir()) == []


def test_while_people_book_it_is_of_one_moment_and_a_rehearsal_touches_nothing(
    typed: Run, committed_app: Flask, tmp_path: Path, database: Database, empty: str
) -> None:
    """F8: rehearsal of a restore while the festival runs: places, tickets and messages of a booking
    are all in it, or none of them; nothing is left behind."""
    with write():
        run = make.occurrence_of(make.session(capacity=5000)).id
    over = Event()

    def book() -> None:
        with committed_app.app_context():
            while not over.is_set():
                with write():
                    make.booking(db.session.get_one(Occurrence, run))

    booker = Thread(target=book)
    booker.start()
    try:
        assert typed("backup", tmp_path / "busy.tar.gz").code == 0
    finally:
        over.set()
        booker.join()
    before = databases_of(database), booked()
    for more in ((), ("--into", empty), ("--into", empty)):  # lent, it is empty again afterwards
        done = typed("rehearse", tmp_path / "busy.tar.gz", *more)
        assert (done.code, done.err, WELL in done.out) == (0, "", True)
    assert "The backup is minutes old." in done.out
    assert (databases_of(database), booked()) == before
