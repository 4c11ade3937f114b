"""Write the parts of other people's work that we serve: run by hand, ``python3 .ci/vendor.py``.

The versions stand here and nowhere else. The result is kept in the repository, so that
neither an installation nor a test needs Node or a network. Fails when something changed
its licence, and leaves the old files alone when anything fails.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
TEST_VENDOR = ROOT / "tests" / "vendor"

# Served, with the licence we know it by.
SERVED = {
    "govuk-frontend": ("6.3.0", "MIT"),  # goes with govuk-frontend-jinja 4.1
    "htmx.org": ("2.0.11", "0BSD"),
    "zxing-wasm": ("3.1.4", "MIT"),  # reads QR codes
    "qr": ("0.7.0", "(MIT OR Apache-2.0)"),  # reads them where zxing-wasm cannot run
    "@noble/ed25519": ("3.2.0", "MIT"),  # tells genuine tickets
    "@noble/hashes": ("2.4.0", "MIT"),  # for the one before
    "leaflet": ("1.9.4", "BSD-2-Clause"),  # the map
    "axe-core": ("4.14.1", "MPL-2.0"),  # tests only
    "ical.js": ("2.2.1", "MPL-2.0"),  # tests only: the calendar of Thunderbird and Nextcloud
}
# What is built into a package's file and is no package of its own.
WITHIN = {
    "zxing-cpp": ("0b2d9a8fc81f420f369928c24331091ff0525976", "Apache-2.0"),  # a commit
    "libzueci": ("1.0.1", "BSD-3-Clause"),
}
CONTAINS = {
    "zxing-wasm": ("zxing-cpp", "libzueci"),
    "@noble/ed25519": ("@noble/hashes",),
}
TOOLS = {"sass": "1.108.2", "rtlcss": "4.3.0", "esbuild": "0.28.2"}

# The GDS Transport font, the crown and the GOV.UK logotype may be used on GOV.UK only;
# naming another font family is what keeps the font's files out.
SCSS = """
@use "sass:meta";
@use "govuk/base" with (
  $govuk-font-family: #{'var(--font, system-ui, sans-serif)'},
  $govuk-font-family-print: #{'var(--font, sans-serif)'},
  $govuk-include-default-font-face: false,
  $govuk-page-width: 1120px,
  $govuk-button-background-colour: #c2410c,
  $govuk-functional-colours: (
    brand: #c2410c, text: #2b1a22, secondary-text: #5d4a52,
    template-background: #fffaf3, body-background: #fffaf3,
    focus: #ffd84d, focus-text: #1d1017,
    error: #b3261e, success: #1c6b3d,
    border: #dccfc4, input-border: #4a3540, hover: #e6d8cc,
    link: #9a3208, link-visited: #6b3064, link-hover: #5a1d04, link-active: #2b1a22,
    surface-background: #ffffff, surface-text: #2b1a22, surface-border: #dccfc4
  )
);
@use "govuk/custom-properties/functional-colours";
@use "govuk/custom-properties/breakpoints";
@use "govuk/custom-properties/frontend-version";
@use "govuk/core/links";
@use "govuk/core/lists";
@use "govuk/core/typography";
@use "govuk/core/section-break";
@use "govuk/objects/button-group";
@use "govuk/objects/form-group";
@use "govuk/objects/grid";
@use "govuk/objects/main-wrapper";
@use "govuk/objects/template";
@use "govuk/objects/width-container";
@use "govuk/utilities/visually-hidden";
"""
STYLES = [
    "back-link",
    "button",
    "character-count",
    "checkboxes",
    "date-input",
    "details",
    "error-message",
    "error-summary",
    "fieldset",
    "file-upload",
    "hint",
    "input",
    "inset-text",
    "label",
    "notification-banner",
    "pagination",
    "password-input",
    "radios",
    "select",
    "skip-link",
    "summary-list",
    "table",
    "textarea",
    "warning-text",
]
SCRIPTS = [
    "Button",
    "CharacterCount",
    "Checkboxes",
    "ErrorSummary",
    "NotificationBanner",
    "PasswordInput",
    "Radios",
    "SkipLink",
]

# Licence texts that a package forgets to bring along; they stand in its repository.
UNPACKED = {
    "govuk-frontend": """
The MIT License (MIT)

Copyright (C) 2017 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of
the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
""",
    "zxing-cpp": (ROOT / "LICENSE").read_text(),  # it is under the same licence as we are
    "libzueci": """
BSD 3-Clause License

Copyright (C) 2022 gitlost

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this
   list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.

3. Neither the name of the copyright holder nor the names of its contributors
   may be used to endorse or promote products derived from this software
   without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
""",
}

# The parts of the scanner: as globals for its worker, which is a classic script, or as a module.
# Phones of 2020 lack Object.hasOwn; all else they know.
HAS_OWN = """
export const hasOwn = (thing, name) => Object.prototype.hasOwnProperty.call(thing, name);
"""
WITH_HAS_OWN = ("--define:Object.hasOwn=hasOwn", "--inject:own.mjs")
SCANNER = {
    "zxing-reader": (
        'export { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";\n',
        ("--format=iife", "--global-name=zxing", *WITH_HAS_OWN),
    ),
    "qr": (
        'export { decodeQR } from "qr/decode.js";\n',
        ("--format=iife", "--global-name=qr"),
    ),
    "noble-ed25519": (
        """
import { hashes, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
hashes.sha512 = sha512;
export { verify };
""",
        ("--format=esm", *WITH_HAS_OWN),
    ),
}

# What the map is made with, as a module. Only what we name is asked for; its look goes without the
# rules that load pictures: our marks are drawn, and there is no choice of layers.
LEAFLET = """
export { Control, DivIcon, ImageOverlay, Map, Marker, Polyline, TileLayer } from "leaflet-src";
"""
WITH_PICTURES = re.compile(r"[^{}]*\{[^{}]*url\([^{}]*\}")

RTLCSS = """
const fs = require("fs");
const [, , from, to] = process.argv;
fs.writeFileSync(to, require("rtlcss").process(fs.readFileSync(from, "utf8")));
"""


def main() -> None:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is needed to renew the vendored files")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        install(work)
        files = build(work)
        write(files, licences(work))


def install(work: Path) -> None:
    """Install exact versions; packages' own install scripts are not run."""
    wanted = [f"{name}@{version}" for name, (version, _) in SERVED.items()]
    wanted += [f"{name}@{version}" for name, version in TOOLS.items()]
    (work / "package.json").write_text('{"private": true}')
    run(
        work,
        "npm",
        "install",
        "--save-exact",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        *wanted,
    )


def build(work: Path) -> dict[str, tuple[str, str, bytes]]:
    """Each file to write: where, and of which package, which licence, which bytes."""
    modules = work / "node_modules"
    (work / "festival.scss").write_text(
        SCSS + "".join(f'@use "govuk/components/{name}";\n' for name in STYLES)
    )
    run(work, "node_modules/.bin/sass", "--style=compressed", "--no-source-map", "--no-charset",
        "--quiet-deps", "--load-path=node_modules/govuk-frontend/dist",
        "festival.scss", "ltr.css")  # fmt: skip
    (work / "rtl.js").write_text(RTLCSS)
    run(work, "node", "rtl.js", "ltr.css", "rtl.css")
    names = ", ".join(["createAll", "isSupported", *SCRIPTS])
    (work / "entry.mjs").write_text(f'export {{ {names} }} from "govuk-frontend";\n')
    run(work, "node_modules/.bin/esbuild", "entry.mjs", "--bundle", "--minify", "--format=esm",
        "--target=es2020", "--legal-comments=none", "--outfile=govuk.js",
        "--log-level=error")  # fmt: skip

    bundle_scanner(work)
    bundle_map(work)

    sources = {
        "static/vendor/govuk-frontend.css": ("govuk-frontend", work / "ltr.css"),
        "static/vendor/govuk-frontend.rtl.css": ("govuk-frontend", work / "rtl.css"),
        "static/vendor/govuk-frontend.js": ("govuk-frontend", work / "govuk.js"),
        "static/vendor/htmx.js": ("htmx.org", modules / "htmx.org/dist/htmx.min.js"),
        "static/vendor/zxing-reader.js": ("zxing-wasm", work / "zxing-reader.js"),
        "static/vendor/zxing-reader.wasm": (
            "zxing-wasm",
            modules / "zxing-wasm/dist/reader/zxing_reader.wasm",
        ),
        "static/vendor/qr.js": ("qr", work / "qr.js"),
        "static/vendor/noble-ed25519.js": ("@noble/ed25519", work / "noble-ed25519.js"),
        "static/vendor/leaflet.js": ("leaflet", work / "leaflet.js"),
        "static/vendor/leaflet.css": ("leaflet", work / "leaflet.css"),
        "tests/vendor/axe.min.js": ("axe-core", modules / "axe-core/axe.min.js"),
        "tests/vendor/ical.js": ("ical.js", modules / "ical.js/dist/ical.es5.min.cjs"),
    }
    return {
        path: (package, SERVED[package][1], source.read_bytes())
        for path, (package, source) in sources.items()
    }


def bundle_scanner(work: Path) -> None:
    """Each part of the scanner as one file."""
    (work / "own.mjs").write_text(HAS_OWN)
    for name, (entry, form) in SCANNER.items():
        (work / f"{name}.mjs").write_text(entry)
        run(work, "node_modules/.bin/esbuild", f"{name}.mjs", "--bundle", "--minify", *form,
            "--target=es2020", "--legal-comments=none", f"--outfile={name}.js",
            "--log-level=error")  # fmt: skip


def bundle_map(work: Path) -> None:
    """The map's module and its look, each as one file."""
    dist = work / "node_modules/leaflet/dist"
    (work / "leaflet.mjs").write_text(LEAFLET)
    run(work, "node_modules/.bin/esbuild", "leaflet.mjs", "--bundle", "--minify", "--format=esm",
        f"--alias:leaflet-src={dist}/leaflet-src.esm.js", "--target=es2020",
        "--legal-comments=none", "--outfile=leaflet.js", "--log-level=error")  # fmt: skip
    look = WITH_PICTURES.sub("", (dist / "leaflet.css").read_text())
    (work / "plain.css").write_text(look)
    run(work, "node_modules/.bin/esbuild", "plain.css", "--minify", "--legal-comments=none",
        "--outfile=leaflet.css", "--log-level=error")  # fmt: skip


def licences(work: Path) -> dict[str, str]:
    """The licence text of each package, after checking that it is still the one we know."""
    texts = {}
    for name, (_, licence) in SERVED.items():
        folder = work / "node_modules" / name
        declared = json.loads((folder / "package.json").read_text())["license"]
        if declared != licence:
            sys.exit(f"{name} is now under {declared}, not {licence}: look at it first")
        found = sorted(folder.glob("LICENSE*"))
        texts[name] = found[0].read_text().strip() if found else UNPACKED[name].strip()
    commit, _ = WITHIN["zxing-cpp"]
    if commit not in (work / "node_modules/zxing-wasm/dist/es/share.js").read_text():
        sys.exit("zxing-wasm is now made of another zxing-cpp: look at what that contains first")
    return texts | {name: UNPACKED[name].strip() for name in WITHIN}


def write(files: dict[str, tuple[str, str, bytes]], texts: dict[str, str]) -> None:
    """The files, and beside them what they are: one manifest and one licence file a folder."""
    for folder in (VENDOR, TEST_VENDOR):
        folder.mkdir(parents=True, exist_ok=True)
        own = {path: file for path, file in files.items() if (ROOT / path).parent == folder}
        for path, (_, _, content) in sorted(own.items()):
            (ROOT / path).write_bytes(content)
            print(f"{path}: {len(content):,} bytes")
        manifest = [describe(path, *file) for path, file in sorted(own.items())]
        (folder / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
        packages = {package for package, _, _ in own.values()}
        names = packages.union(*(CONTAINS.get(package, ()) for package in packages))
        parts = [f"{name} {version_of(name)}\n\n{texts[name]}\n" for name in sorted(names)]
        (folder / "LICENCES.txt").write_text(("\n" + "-" * 72 + "\n\n").join(parts))


def describe(path: str, package: str, licence: str, content: bytes) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "path": path,
        "package": package,
        "version": version_of(package),
        "licence": licence,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    if package in CONTAINS:
        known = SERVED | WITHIN
        entry["contains"] = [
            {"package": name, "version": known[name][0], "licence": known[name][1]}
            for name in CONTAINS[package]
        ]
    return entry


def version_of(name: str) -> str:
    return (SERVED | WITHIN)[name][0]


def run(work: Path, *command: str) -> None:
    subprocess.run(command, cwd=work, check=True)  # noqa: S603 -- every command stands above


if __name__ == "__main__":
    main()
