"""Static files, served beside the application and kept by browsers for a year.

Every link to one carries its content's hash, so a changed file has another address. They are
sent compressed; pages are not, because a page that shows what was typed beside a secret would
give the secret's letters away by its size.
"""

import hashlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from festival.paths import STATIC
from festival.views.page import security_headers

# Modules that import one another by plain names, without a hash: asked for again each time.
UNNUMBERED = "/static/scan/"
YEAR = 365 * 24 * 3600
WEEK = 7 * 24 * 3600


def middleware(app: Flask) -> WhiteNoise:
    """The application with its static files before it."""
    fixed = security_headers(app)
    changing = app.debug or app.testing

    def add_headers(headers: Any, _path: str, url: str) -> None:
        for name, value in fixed.items():
            headers[name] = value
        if url.startswith(UNNUMBERED):
            headers["Cache-Control"] = "no-cache"

    return WhiteNoise(
        app.wsgi_app,
        root=str(STATIC if changing else compressed(app.config["VAR"])),
        prefix="static/",
        max_age=YEAR,
        allow_all_origins=False,
        autorefresh=changing,
        add_headers_function=add_headers,
    )


def compressed(folder: Path) -> Path:
    """A copy of the static files under this folder with a .gz beside each that gets smaller.

    Made once for each state of the files; older copies are left to processes that still run, for
    a week.
    """
    files = sorted(path for path in STATIC.rglob("*") if path.is_file())
    state = hashlib.sha256()
    for path in files:
        state.update(f"{path.relative_to(STATIC)}\0".encode() + path.read_bytes())
    ready = folder / f"static-{state.hexdigest()[:16]}"
    if not ready.is_dir():
        _make(ready, files)
    _forget_older(ready)
    return ready


def _forget_older(ready: Path) -> None:
    """Remove other copies, whole or begun, that were made more than a week ago."""
    for pattern in ("static-*", ".static-*"):
        for copy in ready.parent.glob(pattern):
            try:
                is_old = copy.stat().st_mtime < time.time() - WEEK
            except FileNotFoundError:  # another process was quicker
                continue
            if is_old and copy != ready:
                shutil.rmtree(copy, ignore_errors=True)


def _make(ready: Path, files: list[Path]) -> None:
    """Complete under another name first: several processes start at once."""
    unfinished = Path(tempfile.mkdtemp(dir=ready.parent, prefix=".static-"))
    compressor = Compressor(use_brotli=False, quiet=True)
    for path in files:
        copy = unfinished / path.relative_to(STATIC)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        if compressor.should_compress(copy.name):
            list(compressor.compress(str(copy)))
    unfinished.chmod(0o755)
    try:
        unfinished.rename(ready)
    except OSError:  # another process was quicker
        shutil.rmtree(unfinished)
