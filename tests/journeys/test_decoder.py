"""The scanner's eyes: its worker reads codes as a page of the site runs it, under the policy that
all pages have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from festival.domain.tickets import TicketFacts, TicketKeys
from festival.paths import STATIC
from festival.views.scanner_files import ICONS, PARTS
from tests.support import camera
from tests.support.browser import PHONE, Pages
from tests.support.scanner import RUBBISH, Scanner

pytestmark = pytest.mark.browser
FACTS = TicketFacts(number=4_294_967_295, occurrence_id=77, people=3, generation=1)
BY_ZXING = {"kind": "ready", "reader": "zxing"}
BY_QR = {"kind": "ready", "reader": "qr"}
FORBIDS = " 'wasm-unsafe-eval'"
MOST = 700_000  # bytes that the scanner may take, at its first start
LOOK = """async () => {
  const video = document.createElement("video");
  video.muted = video.playsInline = true;
  video.srcObject = await navigator.mediaDevices.getUserMedia({
    video: { width: 1280, height: 720, facingMode: "environment" },
  });
  await video.play();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const until = Date.now() + 20000;
  const texts = [];
  for (let id = 1; Date.now() < until; id++) {
    context.drawImage(video, 0, 0);
    const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const { text } = await new Promise((resolve) => {
      window.asked.set(id, resolve);
      window.decoder.postMessage({ id, width, height, data: data.buffer }, [data.buffer]);
    });
    if (text !== texts[texts.length - 1]) texts.push(text);
    if (new Set(texts).size === 3) break;
  }
  return texts;
}"""


@pytest.fixture
def open_page(bare_site: str, new_page: Pages) -> Callable[[], Page]:
    """Pages of the site; which one does not matter to a worker."""

    def open_one() -> Page:
        page = new_page(bare_site, viewport=PHONE)
        page.goto("/cookies")
        return page

    return open_one


@pytest.fixture
def page(open_page: Callable[[], Page]) -> Page:
    return open_page()


@pytest.fixture
def code() -> str:
    return code_of(FACTS)


def code_of(facts: TicketFacts) -> str:
    return TicketKeys("festival-test", 1, bytes(32)).sign(facts)


def views_of(code: str) -> dict[str, Image.Image]:
    """A ticket as cameras see it."""
    seen = camera.scene(camera.ticket(code))
    return {
        "clean": seen,
        "turned a little": camera.turned(17)(seen),
        "turned by half": camera.turned(45)(seen),
        "on its side": camera.turned(90)(seen),
        "upside down": camera.turned(180)(seen),
        "inverted": camera.inverted(seen),
        "blurred": camera.blurred(2)(seen),
        "shaken": camera.shaken(6)(seen),
        "dim": camera.dim(seen),
        "leaning": camera.leaning(0.4)(seen),
        "small": camera.scene(camera.ticket(code), wide=160),
        "large": camera.scene(camera.ticket(code), wide=1400, size=(2560, 1920)),
    }


def check_it_reads(scanner: Scanner, code: str, reader: str) -> None:
    """Each view, and nothing where nothing whole is."""
    answers = {name: scanner.answer(view) for name, view in views_of(code).items()}
    assert {name for name, answer in answers.items() if answer["text"] != code} == set()
    assert {answer["reader"] for answer in answers.values()} == {reader}
    assert all(answer["ms"] > 0 for answer in answers.values())
    assert scanner.read(camera.half(camera.scene(camera.ticket(code)))) is None
    assert scanner.read(camera.empty()) is None


def test_it_reads_tickets_as_cameras_see_them(code: str, page: Page) -> None:
    scanner = Scanner(page)
    assert scanner.ready == BY_ZXING
    check_it_reads(scanner, code, "zxing")


def test_without_leave_for_webassembly_the_small_reader_reads(
    code: str, page: Page, new_page: Pages
) -> None:
    """Browsers of 2021 do not know the word that gives leave."""

    def forbid(route: Route) -> None:
        answer = route.fetch()
        policy = answer.headers["content-security-policy"]
        assert FORBIDS in policy
        changed = {"content-security-policy": policy.replace(FORBIDS, "")}
        route.fulfill(response=answer, headers=answer.headers | changed)

    page.route("**/scan/decode.js", forbid)
    scanner = Scanner(page)
    assert scanner.ready == BY_QR
    check_it_reads(scanner, code, "qr")
    assert all("WebAssembly" in problem for problem in new_page.problems)
    new_page.problems.clear()


SPOILT = {
    "broken": {"body": b"\0asm\1\0\0\0and no more of it"},
    "empty": {"body": b"\0asm\1\0\0\0"},  # whole, and nothing in it
    "a hotel's page": {"body": b"<h1>Sign in to this network</h1>", "content_type": "text/html"},
    "missing": {"status": 404},
    "the line broke": None,
}


def spoil(page: Page, address: str, answer: dict[str, Any] | None = None) -> None:
    """Answer so, or not at all, where the page asks for this address."""
    page.route(address, lambda route: route.fulfill(**answer) if answer else route.abort())


def test_where_the_large_reader_does_not_come_the_small_one_reads(
    code: str, open_page: Callable[[], Page]
) -> None:
    seen = camera.scene(camera.ticket(code))
    found = {}
    for name, answer in SPOILT.items():
        page = open_page()
        spoil(page, "**/zxing-reader.wasm*", answer)
        scanner = Scanner(page)
        found[name] = (scanner.ready, scanner.read(seen))
    assert found == dict.fromkeys(SPOILT, (BY_QR, code))


def test_where_neither_comes_it_says_so(code: str, page: Page) -> None:
    spoil(page, "**/static/vendor/*")
    scanner = Scanner(page)
    assert scanner.ready["kind"] == "failed"
    answer = scanner.answer(camera.scene(camera.ticket(code)))
    assert (answer["text"], answer["reader"]) == (None, None)


def test_when_the_large_reader_stops_the_small_one_goes_on(code: str, page: Page) -> None:
    """As WebAssembly does when a phone has no memory left."""
    script = (STATIC / "vendor" / "zxing-reader.js").read_text(encoding="utf-8")
    stops = "zxing = { ...zxing, readBarcodes: async () => { throw new Error('Aborted()'); } };"
    answer = {"body": f"{script}\n{stops}", "content_type": "text/javascript"}
    spoil(page, "**/zxing-reader.js*", answer)
    scanner = Scanner(page)
    assert scanner.ready == BY_ZXING
    seen = camera.scene(camera.ticket(code))
    assert scanner.read(seen) == code
    assert scanner.answer(seen)["reader"] == "qr"


def test_rubbish_is_answered_and_forgotten(code: str, open_page: Callable[[], Page]) -> None:
    for ready in (BY_ZXING, BY_QR):
        page = open_page()
        if ready is BY_QR:
            spoil(page, "**/zxing-reader.wasm*")
        scanner = Scanner(page)
        assert scanner.ready == ready
        answers = {rubbish: scanner.send(rubbish)["text"] for rubbish in RUBBISH}
        assert answers == dict.fromkeys(RUBBISH)
        for message in ("null", "7", "'x'", "[]"):
            page.evaluate(f"window.decoder.postMessage({message})")
        answer = scanner.answer(camera.scene(camera.ticket(code)))
        assert (answer["text"], answer["reader"]) == (code, ready["reader"])


def test_it_asks_nobody_else_and_for_little(code: str, page: Page, bare_site: str) -> None:
    """Everything comes from this site, compressed; what is fetched only in need is counted too."""
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    assert Scanner(page).read(camera.scene(camera.ticket(code))) == code
    assert [address for address in asked if not address.startswith(bare_site)] == []
    assert any("zxing-reader.wasm?v=" in address for address in asked)
    paths = [
        "/scan/decode.js",
        "/static/scan/ticket.js",
        *(f"/static/{path}" for path in PARTS.values()),
        *(f"/static/scan/{name}" for name, *_ in ICONS),
    ]
    sizes = {}
    for path in paths:
        answer = page.request.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status == 200
        sizes[path] = int(answer.headers["content-length"])
    assert sum(sizes.values()) < MOST, sizes


def test_a_film_of_two_tickets_at_a_camera(
    code: str, bare_site: str, browser: Browser, tmp_path: Path
) -> None:
    """The whole way: a camera, a video, a canvas, the worker."""
    other = code_of(TicketFacts(2, 77, 1, 0))
    first, second = (camera.scene(camera.ticket(one)) for one in (code, other))
    shots = [
        (camera.empty(), 1),
        (camera.leaning(0.3)(camera.turned(12)(first)), 1),
        (camera.empty(), 1),
        (camera.dim(camera.blurred(0.8)(second)), 1),
    ]
    film = camera.film(tmp_path / "door.mjpeg", shots)
    with camera.watching(browser, film) as pages:
        page = pages(bare_site, viewport=PHONE)
        page.goto("/cookies")
        Scanner(page)
        texts = page.evaluate(LOOK)
    assert set(texts) == {None, code, other}
