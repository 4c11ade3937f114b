"""The scanner's own files: under /scan/, because its service worker covers nothing else.

Phones may keep them, and ask each time whether they changed.
"""

import hashlib
import json

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from festival.domain import words
from festival.paths import STATIC, TEMPLATES
from festival.views.access import public
from festival.views.page import CONTENT_SECURITY_POLICY, asset, edition
from festival.views.scanner_words import all_words

blueprint = Blueprint("scanner", __name__, url_prefix="/scan")
ORANGE, PAPER = "#c2410c", "#fffaf3"
PAGES = ("layouts/page.html", "scan/scanner.html", "scan/icons.html")
SCRIPT, MANIFEST = "text/javascript", "application/manifest+json"
# Told to the scripts as ``self.FILES``. Each address carries its file's hash, so a script changes
# when one of its parts does.
PARTS = {
    "zxing": "vendor/zxing-reader.js",
    "wasm": "vendor/zxing-reader.wasm",
    "qr": "vendor/qr.js",
    "ed25519": "vendor/noble-ed25519.js",
}
# The one answer of this site that may run WebAssembly, which reads the codes.
DECODER_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
)
SHEETS = (
    "vendor/govuk-frontend.css",
    "vendor/govuk-frontend.rtl.css",
    "css/festival.css",
    "css/components.css",
    "css/print.css",
    "css/scan.css",
)
ICONS = (
    ("icon.svg", "any", "image/svg+xml", "any"),
    ("icon-192.png", "192x192", "image/png", "any"),
    ("icon-512.png", "512x512", "image/png", "any"),
    ("icon-maskable-512.png", "512x512", "image/png", "maskable"),
)


@blueprint.get("/decode.js")
@public
def decoder() -> ResponseReturnValue:
    """The worker that reads codes."""
    response = _answer(_script("decode.js"), SCRIPT)
    response.headers["Content-Security-Policy"] = DECODER_POLICY
    return response


@blueprint.get("/sw.js")
@public
def service_worker() -> ResponseReturnValue:
    """What keeps the scanner on the phone, so that it opens without a network."""
    shell = {"version": _version(), "home": url_for("scan.home"), "files": _files()}
    before = f"self.SHELL = {json.dumps(shell)};\n"
    response = _answer(before + (STATIC / "scan" / "sw.js").read_text("utf-8"), SCRIPT)
    response.headers["Service-Worker-Allowed"] = url_for("scan.home")
    return response


@blueprint.get("/app.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """What a phone shows of the scanner once it is on its home screen."""
    current, language = edition(), str(get_locale() or "en-GB").replace("_", "-")
    festival = current.name if current else gettext("Learning festival")
    home = url_for("scan.home")
    facts = {
        "id": home,
        "name": gettext("Door: %(festival)s", festival=festival),
        "short_name": gettext("Door"),
        "lang": language,
        "dir": words.direction(language),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "theme_color": ORANGE,
        "background_color": PAPER,
        "icons": [
            {"src": asset(f"scan/{name}"), "sizes": sizes, "type": kind, "purpose": purpose}
            for name, sizes, kind, purpose in ICONS
        ],
    }
    return _answer(json.dumps(facts), MANIFEST)


def _files() -> list[str]:
    """Every address that the scanner's page asks for, as it writes it."""
    modules = sorted((STATIC / "scan").glob("*.js"))
    plain = [url_for("static", filename=f"scan/{one.name}") for one in modules]
    return [
        *(asset(path) for path in (*SHEETS, *PARTS.values(), "js/festival.js", "scan/app.js")),
        asset("vendor/govuk-frontend.js"),
        *(one for one in plain if not one.endswith(("/app.js", "/decode.js", "/sw.js"))),
        url_for("scanner.decoder"),
        url_for("scanner.manifest"),
        asset("scan/icon-192.png"),
        asset("img/favicon.svg"),
    ]


def _version() -> str:
    """Another one as soon as any file of the scanner is another, or a sentence of it."""
    folder = STATIC / "scan"
    told = [path.read_bytes() for path in sorted(folder.iterdir())]
    told += [address.encode() for address in _files()]
    told += [(TEMPLATES / name).read_bytes() for name in PAGES]
    told.append(json.dumps([all_words(), str(get_locale())], sort_keys=True).encode())
    return hashlib.sha256(b"\0".join(told)).hexdigest()[:12]


def _script(name: str) -> str:
    """A script with the addresses of its parts before it."""
    parts = {part: asset(path) for part, path in PARTS.items()}
    return f"self.FILES = {json.dumps(parts)};\n" + (STATIC / "scan" / name).read_text("utf-8")


def _answer(content: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
