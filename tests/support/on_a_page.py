"""A page of a test's own around a part of pages, served by a thread of the test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, render_template_string
from werkzeug.serving import make_server


def add_page(app: Flask, address: str, template: str, facts: Callable[[], dict[str, Any]]) -> None:
    """Answer at this address with the template, filled with what is so at the time."""

    def show() -> str:
        return render_template_string(template, **facts())

    app.add_url_rule(address, endpoint=f"test{address}", view_func=show)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application in this process, at an address of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
