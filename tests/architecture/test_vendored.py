"""Other people's work that we keep: unchanged, of a known version, under a known licence."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from festival.paths import ROOT, STATIC

VENDORED = [ROOT / "static" / "vendor", ROOT / "tests" / "vendor"]
# How each licence text begins to say which it is.
TEXTS = {
    "MIT": "MIT License",
    "0BSD": "Zero-Clause BSD",
    "MPL-2.0": "Mozilla Public License",
    "(MIT OR Apache-2.0)": "Apache License",
    "Apache-2.0": "Apache License",
    "BSD-3-Clause": "BSD 3-Clause License",
    "BSD-2-Clause": "BSD 2-Clause License",
}
IMPORTED = re.compile(r"""["'][^"']*/(vendor/[\w.-]+)(?:\?v=(\w*))?["']""")
Entry = dict[str, Any]


def entries() -> list[Entry]:
    return [
        entry
        for folder in VENDORED
        for entry in json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["path"])
def test_a_vendored_file_is_what_the_manifest_says(entry: Entry) -> None:
    content = (ROOT / entry["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["path"])
def test_a_vendored_file_has_a_version_and_a_licence(entry: Entry) -> None:
    texts = (Path(ROOT / entry["path"]).parent / "LICENCES.txt").read_text(encoding="utf-8")
    parts = [part.strip() for part in texts.split("-" * 72)]
    for one in (entry, *entry.get("contains", ())):  # what was built into it too
        wanted = f"{one['package']} {one['version']}\n"
        own = [part for part in parts if part.startswith(wanted)]
        assert len(own) == 1
        assert TEXTS[one["licence"]] in own[0]


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.parent.name)
def test_every_file_stands_in_the_manifest_of_its_folder(folder: Path) -> None:
    listed = {
        ROOT / entry["path"]
        for entry in json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    }
    assert {path for path in folder.iterdir() if path.suffix in {".css", ".js", ".wasm"}} == listed


def test_our_scripts_name_the_version_that_is_there() -> None:
    """A module that names a file of others names its hash too: it is kept for a year."""
    named = [
        (script.name, path, version)
        for script in STATIC.glob("scan/*.js")
        for path, version in IMPORTED.findall(script.read_text(encoding="utf-8"))
    ]
    assert "vendor/noble-ed25519.js" in {path for _, path, _ in named}
    for script, path, version in named:
        content = (STATIC / path).read_bytes()
        assert version == hashlib.sha256(content).hexdigest()[:12], f"{path} in {script}"
