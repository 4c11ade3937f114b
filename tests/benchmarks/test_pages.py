"""Pages of the demonstration festival, from the real server, against a page that does nothing."""

import http.client
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.benchmarks.conftest import Floor
from tests.operations.conftest import load_demonstration
from tests.support.live import LiveServer

pytestmark = pytest.mark.bench
PAGES = {
    "the programme": "/",
    "a search": "/?q=tablet",
    "a filter": "/?theme=digital&places=yes",
    "a session": "/sessions/E02",
    "a session of twelve slots": "/sessions/E22",
    "its calendar": "/sessions/E22.ics",
    "the page to find a booking": "/bookings/",
    "signing in": "/sign-in",
    "readiness": "/readyz",
}


@pytest.fixture
def get(
    committed_app: Flask, live_server: Callable[..., LiveServer]
) -> Iterator[Callable[[str], int]]:
    """Ask for a page on one open connection, as a browser does; its status."""
    with committed_app.app_context():
        load_demonstration()
    server = live_server()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def ask(path: str) -> int:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    yield ask
    connection.close()


def test_pages(get: Callable[[str], int], floor: Callable[..., Floor]) -> None:
    """Pages of the small demonstration"""
    nothing = floor("/healthz", lambda: get("/healthz"))
    for name, path in PAGES.items():
        assert get(path) == 200, path
        nothing.tell(name, lambda path=path: get(path))  # type: ignore[misc]
