"""Templates that are compiled once for all processes, and pages without them."""

from pathlib import Path

import pytest
from flask import Flask

from festival.models import Edition
from tests.support import databases
from tests.support.client import make_client

pytestmark = pytest.mark.databases("sqlite")


def of_its_own(app: Flask, folder: Path) -> Flask:
    """Another application on the same database, in a folder without anything."""
    folder.mkdir()
    return databases.make_app(app.config["DATABASE_URL"], folder, {"VAR_DIR": str(folder / "own")})


def test_what_one_process_has_compiled_the_next_finds(
    committed_app: Flask, edition: Edition, tmp_path: Path
) -> None:
    app = of_its_own(committed_app, tmp_path / "kept")
    make_client(app).get("/")
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept/own/templates").iterdir()}
    assert kept
    assert (tmp_path / "kept/own/templates").stat().st_mode & 0o777 == 0o700
    again = databases.make_app(
        app.config["DATABASE_URL"], tmp_path, {"VAR_DIR": app.config["VAR_DIR"]}
    )
    make_client(again).get("/")
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


@pytest.mark.parametrize("instead", ["nothing", "a file"])
def test_pages_are_shown_where_nothing_can_be_kept(
    committed_app: Flask, edition: Edition, tmp_path: Path, instead: str
) -> None:
    app = of_its_own(committed_app, tmp_path / "kept")
    folder = tmp_path / "kept/own/templates"
    folder.rmdir()
    if instead == "a file":
        folder.write_text("in the way")
    assert make_client(app).get("/").status_code == 200
