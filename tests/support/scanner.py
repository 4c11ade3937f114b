"""The scanner's worker, run in a page of the site as the scanner's page runs it."""

import base64
from typing import Any

from PIL import Image
from playwright.sync_api import Page

START = """() => new Promise((resolve, reject) => {
  window.decoder = new Worker("/scan/decode.js");
  window.asked = new Map();
  window.decoder.onerror = (event) => reject(new Error(event.message || "the worker failed"));
  window.decoder.onmessage = ({ data }) => {
    if (data.kind) resolve(data);
    else window.asked.get(data.id)?.(data);
  };
  setTimeout(() => reject(new Error("the worker is not ready")), 30000);
})"""
ASK = """([width, height, grey, id]) => {
  const bytes = Uint8Array.from(atob(grey), (letter) => letter.charCodeAt(0));
  const data = new Uint8ClampedArray(bytes.length * 4).fill(255);
  bytes.forEach((shade, at) => data.fill(shade, at * 4, at * 4 + 3));
  return new Promise((resolve, reject) => {
    window.asked.set(id, resolve);
    window.decoder.postMessage({ id, width, height, data: data.buffer }, [data.buffer]);
    setTimeout(() => reject(new Error("no answer")), 30000);
  });
}"""
# What is no picture is sent as it is written here.
SEND = """([message, id]) => new Promise((resolve, reject) => {
  window.asked.set(id, resolve);
  window.decoder.postMessage((new Map(Object.entries({
    "0 x 0": { id, width: 0, height: 0, data: new ArrayBuffer(0) },
    "nothing": { id },
    "no data": { id, width: 10, height: 10 },
    "too short": { id, width: 1000, height: 1000, data: new ArrayBuffer(4) },
    "too long": { id, width: 1, height: 1, data: new ArrayBuffer(4000) },
    "negative": { id, width: -10, height: -10, data: new ArrayBuffer(400) },
    "not whole": { id, width: 2.5, height: 4, data: new ArrayBuffer(40) },
    "not numbers": { id, width: "10", height: null, data: new ArrayBuffer(400) },
    "too large a number": { id, width: 10n, height: 10n, data: new ArrayBuffer(400) },
    "other bytes": { id, width: 10, height: 10, data: new Float64Array(400) },
    "a text": { id, width: 10, height: 10, data: "x".repeat(400) },
    "one point": { id, width: 1, height: 1, data: new ArrayBuffer(4) },
    "a line": { id, width: 3000, height: 1, data: new ArrayBuffer(12000) },
    "a column": { id, width: 1, height: 3000, data: new ArrayBuffer(12000) },
    "given, not away": { id, width: 50, height: 50, data: new Uint8Array(10000) },
    "huge": { id, width: 8000, height: 6000, data: new ArrayBuffer(192000000) },
  }))).get(message));
  setTimeout(() => reject(new Error("no answer")), 30000);
})"""
RUBBISH = (
    "0 x 0", "nothing", "no data", "too short", "too long", "negative", "not whole", "not numbers",
    "too large a number", "other bytes", "a text", "one point", "a line", "a column",
    "given, not away", "huge",
)  # fmt: skip


class Scanner:
    """``ready`` is what the worker says first; ``read(picture)`` is the text in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.ready: dict[str, Any] = page.evaluate(START)
        self.asked = 0

    def answer(self, picture: Image.Image) -> dict[str, Any]:
        """All that the worker says of a picture."""
        grey = base64.b64encode(picture.convert("L").tobytes()).decode()
        return self._ask(ASK, [picture.width, picture.height, grey])

    def read(self, picture: Image.Image) -> str | None:
        text: str | None = self.answer(picture)["text"]
        return text

    def send(self, rubbish: str) -> dict[str, Any]:
        """All that it says of what is no picture."""
        return self._ask(SEND, [rubbish])

    def _ask(self, script: str, about: list[Any]) -> dict[str, Any]:
        self.asked += 1
        answer: dict[str, Any] = self.page.evaluate(script, [*about, self.asked])
        assert answer["id"] == self.asked
        return answer
