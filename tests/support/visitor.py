"""A browser without scripts, on a real server, over real HTTP."""

from http.client import HTTPConnection
from urllib.parse import urlencode, urljoin, urlsplit

from tests.support.live import LiveServer
from tests.support.page import Page


class Visitor:
    """A browser without scripts: keeps its cookie, follows redirects, fills in forms."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.cookie = ""

    def get(self, address: str) -> Page:
        return self._ask("GET", address)

    def submit(self, page: Page, button: str, **fields: str) -> Page:
        address, pairs = page.form(button, fields).filled(fields, button)
        return self._ask("POST", address, urlencode(pairs))

    def _ask(self, method: str, address: str, body: str | None = None) -> Page:
        parts = urlsplit(address)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        connection.close()
        location = answer.getheader("Location")
        if location is not None:
            return self._ask("GET", urljoin(self.server.url + target, location))
        assert answer.status == 200, f"{method} {target}: {answer.status}"
        return Page(text, self.server.url + target)
