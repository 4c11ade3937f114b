"""What operators type to save the festival, to bring it back, and to try that beforehand."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import flask_migrate
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app

from festival import settings
from festival.cli.backups import archive, databases
from festival.cli.backups.archive import DATABASE, KEYS, Manifest, NotABackup
from festival.cli.backups.databases import CannotBeDone
from festival.cli.opening import Refused, make_app, opened
from festival.domain import check
from festival.extensions import db
from festival.models import Message, MessageState
from festival.settings import SettingsError

TOLD = ("booking", "festival_session", "user_account", "provider", "image")
WORDS = {
    "booking": "bookings",
    "festival_session": "sessions",
    "user_account": "accounts",
    "provider": "organisations",
    "image": "pictures",
}
File = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=File)
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """Save the database and the ticket keys into FILE, or into a new file in a folder.

    The festival may run meanwhile. FILE has everybody's bookings and the keys in it.
    """
    with opened(context) as app, _refusing():
        target = _new_file(file)
        url, keys = app.config["DATABASE_URL"], app.config["TICKET_KEY_PATH"]
        db.engine.dispose()
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            files = {DATABASE: Path(folder) / DATABASE}
            dumped = databases.dump(url, files[DATABASE])
            if keys is not None:
                # A copy: what is digested is what is packed, whatever the file is meanwhile.
                files[KEYS] = Path(folder) / KEYS
                files[KEYS].write_bytes(keys.read_bytes())
            manifest = Manifest(
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                database=databases.kind_of(url),
                tables=dumped.tables,
                rows=dumped.rows,
                digests={name: archive.digest_of(path) for name, path in files.items()},
            )
            archive.pack(target, manifest, files)
    size = target.stat().st_size / 1_000_000
    click.echo(f"{target} ({size:.1f} MB) has {_in_words(manifest.rows)}.")
    click.echo("Keep it as you keep the keys: nobody else may read it.")


@click.command()
@click.argument("file", type=File)
@click.pass_context
def restore(context: click.Context, file: Path) -> None:
    """Put the backup in FILE into the database of the settings, which must be empty."""
    config = _settings()
    url, keys = config["DATABASE_URL"], config["TICKET_KEY_PATH"]
    with _refusing(), tempfile.TemporaryDirectory(prefix="restore-") as folder:
        if not databases.is_empty(url):
            raise Refused("The database is not empty. A backup goes only into an empty one.")
        manifest = archive.unpack(file, Path(folder))
        if manifest.database != databases.kind_of(url):
            raise Refused(
                f"This is a backup of {manifest.database}. Set FESTIVAL_DATABASE_URL to an empty "
                "database of that kind."
            )
        placed = _place_keys(Path(folder) / KEYS, keys)
        try:
            databases.load(url, Path(folder) / DATABASE)
        except BaseException:
            if placed is not None:
                placed.unlink(missing_ok=True)
            raise
        kept = databases.rows_of(url)
    lost = {name: rows for name, rows in manifest.rows.items() if kept.get(name) != rows}
    with make_app(context).app_context():
        _renew(manifest)
        wrong = [f"{name}: not {rows} rows, as in the backup" for name, rows in lost.items()]
        wrong += check.broken_rules()
        waiting = sa.select(sa.func.count()).where(Message.state == MessageState.queued)
        queued = db.session.scalar(waiting) or 0
    click.echo(f"This is how it was at {manifest.when:%H:%M} UTC on {manifest.when:%d %B %Y}:")
    click.echo(f"{_in_words(kept)}.")
    _judge(wrong, queued)


@click.command()
@click.argument("file", type=File)
@click.option("--into", help="An empty database to rehearse in, instead of one that is made now.")
def rehearse(file: Path, into: str | None) -> None:
    """Try the backup in FILE: restore it somewhere else, look whether all is right, throw it away.

    Nothing of the festival that runs is touched, and nothing is sent.
    """
    config = _settings()
    url, has_file = config["DATABASE_URL"], config["TICKET_KEY_PATH"] is not None
    with _refusing(), tempfile.TemporaryDirectory(prefix="rehearse-") as folder:
        manifest = archive.read_manifest(file)
        if into is None and manifest.database != databases.kind_of(url):
            raise Refused(f"This is a backup of {manifest.database}. Say where to try it: --into")
        if into is not None and not databases.is_empty(into):
            raise Refused("The database to rehearse in is not empty. Nothing of it was touched.")
        where = databases.scratch(url, Path(folder)) if into is None else databases.lent(into)
        with where as empty:
            began = time.monotonic()
            done = subprocess.run(  # noqa: S603 - ourselves
                [sys.executable, "-m", "festival", "restore", str(file.absolute())],
                env={**os.environ, **_elsewhere(empty, folder, has_file=has_file)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
            seconds = time.monotonic() - began
    click.echo(done.stdout, nl=False)
    if done.returncode:
        click.echo(done.stderr, nl=False, err=True)
        click.echo("The backup cannot be relied upon. Make another one, and try that.", err=True)
        sys.exit(1)
    age = datetime.now(UTC) - manifest.when
    click.echo(f"The backup is {_age(age.total_seconds())} old. It was back in {seconds:.0f} s.")


def _settings() -> Mapping[str, Any]:
    try:
        return settings.load()
    except SettingsError as error:
        raise Refused(str(error)) from error


@contextmanager
def _refusing() -> Iterator[None]:
    """What goes wrong with files and databases, in words."""
    try:
        yield
    except (NotABackup, CannotBeDone) as error:
        raise Refused(str(error)) from error
    except FileExistsError as error:
        raise Refused(f"{error.filename2 or error.filename} is already there.") from error
    except OSError as error:
        raise Refused(f"{error.filename or 'A file'}: {error.strerror}") from error


def _new_file(file: Path) -> Path:
    if file.is_dir():
        file = file / f"festival-{datetime.now(UTC):%Y-%m-%dT%H%M%S}.tar.gz"
    if file.exists():
        raise Refused(f"{file} is already there.")
    if not file.parent.is_dir():
        raise Refused(f"There is no folder {file.parent}.")
    return file


def _place_keys(saved: Path, keys: Path | None) -> Path | None:
    """Put the keys of the backup where the settings want them; where they were put."""
    if keys is None:  # they stand in the settings
        return None
    if not saved.exists():
        if keys.exists():
            return None
        raise Refused(f"The backup has no ticket keys. Put yours at {keys}, then try again.")
    if keys.exists():
        if archive.digest_of(keys) == archive.digest_of(saved):
            return None
        raise Refused(f"{keys} has other keys than the backup. Move it away, then try again.")
    keys.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(keys, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(saved.read_bytes())
    return keys


def _renew(manifest: Manifest) -> None:
    """Bring the tables of an older version to this one's."""
    script = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    try:
        script.get_revision(manifest.tables)
    except CommandError as error:
        raise Refused(
            "The backup is of a newer version of this program. It is restored; install that "
            "version to use it."
        ) from error
    if manifest.tables != script.get_current_head():
        flask_migrate.upgrade()


def _judge(wrong: Sequence[str], queued: int) -> None:
    for sentence in wrong:
        click.echo(sentence)
    if wrong:
        click.echo(f"Broken: {len(wrong)}", err=True)
        sys.exit(1)
    click.echo("Everything is as it must be.")
    if queued:
        click.echo(f"Messages that wait to be sent: {queued}. Some may have left already.")


def _elsewhere(url: str, folder: str, *, has_file: bool) -> dict[str, str]:
    """Settings that keep clear of the festival that runs."""
    kept = {"FESTIVAL_DATABASE_URL": url, "FESTIVAL_VAR_DIR": folder}
    # Where the key stands in the settings, it does so here.
    return kept | ({"FESTIVAL_TICKET_KEY_FILE": "rehearsed-keys.json"} if has_file else {})


def _in_words(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{rows.get(name, 0):,} {WORDS[name]}" for name in TOLD)


def _age(seconds: float) -> str:
    hours = int(seconds // 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours" if hours else "minutes"
