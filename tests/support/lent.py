"""What every installation makes in its folder once: made once a test process, and lent."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from festival.views import static


def templates(var: Path) -> None:
    """The folder of compiled templates, which fills with what is used."""
    _lend(_folder() / "templates", var)


def static_files(var: Path) -> None:
    """The compressed static files."""
    _lend(_static_files(), var)


def _lend(made: Path, var: Path) -> None:
    lent = var / made.name
    if not lent.exists():
        lent.symlink_to(made)


@cache
def _static_files() -> Path:
    return static.compressed(_folder())


@cache
def _folder() -> Path:
    folder = Path(mkdtemp(prefix="festival-lent-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "templates").mkdir()
    return folder
