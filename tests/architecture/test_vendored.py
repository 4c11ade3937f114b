"""Other people's work that we keep: unchanged, of a known version, under a known licence."""

import hashlib
import json
from pathlib import Path

import pytest

from festival.paths import ROOT

VENDORED = [ROOT / "static" / "vendor", ROOT / "tests" / "vendor"]
# How each licence text begins to say which it is.
TEXTS = {
    "MIT": "MIT License",
    "0BSD": "Zero-Clause BSD",
    "MPL-2.0": "Mozilla Public License",
    "(MIT OR Apache-2.0)": "Apache License",
}


def entries() -> list[dict[str, str]]:
    return [
        entry
        for folder in VENDORED
        for entry in json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["path"])
def test_a_vendored_file_is_what_the_manifest_says(entry: dict[str, str]) -> None:
    content = (ROOT / entry["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["path"])
def test_a_vendored_file_has_a_version_and_a_licence(entry: dict[str, str]) -> None:
    texts = (Path(ROOT / entry["path"]).parent / "LICENCES.txt").read_text(encoding="utf-8")
    parts = [part.strip() for part in texts.split("-" * 72)]
    wanted = f"{entry['package']} {entry['version']}\n"
    own = [part for part in parts if part.startswith(wanted)]
    assert len(own) == 1
    assert TEXTS[entry["licence"]] in own[0]


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.parent.name)
def test_every_file_stands_in_the_manifest_of_its_folder(folder: Path) -> None:
    listed = {
        ROOT / entry["path"]
        for entry in json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    }
    assert {path for path in folder.iterdir() if path.suffix in {".css", ".js", ".wasm"}} == listed
