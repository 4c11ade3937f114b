"""Write the parts of other people's work that we serve: run by hand, ``python3 .ci/vendor.py``.

The versions stand here and nowhere else. The result is kept in the repository, so that
neither an installation nor a test needs Node or a network. Fails when something changed
its licence, and leaves the old files alone when anything fails.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
TEST_VENDOR = ROOT / "tests" / "vendor"

# Served, with the licence we know it by.
SERVED = {
    "govuk-frontend": ("6.3.0", "MIT"),  # goes with govuk-frontend-jinja 4.1
    "htmx.org": ("2.0.11", "0BSD"),
    "axe-core": ("4.14.1", "MPL-2.0"),  # tests only
    "qr": ("0.7.0", "(MIT OR Apache-2.0)"),  # tests only
    "ical.js": ("2.2.1", "MPL-2.0"),  # tests only: the calendar of Thunderbird and Nextcloud
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
"""
}

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

    (work / "qr.mjs").write_text('export { decodeQR } from "qr/decode.js";\n')
    run(work, "node_modules/.bin/esbuild", "qr.mjs", "--bundle", "--minify", "--format=iife",
        "--global-name=qr", "--target=es2020", "--legal-comments=none", "--outfile=qr.js",
        "--log-level=error")  # fmt: skip

    sources = {
        "static/vendor/govuk-frontend.css": ("govuk-frontend", work / "ltr.css"),
        "static/vendor/govuk-frontend.rtl.css": ("govuk-frontend", work / "rtl.css"),
        "static/vendor/govuk-frontend.js": ("govuk-frontend", work / "govuk.js"),
        "static/vendor/htmx.js": ("htmx.org", modules / "htmx.org/dist/htmx.min.js"),
        "tests/vendor/qr.js": ("qr", work / "qr.js"),
        "tests/vendor/axe.min.js": ("axe-core", modules / "axe-core/axe.min.js"),
        "tests/vendor/ical.js": ("ical.js", modules / "ical.js/dist/ical.es5.min.cjs"),
    }
    return {
        path: (package, SERVED[package][1], source.read_bytes())
        for path, (package, source) in sources.items()
    }


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
    return texts


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
        names = sorted({package for package, _, _ in own.values()})
        parts = [f"{name} {SERVED[name][0]}\n\n{texts[name]}\n" for name in names]
        (folder / "LICENCES.txt").write_text(("\n" + "-" * 72 + "\n\n").join(parts))


def describe(path: str, package: str, licence: str, content: bytes) -> dict[str, str]:
    return {
        "path": path,
        "package": package,
        "version": SERVED[package][0],
        "licence": licence,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def run(work: Path, *command: str) -> None:
    subprocess.run(command, cwd=work, check=True)  # noqa: S603 -- every command stands above


if __name__ == "__main__":
    main()
