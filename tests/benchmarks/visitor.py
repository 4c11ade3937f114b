"""Somebody at a browser, light enough to measure the server: cookies, forms, redirects."""

import http.client
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.support.page import Page

MOST_REDIRECTS = 5


class Visitor:
    """Goes from page to page on one connection; counts the pages and their bytes."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.pages: list[int] = []  # the size of each

    def get(self, path: str) -> Page:
        return self._go("GET", path, None)

    def submit(self, page: Page, button: str, /, **fields: Any) -> Page:
        """Fill in the form that has these fields, press its button, go where it leads."""
        address, pairs = page.form(button, fields).filled(fields, button)
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return self._go("POST", path, urlencode(pairs))

    def close(self) -> None:
        self.connection.close()

    def _go(self, method: str, path: str, body: str | None) -> Page:
        for _ in range(MOST_REDIRECTS):
            status, location, html = self._exchange(method, path, body)
            if location is None:
                assert status == 200, (status, path)
                self.pages.append(len(html))
                return Page(html.decode(), f"http://127.0.0.1{path}")
            parts = urlsplit(location)
            method, body = "GET", None
            path = parts.path + (f"?{parts.query}" if parts.query else "")
        raise AssertionError(f"{path} leads on and on")

    def _exchange(self, method: str, path: str, body: str | None) -> tuple[int, str | None, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://127.0.0.1:{self.connection.port}"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        html = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        return answer.status, answer.headers.get("Location"), html
