"""The scanner's own files: what their answers say to browsers, and that what they name is there."""

import json
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from festival.models import Edition
from festival.views.page import CONTENT_SECURITY_POLICY
from tests.architecture.test_access import ACCESS
from tests.support.client import FestivalClient, PageResponse

# What is said does not depend on the database; test_access_matrix asks each address on both.
pytestmark = pytest.mark.databases("sqlite")
FILES = ("/scan/decode.js", "/scan/sw.js", "/scan/app.webmanifest")


def told(answer: PageResponse) -> dict[str, object]:
    """What the view puts before a script."""
    first = answer.text.partition("\n")[0]
    return json.loads(first.partition(" = ")[2].removesuffix(";"))  # type: ignore[no-any-return]


@pytest.mark.parametrize("address", FILES)
def test_a_phone_asks_each_time_and_carries_nothing_that_it_has(
    client: FestivalClient, edition: Edition, address: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    # What is said of the new answer counts for the one that the phone has kept.
    assert again.headers["Content-Security-Policy"] == answer.headers["Content-Security-Policy"]


def test_one_answer_alone_may_run_webassembly(client: FestivalClient, app: Flask) -> None:
    policy = client.get("/scan/decode.js").headers["Content-Security-Policy"]
    assert policy.replace(" 'wasm-unsafe-eval'", "") == CONTENT_SECURITY_POLICY
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    others = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if ACCESS[rule.endpoint] == "public" and "GET" in rule.methods and not rule.arguments
    ]
    assert set(FILES) <= set(others)
    for address in [*others, "/static/scan/decode.js", "/scan/"]:
        if address != "/scan/decode.js":
            assert "unsafe" not in client.get(address).headers["Content-Security-Policy"]


def test_the_scripts_are_told_of_files_that_are_there(
    client: FestivalClient, edition: Edition
) -> None:
    answer = client.get("/scan/decode.js")
    assert answer.mimetype == "text/javascript"
    parts = told(answer)
    assert set(parts) == {"zxing", "wasm", "qr", "ed25519"}
    kinds = {name: client.get(str(address)).mimetype for name, address in parts.items()}
    assert kinds.pop("wasm") == "application/wasm"
    assert set(kinds.values()) == {"text/javascript"}


def test_what_the_service_worker_keeps_is_there(client: FestivalClient, edition: Edition) -> None:
    """One file that is missing, or leads elsewhere, and no phone could keep the scanner at all."""
    answer = client.get("/scan/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/scan/"
    shell = told(answer)
    kept = [str(shell["home"]), *shell["files"]]  # type: ignore[misc]
    assert {client.get(address).status_code for address in kept} == {200}
    assert {"/scan/", "/scan/decode.js", "/static/scan/ticket.js"} <= set(kept)
    named = {address.partition("?")[0] for address in kept}
    assert {"/static/vendor/zxing-reader.wasm", "/static/vendor/qr.js"} <= named


def test_on_a_home_screen_it_has_a_name_and_icons(client: FestivalClient, edition: Edition) -> None:
    """V1: it can be put there, and needs no shop and no account."""
    answer = client.get("/scan/app.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.text)
    icons = manifest.pop("icons")
    assert manifest == {
        "id": "/scan/",
        "name": f"Door: {edition.name}",
        "short_name": "Door",
        "lang": "en-GB",
        "dir": "ltr",
        "start_url": "/scan/",
        "scope": "/scan/",
        "display": "standalone",
        "theme_color": "#c2410c",
        "background_color": "#fffaf3",
    }
    for icon in icons:
        file = client.get(icon["src"])
        assert file.mimetype == icon["type"]
        if icon["sizes"] != "any":
            wide, high = Image.open(BytesIO(file.get_data())).size
            assert icon["sizes"] == f"{wide}x{high}"
    assert {"192x192", "512x512", "any"} == {icon["sizes"] for icon in icons}
    assert {"any", "maskable"} == {icon["purpose"] for icon in icons}


def test_it_has_a_name_before_there_is_a_festival(client: FestivalClient) -> None:
    assert json.loads(client.get("/scan/app.webmanifest").text)["name"] == "Door: Learning festival"


def test_modules_that_are_named_without_a_hash_are_asked_for_again(client: FestivalClient) -> None:
    """They import one another by plain names; a phone must not run parts of two versions."""
    headers = client.get("/static/scan/ticket.js").headers
    assert headers["Cache-Control"] == "no-cache"
    assert "ETag" in headers or "Last-Modified" in headers
